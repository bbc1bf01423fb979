"""Where, in the known footage beside a gap, gaps like it can be made on purpose to see how well they are filled."""

from __future__ import annotations

import cv2
import numpy as np

from vitascope.finishing import is_cut
from vitascope.windows import runs

from .motion import grey

MOST = 6  # held-out gaps
SMALL = (64, 48)  # pixels at which steps are compared
LEAP, LEAST = 4.0, 15.0  # a step so many times those around it, and of so many grey levels, is a cut


def holdouts(clip: np.ndarray, start: int, stop: int, known: np.ndarray | None = None) -> tuple[list[int], int]:
    """First frames of held-out gaps, nearest first, and their length in frames, which is the gap's where that fits.

    A held-out gap and the frame on each side of it lie in known footage of the same shot; `known` (t) bool says what is
    known besides the gap start..stop (None: all of it). Shorter ones are held out where the footage is short; none (and
    length 0) where no run of known frames has three.
    """
    found = stretches(clip, start, stop, known)
    length = min(stop - start, max((b - a for a, b in found), default=0) - 2)
    if length < 1:
        return [], 0
    step, places = max(1, length // 2), []
    for a, b in found:  # from the end that is nearer to the gap
        places += range(b - 1 - length, a, -step) if b <= start else range(a + 1, b - length, step)
    return sorted(places, key=lambda place: max(start - place - length, place - stop))[:MOST], length


def spread_out(clip: np.ndarray, start: int, stop: int, known: np.ndarray | None = None) -> list[tuple[int, int, int]]:
    """Where every known frame stands alone: (frame before, frame to hide, frame after), known and evenly apart, nearest first.

    Such a held-out gap is wider than the gap itself, but it is of the same film, at the same place.
    """
    alone = [a for a, b in stretches(clip, start, stop, known) for a in range(a, b)]
    even = [(a, b, c) for a, b, c in zip(alone, alone[1:], alone[2:]) if b - a == c - b]
    return sorted(even, key=lambda place: abs(2 * place[1] - start - stop + 1))[:MOST]


def stretches(clip: np.ndarray, start: int, stop: int, known: np.ndarray | None = None) -> list[tuple[int, int]]:
    """Runs (first, end) of known frames in the shot that the gap start..stop lies in, on both sides of it."""
    there = np.ones(len(clip), bool) if known is None else np.asarray(known, bool).copy()
    there[start:stop] = False
    first, last = shot(clip, start, stop, there)
    return [(first + a, first + b) for a, b in runs(there[first:last])]


def shot(clip: np.ndarray, start: int, stop: int, known: np.ndarray | None = None) -> tuple[int, int]:
    """First frame and end of the footage around a gap that has no cut in it. Frames not `known` (t) bool are stepped over."""
    there = np.flatnonzero(np.ones(len(clip), bool) if known is None else known)
    before, after = there[there < start], there[there >= stop]
    ends = []
    for run in (before[::-1], after):
        small = [cv2.resize(grey(clip[i]), SMALL, interpolation=cv2.INTER_AREA).astype(np.float32) for i in run]
        steps = np.array([np.abs(a - b).mean() for a, b in zip(small, small[1:])])
        cut = (k for k in range(len(steps)) if leaps(steps, k) or is_cut(clip[run[k]], clip[run[k + 1]]))
        end = next(cut, len(steps))
        ends.append(int(run[end]) if len(run) else None)
    return start if ends[0] is None else ends[0], stop if ends[1] is None else ends[1] + 1


def leaps(steps: np.ndarray, k: int) -> bool:
    """Whether the k-th of `steps` (n), changes from frame to frame in grey levels, is far beyond those around it."""
    around = np.delete(steps[max(0, k - 3) : k + 4], min(k, 3))
    return bool(steps[k] > max(LEAST, LEAP * float(np.median(around)))) if len(around) >= 4 else False
