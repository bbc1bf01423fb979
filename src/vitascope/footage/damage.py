"""Passages of a film that are broken: black or of one colour, stuck, or garbled. What healthy films do is left alone."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from vitascope.finishing import is_cut

from .measures import unexplained

WIDTH = 160  # pixels of the longer side at which frames are looked at
PLAIN = 3.0  # standard deviation in grey levels of a frame of one colour
BLACK = 24  # grey level below which one colour is called black
ABRUPT, TIMES = 12.0, 3.0  # grey levels of a step that is no fade, and how many usual steps it must be
SAME = 0.02  # mean grey levels between frames that are one and the same
MOVING = 0.2  # mean grey levels a step in a film that moves
STUCK = 3  # repeats in a row from which a moving film is stuck
BLOCKY = 1.8  # how many times its usual blockiness a garbled frame has at least
GREEN = 0.2  # share of the picture that is the green of missing data
FOREIGN = 2  # frames in a row that have nothing to do with either side


class Damage(NamedTuple):
    """Frames start..stop-1 and a sentence on what is wrong with them."""

    start: int
    stop: int
    why: str


def find_damage(frames: np.ndarray, fps: float) -> list[tuple[int, int]]:
    """Damaged spans (start, stop) of a film (t h w 3) uint8, in rising order, none of them touching."""
    return [(one.start, one.stop) for one in examine(frames, fps)]


def examine(frames: np.ndarray, fps: float) -> list[Damage]:
    """The same, each with its reason. Spans that touch are one, with both reasons.

    Left alone are fades to and from a colour, black at either end of a film, still shots (they end in a cut or go on
    as they were), pictures held for two frames or three as in drawn animation, flashes and cuts.
    """
    if len(frames) < 3:
        return []
    film = _Film(frames)
    found = sorted([*_one_colour(film, fps), *_stuck(film, fps), *_garbled(film, fps)])
    merged: list[Damage] = []
    for one in found:
        last = merged[-1] if merged else None
        if last and one.start <= last.stop:
            why = last.why if one.stop <= last.stop or one.why == last.why else f"{last.why} {one.why}"
            merged[-1] = Damage(last.start, max(last.stop, one.stop), why)
        else:
            merged.append(one)
    return merged


class _Film:
    """What is measured of every frame once, at a small size, and of every step from one frame to the next."""

    def __init__(self, frames: np.ndarray):
        h, w = frames.shape[1:3]
        scale = min(1.0, WIDTH / max(h, w))
        size = max(16, round(w * scale)), max(16, round(h * scale))
        self.small = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames])
        self.level = self.small.mean((1, 2))  # (t 3)
        self.spread = self.small.std((1, 2)).max(-1)
        pairs = list(zip(self.small, self.small[1:]))
        self.step = np.array([np.abs(a.astype(np.int16) - b).mean() for a, b in pairs])
        self.same = np.array([step < SAME and np.array_equal(a[::2], b[::2]) for (a, b), step in zip(pairs, self.step)])
        self.block = np.array([blockiness(frame) for frame in frames])
        self.green = np.array([_green(frame) for frame in self.small])

    def __len__(self) -> int:
        return len(self.small)

    def abrupt(self, i: int, forward: bool) -> bool:
        """Whether the step into frame i (or, not forward, the step out of frame i - 1) is no part of a fade."""
        beside = self.step[max(0, i - 5) : i - 1] if forward else self.step[i : i + 4]
        usual = float(np.median(beside)) if len(beside) else 0.0
        return bool(self.step[i - 1] > ABRUPT and self.step[i - 1] > TIMES * usual)


def _one_colour(film: _Film, fps: float):
    for start, stop in runs(film.spread < PLAIN):
        black = film.level[start:stop].max() < BLACK
        into = start == 0 or film.abrupt(start, True)
        out = stop == len(film) or film.abrupt(stop, False)
        at_end = start == 0 or stop == len(film)
        if into and out and not (start == 0 and stop == len(film)) and not (black and at_end):
            kind = "black" if black else "of one colour"
            yield Damage(start, stop, f"{told(start, stop, fps)} {kind}, and the picture breaks off and comes back at once.")


def _stuck(film: _Film, fps: float):
    repeats = runs(film.same)
    lengths = [stop - start for start, stop in repeats]
    # Drawn films hold every picture for two frames or three: what is usual is no damage.
    usual = np.percentile(lengths, 75) if len(lengths) > 3 else 0
    for start, stop in repeats:
        first, last = start + 1, stop + 1  # the step i leads from frame i to frame i + 1
        if stop - start < max(STUCK, usual + 2) or start == 0 or last >= len(film) or film.spread[first] < PLAIN:
            continue
        before, after = film.step[max(0, start - 6) : start], film.step[last : last + 6]
        moving = np.mean(before) > MOVING and len(after) and np.mean(after) > MOVING
        jump = film.step[last - 1] > 1.3 * np.median(np.concatenate([before, after]))
        if moving and jump and not is_cut(film.small[last - 1], film.small[last]):
            yield Damage(first, last, f"{told(first, last, fps)} the frame before again, in a film that moves, and then it jumps.")


def _garbled(film: _Film, fps: float):
    usual = np.median(film.block)
    green = film.green > GREEN + np.median(film.green)
    blocky = film.block > max(BLOCKY * usual, usual + 0.5)
    for marked, kind in ((green, "the green of missing data"), (blocky, "blocks in place of a picture")):
        for start, stop in runs(marked):
            if (start == 0 or film.abrupt(start, True)) and (stop == len(film) or film.abrupt(stop, False)):
                yield Damage(start, stop, f"{told(start, stop, fps)} {kind}.")
    for start in range(1, len(film) - 1):
        for stop in range(start + 1, min(start + FOREIGN, len(film) - 1) + 1):
            if _foreign(film, start, stop):
                yield Damage(start, stop, f"{told(start, stop, fps)} unlike the frames on both sides, which are alike.")


def _foreign(film: _Film, start: int, stop: int) -> bool:
    """Whether the frames start..stop-1 break a picture that goes on after them, and are no flash of it."""
    if not (film.abrupt(start, True) and film.abrupt(stop, False)):
        return False
    before, inside, after = film.small[start - 1], film.small[start], film.small[stop]
    across = unexplained(before, after)
    if across > 0.3 * min(unexplained(before, inside), unexplained(film.small[stop - 1], after)):
        return False
    a, b = (frame.mean(-1).ravel() for frame in (before, inside))
    return bool(a.std() < 1e-3 or b.std() < 1e-3 or np.corrcoef(a, b)[0, 1] < 0.5)


def blockiness(frame: np.ndarray) -> float:
    """Mean step across the borders of 8-pixel blocks over the mean step elsewhere: about 1 in a picture (h w 3)."""
    level = frame[..., 1].astype(np.float32)
    ratios = []
    for picture in (level, level.T):
        steps = np.abs(np.diff(picture, axis=1)).mean(0)
        border = np.arange(1, len(steps) + 1) % 8 == 0
        if border.any() and not border.all():
            ratios.append((steps[border].mean() + 0.5) / (steps[~border].mean() + 0.5))
    return float(np.mean(ratios)) if ratios else 1.0


def _green(frame: np.ndarray) -> float:
    """Share of a frame (h w 3) that shows what a decoder puts where data are missing: luma and chroma of zero."""
    red, green, blue = (frame[..., i] for i in range(3))
    return float(((red < 24) & (blue < 24) & (green > 60) & (green < 190)).mean())


def runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """(start, stop) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2])]


def told(start: int, stop: int, fps: float) -> str:
    """The beginning of a sentence on frames start..stop-1."""
    if stop - start == 1:
        return f"The frame at {start / fps:.2f} s is"
    return f"The frames from {start / fps:.2f} s to {stop / fps:.2f} s are"
