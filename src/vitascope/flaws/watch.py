"""A film watched as it is made, and judged at the end."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np

from vitascope.director.plan import Plan
from vitascope.windows import runs

from . import limbs, lines, merging, presence, repeats, shape, size
from .look import Look
from .plates import draw_plates, picked, work_size

MEASURES = dict(limbs=limbs, merging=merging, size=size, lines=lines, repeats=repeats, shape=shape, presence=presence)


@dataclass(frozen=True)
class Score:
    """value 0..1: how bad it is where it is worst, a half at `threshold` of the flaw's own `measure`; window: (start, stop) seconds.

    `measure` is in the flaw's own terms (see docs/flaws.md), None where nothing in the film could have the flaw. found: above the threshold.
    """

    value: float
    threshold: float
    window: tuple[float, float]
    measure: float | None = None

    @property
    def found(self) -> bool:
        return self.measure is not None and self.measure > self.threshold

    def to_dict(self) -> dict:
        return asdict(self) | dict(found=self.found)


class Watch:
    """Takes a film's frames as they come and keeps one small picture for each frame of its plan.

    fps: of the film; library: the one that the film was drawn from (its user's characters with it); backdrops: by the name of a
    shot's backdrop, the picture (h w 3) uint8 that stands where the scenery would
    """

    def __init__(self, plan: Plan, fps: float, library=None, backdrops: dict | None = None):
        if library is None:
            from vitascope.library import Library

            library = Library()
        self.plan, self.fps, self.library, self.backdrops = plan, fps, library, backdrops or {}
        self.seen: list[np.ndarray] = []
        self.passed = 0

    def look(self, frames: np.ndarray) -> None:
        """frames (t h w 3) uint8, the next of the film."""
        width, height = work_size(frames.shape[2], frames.shape[1])
        for frame in frames:
            while len(self.seen) < self.plan.num_frames and round(len(self.seen) * self.fps / self.plan.fps) <= self.passed:
                shrinks = frame.shape[1] > width
                self.seen.append(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC))
            self.passed += 1

    def scores(self) -> dict[str, Score]:
        """Every flaw's score over what was seen so far, the worst shot's."""
        best = {name: Score(0.0, module.THRESHOLD, (0.0, 0.0)) for name, module in MEASURES.items()}
        for shot, first, picks in picked(self.plan):
            picks = [i for i in picks if first + i < len(self.seen)]
            backdrop = self.backdrops.get(shot.backdrop)
            if not picks or shot.backdrop and backdrop is None:
                continue
            film = np.stack([self.seen[first + i] for i in picks])
            start = first / self.plan.fps
            plates = draw_plates(shot, self.library, film.shape[2:0:-1], picks, start, self.plan.fps, backdrop)
            look = Look(shot, self.library, picks, film, plates, start, self.plan.fps)
            for name, module in MEASURES.items():
                found = judged(module.measure(look), module.THRESHOLD, start + picks[0] / self.plan.fps, self.plan.fps)
                if found and (best[name].measure is None or found.measure > best[name].measure):
                    best[name] = found
        return best


def judged(series: np.ndarray, threshold: float, start: float, fps: float) -> Score | None:
    """The score of a series (t) that begins at `start` seconds: its peak, and the span around it that is at least half as bad."""
    if not np.isfinite(series).any():
        return None
    peak = int(np.nanargmax(series))
    most = max(0.0, float(series[peak]))
    a, b = next(run for run in runs(np.nan_to_num(series, nan=-1) >= most / 2) if run[0] <= peak < run[1])
    value = 1 - 0.5 ** (most / threshold)
    return Score(round(value, 3), threshold, (round(start + a / fps, 3), round(start + b / fps, 3)), round(most, 4))


def score(frames: np.ndarray, plan: Plan, fps: float = 24.0, library=None) -> dict[str, Score]:
    """Every flaw of a whole film (t h w 3) uint8 by name: `Score`s, as a `Watch` that has seen all of it gives them.

    Deterministic; about 0.3 s for four seconds, whatever the film's size. Raises ValueError for a plan without shots.
    """
    if not plan.shots:
        raise ValueError("This film has no plan to compare it with: only films that were made from words can be scored.")
    watch = Watch(plan, fps, library)
    watch.look(frames)
    return watch.scores()


def worst(scores: dict[str, Score]) -> tuple[str, Score]:
    """The name and score of the worst flaw."""
    name = max(scores, key=lambda key: scores[key].value)
    return name, scores[name]
