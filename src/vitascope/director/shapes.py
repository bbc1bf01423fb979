"""Small things to draw on a landscape: hills, trees, houses, clouds. All anti-aliased, all in view heights.

Every picture here is RGBA uint8 (h w 4) with premultiplied alpha: OpenCV's anti-aliased fill of a zeroed picture with
(r, g, b, 255) yields exactly that, so no separate mask is needed.
"""

from __future__ import annotations

import cv2
import numpy as np

_SHIFT = 4  # sub-pixel bits of OpenCV's drawing functions
_ONE = 1 << _SHIFT


def mix(a, b, amount: float) -> np.ndarray:
    """Colour `amount` of the way from a to b; colours are RGB 0..255, float."""
    return np.asarray(a, np.float32) * (1 - amount) + np.asarray(b, np.float32) * amount


class Board:
    """A canvas wider and taller than the home view, measured in view heights from the home view's top left corner.

    `size` is (width, height) of the home view in pixels; the margins leave the camera room to move.
    """

    def __init__(self, size: tuple[int, int], margin_x: float = 0.6, margin_y: float = 0.35):
        self.width, self.height = size
        self.aspect = self.width / self.height
        self.origin = (round(margin_x * self.width), round(margin_y * self.height))
        self.shape = (self.height + 2 * self.origin[1], self.width + 2 * self.origin[0])
        self.left = -self.origin[0] / self.height
        self.right = self.aspect + self.origin[0] / self.height
        self.top = -self.origin[1] / self.height
        self.bottom = 1 + self.origin[1] / self.height

    def new(self) -> np.ndarray:
        return np.zeros((*self.shape, 4), np.uint8)

    def pixels(self, points) -> np.ndarray:
        """Points (n 2) in view heights -> fixed-point pixels for OpenCV."""
        points = np.asarray(points, np.float32) * self.height + np.asarray(self.origin, np.float32) - 0.5
        return np.round(points * _ONE).astype(np.int32)

    def poly(self, picture, points, color) -> None:
        cv2.fillPoly(picture, [self.pixels(points)], _paint(color), cv2.LINE_AA, _SHIFT)

    def polys(self, picture, many, color) -> None:
        """Many polygons that do not overlap (n k 2), one colour, one call."""
        if len(many):
            cv2.fillPoly(picture, list(self.pixels(many)), _paint(color), cv2.LINE_AA, _SHIFT)

    def disc(self, picture, x, y, rx, ry, color, angle: float = 0.0) -> None:
        cx, cy = self.pixels([(x, y)])[0]
        axes = (max(int(rx * self.height * _ONE), 4), max(int(ry * self.height * _ONE), 4))
        cv2.ellipse(picture, (int(cx), int(cy)), axes, angle, 0, 360, _paint(color), -1, cv2.LINE_AA, _SHIFT)

    def line(self, picture, points, thickness, color) -> None:
        """A stroke with round ends; `thickness` in view heights, never thinner than one pixel."""
        width = max(1, round(thickness * self.height))
        cv2.polylines(picture, [self.pixels(points)], False, _paint(color), width, cv2.LINE_AA, _SHIFT)

    def box(self, picture, x0, y0, x1, y1, color) -> None:
        self.poly(picture, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], color)

    def row(self, y: float) -> int:
        """Canvas row of height y, kept inside the canvas."""
        return int(np.clip(round(y * self.height + self.origin[1]), 0, self.shape[0]))

    def shade(self, picture, y0: float, y1: float, k0: float, k1: float) -> None:
        """Darken or lighten (k below or above 1) along the height, from k0 at y0 to k1 at y1, constant beyond."""
        rows = (np.arange(self.shape[0]) - self.origin[1]) / self.height
        ramp = np.interp(rows, (y0, y1), (k0, k1)).astype(np.float32)
        values = picture[..., :3] * ramp[:, None, None]
        picture[..., :3] = np.minimum(values, picture[..., 3:], out=values).astype(np.uint8)

    def gradient(self, stops) -> np.ndarray:
        """An opaque picture of one colour a row; `stops` is [(y, colour), ...] from top to bottom."""
        rows = (np.arange(self.shape[0]) - self.origin[1]) / self.height
        ys = [y for y, _ in stops]
        colors = np.stack([np.interp(rows, ys, [c[i] for _, c in stops]) for i in range(3)], -1)
        picture = np.empty((*self.shape, 4), np.uint8)
        picture[..., :3] = np.clip(colors, 0, 255)[:, None]
        picture[..., 3] = 255
        return picture

    def glow(self, picture, x, y, radius, color, strength) -> None:
        """Add light that fades with distance, on an opaque picture."""
        cx, cy = x * self.height + self.origin[0], y * self.height + self.origin[1]
        r = radius * self.height
        x0, x1 = int(max(cx - 3 * r, 0)), int(min(cx + 3 * r, self.shape[1]))
        y0, y1 = int(max(cy - 3 * r, 0)), int(min(cy + 3 * r, self.shape[0]))
        if x0 >= x1 or y0 >= y1:
            return
        dx = (np.arange(x0, x1, dtype=np.float32) - cx) / r
        dy = (np.arange(y0, y1, dtype=np.float32) - cy) / r
        falloff = np.exp(-0.5 * dy * dy)[:, None] * np.exp(-0.5 * dx * dx)[None] * strength
        area = picture[y0:y1, x0:x1, :3]
        area += ((np.asarray(color, np.float32) - area) * falloff[..., None]).clip(0, 255 - area).astype(np.uint8)

    def xs(self, count: int) -> np.ndarray:
        return np.linspace(self.left, self.right, count, dtype=np.float32)

    def spread(self, rng, gap: float, jitter: float = 0.35) -> np.ndarray:
        """Positions along the whole canvas about `gap` apart."""
        count = max(int((self.right - self.left) / gap), 1)
        base = self.left + (np.arange(count) + 0.5) * (self.right - self.left) / count
        return base + rng.uniform(-jitter, jitter, count) * gap


def _paint(color) -> tuple[float, float, float, float]:
    r, g, b = (float(min(max(c, 0), 255)) for c in color)
    return (r, g, b, 255.0)


def waves(rng, xs: np.ndarray, longest: float, octaves: int = 3) -> np.ndarray:
    """A smooth random line over xs, about -1..1, its longest wave `longest` view heights."""
    ys = np.zeros_like(xs)
    for k in range(octaves):
        ys += 0.5**k * np.sin(xs * (2 * np.pi * 1.9**k / longest) + rng.uniform(0, 6.28))
    return ys / 1.6


def hill(board, picture, rng, y, amp, longest, color, bottom=None, octaves=2) -> np.ndarray:
    """A rolling hill that fills down to `bottom`; returns its outline (n 2)."""
    xs = board.xs(64)
    outline = np.stack([xs, y - amp * waves(rng, xs, longest, octaves)], -1)
    low = board.bottom if bottom is None else bottom
    board.poly(picture, np.concatenate([outline, [(board.right, low), (board.left, low)]]), color)
    return outline


def peak(board, picture, rng, x, base, width, height, lit, dark, cap=None, light=-1) -> None:
    """One mountain with a lit and a dark face, and snow on it when `cap` is a colour."""
    top = np.array((x + rng.uniform(-0.1, 0.1) * width, base - height))
    left, right = np.array((x - width / 2, base)), np.array((x + width / 2, base))
    fold = np.array((top[0] + light * -0.08 * width, base))
    knee = top + (fold - top) * 0.5 + (0.05 * width * -light, 0)
    board.poly(picture, [left, top, right], lit)
    shaded = right if light < 0 else left
    board.poly(picture, [top, shaded, fold, knee], dark)
    if cap is not None:
        share = rng.uniform(0.26, 0.4)
        a, b = top + (left - top) * share, top + (right - top) * share
        m = top + (knee - top) * share
        teeth = [
            a,
            a + (b - a) * 0.22 + (0, 0.07 * height),
            a + (b - a) * 0.42 + (0, -0.02 * height),
            m + (0, 0.08 * height),
            a + (b - a) * 0.75 + (0, -0.01 * height),
            b,
        ]
        board.poly(picture, [top, *teeth], cap)
        half = [top, *[t for t in teeth[2:]]] if light < 0 else [top, *teeth[:4]]
        board.poly(picture, half, mix(cap, dark, 0.35))


def pine(board, picture, x, base, height, dark, lit, trunk, snow=None) -> None:
    """A fir tree; `snow` colours the tips of its branches."""
    width = 0.46 * height
    board.box(picture, x - 0.035 * height, base - 0.2 * height, x + 0.035 * height, base, trunk)
    for k in range(3):
        low = base - height * (0.12 + 0.24 * k)
        top, half = low - 0.42 * height, width * (0.5 - 0.12 * k)
        board.poly(picture, [(x - half, low), (x, top), (x + half, low), (x, low + 0.03 * height)], dark)
        board.poly(picture, [(x - half, low), (x, top), (x + 0.05 * half, low + 0.01 * height)], lit)
        if snow is not None:
            mid, tip = top + 0.17 * height, half * 0.42
            board.poly(
                picture,
                [
                    (x - tip, mid),
                    (x, top),
                    (x + tip, mid),
                    (x + tip / 2, mid - 0.02 * height),
                    (x, mid + 0.03 * height),
                    (x - tip / 2, mid - 0.02 * height),
                ],
                snow,
            )


def round_tree(board, picture, rng, x, base, height, dark, lit, trunk, snow=None) -> None:
    """A leafy tree: a crown of puffs, lighter towards the light."""
    board.poly(
        picture,
        [
            (x - 0.06 * height, base),
            (x - 0.03 * height, base - 0.6 * height),
            (x + 0.03 * height, base - 0.6 * height),
            (x + 0.06 * height, base),
        ],
        trunk,
    )
    puffs = [
        (-0.2, 0.52, 0.19),
        (0.2, 0.52, 0.19),
        (0.0, 0.48, 0.2),
        (-0.12, 0.72, 0.2),
        (0.13, 0.7, 0.19),
        (0, 0.82, 0.17),
    ]
    puffs = [(x + (px + rng.uniform(-0.03, 0.03)) * height, base - py * height, r * height) for px, py, r in puffs]
    for px, py, r in puffs:
        board.disc(picture, px, py, r, r, dark)
    for px, py, r in puffs:
        board.disc(picture, px - 0.22 * r, py - 0.25 * r, 0.72 * r, 0.66 * r, lit)
    if snow is not None:
        for px, py, r in puffs[3:]:
            board.disc(picture, px - 0.1 * r, py - 0.5 * r, 0.75 * r, 0.4 * r, snow)


def palm(board, picture, rng, x, base, height, dark, lit, trunk) -> None:
    lean = rng.uniform(-0.25, 0.25) * height
    t = np.linspace(0, 1, 7)[:, None]
    stem = np.concatenate([x + lean * t**1.6, base - height * 0.85 * t], -1)
    board.line(picture, stem, 0.06 * height, trunk)
    cx, cy = stem[-1]
    for k, angle in enumerate(np.linspace(-0.15, 1.15, 7) * np.pi):
        dx, dy = np.cos(angle), -np.sin(angle)
        reach, tip = 0.42 * height, 0.24 * height * abs(dx)
        mid = (cx + dx * reach * 0.55, cy + dy * reach * 0.5 - 0.08 * height)
        end = (cx + dx * reach, cy + dy * reach * 0.45 + tip)
        low = (cx + dx * reach * 0.5, cy + dy * reach * 0.4 + 0.03 * height)
        board.poly(picture, [(cx, cy - 0.02 * height), mid, end, low], lit if k % 2 else dark)


def cactus(board, picture, x, base, height, dark, lit) -> None:
    thick = 0.2 * height
    for color, off, t in ((dark, 0.0, thick), (lit, -0.04 * height, thick * 0.35)):
        board.line(picture, [(x + off, base - 0.06 * height), (x + off, base - height)], t, color)
        arm = [
            (x + off, base - 0.35 * height),
            (x - 0.3 * height + off, base - 0.4 * height),
            (x - 0.3 * height + off, base - 0.7 * height),
        ]
        board.line(picture, arm, t * 0.7, color)
        arm = [
            (x + off, base - 0.5 * height),
            (x + 0.28 * height + off, base - 0.55 * height),
            (x + 0.28 * height + off, base - 0.85 * height),
        ]
        board.line(picture, arm, t * 0.7, color)


def house(board, picture, rng, x, base, width, height, wall, roof, glass, door, snow=None) -> None:
    """A house with a gable roof, seen from the front."""
    x0, x1, eave = x - width / 2, x + width / 2, base - 0.62 * height
    board.box(picture, x0, eave, x1, base, wall)
    board.box(picture, x0 + 0.75 * width, eave, x1, base, mix(wall, (20, 15, 40), 0.16))
    board.box(
        picture,
        x0 + 0.68 * width,
        base - 1.02 * height,
        x0 + 0.8 * width,
        base - 0.7 * height,
        mix(roof, (30, 20, 30), 0.3),
    )
    ridge = [
        (x0 - 0.08 * width, eave),
        (x0 + 0.16 * width, base - height),
        (x1 - 0.16 * width, base - height),
        (x1 + 0.08 * width, eave),
    ]
    board.poly(picture, ridge, roof)
    board.box(picture, x0 - 0.08 * width, eave - 0.04 * height, x1 + 0.08 * width, eave, mix(roof, (30, 10, 30), 0.3))
    if snow is not None:
        board.poly(
            picture,
            [
                (x0 - 0.04 * width, eave - 0.1 * height),
                (x0 + 0.15 * width, base - 1.03 * height),
                (x1 - 0.15 * width, base - 1.03 * height),
                (x1 + 0.04 * width, eave - 0.1 * height),
            ],
            snow,
        )
    dx = x0 + width * (0.5 if rng.random() < 0.5 else 0.3)
    board.box(picture, dx - 0.07 * width, base - 0.34 * height, dx + 0.07 * width, base, door)
    for wx in (0.14, 0.62, 0.86) if dx > x else (0.55, 0.82):
        cx = x0 + wx * width
        board.box(picture, cx - 0.07 * width, base - 0.46 * height, cx + 0.07 * width, base - 0.22 * height, glass)


def tower(board, picture, rng, x, base, width, height, wall, glass, lit, share) -> None:
    """A city building with rows of windows, `share` of them lit."""
    x0, x1, top = x - width / 2, x + width / 2, base - height
    board.box(picture, x0, top, x1, base, wall)
    board.box(picture, x1 - 0.22 * width, top, x1, base, mix(wall, (15, 15, 40), 0.22))
    if rng.random() < 0.3:
        board.line(picture, [(x, top), (x, top - 0.12 * height)], 0.008, wall)
    columns, rows = max(int(width / 0.045), 2), max(int(height / 0.06), 2)
    gx, gy = width * 0.9 / columns, height * 0.92 / rows
    cx = x0 + 0.05 * width + (np.arange(columns) + 0.5) * gx
    cy = top + 0.04 * height + (np.arange(rows) + 0.5) * gy
    centres = np.stack(np.meshgrid(cx, cy), -1).reshape(-1, 1, 2)
    corners = centres + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (gx * 0.27, gy * 0.27)
    on = rng.random(len(corners)) < share
    board.polys(picture, corners[~on], glass)
    board.polys(picture, corners[on], lit)


def cloud(board, picture, rng, x, y, width, color, shadow) -> None:
    """A flat-bottomed fair-weather cloud."""
    count = 5
    for tone, lift, grow in ((shadow, 0.0, 1.0), (color, -0.035 * width, 0.93)):
        state = np.random.default_rng(int((x + 9) * 997) % 100_003)
        for k in range(count):
            share = (k + 0.5) / count
            r = width * (0.11 + 0.1 * np.sin(np.pi * share)) * state.uniform(0.8, 1.15) * grow
            board.disc(picture, x + (share - 0.5) * width * 0.8, y - 0.55 * r + lift, r, r * 0.85, tone)
        board.disc(picture, x, y - 0.02 * width + lift, width * 0.46 * grow, width * 0.075, tone)


def rock(board, picture, rng, x, base, width, color) -> None:
    height = width * rng.uniform(0.45, 0.7)
    outline = np.array([(-0.5, 0), (-0.42, -0.55), (-0.12, -1), (0.25, -0.85), (0.48, -0.35), (0.5, 0)])
    outline = outline + rng.uniform(-0.05, 0.05, outline.shape) * [(1, 1)]
    outline[0, 1] = outline[-1, 1] = 0
    points = outline * (width, height) + (x, base)
    board.poly(picture, points, mix(color, (20, 20, 50), 0.28))
    facet = np.array([outline[0], outline[1], outline[2], (0.02, -0.5), (-0.1, 0)]) * (width, height) + (x, base)
    board.poly(picture, facet, color)


def tuft(board, picture, rng, x, base, height, color) -> None:
    """A few blades of grass."""
    for k in (-1, 0, 1):
        tip = (x + k * 0.4 * height + rng.uniform(-0.15, 0.15) * height, base - height * rng.uniform(0.7, 1.0))
        root = x + k * 0.15 * height
        board.poly(picture, [(root - 0.1 * height, base), tip, (root + 0.1 * height, base)], color)
