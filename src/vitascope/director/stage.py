"""Draws a plan: scenery in parallax layers, subjects warped onto it, and what makes it look alive.

With every switch of `Life` on (shadows, limbs, light, weather) this is the real render that the painter learns from;
with all off it is the animatic that the painter starts from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from . import atmosphere
from .backdrop import Backdrop
from .gaits import gait_phase, puppet, sway, upright_tilt
from .plan import DEPTH, FACING, PAN_X, PAN_Y, PHASE, PRESENCE, ROLL, SCALE, TILT, ZOOM, Plan, Shot, Subject, X, Y
from .scenery import STAGES, Layer, ground_at, paint, palette, parallax

__all__ = ["Life", "gait_phase", "render", "render_plan", "upright_tilt"]


@dataclass(frozen=True)
class Life:
    """What makes a picture alive, each a switch."""

    shadows: bool = True
    gait: bool = True
    weather: bool = True
    light: bool = True
    nature: bool = True
    poses: bool = True

    @classmethod
    def full(cls) -> Life:
        """The real render."""
        return cls()

    @classmethod
    def none(cls) -> Life:
        """The animatic."""
        return cls(False, False, False, False, False, False)


@dataclass(frozen=True)
class View:
    """One frame's camera over a home view of (w, h) pixels: home coordinates to output pixels, for a sliding speed."""

    w: int
    h: int
    pan_x: float
    pan_y: float
    zoom: float
    roll: float

    def matrix(self, slide: float, lean: float = 0.0) -> np.ndarray:
        """(2 3) affine map of home pixels; what lies at height y slides by slide + lean * y / h."""
        c, s = np.cos(self.roll) * self.zoom, np.sin(self.roll) * self.zoom
        turn = np.array([[c, -s], [s, c]])
        shear = np.array([[1, -self.pan_x * self.w * lean / self.h], [0, 1 - self.pan_y * lean]])
        centre = np.array([self.w / 2, self.h / 2])
        offset = -np.array([self.pan_x * self.w, self.pan_y * self.h]) * slide
        return np.column_stack([turn @ shear, turn @ (offset - centre) + centre])


def blend(canvas: np.ndarray, picture: np.ndarray) -> None:
    """Put premultiplied RGBA uint8 (h w 4) over RGB uint8 (h w 3), in place."""
    left = cv2.cvtColor(255 - picture[..., 3], cv2.COLOR_GRAY2RGB)
    cv2.multiply(canvas, left, canvas, 1 / 255)
    cv2.add(canvas, np.ascontiguousarray(picture[..., :3]), canvas)


@lru_cache(maxsize=1024)
def pyramid(library, reference_id: str, frame: int) -> list[np.ndarray]:
    """A sprite premultiplied, and halved until it is tiny, so that a small copy does not shimmer."""
    sprite = library.sprite(reference_id, frame).astype(np.float32)
    sprite[..., :3] *= sprite[..., 3:] / 255
    levels = [sprite.round().astype(np.uint8)]
    while min(levels[-1].shape[:2]) > 12:
        h, w = levels[-1].shape[:2]
        levels.append(cv2.resize(levels[-1], ((w + 1) // 2, (h + 1) // 2), interpolation=cv2.INTER_AREA))
    return levels


def draw_layer(canvas: np.ndarray, layer: Layer, view: View, seconds: float, alive: bool) -> None:
    matrix = view.matrix(layer.slide, layer.lean)
    home = np.array([[1, 0, -layer.origin[0]], [0, 1, -layer.origin[1]], [0, 0, 1]], np.float64)
    if alive and layer.motion:
        home = atmosphere.stir(layer.motion, seconds, view.w, view.h, layer.foot, layer.depth) @ home
    matrix = matrix @ home
    flags = cv2.INTER_AREA if view.zoom < 1 else cv2.INTER_LINEAR
    # Beyond its edge a layer goes on as its mirror image: a following camera may pan farther than any canvas reaches.
    border = cv2.BORDER_REPLICATE if layer.opaque else cv2.BORDER_REFLECT_101
    picture = cv2.warpAffine(layer.picture, matrix, (view.w, view.h), flags=flags, borderMode=border)
    if alive and layer.motion == "water":
        picture = atmosphere.ripple(picture, seconds)
    if layer.opaque:
        canvas[:] = picture[..., :3]
    else:
        blend(canvas, picture)


def place(subject: Subject, i: int, view: View) -> tuple[float, float, float]:
    """Where a subject's feet come out, and its height, in output pixels."""
    row = subject.track[i]
    x, y = view.matrix(float(parallax(row[DEPTH]))) @ np.array([row[X] * view.w, row[Y] * view.h, 1])
    return float(x), float(y), float(row[SCALE] * view.h * view.zoom)


def draw_subject(canvas, subject: Subject, i: int, view: View, library, life: Life, light, seconds: float) -> None:
    row = subject.track[i]
    x, y, height = place(subject, i, view)
    reference = library[subject.reference]
    frame = int(seconds * reference.fps) % reference.frames if life.poses and reference.frames > 1 else 0
    levels = pyramid(library, subject.reference, frame)
    level = next((p for p in reversed(levels) if p.shape[0] >= height), levels[0])
    scale, stretch = height / level.shape[0], 1.0
    if life.gait and subject.gait != "none":
        dx, dy, squash, stretch = sway(subject.gait, float(row[PHASE]))
        x, y = x + dx * height, y + dy * height
        level = puppet(level, subject.gait, float(row[PHASE]), reference.heading is not None)
    else:
        squash = 1.0
    sh, sw = level.shape[:2]
    looks = -1.0 if reference.heading is not None and 90 < reference.heading % 360 < 270 else 1.0
    side = float(row[FACING]) * looks if reference.heading is not None else 1.0
    side = np.copysign(max(abs(side), 0.25), side if side else 1.0)
    angle = float(row[TILT]) + view.roll
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]]) @ np.diag([side * scale * stretch, scale * squash])
    middle = np.array([x, y - height * squash / 2])
    matrix = np.column_stack([turn, middle - turn @ np.array([sw / 2, sh / 2])])
    reach = (abs(turn[0, 0]) * sw + abs(turn[0, 1]) * sh) / 2 + 2, (abs(turn[1, 0]) * sw + abs(turn[1, 1]) * sh) / 2 + 2
    x0, x1 = max(0, int(middle[0] - reach[0])), min(view.w, int(middle[0] + reach[0]) + 1)
    y0, y1 = max(0, int(middle[1] - reach[1])), min(view.h, int(middle[1] + reach[1]) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    matrix[:, 2] -= (x0, y0)
    sprite = cv2.warpAffine(level, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    if life.light:
        sprite = np.ascontiguousarray((sprite * np.append(light, 1)).astype(np.uint8))
    if row[PRESENCE] < 0.99:
        sprite = (sprite * float(row[PRESENCE])).astype(np.uint8)
    blend(canvas[y0:y1, x0:x1], sprite)


def draw_shadow(canvas, subject: Subject, i: int, view: View, shot: Shot, library) -> None:
    """A soft ellipse on the ground under the feet, fainter the higher the subject flies."""
    row = subject.track[i]
    floor = float(ground_at(shot.scene.kind, row[DEPTH]))
    lift = max(0.0, floor - float(row[Y]))
    strength = 0.38 * float(row[PRESENCE]) * max(0.0, 1 - 1.6 * lift) * (0.5 if shot.scene.time == "night" else 1)
    if strength < 0.02:
        return
    x, y = view.matrix(float(parallax(row[DEPTH]))) @ np.array([row[X] * view.w, min(floor, row[Y] + lift) * view.h, 1])
    half = row[SCALE] * view.h * view.zoom * library[subject.reference].aspect * 0.5 * (0.85 + 0.3 * lift)
    half, flat = min(half, view.w * 0.4), max(1.0, 0.16 * half)
    x0, x1 = max(0, int(x - half - 1)), min(view.w, int(x + half + 2))
    y0, y1 = max(0, int(y - flat - 1)), min(view.h, int(y + flat + 2))
    if x0 >= x1 or y0 >= y1:
        return
    u = (np.arange(x0, x1) - x) / half
    v = (np.arange(y0, y1) - y) / flat
    inside = np.clip(1 - u[None] ** 2 - v[:, None] ** 2, 0, 1)
    dark = (1 - strength * np.sqrt(inside))[..., None]
    area = canvas[y0:y1, x0:x1]
    area[:] = (area * dark).astype(np.uint8)


def render(
    shot: Shot, library, size: tuple[int, int], life: Life, start: float = 0.0, fps: float = 8.0, backdrop: np.ndarray | None = None
) -> np.ndarray:
    """Draw a shot at `size` (width, height): uint8 (t h w c). `start` is the film time of its first frame in seconds. See `draw`."""
    return np.stack(list(draw(shot, library, size, life, start, fps, backdrop)))


def draw(
    shot: Shot, library, size: tuple[int, int], life: Life, start: float = 0.0, fps: float = 8.0, backdrop: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """The same frame by frame (h w c), each drawn when it is asked for.

    backdrop: a picture uint8 (h w 3), or one a frame (t h w 3), that stands where the scenery would; the shot's scene then only says
    where the ground is and how light and weather are. The same shot gives the same bytes. Raises KeyError when a subject's reference is not in the library, and ValueError
    for a size below 16 pixels, an unknown word in the scene, or a track whose length is not the camera's.
    """
    w, h = size
    if min(w, h) < 16:
        raise ValueError(f"A picture of {w} x {h} pixels is too small to draw; ask for at least 16 x 16.")
    for subject in shot.subjects:
        if len(subject.track) != shot.num_frames:
            raise ValueError(
                f"{subject.name!r} has a track of {len(subject.track)} frames in a shot of {shot.num_frames}; "
                "give it one row a frame."
            )
    views = [View(w, h, *(float(camera[k]) for k in (PAN_X, PAN_Y, ZOOM, ROLL))) for camera in shot.camera]
    own, layers = None, []
    if backdrop is None:
        layers = paint(shot.scene, size, shot.style)
    else:
        own = Backdrop(backdrop, views)
    light = np.clip(palette(shot.scene, shot.style).tint, 0.02, 1.1) ** 0.55
    if shot.scene.kind == "underwater":
        light = light * (0.72, 0.94, 1.0)
    grounded = STAGES[shot.scene.kind].horizon < 1 and shot.scene.kind not in ("underwater", "bridge")
    for i in range(shot.num_frames):
        canvas, seconds = np.zeros((h, w, 3), np.uint8), start + i / fps
        view = views[i]
        if own is not None:
            own.draw(canvas, view, i)
        queue = [(layer.depth, 1, layer) for layer in layers]
        queue += [(float(s.track[i, DEPTH]), 0, s) for s in shot.subjects if s.track[i, PRESENCE] > 0.01]
        for _, kind, thing in sorted(queue, key=lambda entry: -entry[0]):
            if kind:
                draw_layer(canvas, thing, view, seconds, life.nature)
            else:
                if life.shadows and grounded:
                    draw_shadow(canvas, thing, i, view, shot, library)
                draw_subject(canvas, thing, i, view, library, life, light, seconds)
        if life.weather:
            atmosphere.fall(canvas, shot.scene, view, seconds)
        yield canvas


def render_plan(plan: Plan, library, size: tuple[int, int], life: Life, backdrop: np.ndarray | None = None) -> np.ndarray:
    """All shots of a plan, one after another: uint8 (t h w c). A moving backdrop (t h w 3) goes on through the cuts."""
    parts, before = [], 0
    for shot in plan.shots:
        moving = backdrop is not None and backdrop.ndim == 4
        behind = backdrop[before : before + shot.num_frames] if moving else backdrop
        parts.append(render(shot, library, size, life, before / plan.fps, plan.fps, behind))
        before += shot.num_frames
    return np.concatenate(parts)
