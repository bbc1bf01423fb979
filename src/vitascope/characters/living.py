"""A picture comes alive: its main thing moves from where it stands, the camera goes over it, and the rest breathes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vitascope.director.gaits import RATES, puppet, sway
from vitascope.director.plan import CAMERAS, GAITS, MOTIONS
from vitascope.director.stage import View

from .cutout import soften
from .inpaint import fill_behind
from .nature import Nature
from .paths import camera_path, thing_path
from .saliency import find_thing

FIRST, LAST = 0.8, 0.6  # how far the sketch is trusted at its beginning and end
USUAL_GAITS = {"crosses": "walk", "follows": "walk", "meets": "walk", "hides": "walk"}


@dataclass(frozen=True)
class Sketch:
    """A guess at how a picture goes on.

    frames uint8 (t h w 3), the first of them the picture, bit-exact; strength (t) 0..1, how far to trust each;
    known bool (t h w): pixels that certainly stay as they are, or None; notes for the report; mask bool (h w) of what moves, or None.
    """

    frames: np.ndarray
    strength: np.ndarray
    notes: tuple[str, ...] = ()
    known: np.ndarray | None = None
    mask: np.ndarray | None = None


def animate_picture(
    picture: np.ndarray, num_frames: int, fps: float, *, motion: str | None = None, gait: str | None = None,
    direction: str | None = None, camera: str = "still", amount: float = 1.0, mask: np.ndarray | None = None, seed: int = 0,
) -> Sketch:  # fmt: skip
    """Sketch frames at the picture's own size, uint8 (h w 3), for what a prompt wants of it.

    motion     of its main thing, one of plan.MOTIONS; None: it only breathes. gait: one of plan.GAITS, None: what suits the motion
    direction  "left", "right" or None: where there is more room
    camera     one of plan.CAMERAS; amount 0..2: how much everything moves; mask bool (h w): the thing, else it is looked for
    The first frame is the picture; where nothing stands out, camera and nature move alone.
    """
    _check(picture, num_frames, motion, gait, camera, amount)
    h, w = picture.shape[:2]
    given = mask is not None
    mask = fit_mask(mask, picture) if given else find_thing(picture)
    if mask is None or not mask.any() or mask.all():
        note = "Nothing stands out in the picture: the camera and the small movements of nature go over all of it."
        path = camera_path(camera, num_frames, fps, amount, None)
        nature = Nature(picture, amount, seed)
        frames = [_seen(nature.at(i / fps), View(w, h, *map(float, path[i])), 0.7, 0.6) for i in range(num_frames)]
        frames[0] = picture.copy()
        return Sketch(np.stack(frames), falling(num_frames), (note,))
    thing = Thing(picture, mask, gait or USUAL_GAITS.get(motion, "none"))
    way = thing_path(motion or "stands", num_frames, fps, amount, thing.box, (w, h), direction)
    path = camera_path(camera, num_frames, fps, amount, way[:, 0] / w)
    nature = Nature(fill_behind(picture, mask), 0.7 * amount, seed)
    frames = []
    for i in range(num_frames):
        view = View(w, h, *map(float, path[i]))
        canvas = _seen(nature.at(i / fps), view, 0.7, 0.0)
        thing.draw(canvas, view, way[i], thing.phase(way[: i + 1], fps, amount), min(1.0, 2 * i / fps) * min(1.0, amount))
        frames.append(canvas)
    frames[0] = picture.copy()
    note = "The main thing was " + ("the one marked." if given else "found by what stands out; mark it with a mask if it is another.")
    return Sketch(np.stack(frames), falling(num_frames), (note,), mask=mask)


def falling(num_frames: int) -> np.ndarray:
    """Strengths (t) from FIRST to LAST."""
    return np.linspace(FIRST, LAST, num_frames, dtype=np.float32)


def _seen(picture: np.ndarray, view: View, slide: float, lean: float) -> np.ndarray:
    matrix = view.matrix(slide, lean)
    if np.allclose(matrix, np.eye(2, 3)):
        return picture
    return cv2.warpAffine(picture, matrix, (view.w, view.h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


class Thing:
    """What moves: a premultiplied sprite that stands where the picture shows it."""

    def __init__(self, picture: np.ndarray, mask: np.ndarray, gait: str):
        h, w = mask.shape
        ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        margin = 3
        y0, y1, x0, x1 = max(0, ys[0] - margin), min(h, ys[-1] + 1 + margin), max(0, xs[0] - margin), min(w, xs[-1] + 1 + margin)
        sprite = soften(np.ascontiguousarray(picture[..., :3]), mask)[y0:y1, x0:x1].astype(np.float32)
        sprite[..., :3] *= sprite[..., 3:] / 255
        self.sprite, self.box = sprite, (int(x0), int(y0), int(x1), int(y1))
        self.gait = "none" if ys[-1] >= h - 2 and gait in ("walk", "run", "hop", "roll") else gait  # its feet are not in the picture

    def phase(self, way: np.ndarray, fps: float, amount: float) -> float:
        """Cycles of its gait after the path so far, (i 3) of (dx, dy, scale)."""
        by_way, by_time = RATES[self.gait]
        gone = np.hypot(*np.diff(way[:, :2], axis=0).T) / max(8, self.box[3] - self.box[1])
        return float(np.minimum(gone * by_way + amount * by_time / fps, 0.34).sum())

    def draw(self, canvas: np.ndarray, view: View, step: np.ndarray, phase: float, ramp: float) -> None:
        """Onto canvas (h w 3), in place, at (dx, dy, scale) from its own place, its gait bent as far as `ramp` 0..1 says."""
        x0, y0, x1, y1 = self.box
        sprite, (left, above) = bend(self.sprite, self.gait, phase, ramp)
        dx, dy, squash, stretch = sway(self.gait, phase)
        dx0, dy0, squash0, stretch0 = sway(self.gait, 0.0)
        tall, scale = y1 - y0, float(step[2])
        wide = scale * (1 + ramp * (stretch / stretch0 - 1))
        high = scale * (1 + ramp * (squash / squash0 - 1))
        foot = np.array([(x0 + x1) / 2, y1], float)
        move = np.array([step[0] + ramp * (dx - dx0) * tall, step[1] + ramp * (dy - dy0) * tall])
        at = np.array([[wide, 0, foot[0] + move[0] - wide * foot[0]], [0, high, foot[1] + move[1] - high * foot[1]], [0, 0, 1]])
        home = np.array([[1, 0, x0 - left], [0, 1, y0 - above], [0, 0, 1]], float)
        matrix = view.matrix(1.0) @ at @ home
        drawn = cv2.warpAffine(sprite, matrix, (view.w, view.h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        canvas[:] = (canvas * (1 - drawn[..., 3:] / 255) + drawn[..., :3]).round().clip(0, 255).astype(np.uint8)


def bend(sprite: np.ndarray, gait: str, phase: float, ramp: float) -> tuple[np.ndarray, tuple[int, int]]:
    """(sprite bent by its gait as far as ramp 0..1, the margin (left, above) that it grew by)."""
    h, w = sprite.shape[:2]
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    places = puppet(np.dstack([x, y, np.ones_like(x)]), gait, phase, True)
    if places.shape[:2] == (h, w):
        return sprite, (0, 0)
    left, above = (places.shape[1] - w) // 2, (places.shape[0] - h) // 2
    there = places[..., 2] > 0.99
    px, py = np.meshgrid(np.arange(places.shape[1], dtype=np.float32) - left, np.arange(places.shape[0], dtype=np.float32) - above)
    bent_x = np.where(there, px + ramp * (places[..., 0] - px), -9)
    bent_y = np.where(there, py + ramp * (places[..., 1] - py), -9)
    return cv2.remap(sprite, bent_x, bent_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), (left, above)


def fit_mask(mask: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """A mask as bool (h w) of the picture's size: resized when it has the same shape. ValueError with one sentence otherwise."""
    mask = np.asarray(mask)
    if mask.ndim == 3 and mask.shape[2] in (1, 3, 4):
        mask = mask[..., :3].max(-1)
    if mask.ndim != 2 or not mask.size:
        raise ValueError(f"A mask is a picture of one layer (h, w), white where it counts, not of shape {mask.shape}.")
    mask = mask if mask.dtype == bool else mask > (0.5 if mask.max() <= 1 else 127)
    (h, w), (mh, mw) = picture.shape[:2], mask.shape
    if abs(np.log(mw / mh / (w / h))) > 0.03:
        raise ValueError(f"The mask is {mw}x{mh} and the picture {w}x{h}: give a mask of the same shape.")
    if (mh, mw) == (h, w):
        return mask
    return cv2.resize(mask.astype(np.float32), (w, h), interpolation=cv2.INTER_AREA if mw > w else cv2.INTER_LINEAR) > 0.5


def _check(picture, num_frames: int, motion, gait, camera: str, amount: float) -> None:
    if not (isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
            and min(picture.shape[:2]) >= 16):  # fmt: skip
        raise ValueError("A picture to animate is uint8 (h, w, 3) of at least 16 x 16 pixels.")
    if num_frames < 1:
        raise ValueError(f"A film has at least one frame, not {num_frames}.")
    for value, known, what in ((motion, MOTIONS, "motion"), (gait, GAITS, "gait"), (camera, CAMERAS, "camera")):
        if value is not None and value not in known:
            raise ValueError(f"A {what} is one of {', '.join(known)}, not {value!r}.")
    if not 0 <= amount <= 2:
        raise ValueError(f"The motion strength is 0 to 2, not {amount:g}.")
