"""Films made longer than what was filmed: extended ten times, animated from their first frame, looped, connected."""

from __future__ import annotations

import numpy as np

from vitascope import api
from vitascope.clip import Clip
from vitascope.timeline import WIDEST

from .continuity import changed, drift, flicker, seams
from .metrics import psnr
from .tasks import Bench, Case

EXTENSIONS = 10  # of a second each
SEEN = 2.0  # seconds of footage that the model is given to go on from
ANIMATED = 4.0  # seconds


def start(clip: Clip, seconds: float = SEEN) -> Clip:
    return Clip(clip.frames[: max(2, round(seconds * clip.fps))], clip.fps)


def extend_cases(bench: Bench) -> list[Case]:
    return [Case("extend", shot.name, lambda shot=shot: extend(bench, shot)) for shot in bench.shots]


def extend(bench: Bench, shot) -> dict:
    """Ten extensions, one after another, each knowing only what the one before it handed out."""
    truth = bench.clip(shot)
    film, fps = start(truth), truth.fps
    given, joins = len(film), []
    for _ in range(3 if bench.quick else EXTENSIONS):
        joins.append(len(film))
        film = api.extend(film, after=1.0, studio=bench.studio).clip
    frames, second = film.frames, max(2, round(fps))
    there = truth.frames[given : given + second]
    frozen = np.broadcast_to(frames[given - 1], there.shape)
    row = dict(
        shot=shot.name, extensions=len(joins), known_changed=changed(frames[:given], truth.frames[:given]),
        flicker=flicker(frames[given:]), flicker_filmed=flicker(truth.frames), **seams(frames, joins),
        **drift(frames[-second:], truth.frames[:given]),
    )  # fmt: skip
    if len(there):
        row |= dict(psnr_first_second=round(psnr(frames[given : given + len(there)], there), 2), psnr_frozen=round(psnr(frozen, there), 2))
    marked = np.arange(len(frames)) >= given
    return row | dict(film=bench.film("extend", shot.name, dict(truth=truth.frames, extended=frames), fps, marked))


def animate_cases(bench: Bench) -> list[Case]:
    return [Case("animate", shot.name, lambda shot=shot: animate(bench, shot)) for shot in bench.shots]


def animate(bench: Bench, shot) -> dict:
    """Four seconds from the first frame alone."""
    truth = bench.clip(shot)
    w, h = (side // 2 * 2 for side in truth.size)
    w = min(w, int(h * WIDEST) // 2 * 2)  # a film is no longer a strip than that
    frames = truth.cover(w, h).frames
    film = api.animate(frames[0], seconds=ANIMATED, size=(w, h), fps=truth.fps, studio=bench.studio).clip.frames
    count = min(len(film), len(frames), max(2, round(truth.fps)))
    second = max(2, round(truth.fps))
    still = np.broadcast_to(frames[0], frames[1:count].shape)
    return dict(
        shot=shot.name, known_changed=changed(film[:1], frames[:1]), flicker=flicker(film), flicker_filmed=flicker(frames),
        **seams(film, [1]), **drift(film[-second:], frames[:second]),
        psnr_first_second=round(psnr(film[1:count], frames[1:count]), 2), psnr_frozen=round(psnr(still, frames[1:count]), 2),
        film=bench.film("animate", shot.name, dict(truth=frames, animated=film), truth.fps, np.arange(len(film)) > 0),
    )  # fmt: skip


def bridge_cases(bench: Bench) -> list[Case]:
    found = []
    for shot in bench.shots:
        found.append(Case("bridge", f"loop of {shot.name}", lambda shot=shot: loop(bench, shot)))
        found.append(Case("bridge", f"{shot.name} to its end", lambda shot=shot: halves(bench, shot)))
    pairs = list(zip(bench.shots, bench.shots[1:]))[:2]
    return found + [Case("bridge", f"{a.name} to {b.name}", lambda a=a, b=b: pair(bench, a, b)) for a, b in pairs]


def loop(bench: Bench, shot) -> dict:
    clip = start(bench.clip(shot))
    film = api.loop(clip, seconds=1.0, studio=bench.studio).clip.frames
    twice = np.concatenate([film, film])
    return bridged(bench, f"loop of {shot.name}", twice, clip.fps, [len(clip), len(film)], clip.frames, film[: len(clip)],
                   (np.arange(len(twice)) % len(film)) >= len(clip))  # fmt: skip


def halves(bench: Bench, shot) -> dict:
    """The beginning and the end of one shot, a second apart."""
    clip = bench.clip(shot)
    part = max(2, round(min(SEEN, clip.seconds / 3) * clip.fps))
    return join(bench, f"{shot.name} to its end", Clip(clip.frames[:part], clip.fps), Clip(clip.frames[-part:], clip.fps))


def pair(bench: Bench, a, b) -> dict:
    return join(bench, f"{a.name} to {b.name}", start(bench.clip(a)), start(bench.clip(b)))


def join(bench: Bench, name: str, one: Clip, other: Clip) -> dict:
    film = api.connect(one, other, seconds=1.0, studio=bench.studio).clip.frames
    bridge = max(1, round(one.fps))
    joins = [len(one), len(one) + bridge]
    at = np.arange(len(film))
    return bridged(bench, name, film, one.fps, joins, one.frames, film[: len(one)], (at >= joins[0]) & (at < joins[1]))


def bridged(bench: Bench, name: str, film, fps: float, joins: list[int], known, handed, marked) -> dict:
    inside = film[joins[0] : joins[1]]
    return dict(known_changed=changed(handed, known), flicker=flicker(inside), flicker_filmed=flicker(known), **seams(film, joins),
                film=bench.film("bridge", name, {"bridged": film}, fps, marked))  # fmt: skip

