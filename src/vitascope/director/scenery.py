"""Scenery: a plan's scene painted as parallax layers, larger than the view so that the camera can move.

Where things stand: every scene has a horizon; a foot at height y (0 top .. 1 bottom of the home view) stands at
`depth_at(kind, y)`, and a layer at a depth slides by `parallax(depth)` times the camera's pan. Both are linear, so the
ground plane slides by a plain shear and feet stay glued to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from .plan import GROUNDS, SCENES, TIMES, WEATHERS, Scene
from .shapes import Board, cloud, mix

NEAREST = 1.02  # height of the ground right under the lens, in view heights


@dataclass(frozen=True)
class Stage:
    """Where a scene can be played: `horizon`, and the heights (far, near) where feet walk and where bodies swim."""

    horizon: float
    walk: tuple[float, float] | None = None
    swim: tuple[float, float] | None = None


STAGES = {
    "meadow": Stage(0.55, (0.70, 0.94)),
    "forest": Stage(0.58, (0.74, 0.94)),
    "desert": Stage(0.55, (0.70, 0.94)),
    "beach": Stage(0.44, (0.76, 0.95), (0.52, 0.64)),
    "underwater": Stage(0.70, (0.84, 0.96), (0.25, 0.85)),
    "city": Stage(0.76, (0.84, 0.96)),
    "street": Stage(0.60, (0.78, 0.94)),
    "mountains": Stage(0.60, (0.74, 0.94)),
    "sky": Stage(1.6),
    "space": Stage(1.6),
    "room": Stage(0.68, (0.78, 0.95)),
    "bridge": Stage(0.52, (0.69, 0.70), (0.84, 0.96)),
    "park": Stage(0.56, (0.72, 0.94)),
    "river": Stage(0.46, (0.82, 0.95), (0.58, 0.72)),
    "farm": Stage(0.56, (0.74, 0.94)),
    "plain": Stage(0.72, (0.78, 0.94)),
}


def depth_at(kind: str, y: float) -> float:
    """Depth 0.03..0.97 of a foot on the ground at height y of the home view."""
    horizon = STAGES[kind].horizon
    if horizon > NEAREST:
        return 0.4
    return float(np.clip(1 - (y - horizon) / (NEAREST - horizon), 0.03, 0.97))


def ground_at(kind: str, depth):
    """Height of the ground at a depth: the inverse of `depth_at`."""
    horizon = STAGES[kind].horizon
    return horizon + (1 - np.asarray(depth)) * (NEAREST - horizon)


def parallax(depth):
    """How much of the camera's pan something at this depth slides by: above 1 near the lens, 0.1 at the horizon."""
    return 1.2 - 1.1 * np.asarray(depth)


@dataclass(frozen=True)
class Layer:
    """One sheet of scenery.

    `picture` is uint8 (h w 4) premultiplied RGBA; `origin` its pixel (x, y) at the home view's top left corner;
    `depth` orders it among subjects (above 1: always behind them); it slides by `slide + lean * y` times the pan
    (`lean` is 0 but for the ground). `motion` names what it does when it is alive: "", "water", "cloud" or "plant".
    """

    name: str
    picture: np.ndarray
    origin: tuple[int, int]
    depth: float
    slide: float
    lean: float = 0.0
    motion: str = ""
    foot: float = 1.0  # height of the roots of what sways
    opaque: bool = False


@dataclass(frozen=True)
class Palette:
    """The light of a scene: RGB 0..255 for the sky, the haze of distance; `tint` multiplies every surface."""

    top: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    haze: np.ndarray
    tint: np.ndarray
    cloud: np.ndarray
    cloud_shadow: np.ndarray
    dark: bool
    thick: float  # how fast haze gathers with distance
    vivid: float

    def lit(self, color, distance: float = 0.0) -> np.ndarray:
        """A surface's colour under this light, seen from a distance 0 (near) .. 1 (horizon)."""
        color = np.asarray(color, np.float32)
        grey = color.mean()
        color = grey + (color - grey) * self.vivid
        return mix(color * self.tint, self.haze, min(self.thick * distance, 0.96))


_LIGHT = {
    # Each row: top, middle and low sky, haze, tint, cloud, cloud shadow.
    "day": (
        (62, 142, 226),
        (128, 194, 244),
        (214, 238, 252),
        (196, 222, 240),
        (1.0, 1.0, 1.0),
        (255, 255, 255),
        (206, 226, 244),
    ),
    "sunset": (
        (74, 62, 140),
        (226, 104, 112),
        (255, 200, 112),
        (244, 156, 116),
        (1.0, 0.74, 0.66),
        (255, 196, 166),
        (206, 112, 130),
    ),
    "night": (
        (10, 14, 44),
        (26, 34, 84),
        (66, 80, 142),
        (48, 60, 112),
        (0.30, 0.37, 0.60),
        (74, 86, 140),
        (46, 56, 104),
    ),
    "dawn": (
        (120, 148, 214),
        (236, 186, 206),
        (255, 228, 196),
        (238, 206, 212),
        (0.96, 0.86, 0.92),
        (255, 232, 230),
        (220, 184, 208),
    ),
}


def palette(scene: Scene, style: str = "3d") -> Palette:
    """Colours of a scene by its time, weather and style. Raises ValueError naming an unknown word."""
    if scene.time not in TIMES or scene.weather not in WEATHERS:
        raise ValueError(f"No light is known for time {scene.time!r} with weather {scene.weather!r}.")
    top, middle, low, haze, tint, white, shadow = (np.asarray(c, np.float32) for c in _LIGHT[scene.time])
    thick, vivid = 0.62, {"3d": 1.0, "flat": 1.08, "noto": 1.05, "twemoji": 1.15, "clipart": 1.2}.get(style, 1.0)
    dull = {"rain": 0.55, "fog": 0.5, "snow": 0.4, "wind": 0.12}.get(scene.weather, 0.0)
    if dull:
        grey = mix((148, 160, 176), (196, 206, 218), 0.6 if scene.weather in ("snow", "fog") else 0.1)
        grey = grey * np.clip(tint * 1.05, 0, 1)
        top, middle, low = mix(top, grey * 0.86, dull), mix(middle, grey, dull), mix(low, grey * 1.08, dull)
        haze, white, shadow = (
            mix(haze, grey, dull),
            mix(white, grey * 1.1, dull * 0.8),
            mix(shadow, grey * 0.85, dull * 0.8),
        )
        tint = tint * (1 - 0.22 * dull)
        thick = {"fog": 1.0, "snow": 0.8, "rain": 0.75}.get(scene.weather, thick)
    return Palette(top, middle, low, haze, tint, white, shadow, scene.time == "night", thick, vivid)


@dataclass
class Easel:
    """What a recipe paints with: the board, the light, random numbers, and the layers so far."""

    board: Board
    scene: Scene
    style: str
    light: Palette
    rng: np.random.Generator
    sun: tuple[float, float]  # of the sun or moon, view heights
    layers: list[Layer] = field(default_factory=list)

    def add(self, name, picture, depth, slide=None, **more) -> None:
        slide = float(parallax(min(depth, 1.0))) if slide is None else slide
        self.layers.append(Layer(name, picture, self.board.origin, depth, slide, **more))

    def add_ground(self, picture, name="ground", **more) -> None:
        """The ground plane: slides more the nearer it lies."""
        horizon = STAGES[self.scene.kind].horizon
        lean = float(parallax(0.0) - parallax(1.0)) / (NEAREST - horizon)
        self.add(name, picture, 1.2, float(parallax(1.0)) - lean * horizon, lean=lean, **more)


def paint_sky(easel: Easel, horizon: float, clouds: int = 3, disc: bool = True) -> None:
    """Sky, stars, sun or moon, clouds."""
    board, light, rng, scene = easel.board, easel.light, easel.rng, easel.scene
    h = min(horizon, 1.0)
    sky = board.gradient([(-0.3, light.top * 0.94), (0.0, light.top), (h * 0.6, light.middle), (h, light.low)])
    clear = scene.weather in ("clear", "wind")
    x, y = easel.sun
    if scene.time == "night":
        for _ in range(int(70 * board.aspect)) if clear else ():
            sx, sy = rng.uniform(board.left, board.right), rng.uniform(board.top, h * 0.95)
            s = rng.uniform(0.0015, 0.0045)
            board.disc(sky, sx, sy, s, s, mix(light.top, (240, 240, 255), rng.uniform(0.4, 1.0)))
    if disc:
        strength = 1.0 if clear else 0.45
        if scene.time == "night":
            board.glow(sky, x, y, 0.16, (130, 150, 220), 0.55 * strength)
            if clear:
                board.disc(sky, x, y, 0.062, 0.062, (250, 246, 226))
                board.disc(sky, x - 0.02, y - 0.01, 0.014, 0.014, (226, 220, 204))
                board.disc(sky, x + 0.022, y + 0.02, 0.01, 0.01, (226, 220, 204))
        else:
            warm = {"day": (255, 246, 200), "sunset": (255, 206, 120), "dawn": (255, 226, 170)}[scene.time]
            board.glow(sky, x, y, 0.26 if scene.time == "day" else 0.36, warm, 0.7 * strength)
            if clear:
                r = 0.055 if scene.time == "day" else 0.085
                board.disc(
                    sky,
                    x,
                    y,
                    r,
                    r,
                    {"day": (255, 240, 150), "sunset": (255, 226, 140), "dawn": (255, 238, 196)}[scene.time],
                )
    easel.add("sky", sky, 2.0, 0.04, opaque=True)
    count = clouds + (2 if scene.weather in ("rain", "snow") else 0)
    if count:
        sheet = board.new()
        for cx in board.spread(rng, (board.right - board.left) / count, 0.3):
            cy = rng.uniform(0.08, max(h * 0.62, 0.2))
            cloud(board, sheet, rng, cx, cy, rng.uniform(0.22, 0.5) * (1.1 - cy), light.cloud, light.cloud_shadow)
        sheet = cv2.convertScaleAbs(sheet, alpha=0.88)
        easel.add("clouds", sheet, 1.9, 0.07, motion="cloud")


@lru_cache(maxsize=64)
def _paint(scene: Scene, size: tuple[int, int], style: str) -> tuple[Layer, ...]:
    from .landscapes import RECIPES

    if scene.kind not in SCENES or scene.ground not in GROUNDS:
        raise ValueError(
            f"There is no scene {scene.kind!r} with ground {scene.ground!r}; choose one of {', '.join(SCENES)}."
        )
    rng = np.random.default_rng((scene.seed & 0xFFFFFFFF, SCENES.index(scene.kind)))
    board = Board(size)
    side, height = sun_of(scene)
    sun = (board.aspect * (0.5 + 0.5 * side), height)
    easel = Easel(board, scene, style, palette(scene, style), rng, sun)
    RECIPES[scene.kind](easel)
    return tuple(sorted(easel.layers, key=lambda layer: -layer.depth))


def paint(scene: Scene, size: tuple[int, int], style: str = "3d") -> list[Layer]:
    """Paint a scene for a home view of `size` (width, height) pixels: its layers, farthest first.

    The same scene, size and style give the same bytes. Raises ValueError for an unknown kind, time, weather or ground.
    """
    return list(_paint(scene, tuple(size), style))


def sun_of(scene: Scene) -> tuple[float, float]:
    """Where the sun or moon stands: side -1 left .. 1 right, and height in view heights."""
    rng = np.random.default_rng((scene.seed & 0xFFFFFFFF, 7))
    side, lift = rng.choice([-1, 1]) * rng.uniform(0.36, 0.76), rng.uniform()
    if scene.time in ("day", "night"):
        return float(side), 0.11 + 0.1 * lift
    return float(side), min(STAGES[scene.kind].horizon, 0.7) - 0.06 - 0.1 * lift
