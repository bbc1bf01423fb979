"""The ways in which a gap between two real frames can be filled, each good at something else."""

from __future__ import annotations

import cv2
import numpy as np

from .between import linear
from .motion import agreement, flow, grey, warp
from .onward import onward

SMALL = 256  # pixels of the longer side at which large motion is looked for
COASTING = 0.95  # of its speed, what a camera keeps from one frame to the next where nothing says where it goes
SHORT = 2  # frames of a gap up to which motion nearly always holds
CONTEXT = 3  # known frames beside the gap from which steady motion is told


class Candidates:
    """All of them for the gap start..stop of `clip` (t h w 3), of which only frames outside are read.

    `at(k)` gives {name: (h w 3) float32} of the gap's k-th frame; `trust(k)` (h w 1) float32 how well motion there and
    back agrees, 0..1.
    """

    def __init__(self, clip: np.ndarray, start: int, stop: int, interpolator, model=None):
        self.before, self.after = clip[start - 1], clip[stop]
        self.count, self.interpolator, self.model = int(stop - start), interpolator, model
        self._middles: dict[int, np.ndarray] = {}
        lead, tail = clip[max(0, start - CONTEXT) : start], clip[stop : stop + CONTEXT]
        self._sides, self._coasts = (lead, tail[::-1]), None
        self._flows = steady(lead, tail, self.count)
        self._agreed = agreement(*self._flows), agreement(*self._flows[::-1])

    def time(self, k: int) -> float:
        return (k + 1) / (self.count + 1)

    def at(self, k: int) -> dict[str, np.ndarray]:
        makers = dict(freeze=self.freeze, blend=self.blend, rife=self.rife, steady=self.steady)
        if self.count > SHORT:
            makers["coast"] = self.coast
        if self.model is not None:
            makers["model"] = lambda k: self.model[k]
        return {name: np.asarray(make(k), np.float32) for name, make in makers.items()}

    def freeze(self, k: int) -> np.ndarray:
        return self.before if self.time(k) <= 0.5 else self.after

    def blend(self, k: int) -> np.ndarray:
        return cv2.addWeighted(self.before, 1 - self.time(k), self.after, self.time(k), 0)

    def rife(self, k: int) -> np.ndarray:
        """By halving: the network finds the middle first, then the middle of each half: better than asking it for any
        time at once (24.5 dB against 24.1, 17.9 against 17.7 on gaps of 6 and 25 frames of a street film)."""
        return self._halved(k + 1, 0, self.count + 1, self.before, self.after)

    def _halved(self, place: int, low: int, high: int, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        middle = (low + high) // 2
        if middle not in self._middles:
            self._middles[middle] = self.interpolator.between(before, after, (middle - low) / (high - low))
        found = self._middles[middle]
        if place == middle:
            return found
        if place < middle:
            return self._halved(place, low, middle, before, found)
        return self._halved(place, middle, high, found, after)

    def coast(self, k: int) -> np.ndarray:
        """Each side carried on by its camera, and one dissolved into the other: nobody knows where a cut is."""
        if self._coasts is None:
            self._coasts = tuple(onward(side, self.count, COASTING) for side in self._sides)
        ahead, back = self._coasts
        return cv2.addWeighted(ahead[k], 1 - self.time(k), back[self.count - 1 - k], self.time(k), 0)

    def steady(self, k: int) -> np.ndarray:
        """Moved along flow that was looked for where steady motion leads."""
        return self._moved(*linear(*self._flows, self.time(k)))

    def trust(self, k: int) -> np.ndarray:
        time, (there, back) = self.time(k), self._flows
        out = (1 - time) * warp(self._agreed[0], -time * there) + time * warp(self._agreed[1], -(1 - time) * back)
        h, w = self.before.shape[:2]
        return cv2.resize(cv2.GaussianBlur(out, (0, 0), 2), (w, h))[..., None]

    def _moved(self, to_one, to_other, share) -> np.ndarray:
        h, w = self.before.shape[:2]
        one, other = (enlarged(f, (w, h)) for f in (to_one, to_other))
        share = cv2.resize(np.asarray(share, np.float32), (w, h))[..., None] if np.ndim(share) else share
        a, b = (warp(f, to, cv2.INTER_CUBIC).astype(np.float32) for f, to in ((self.before, one), (self.after, other)))
        return a * share + b * (1 - share)


def steady(lead: np.ndarray, tail: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Flows there and back (h w 2) between the last of `lead` and the first of `tail`, at the small size.

    Motion over a long gap is too far to be found from nothing; so the speed seen beside the gap says where to look,
    and pixel by pixel the better of that and a search from nothing is kept.
    """
    lead, tail = (np.stack([shrunk(f) for f in part]) for part in (lead, tail))
    one, other = lead[-1], tail[0]
    there = _better(one, other, speed(lead), count)
    back = _better(other, one, speed(tail[::-1]), count)
    return there, back


def speed(run: np.ndarray) -> np.ndarray | None:
    """Flow (h w 2) a frame at the end of `run`: over the last frames, from the last one on."""
    if len(run) < 2:
        return None
    return -flow(run[-1], run[0], fine=True) / (len(run) - 1)


def _better(one, other, guess, count: int) -> np.ndarray:
    plain = flow(one, other, fine=True)
    if guess is None or min(one.shape[:2]) < 16:
        return plain
    guided = _refine(one, other, cv2.GaussianBlur(guess, (0, 0), 2) * (count + 1))
    miss = [cv2.GaussianBlur(np.abs(warp(other, f).astype(np.float32) - one).mean(-1), (0, 0), 3) for f in (plain, guided)]
    kept = cv2.GaussianBlur((miss[1] < miss[0] * 0.95).astype(np.float32), (0, 0), 1.5)[..., None]
    return plain * (1 - kept) + guided * kept


def _refine(one, other, start: np.ndarray) -> np.ndarray:
    finder = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return finder.calc(grey(one), grey(other), start.astype(np.float32).copy())


def shrunk(frame: np.ndarray, longest: int = SMALL) -> np.ndarray:
    """(h w 3) uint8 with its longer side at most `longest` pixels."""
    h, w = frame.shape[:2]
    scale = min(1.0, longest / max(h, w))
    return frame if scale == 1 else cv2.resize(frame, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)


def enlarged(moved: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A flow (h w 2) for frames of `size` (w, h)."""
    h, w = moved.shape[:2]
    return cv2.resize(np.asarray(moved, np.float32), size) * np.float32([size[0] / w, size[1] / h])
