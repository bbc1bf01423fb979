"""A long film is painted in windows of latent frames, each of which sees a few frames that are there already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WINDOW, OVERLAP, WIDEST = 5, 1, 9  # latent frames; the widest window bridges a gap that is known on both sides


@dataclass(frozen=True)
class Window:
    """Latent frames start..stop; `given` (stop - start) bool says which of them are there before it is painted."""

    start: int
    stop: int
    given: tuple[bool, ...]

    @property
    def overlap(self) -> int:
        """How many frames at its front are given."""
        return next((i for i, there in enumerate(self.given) if not there), len(self.given))


def windows(count: int, known: np.ndarray | None = None, overlap: int = OVERLAP) -> list[Window]:
    """Windows in the order in which to paint `count` latent frames; every frame not `known` (count) bool is painted once.

    Each run of open frames goes forward from what lies before it. One that has nothing before it and something after it (a
    film extended at its front) goes backward, and a short one between known frames is bridged in one window that sees both.
    """
    there = np.zeros(count, bool) if known is None else known.copy()
    plan: list[Window] = []

    def add(start: int, stop: int):
        plan.append(Window(start, stop, tuple(there[start:stop].tolist())))
        there[start:stop] = True

    for first, last in runs(~there):
        after = last < count
        if first > 0 and after and last - first <= WIDEST - 2:
            spare = max(0, WINDOW - (last - first) - 2)
            add(max(0, first - 1 - spare), min(count, last + 1))
        elif first == 0 and after:
            while last > 0:
                stop = last + int(there[last : last + overlap].cumprod().sum())
                last = max(0, stop - WINDOW)
                add(last, stop)
        else:
            while first < last:
                start = max(0, first - (OVERLAP if first == 0 else overlap))
                stop = min(last, start + WINDOW)
                if after and last - stop < 1:
                    stop = last + 1  # the end meets what is known behind it
                start = max(0, min(start, stop - WINDOW))
                add(start, stop)
                first = max(stop, first)
    return plan


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Spans (start, stop) of consecutive True values in (n) bool."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
