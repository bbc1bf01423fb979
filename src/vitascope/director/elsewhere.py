"""How scenes without a landscape are painted: sky, space, a room, a plain backdrop."""

from __future__ import annotations

import numpy as np

from . import shapes
from .features import grass_of
from .scenery import STAGES, Easel, paint_sky
from .shapes import mix


def _sky(easel: Easel) -> None:
    board, rng, light = easel.board, easel.rng, easel.light
    paint_sky(easel, 1.0, clouds=0)
    for k, (count, y0, y1, size, slide) in enumerate(((5, 0.12, 0.55, 0.4, 0.15), (4, 0.45, 0.9, 0.65, 0.4))):
        sheet = board.new()
        share = 0.35 - 0.3 * k
        for x in board.spread(rng, (board.right - board.left) / count, 0.3):
            shapes.cloud(
                board,
                sheet,
                rng,
                x,
                rng.uniform(y0, y1),
                size * rng.uniform(0.8, 1.2),
                mix(light.cloud, light.middle, share),
                mix(light.cloud_shadow, light.middle, share),
            )
        easel.add(f"clouds {k}", sheet, 1.8 - 0.2 * k, slide, motion="cloud")
    sheet = board.new()
    for x in board.spread(rng, 0.5, 0.2):
        shapes.cloud(
            board, sheet, rng, x, rng.uniform(1.02, 1.12), rng.uniform(0.7, 1.0), light.cloud, light.cloud_shadow
        )
    easel.add("cloud sea", sheet, 0.1, 0.95, motion="cloud")


def _space(easel: Easel) -> None:
    board, rng = easel.board, easel.rng
    hue = rng.integers(3)
    deep = np.asarray([(14, 10, 40), (8, 18, 44), (26, 8, 38)][hue], np.float32)
    sky = board.gradient([(-0.3, deep * 0.8), (0.5, deep * 1.5), (1.2, deep)])
    nebula = [[(120, 70, 190), (60, 110, 210)], [(50, 130, 190), (90, 80, 200)], [(190, 70, 140), (90, 60, 180)]][hue]
    for k in range(7):
        board.glow(
            sky,
            rng.uniform(board.left, board.right),
            rng.uniform(-0.1, 1.1),
            rng.uniform(0.12, 0.3),
            nebula[k % 2],
            0.34,
        )
    for _ in range(int(150 * board.aspect)):
        s = rng.uniform(0.001, 0.004) if rng.random() < 0.92 else 0.007
        board.disc(
            sky,
            rng.uniform(board.left, board.right),
            rng.uniform(board.top, board.bottom),
            s,
            s,
            mix(deep, [(255, 255, 255), (255, 236, 200), (200, 220, 255)][rng.integers(3)], rng.uniform(0.4, 1)),
        )
    easel.add("sky", sky, 2.0, 0.06, opaque=True)
    worlds = [
        ((226, 130, 90), (170, 80, 80)),
        ((110, 170, 220), (60, 100, 180)),
        ((226, 196, 130), (180, 130, 90)),
        ((150, 120, 210), (90, 70, 160)),
        ((190, 200, 210), (130, 136, 160)),
    ]
    sheet = board.new()
    for x in board.spread(rng, 0.85, 0.25):
        r, y = rng.uniform(0.05, 0.17), rng.uniform(0.1, 0.85)
        lit, dark = worlds[rng.integers(5)]
        board.disc(sheet, x, y, r, r, dark)
        board.disc(sheet, x - 0.12 * r, y - 0.12 * r, 0.86 * r, 0.86 * r, lit)
        if rng.random() < 0.4:
            board.line(
                sheet,
                [
                    (x + 1.7 * r * np.cos(t), y + 0.4 * r * np.sin(t) - 0.3 * r * np.cos(t))
                    for t in np.linspace(-0.35, np.pi + 0.35, 24)
                ],
                0.016,
                mix(lit, (255, 240, 220), 0.5),
            )
        else:
            for _ in range(4):
                a, q = rng.uniform(0, 6.28), rng.uniform(0.1, 0.6) * r
                board.disc(
                    sheet,
                    x - 0.1 * r + q * np.cos(a),
                    y - 0.1 * r + q * np.sin(a),
                    0.14 * r,
                    0.11 * r,
                    mix(lit, dark, 0.5),
                )
    easel.add("planets", sheet, 1.7, 0.2)


def _room(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    floor_y = STAGES["room"].horizon
    warm = {"day": (1, 1, 1), "sunset": (1.0, 0.86, 0.76), "night": (0.56, 0.5, 0.62), "dawn": (0.98, 0.92, 0.94)}[
        scene.time
    ]
    warm = np.asarray(warm, np.float32)
    wall = (
        np.asarray(
            [(246, 226, 198), (198, 222, 220), (238, 206, 204), (214, 210, 236), (212, 226, 190)][rng.integers(5)],
            np.float32,
        )
        * warm
    )
    wood = np.asarray([(196, 146, 100), (170, 120, 84), (214, 170, 124)][rng.integers(3)], np.float32) * warm
    back = board.gradient([(0.0, wall * 0.95), (0.4, wall), (floor_y, wall * 0.92)])
    xs = np.arange(board.left, board.right, 0.1)
    stripe = np.array([(0, board.top), (0.05, board.top), (0.05, floor_y), (0, floor_y)])
    board.polys(back, stripe[None] + np.stack([xs, 0 * xs], -1)[:, None], wall * 0.975)
    for x in board.spread(rng, 1.15, 0.1):
        w, h, y = 0.3, 0.34, 0.1
        board.box(
            back,
            x - w / 2 - 0.025,
            y - 0.025,
            x + w / 2 + 0.025,
            y + h + 0.03,
            np.minimum(mix(wall, (255, 255, 255), 0.7) * 1.05, 255),
        )
        for k in range(10):
            board.box(
                back, x - w / 2, y + h * k / 10, x + w / 2, y + h * (k + 1) / 10, mix(light.top, light.low, k / 9)
            )
        board.disc(back, x + 0.05, y + 0.1, 0.03, 0.03, (252, 246, 214))
        board.box(back, x - w / 2, y + h * 0.82, x + w / 2, y + h, light.lit(grass_of(easel), 0.3))
        board.line(back, [(x, y), (x, y + h)], 0.014, mix(wall, (255, 255, 255), 0.7))
        board.line(back, [(x - w / 2, y + h / 2), (x + w / 2, y + h / 2)], 0.014, mix(wall, (255, 255, 255), 0.7))
        curtain = np.asarray([(220, 110, 110), (90, 150, 170), (230, 180, 90)][rng.integers(3)], np.float32) * warm
        for s in (-1, 1):
            e = x + s * (w / 2 + 0.05)
            board.poly(
                back,
                [(e, 0.05), (e - s * 0.12, 0.05), (e - s * 0.07, 0.3), (e - s * 0.045, 0.5), (e + s * 0.03, 0.5)],
                curtain,
            )
    for x in board.spread(rng, 1.15, 0.1) + 0.575:
        board.box(back, x - 0.1, 0.16, x + 0.1, 0.36, wood * 0.8)
        board.box(back, x - 0.08, 0.18, x + 0.08, 0.34, mix(light.middle, (250, 230, 200), 0.4))
        board.poly(
            back, [(x - 0.08, 0.34), (x - 0.02, 0.25), (x + 0.02, 0.3), (x + 0.05, 0.27), (x + 0.08, 0.34)], wood * 0.9
        )
    board.box(back, board.left, floor_y - 0.035, board.right, floor_y, np.minimum(wall * 1.08, 255))
    easel.add("wall", back, 2.0, 0.1, opaque=True)
    ground = board.gradient([(floor_y, wood * 0.84), (0.8, wood), (1.2, wood * 0.9)])
    for y in floor_y + 0.32 * np.array([0.1, 0.25, 0.45, 0.7, 1.0, 1.35]):
        board.line(ground, [(board.left, y), (board.right, y)], 0.004, wood * 0.78)
    cx = board.aspect * rng.uniform(0.35, 0.65)
    rug = (
        np.asarray([(206, 90, 90), (80, 130, 170), (220, 170, 80), (120, 150, 110)][rng.integers(4)], np.float32) * warm
    )
    for s, tone in (
        (1.0, rug),
        (0.82, mix(rug, (255, 246, 230), 0.55)),
        (0.72, rug),
        (0.4, mix(rug, (255, 246, 230), 0.3)),
    ):
        board.disc(ground, cx, 0.88, 0.5 * s, 0.085 * s, tone)
    ground[: board.row(floor_y)] = 0
    easel.add_ground(ground)
    sheet = board.new()
    for k, x in enumerate(board.spread(rng, 0.85, 0.15)):
        base = floor_y + 0.05
        if k % 3 == 0:
            color = np.asarray([(100, 140, 180), (190, 110, 110), (120, 160, 120)][rng.integers(3)], np.float32) * warm
            board.box(sheet, x - 0.26, base - 0.22, x + 0.26, base - 0.02, color * 0.86)
            board.box(sheet, x - 0.24, base - 0.12, x + 0.24, base, color)
            for s in (-1, 1):
                board.disc(sheet, x + s * 0.26, base - 0.1, 0.05, 0.09, color * 1.06)
                board.box(sheet, x + s * 0.26 - 0.05, base - 0.1, x + s * 0.26 + 0.05, base, color * 1.06)
        elif k % 3 == 1:
            board.poly(
                sheet,
                [(x - 0.05, base - 0.09), (x + 0.05, base - 0.09), (x + 0.035, base), (x - 0.035, base)],
                (206, 120, 86) * warm,
            )
            for a in np.linspace(-1.1, 1.1, 7):
                board.line(
                    sheet,
                    [(x, base - 0.08), (x + 0.1 * np.sin(a), base - 0.1 - 0.17 * np.cos(a))],
                    0.026,
                    (70, 140, 80) * warm * (1 + 0.12 * np.sin(5 * a)),
                )
        else:
            board.box(sheet, x - 0.16, base - 0.4, x + 0.16, base, wood * 0.74)
            for row in range(3):
                y = base - 0.14 - 0.12 * row
                board.box(sheet, x - 0.14, y, x + 0.14, y + 0.1, wood * 0.5)
                for b in range(7):
                    color = (
                        np.asarray(
                            [(210, 90, 80), (90, 140, 190), (230, 190, 90), (110, 160, 110)][rng.integers(4)],
                            np.float32,
                        )
                        * warm
                    )
                    board.box(
                        sheet,
                        x - 0.13 + 0.036 * b,
                        y + 0.1 - rng.uniform(0.05, 0.09),
                        x - 0.1 + 0.036 * b,
                        y + 0.1,
                        color,
                    )
    easel.add("furniture", sheet, 0.95, 0.25)


def _plain(easel: Easel) -> None:
    board, rng, scene = easel.board, easel.rng, easel.scene
    hues = [
        (250, 214, 150),
        (170, 214, 236),
        (240, 180, 176),
        (186, 222, 180),
        (206, 194, 236),
        (244, 240, 232),
        (120, 190, 196),
        (250, 196, 120),
    ]
    base = np.asarray(hues[rng.integers(len(hues))], np.float32)
    warm = {"day": (1, 1, 1), "sunset": (1.0, 0.82, 0.74), "night": (0.36, 0.4, 0.58), "dawn": (0.98, 0.92, 0.96)}[
        scene.time
    ]
    base = base * np.asarray(warm, np.float32)
    if scene.ground == "snowy":
        base = mix(base, (240, 246, 255) * np.asarray(warm, np.float32), 0.6)
    elif scene.ground == "autumn":
        base = mix(base, (226, 150, 80) * np.asarray(warm, np.float32), 0.5)
    sky = board.gradient([(0.0, base * 0.96), (0.5, np.minimum(base * 1.05, 255)), (0.72, base)])
    board.glow(sky, board.aspect / 2, 0.42, 0.4, np.minimum(mix(base, (255, 255, 255), 0.4), 255), 0.5)
    easel.add("sky", sky, 2.0, 0.1, opaque=True)
    horizon = STAGES["plain"].horizon
    ground = board.gradient([(horizon, base * 0.93), (horizon + 0.06, base * 0.88), (1.1, base * 0.8)])
    fade = np.clip((np.arange(board.shape[0]) - board.row(horizon - 0.02)) / max(0.08 * board.height, 1), 0, 1)
    easel.add_ground((ground * fade[:, None, None]).astype(np.uint8))


RECIPES = {"sky": _sky, "space": _space, "room": _room, "plain": _plain}
