"""How scenes in nature are painted, from the sky down to the grass before the lens; and the list of all recipes."""

from __future__ import annotations

import numpy as np

from . import elsewhere, places, shapes
from .features import (
    BARK,
    GRASS,
    LEAF,
    SNOW,
    far_hills,
    far_wood,
    front_grass,
    grass_of,
    ground_plane,
    plant_trees,
    strew,
    water,
)  # fmt: skip
from .scenery import STAGES, Easel, paint_sky
from .shapes import mix


def _meadow(easel: Easel) -> None:
    board, rng = easel.board, easel.rng
    grass, horizon = grass_of(easel), STAGES["meadow"].horizon
    paint_sky(easel, horizon)
    far_hills(easel, [mix(grass, (70, 130, 140), 0.45), mix(grass, (60, 140, 100), 0.2)], horizon, 0.13, (0.85, 0.55))
    ground = ground_plane(easel, grass, wavy=0.012)
    strew(easel, ground, 46, horizon + 0.03, 1.2, mix(grass, (40, 90, 50), 0.35), flowers=34)
    easel.add_ground(ground)
    sheet = board.new()
    spots = [(x, horizon + rng.uniform(0.02, 0.05)) for x in board.spread(rng, 0.5) if rng.random() < 0.6]
    plant_trees(easel, sheet, spots, 0.2, 0.42, "round")
    easel.add("trees", sheet, 0.9, motion="plant", foot=horizon + 0.04)
    front_grass(easel, grass)


def _forest(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon = STAGES["forest"].horizon
    floor = {"normal": (96, 138, 70), "snowy": GRASS["snowy"], "autumn": (190, 124, 60)}[scene.ground]
    leaf = np.asarray(LEAF[scene.ground][0], np.float32)
    paint_sky(easel, horizon, clouds=1)
    far_wood(easel, horizon, 0.34, mix(leaf, (90, 150, 160), 0.3), 0.8, 1.6, 0.14)
    far_wood(easel, horizon + 0.02, 0.2, leaf, 0.6, 1.5, 0.18)
    ground = ground_plane(easel, np.asarray(floor, np.float32), mix(floor, leaf, 0.25))
    strew(
        easel,
        ground,
        34,
        horizon + 0.06,
        1.2,
        mix(floor, (40, 80, 40), 0.35) if scene.ground != "snowy" else (206, 218, 236),
        0.05,
    )
    easel.add_ground(ground)
    pines = "pine" if rng.random() < 0.5 or scene.ground == "snowy" else "mixed"
    for depth, gap, height, distance in ((0.88, 0.19, 0.42, 0.55), (0.72, 0.42, 0.62, 0.3)):
        sheet = board.new()
        base = horizon + (1 - depth) * (1.02 - horizon)
        plant_trees(
            easel,
            sheet,
            [(x, base + rng.uniform(-0.01, 0.02)) for x in board.spread(rng, gap)],
            height,
            distance,
            pines,
        )
        easel.add(f"trees {depth}", sheet, depth, motion="plant", foot=base)
    sheet = board.new()
    bark = light.lit(BARK) * 0.8
    for x in board.spread(rng, 1.25, 0.1) + rng.uniform(-0.6, 0.6):
        half = rng.uniform(0.035, 0.055)
        board.poly(
            sheet,
            [
                (x - half * 0.8, -0.4),
                (x + half * 0.8, -0.4),
                (x + half, 0.9),
                (x + 2.1 * half, 1.0),
                (x - 2.1 * half, 1.0),
                (x - half, 0.9),
            ],
            bark,
        )
        board.poly(
            sheet,
            [
                (x - half * 0.75, -0.4),
                (x - half * 0.3, -0.4),
                (x - half * 0.35, 0.97),
                (x - 1.5 * half, 0.985),
                (x - half * 0.9, 0.88),
            ],
            bark * 1.25,
        )
        for y in rng.uniform(0, 0.85, 4):
            board.line(sheet, [(x + half * 0.1, y), (x + half * 0.3, y + 0.04)], 0.008, bark * 0.78)
        if scene.ground == "snowy":
            board.disc(sheet, x, 0.995, half * 2.3, 0.02, light.lit(SNOW))
    easel.add("trunks", sheet, 0.1)
    front_grass(easel, np.asarray(floor, np.float32), 0.12)


def _desert(easel: Easel) -> None:
    board, rng, light = easel.board, easel.rng, easel.light
    horizon = STAGES["desert"].horizon
    sand = np.asarray({"snowy": (238, 236, 236)}.get(easel.scene.ground, (236, 190, 122)), np.float32)
    paint_sky(easel, horizon, clouds=1)
    sheet = board.new()
    for x in board.spread(rng, 0.75):
        w, t = rng.uniform(0.18, 0.4), horizon - rng.uniform(0.1, 0.22)
        color = light.lit((206, 122, 92), 0.62)
        board.poly(
            sheet,
            [(x - w / 2, horizon + 0.02), (x - w * 0.4, t), (x + w * 0.38, t + 0.01), (x + w / 2, horizon + 0.02)],
            color,
        )
        board.poly(
            sheet,
            [
                (x + w * 0.12, t + 0.005),
                (x + w * 0.38, t + 0.01),
                (x + w / 2, horizon + 0.02),
                (x + w * 0.2, horizon + 0.02),
            ],
            color * 0.86,
        )
    easel.add("mesas", sheet, 1.6, 0.12)
    for k, (y, amp, distance, slide) in enumerate(
        ((horizon + 0.01, 0.045, 0.55, 0.2), (horizon + 0.06, 0.04, 0.3, 0.3))
    ):
        sheet = board.new()
        line = shapes.hill(
            board, sheet, rng, y, amp, 1.6, light.lit(mix(sand, (255, 226, 180), 0.3), distance), octaves=1
        )
        low = line + np.stack([0 * line[:, 0], 0.015 + 1.3 * (y + amp - line[:, 1])], -1)
        shadow = np.concatenate([line, low[::-1]])
        board.poly(sheet, shadow, light.lit(sand * (0.9, 0.86, 0.86), distance))
        easel.add(f"dunes {k}", sheet, 1.5 - 0.1 * k, slide)
    ground = ground_plane(easel, sand, mix(sand, (255, 232, 190), 0.4), patches=20)
    ground[: board.row(horizon + 0.09)] = 0
    shapes.hill(
        board,
        ground,
        rng,
        horizon + 0.09,
        0.012,
        1.2,
        light.lit(mix(sand, (255, 232, 190), 0.3), 0.3),
        bottom=horizon + 0.12,
    )
    easel.add_ground(ground)
    sheet = board.new()
    green = light.lit((92, 148, 92), 0.15)
    for x in board.spread(rng, 0.8):
        if rng.random() < 0.75:
            shapes.cactus(board, sheet, x, horizon + 0.15, rng.uniform(0.14, 0.24), green * 0.8, green * 1.1)
    for x in board.spread(rng, 0.9):
        shapes.rock(board, sheet, rng, x, horizon + 0.16, rng.uniform(0.06, 0.14), light.lit((204, 146, 110), 0.1))
    easel.add("cacti", sheet, 0.7)


def _beach(easel: Easel) -> None:
    board, rng, light = easel.board, easel.rng, easel.light
    horizon = STAGES["beach"].horizon
    sand = np.asarray(
        {"snowy": (240, 243, 250), "autumn": (226, 186, 130)}.get(easel.scene.ground, (244, 216, 160)), np.float32
    )
    paint_sky(easel, horizon)
    sheet = board.new()
    for x in board.spread(rng, 1.5):
        w = rng.uniform(0.3, 0.7)
        xs = np.linspace(x - w, x + w, 24)
        top = horizon + 0.01 - rng.uniform(0.05, 0.11) * np.cos((xs - x) / w * np.pi / 2).clip(0) ** 1.3
        board.poly(
            sheet,
            np.concatenate([np.stack([xs, top], -1), [(x + w, horizon + 0.01), (x - w, horizon + 0.01)]]),
            light.lit((96, 140, 130), 0.72),
        )
    easel.add("islands", sheet, 1.7, 0.12)
    water(easel, horizon, 0.72, (38, 156, 190))
    ground = ground_plane(easel, sand, sand, patches=22)
    ground[: board.row(0.69)] = 0
    shapes.hill(board, ground, rng, 0.69, 0.014, 1.4, light.lit(mix(sand, (150, 130, 110), 0.35), 0.1), bottom=0.75)
    shapes.hill(board, ground, rng, 0.705, 0.014, 1.4, light.lit(sand, 0.05), bottom=0.76)
    for _ in range(14):
        x, y = rng.uniform(board.left, board.right), rng.uniform(0.76, 1.1)
        color = light.lit([(250, 236, 220), (236, 160, 140), (190, 170, 150)][rng.integers(3)])
        board.disc(ground, x, y, 0.009, 0.006, color)
    easel.add_ground(ground)
    foam = board.new()
    xs = board.xs(60)
    line = np.stack([xs, 0.692 - 0.012 * shapes.waves(rng, xs, 0.9)], -1)
    board.line(foam, line, 0.012, mix(light.lit((255, 255, 255)), light.low, 0.15))
    easel.add("foam", foam, 1.15, 0.5, motion="water")
    sheet = board.new()
    leaf = light.lit((70, 150, 80), 0.1)
    for x in board.spread(rng, 1.25):
        shapes.palm(
            board, sheet, rng, x, 0.78, rng.uniform(0.42, 0.6), leaf * 0.78, leaf * 1.12, light.lit((150, 108, 76), 0.1)
        )
    easel.add("palms", sheet, 0.75, 0.55, motion="plant", foot=0.78)


def _underwater(easel: Easel) -> None:
    board, rng, scene = easel.board, easel.rng, easel.scene
    tint = {"day": (1, 1, 1), "sunset": (1.0, 0.8, 0.86), "night": (0.42, 0.46, 0.66), "dawn": (0.98, 0.92, 0.96)}[
        scene.time
    ]
    tint = np.asarray(tint, np.float32)
    top, mid, low = (np.asarray(c, np.float32) * tint for c in ((104, 214, 232), (34, 138, 196), (16, 78, 146)))
    sky = board.gradient([(-0.25, mix(top, (255, 255, 255), 0.3)), (0.1, top), (0.5, mid), (0.85, low)])
    easel.add("sky", sky, 2.0, 0.04, opaque=True)
    rays = board.new()
    for x in board.spread(rng, 0.35):
        w, lean = rng.uniform(0.04, 0.12), 0.3
        board.poly(
            rays,
            [(x, -0.35), (x + w, -0.35), (x + 2.4 * w + lean, 0.8), (x - w + lean, 0.8)],
            mix(top, (255, 255, 255), 0.5),
        )
    rays = (rays * np.interp(np.arange(board.shape[0]), (0, board.row(0.85)), (0.34, 0.0))[:, None, None]).astype(
        np.uint8
    )
    easel.add("rays", rays, 1.95, 0.1, motion="cloud")
    for k, (y, amp, share) in enumerate(((0.66, 0.1, 0.72), (0.72, 0.07, 0.45))):
        sheet = board.new()
        shapes.hill(board, sheet, rng, y, amp, 0.9, mix((40, 96, 130) * tint, mid, share))
        for x in board.spread(rng, 0.4):
            color = mix([(236, 110, 120), (240, 160, 90), (170, 110, 200)][rng.integers(3)] * tint, mid, share)
            for b in rng.uniform(-0.5, 0.5, 4):
                board.line(sheet, [(x, y + 0.06), (x + b * 0.1, y - rng.uniform(0.04, 0.13))], 0.022, color)
        easel.add(f"reef {k}", sheet, 1.6 - 0.1 * k, 0.2 + 0.15 * k)
    sand = np.asarray((226, 206, 160), np.float32) * tint
    horizon = STAGES["underwater"].horizon
    ground = board.gradient([(horizon, mix(sand, mid, 0.62)), (1.0, mix(sand, mid, 0.22)), (1.3, mix(sand, low, 0.4))])
    for _ in range(24):
        y = rng.uniform(horizon + 0.05, 1.2)
        board.disc(
            ground, rng.uniform(board.left, board.right), y, 0.16 * y, 0.012, mix(sand, mid, 0.3 + 0.3 * rng.random())
        )
    ground[: board.row(horizon + 0.04)] = 0
    shapes.hill(board, ground, rng, horizon + 0.04, 0.02, 0.9, mix(sand, mid, 0.58), bottom=horizon + 0.09)
    easel.add_ground(ground)
    for depth, gap, tall, share in ((0.8, 0.22, 0.2, 0.5), (0.06, 0.5, 0.3, 0.1)):
        sheet = board.new()
        base = horizon + (1 - depth) * (1.02 - horizon) + 0.03
        for x in board.spread(rng, gap):
            color = mix([(52, 160, 110), (80, 180, 90), (150, 80, 130)][rng.integers(3)] * tint, low, share)
            for b in range(3):
                t = np.linspace(0, 1, 8)
                height = tall * rng.uniform(0.5, 1.0)
                xs = x + (b - 1) * 0.03 + 0.018 * np.sin(t * 5 + b * 2) * (0.4 + t)
                ys, width = base - height * t, 0.016 * (1.05 - t)
                board.poly(
                    sheet,
                    np.stack([np.r_[xs - width, (xs + width)[::-1]], np.r_[ys, ys[::-1]]], -1),
                    color * (0.85 + 0.15 * b),
                )
        easel.add(f"weed {depth}", sheet, depth, motion="plant", foot=base)


def _mountains(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon = STAGES["mountains"].horizon
    paint_sky(easel, horizon, clouds=2)
    side = -1 if easel.sun[0] < board.aspect / 2 else 1
    stone = (126, 134, 168)
    for k, (gap, low, high, distance) in enumerate(((0.42, 0.26, 0.42, 0.8), (0.5, 0.16, 0.28, 0.5))):
        sheet = board.new()
        for x in board.spread(rng, gap, 0.3):
            h = rng.uniform(low, high)
            shapes.peak(
                board,
                sheet,
                rng,
                x,
                horizon + 0.03,
                h * rng.uniform(1.7, 2.3),
                h,
                light.lit(stone, distance),
                light.lit(mix(stone, (50, 50, 110), 0.35), distance),
                light.lit(SNOW, distance * 0.55),
                side,
            )
        easel.add(f"peaks {k}", sheet, 1.7 - 0.1 * k, 0.12 + 0.05 * k)
    grass = grass_of(easel)
    far_wood(easel, horizon + 0.02, 0.09, mix(LEAF[scene.ground][2], (50, 90, 100), 0.3), 0.42, 1.4, 0.24)
    ground = ground_plane(easel, grass, mix(grass, (90, 150, 120), 0.25))
    strew(easel, ground, 30, horizon + 0.06, 1.2, mix(grass, (50, 90, 60), 0.3), flowers=16)
    easel.add_ground(ground)
    sheet = board.new()
    plant_trees(
        easel, sheet, [(x, horizon + 0.08) for x in board.spread(rng, 0.28) if rng.random() < 0.6], 0.2, 0.25, "pine"
    )
    for x in board.spread(rng, 0.7):
        shapes.rock(board, sheet, rng, x, horizon + 0.1, rng.uniform(0.06, 0.13), light.lit((150, 150, 164), 0.2))
    easel.add("pines", sheet, 0.8)
    front_grass(easel, grass)


def _river(easel: Easel) -> None:
    board, rng, light = easel.board, easel.rng, easel.light
    horizon, grass = STAGES["river"].horizon, grass_of(easel)
    paint_sky(easel, horizon)
    far_hills(easel, [mix(grass, (80, 120, 160), 0.5)], horizon, 0.13, (0.8,))
    far_wood(easel, horizon + 0.04, 0.12, mix(LEAF[easel.scene.ground][0], (70, 120, 120), 0.2), 0.5, 1.5, 0.2)
    lean = 1.1 / (1.02 - horizon)
    sheet = ground_plane(easel, grass, patches=0)
    sheet[board.row(0.56) :] = 0
    easel.add_ground(sheet, "far bank")
    water(easel, 0.545, 0.8, (62, 158, 196), depth=1.15, slide=0.1 - lean * horizon, lean=lean)
    ground = ground_plane(easel, grass, patches=14)
    ground[: board.row(0.76)] = 0
    shapes.hill(board, ground, rng, 0.768, 0.016, 1.1, light.lit(mix(grass, (90, 70, 50), 0.6), 0.05), bottom=0.83)
    shapes.hill(board, ground, rng, 0.785, 0.014, 1.1, light.lit(grass, 0.05), bottom=0.84)
    strew(easel, ground, 24, 0.8, 1.2, mix(grass, (40, 90, 50), 0.35), flowers=16)
    easel.add("near bank", ground, 1.1, 0.1 - lean * horizon, lean=lean)
    sheet = board.new()
    plant_trees(easel, sheet, [(x, 0.555) for x in board.spread(rng, 0.3) if rng.random() < 0.7], 0.2, 0.32)
    easel.add("trees", sheet, 1.14, 0.3, motion="plant", foot=0.56)
    sheet = board.new()
    for x in board.spread(rng, 0.55):
        shapes.rock(board, sheet, rng, x, 0.79, rng.uniform(0.05, 0.12), light.lit((156, 156, 166)))
    reed = light.lit(mix(grass, (90, 120, 60), 0.5) * 0.8)
    for x in board.spread(rng, 0.35):
        for b in rng.uniform(-0.04, 0.04, 5):
            board.line(sheet, [(x + b * 0.6, 0.81), (x + b * 1.5, 0.81 - rng.uniform(0.06, 0.13))], 0.006, reed)
    easel.add("reeds", sheet, 0.42, 0.74, motion="plant", foot=0.81)
    front_grass(easel, grass, 0.1)


RECIPES = {
    "meadow": _meadow, "forest": _forest, "desert": _desert, "beach": _beach, "underwater": _underwater,
    "mountains": _mountains, "river": _river, **places.RECIPES, **elsewhere.RECIPES,
}  # fmt: skip
