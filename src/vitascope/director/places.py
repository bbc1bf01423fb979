"""How scenes made by people are painted out of doors."""

from __future__ import annotations

import cv2
import numpy as np

from . import shapes
from .features import (
    GOLD,
    LEAF,
    SNOW,
    far_hills,
    far_wood,
    front_grass,
    grass_of,
    ground_plane,
    modelling,
    plant_trees,
    street_lamp,
    strew,
    water,
)
from .scenery import STAGES, Easel, depth_at, paint_sky
from .shapes import mix


def _city(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon = STAGES["city"].horizon
    paint_sky(easel, horizon * 0.85)
    share = {"night": 0.62, "sunset": 0.28, "dawn": 0.12}.get(scene.time, 0.06)
    lamp = GOLD if scene.time != "day" else (236, 246, 255)
    walls = [(120, 136, 170), (156, 142, 160), (96, 122, 150), (180, 156, 146), (140, 160, 178)]
    for k, (gap, low, high, distance) in enumerate(
        ((0.17, 0.3, 0.56, 0.85), (0.22, 0.22, 0.46, 0.5), (0.34, 0.1, 0.26, 0.22))
    ):
        sheet = board.new()
        for x in board.spread(rng, gap, 0.2):
            wall = light.lit(walls[rng.integers(5)], distance)
            shapes.tower(
                board,
                sheet,
                rng,
                x,
                horizon + 0.02,
                gap * rng.uniform(0.7, 1.05),
                rng.uniform(low, high),
                wall,
                mix(wall, light.middle, 0.35),
                mix(lamp, light.haze, distance * 0.45),
                share,
            )
        board.shade(sheet, 0.2, horizon, 1.06, 1.0 - 0.16 * modelling(easel))
        easel.add(f"towers {k}", sheet, 1.7 - 0.1 * k, 0.12 + 0.06 * k)
    paving = np.asarray(
        {"snowy": (236, 240, 248), "autumn": (170, 156, 140)}.get(scene.ground, (150, 152, 164)), np.float32
    )
    ground = ground_plane(easel, paving, mix(paving, (110, 120, 140), 0.3), patches=14)
    board.box(ground, board.left, horizon, board.right, horizon + 0.025, light.lit(mix(paving, (70, 74, 90), 0.5), 0.2))
    easel.add_ground(ground)
    sheet = board.new()
    plant_trees(
        easel, sheet, [(x, horizon + 0.04) for x in board.spread(rng, 0.6) if rng.random() < 0.8], 0.16, 0.15, "round"
    )
    for x in board.spread(rng, 0.7, 0.1):
        street_lamp(easel, sheet, x, horizon + 0.05, 0.24)
    easel.add("street trees", sheet, 0.85)


def _street(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon = STAGES["street"].horizon
    paint_sky(easel, horizon)
    far_wood(easel, horizon, 0.2, LEAF[scene.ground][1], 0.6, 1.6, 0.2)
    lit = scene.time == "night"
    walls = [(246, 214, 170), (236, 168, 150), (174, 206, 214), (248, 236, 206), (204, 190, 226), (184, 214, 170)]
    roofs = [(176, 84, 74), (120, 92, 108), (92, 108, 140), (150, 104, 80)]
    road = light.lit((96, 100, 114) if scene.ground != "snowy" else (178, 186, 202), 0.1)
    walk = light.lit({"snowy": (238, 242, 250), "autumn": (206, 186, 158)}.get(scene.ground, (206, 204, 200)), 0.1)
    ground = board.gradient([(horizon, walk * 0.94), (0.74, walk), (1.2, walk)])
    ground[: board.row(horizon + 0.06)] = 0
    board.box(ground, board.left, 0.745, board.right, 1.01, road)
    board.box(ground, board.left, 0.735, board.right, 0.75, walk * 0.8)
    board.box(ground, board.left, 1.0, board.right, 1.02, walk * 0.82)
    xs = np.arange(board.left, board.right, 0.24)
    dash = np.array([(0, 0.868), (0.12, 0.868), (0.125, 0.882), (0.0, 0.882)])
    board.polys(ground, dash[None] + np.stack([xs, 0 * xs], -1)[:, None], light.lit((250, 244, 220)))
    easel.add_ground(ground)
    sheet = board.new()
    for x in board.spread(rng, 0.46, 0.12):
        glass = GOLD if lit and rng.random() < 0.8 else mix(light.lit((150, 190, 216)), light.low, 0.3)
        shapes.house(
            board,
            sheet,
            rng,
            x,
            horizon + 0.09,
            rng.uniform(0.3, 0.4),
            rng.uniform(0.3, 0.44),
            light.lit(walls[rng.integers(6)], 0.16),
            light.lit(roofs[rng.integers(4)], 0.16),
            glass,
            light.lit((120, 72, 60), 0.1),
            light.lit(SNOW) if scene.ground == "snowy" else None,
        )
    plant_trees(easel, sheet, [(x, horizon + 0.11) for x in board.spread(rng, 0.7)], 0.2, 0.12, "round")
    board.shade(sheet, 0.2, horizon + 0.1, 1.05, 1 - 0.1 * modelling(easel))
    easel.add("houses", sheet, 1.1, 0.38)
    sheet = board.new()
    for x in board.spread(rng, 0.95, 0.1):
        street_lamp(easel, sheet, x, 0.73, 0.42)
    easel.add("lamps", sheet, 0.72)


def _bridge(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon, deck = STAGES["bridge"].horizon, 0.69
    paint_sky(easel, horizon)
    grass = grass_of(easel)
    far_hills(
        easel, [mix(grass, (80, 120, 160), 0.55), mix(grass, (60, 110, 110), 0.35)], horizon + 0.01, 0.1, (0.85, 0.6)
    )
    lean = 1.1 / (1.02 - horizon)
    water(easel, horizon, 1.4, (52, 134, 172), slide=0.1 - lean * horizon, lean=lean)
    stone = np.asarray([(190, 120, 96), (176, 170, 168), (196, 168, 130)][rng.integers(3)], np.float32)
    depth = depth_at("bridge", deck)
    under, body, top = (
        light.lit(stone * 0.62, 0.1),
        light.lit(stone, 0.12),
        light.lit(mix(stone, (255, 255, 255), 0.3), 0.1),
    )
    if scene.ground == "snowy":
        top = light.lit(SNOW)
    sheet, span = board.new(), 0.62
    starts = np.arange(board.left - span, board.right + span, span) + rng.uniform(0, span)
    board.box(sheet, board.left, deck - 0.005, board.right, deck + 0.2, body)
    for x in starts:
        board.box(sheet, x - 0.055, deck + 0.05, x + 0.055, 0.98, body)
        board.box(sheet, x + 0.02, deck + 0.05, x + 0.055, 0.98, under)
        board.box(sheet, x - 0.075, 0.95, x + 0.075, 0.985, under)
    for x in starts:
        t = np.linspace(0, np.pi, 20)
        arch = np.stack([x + span / 2 - (span / 2 - 0.055) * np.cos(t), deck + 0.205 - 0.135 * np.sin(t)], -1)
        rows = slice(board.row(deck + 0.05), board.row(deck + 0.21))
        mask = np.zeros(board.shape, np.uint8)
        cv2.fillPoly(mask[rows], [board.pixels(arch) - np.array([0, rows.start * 16])], 255, cv2.LINE_AA, 4)
        cut = sheet[rows].astype(np.uint16) * (255 - mask[rows, :, None]) // 255
        sheet[rows] = cut
    board.box(sheet, board.left, deck - 0.012, board.right, deck + 0.018, top)
    board.box(sheet, board.left, deck + 0.018, board.right, deck + 0.03, under)
    easel.add("bridge", sheet, depth + 0.03, motion="")
    sheet = board.new()
    iron = light.lit((84, 92, 120), 0.15)
    for x in starts:
        board.line(sheet, [(x, deck), (x, deck - 0.34)], 0.02, iron)
    for x in starts[:-1]:
        t = np.linspace(0, 1, 14)
        rope = deck - 0.33 + 0.24 * (1 - (2 * t - 1) ** 2)
        board.line(sheet, np.stack([x + span * t, rope], -1), 0.01, iron)
        for u in (0.2, 0.35, 0.5, 0.65, 0.8):
            y = deck - 0.33 + 0.24 * (1 - (2 * u - 1) ** 2)
            board.line(sheet, [(x + span * u, y), (x + span * u, deck)], 0.004, iron)
    easel.add("cables", sheet, depth + 0.05, float(1.2 - 1.1 * (depth + 0.03)))
    sheet = board.new()
    board.line(sheet, [(board.left, deck - 0.035), (board.right, deck - 0.035)], 0.008, iron * 0.9)
    xs = np.arange(board.left, board.right, 0.08)
    post = np.array([(-0.004, deck - 0.035), (0.004, deck - 0.035), (0.004, deck + 0.01), (-0.004, deck + 0.01)])
    board.polys(sheet, post[None] + np.stack([xs, 0 * xs], -1)[:, None], iron * 0.9)
    easel.add("railing", sheet, depth - 0.08, float(1.2 - 1.1 * (depth + 0.03)))


def _park(easel: Easel) -> None:
    board, rng, light = easel.board, easel.rng, easel.light
    horizon, grass = STAGES["park"].horizon, grass_of(easel)
    paint_sky(easel, horizon)
    far_wood(easel, horizon, 0.24, mix(LEAF[easel.scene.ground][1], (90, 150, 150), 0.25), 0.6, 1.6, 0.16)
    ground = ground_plane(easel, grass, patches=18)
    path = {"snowy": (218, 224, 236), "autumn": (222, 188, 140)}.get(easel.scene.ground, (232, 212, 174))
    xs = board.xs(40)
    y = 0.8 + 0.015 * shapes.waves(rng, xs, 1.6)
    edge = np.concatenate([np.stack([xs, y], -1), np.stack([xs, y + 0.13], -1)[::-1]])
    board.poly(ground, edge + (0, 0.012), light.lit(mix(path, (120, 110, 80), 0.3)))
    board.poly(ground, edge, light.lit(path))
    strew(easel, ground, 26, horizon + 0.04, 0.78, mix(grass, (40, 90, 50), 0.3), flowers=30)
    easel.add_ground(ground)
    sheet = board.new()
    plant_trees(
        easel, sheet, [(x, 0.66 + rng.uniform(-0.01, 0.02)) for x in board.spread(rng, 0.55)], 0.42, 0.22, "round"
    )
    easel.add("trees", sheet, 0.8, motion="plant", foot=0.67)
    sheet = board.new()
    wood = light.lit((170, 116, 76))
    for k, x in enumerate(board.spread(rng, 0.8, 0.2)):
        if k % 2:
            street_lamp(easel, sheet, x, 0.78, 0.34)
        else:
            for dy in (0.11, 0.085, 0.05):
                board.box(sheet, x - 0.11, 0.775 - dy, x + 0.11, 0.79 - dy, wood * (1.1 - dy))
            for s in (-0.085, 0.085):
                board.box(sheet, x + s - 0.008, 0.69, x + s + 0.008, 0.785, wood * 0.6)
    easel.add("bench", sheet, 0.55)
    front_grass(easel, grass, 0.11)


def _farm(easel: Easel) -> None:
    board, rng, light, scene = easel.board, easel.rng, easel.light, easel.scene
    horizon, grass = STAGES["farm"].horizon, grass_of(easel)
    paint_sky(easel, horizon)
    crop = np.asarray(
        {"snowy": (232, 236, 246), "autumn": (216, 170, 80)}.get(scene.ground, (232, 200, 96)), np.float32
    )
    far_hills(easel, [mix(grass, (70, 130, 140), 0.4), mix(crop, grass, 0.2)], horizon, 0.11, (0.8, 0.5))
    ground = ground_plane(easel, grass, patches=16)
    for k, y in enumerate((0.59, 0.61, 0.635, 0.665)):
        board.box(
            ground,
            board.left,
            y,
            board.right,
            y + 0.008 + 0.004 * k,
            light.lit(crop * (0.86 + 0.05 * k), 0.3 - 0.06 * k),
        )
    strew(easel, ground, 30, 0.72, 1.2, mix(grass, (40, 90, 50), 0.35), flowers=14)
    easel.add_ground(ground)
    sheet = board.new()
    glass = GOLD if scene.time == "night" else (250, 244, 226)
    for x in board.spread(rng, 1.0, 0.2):
        red = light.lit((192, 66, 56), 0.18)
        shapes.house(
            board,
            sheet,
            rng,
            x,
            horizon + 0.08,
            0.36,
            0.36,
            red,
            light.lit((104, 66, 62) if scene.ground != "snowy" else SNOW, 0.15),
            light.lit(glass) if scene.time != "night" else glass,
            light.lit((246, 238, 226), 0.1),
        )
        tower_x = x + 0.28
        board.box(
            sheet, tower_x - 0.05, horizon - 0.26, tower_x + 0.05, horizon + 0.08, light.lit((198, 204, 214), 0.2)
        )
        board.box(
            sheet, tower_x + 0.015, horizon - 0.26, tower_x + 0.05, horizon + 0.08, light.lit((160, 166, 184), 0.2)
        )
        board.disc(sheet, tower_x, horizon - 0.26, 0.05, 0.045, light.lit((150, 84, 76), 0.2))
    plant_trees(easel, sheet, [(x + 0.5, horizon + 0.09) for x in board.spread(rng, 1.0, 0.2)], 0.24, 0.2, "round")
    easel.add("barn", sheet, 0.84)
    sheet = board.new()
    fence = light.lit((246, 240, 230), 0.05)
    for y in (0.70, 0.725):
        board.line(sheet, [(board.left, y), (board.right, y)], 0.009, fence * 0.93)
    for x in np.arange(board.left, board.right, 0.15):
        board.box(sheet, x - 0.008, 0.675, x + 0.008, 0.75, fence)
    easel.add("fence", sheet, 0.62)
    front_grass(easel, grass, 0.11)


RECIPES = {"city": _city, "street": _street, "bridge": _bridge, "park": _park, "farm": _farm}
