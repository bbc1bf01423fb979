"""The motion brush: a painted region of a picture goes where it is pushed, everything well outside stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .inpaint import fill_behind
from .living import Sketch, falling, fit_mask

WAYS = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1), "up right": (1, -1), "up left": (-1, -1),
        "down right": (1, 1), "down left": (-1, 1)}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Stroke:
    """mask (h w) of the region; direction: a word of WAYS, degrees counter-clockwise from "right", or (dx, dy) in widths a second;
    speed in widths a second, or a factor when the direction is (dx, dy) (then 1 when left out)."""

    mask: np.ndarray
    direction: str | float | tuple[float, float] = "right"
    speed: float | None = None

    def velocity(self) -> np.ndarray:
        """(dx, dy) in picture widths a second, y down. ValueError with one sentence for a direction that is none."""
        if isinstance(self.direction, str):
            if self.direction not in WAYS:
                raise ValueError(f"A brush goes {', '.join(WAYS)}, some degrees, or (dx, dy), not {self.direction!r}.")
            way = np.array(WAYS[self.direction], float)
            return way / np.hypot(*way) * self._speed(0.08)
        way = np.asarray(self.direction, float)
        if way.shape == ():
            turn = np.deg2rad(float(way))
            return np.array([np.cos(turn), -np.sin(turn)]) * self._speed(0.08)
        if way.shape != (2,) or not np.isfinite(way).all() or np.abs(way).max() > 4:
            raise ValueError("A brush's (dx, dy) are two numbers of picture widths a second, from -4 to 4.")
        return way * self._speed(1.0)

    def _speed(self, usual: float) -> float:
        speed = usual if self.speed is None else float(self.speed)
        if not 0 <= speed <= 4:
            raise ValueError(f"A brush's speed is 0 to 4 picture widths a second, not {speed:g}.")
        return speed


def brush(picture: np.ndarray, mask, direction="right", speed: float | None = None, *, num_frames: int = 33, fps: float = 8.0) -> Sketch:
    """Sketch frames uint8 (t h w 3) in which one region moves, or several: then `mask` is a list of strokes, later ones in front.

    Edges are feathered and the background is filled in behind; `known` marks what no region comes near, which stays bit-exact.
    """
    strokes = list(mask) if isinstance(mask, (list, tuple)) and all(isinstance(s, Stroke) for s in mask) else [Stroke(mask, direction, speed)]
    if not strokes:
        raise ValueError("A motion brush needs at least one painted region.")
    h, w = picture.shape[:2]
    masks = [fit_mask(stroke.mask, picture) for stroke in strokes]
    if not all(m.any() for m in masks):
        raise ValueError("A motion brush needs a region: one of its masks is empty.")
    feather = max(1.0, 0.008 * h)
    rim = max(2, round(3 * feather))
    union = np.logical_or.reduce(masks)
    behind = fill_behind(picture, union, rim) if not union.all() else picture.copy()
    alphas = [cv2.GaussianBlur(m.astype(np.float32), (0, 0), feather) for m in masks]
    layers = [np.dstack([picture * a[..., None], a]).astype(np.float32) for a in alphas]
    rest = picture.astype(np.float32) * (1 - np.maximum.reduce(alphas)[..., None]) + behind * np.maximum.reduce(alphas)[..., None]
    touched = cv2.dilate(union.astype(np.uint8), np.ones((2 * rim + 3,) * 2, np.uint8)).astype(bool)
    frames, known = np.empty((num_frames, h, w, 3), np.uint8), np.empty((num_frames, h, w), bool)
    for i in range(num_frames):
        seconds = i / fps
        gone = seconds - 0.25 if seconds > 0.5 else seconds**2
        canvas, swept = np.where(touched[..., None], rest, picture).astype(np.float32), touched.copy()
        for stroke, layer, alpha in zip(strokes, layers, alphas):
            dx, dy = stroke.velocity() * w * gone
            moved = cv2.warpAffine(layer, np.float32([[1, 0, dx], [0, 1, dy]]), (w, h), flags=cv2.INTER_LINEAR)
            canvas = canvas * (1 - moved[..., 3:]) + moved[..., :3]
            swept |= cv2.dilate((moved[..., 3] > 0).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        frames[i] = np.where(swept[..., None], canvas.round().clip(0, 255), picture)
        known[i] = ~swept
    frames[0], known[0] = picture, True
    return Sketch(frames, falling(num_frames), known=known, mask=union)
