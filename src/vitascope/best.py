"""The best of several: a film is painted, judged (`vitascope.flaws`), and painted again from its worst window on, with other noise.

What lies before that window stays as it is, bit for bit in the painter's latents, and so does the plan; every next try goes on from
the best film so far.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace

import numpy as np

from .flaws import Score, worst
from .windows import windows

MOST = 16  # tries
TIME = 4  # base frames a latent frame


class Repainter:
    """A generator that keeps the windows of an earlier try before base frame `frame`, and paints the others with `seed`.

    frame None: the first try, which paints all with the film's own seed. `made` holds the windows of this try.
    """

    def __init__(self, generator, kept: dict[int, np.ndarray] | None = None, frame: int | None = None, seed: int | None = None):
        self.generator, self.kept, self.frame, self.seed = generator, kept or {}, frame, seed
        self.name, self.fingerprint = generator.name, generator.fingerprint
        self.made: dict[int, np.ndarray] = {}
        self.first = 0

    def __getattr__(self, name):
        return getattr(self.generator, name)

    def paint(self, conditions, *, seed: int, store=None, **how) -> Iterator:
        """See `generators.Generator.paint`."""
        if self.frame is not None:
            plan = windows(1 + (len(conditions.sketch) - 1) // TIME)
            latent = min(-(-self.frame // TIME), plan[-1].stop - 1)
            self.first, seed = next(i for i, window in enumerate(plan) if window.stop > latent), self.seed
        yield from self.generator.paint(conditions, seed=seed, store=_Kept(self, store), **how)


class _Kept:
    """Where a Repainter's windows lie: in memory, and in the store of a film that may be resumed."""

    def __init__(self, painter: Repainter, store):
        self.painter, self.store = painter, store

    def get(self, window: int) -> np.ndarray | None:
        painter = self.painter
        found = painter.kept.get(window) if window < painter.first else self.store.get(window) if self.store else None
        if found is not None:
            painter.made[window] = found
        return found

    def put(self, window: int, latents: np.ndarray) -> None:
        self.painter.made[window] = latents.copy()
        if self.store:
            self.store.put(window, latents)


class BestOf:
    """Iterate once, as over a Making: all tries are made, and the segments of the best handed out.

    make: makes a Making that was not begun; called once for every try
    tries: 1..MOST
    `report` is that of the best film with report["flaws"] and report["best_of"]: every try's scores, from where it was painted
    again and with which seed. Raises ValueError for a number out of range, and for films that have footage in them.
    """

    def __init__(self, make: Callable, tries: int):
        if not 1 <= tries <= MOST:
            raise ValueError(f"The best of 1 to {MOST} tries can be kept, not of {tries}: choose another --best-of.")
        self.make, self.count, self.tries, self.scores = make, tries, [], {}
        self.chosen = self._first = make()
        if self._first.line.pieces:
            raise ValueError("Only films made from words alone can be made again from their worst window: leave --best-of out.")
        self.film_seed = self._first.seed

    def __getattr__(self, name):
        return getattr(self.__dict__["chosen"], name)

    @property
    def film_id(self) -> int:
        """The film's 64 bits, known before it is made: of its settings and the number of tries."""
        text = f"{self._first.film_id:016x} best of {self.count}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")

    def __iter__(self) -> Iterator:
        best, segments, painter = None, [], None
        for number in range(self.count):
            frame = seed = None
            if number:
                frame = int(max(0.0, worst(best)[1].window[0]) * self.chosen.plan.fps)
                seed = int(np.random.default_rng([self.film_seed, 17, number]).integers(2**31))
            making, now = self._lent(number, painter, frame, seed)
            made = list(making)
            scores = making.watch.scores()
            self.tries.append(dict(overall=round(overall(scores), 4), flaw=worst(scores)[0], window=worst(scores)[1].window, seed=seed,
                                   repainted_from=now.first if number else None, scores={k: s.value for k, s in scores.items()}))  # fmt: skip
            if best is None or overall(scores) < overall(best):
                best, segments, painter, self.chosen, self.kept_try = scores, made, now, making, number
        self.scores = best
        yield from segments

    def _lent(self, number: int, painter: Repainter | None, frame: int | None, seed: int | None):
        """A making whose painter is a Repainter; the plan's seed is the same in all."""
        making = self.make() if number else self._first
        making.seed = self.film_seed
        making.settings = replace(making.settings, resume=None) if number else making.settings
        now = Repainter(making.studio.part("generator"), painter.made if painter else None, frame, seed)
        making.studio = copy(making.studio)
        making.studio._parts = making.studio._parts | dict(generator=now)
        return making, now

    @property
    def report(self) -> dict:
        flaws = {name: score.to_dict() for name, score in self.scores.items()}
        kept = getattr(self, "kept_try", 0) if self.tries else 0
        return self.chosen.report | dict(film_id=f"{self.film_id:016x}", flaws=flaws, best_of=dict(kept=kept, tries=self.tries))


def overall(scores: dict[str, Score]) -> float:
    """One figure to choose by, the less the better: the worst flaw, and a little of all."""
    values = [score.value for score in scores.values()]
    return max(values) + 0.1 * float(np.mean(values))
