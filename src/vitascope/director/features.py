"""What several scenes share: the ground plane, hills, woods, water, grass in front of the lens, lamps."""

from __future__ import annotations

import numpy as np

from . import shapes
from .scenery import STAGES, Easel, depth_at
from .shapes import mix

GRASS = {"normal": (112, 178, 74), "snowy": (240, 244, 252), "autumn": (186, 160, 74)}
LEAF = {
    "normal": [(58, 128, 62), (76, 148, 66), (46, 112, 70)],
    "snowy": [(96, 132, 128), (82, 118, 122), (112, 140, 136)],
    "autumn": [(206, 104, 44), (222, 152, 52), (182, 70, 48)],
}
SNOW = (246, 249, 255)
BARK = (112, 80, 62)
GOLD = (255, 214, 120)


def grass_of(easel: Easel):
    return np.asarray(GRASS[easel.scene.ground], np.float32)


def modelling(easel: Easel) -> float:
    """How strongly surfaces are modelled by gradients: flat styles have almost none."""
    return {"flat": 0.25, "twemoji": 0.3, "clipart": 0.5, "noto": 0.7}.get(easel.style, 1.0)


def ground_plane(easel: Easel, color, far=None, patches=26, name="ground", wavy=0.0) -> np.ndarray:
    """The ground plane from the horizon to the lens, with flat patches that grow as they come nearer."""
    board, light, rng = easel.board, easel.light, easel.rng
    horizon = STAGES[easel.scene.kind].horizon
    far = mix(color, (255, 255, 255), 0.12) if far is None else far
    soft = modelling(easel)
    near = light.lit(color, 0.0)
    ground = board.gradient(
        [
            (horizon, light.lit(far, 0.75)),
            (mix(horizon, 1, 0.25), light.lit(mix(far, color, 0.6), 0.3)),
            (0.9, near),
            (1.2, near * (1 - 0.22 * soft)),
        ]
    )
    edge = board.row(horizon)
    if patches:
        for _ in range(patches):
            y = horizon + (1.15 - horizon) * rng.random() ** 0.8
            nearness = (y - horizon) / (1 - horizon)
            base = light.lit(mix(far, color, min(nearness * 1.3, 1)), 0.75 * max(1 - nearness * 1.3, 0))
            tone = base * (1.07 if rng.random() < 0.5 else 0.93)
            board.disc(
                ground,
                rng.uniform(board.left, board.right),
                y,
                rng.uniform(0.1, 0.3) * (0.35 + nearness),
                0.012 + 0.03 * nearness * rng.random(),
                tone,
            )
    ground[:edge] = 0
    if wavy:
        shapes.hill(board, ground, rng, horizon, wavy, 1.3, light.lit(far, 0.75), bottom=horizon + 0.03)
    return ground


def strew(easel: Easel, picture, count, y0, y1, color, size=0.05, flowers=0) -> None:
    board, light, rng = easel.board, easel.light, easel.rng
    for y in np.sort(rng.uniform(y0, y1, count)):
        d = depth_at(easel.scene.kind, y)
        shapes.tuft(
            board, picture, rng, rng.uniform(board.left, board.right), y, size * (1.2 - d), light.lit(color, d * 0.6)
        )
    if easel.scene.ground != "snowy":
        hues = [(250, 240, 246), (255, 208, 70), (238, 112, 130), (170, 130, 230)]
        for _ in range(flowers):
            y = rng.uniform(y0, y1)
            r = 0.011 * (1.25 - depth_at(easel.scene.kind, y))
            x = rng.uniform(board.left, board.right)
            board.disc(picture, x, y - 2 * r, r, r * 0.9, light.lit(hues[rng.integers(4)], 0.1))
            board.disc(picture, x, y - 2 * r, r * 0.4, r * 0.4, light.lit((255, 236, 150), 0.1))


def front_grass(easel: Easel, color, height=0.13, count=None) -> None:
    """Dark grass right in front of the lens."""
    board, light, rng = easel.board, easel.light, easel.rng
    sheet = board.new()
    shade = light.lit(mix(color, (16, 30, 40), 0.34))
    for x in board.spread(rng, 0.11):
        if rng.random() < 0.55:
            shapes.tuft(board, sheet, rng, x, 1.06, height * rng.uniform(0.6, 1.1), shade * rng.uniform(0.85, 1.12))
    board.box(sheet, board.left, 1.04, board.right, board.bottom, shade)
    easel.add("front", sheet, 0.02, 1.22, motion="plant", foot=1.05)


def far_hills(easel: Easel, colors, y, amp, distances, longest=1.4) -> None:
    """Hills behind the horizon, one sheet each, ever hazier."""
    for k, (color, distance) in enumerate(zip(colors, distances)):
        sheet = easel.board.new()
        shapes.hill(
            easel.board,
            sheet,
            easel.rng,
            y - amp * (1.15 - 0.8 * k),
            amp * (0.6 - 0.12 * k),
            longest,
            easel.light.lit(color, distance),
        )
        easel.board.shade(sheet, y - 2 * amp, y + 0.05, 1.0 + 0.08 * modelling(easel), 1.0 - 0.05 * modelling(easel))
        easel.add(f"hills {k}", sheet, 1.6 - 0.1 * k, 0.12 + 0.04 * k)


def plant_trees(easel: Easel, sheet, spots, height, distance, kind="mixed") -> None:
    """Trees at `spots` [(x, base)], `height` tall, seen from a distance 0..1."""
    board, light, rng, ground = easel.board, easel.light, easel.rng, easel.scene.ground
    snow = light.lit(SNOW, distance) if ground == "snowy" else None
    for x, base in spots:
        leaf = np.asarray(LEAF[ground][rng.integers(3)], np.float32)
        tall = height * rng.uniform(0.8, 1.2)
        dark, lit = light.lit(leaf * 0.82, distance), light.lit(mix(leaf, (250, 246, 150), 0.16) * 1.06, distance)
        trunk = light.lit(BARK, distance)
        if kind == "pine" or (kind == "mixed" and rng.random() < 0.5):
            shapes.pine(board, sheet, x, base, tall, dark, lit, trunk, snow)
        else:
            shapes.round_tree(board, sheet, rng, x, base, tall * 0.92, dark, lit, trunk, snow)


def far_wood(easel: Easel, y, height, color, distance, depth, slide) -> None:
    """A far wood as one jagged outline."""
    board, rng = easel.board, easel.rng
    sheet = board.new()
    xs = board.xs(160)
    tips = np.abs(np.sin(xs * rng.uniform(26, 32) + 3 * np.sin(xs * 5))) * 0.5 + 0.4 * shapes.waves(rng, xs, 0.9)
    outline = np.stack([xs, y - height * (0.6 + 0.5 * tips)], -1)
    board.poly(
        sheet,
        np.concatenate([outline, [(board.right, y + 0.06), (board.left, y + 0.06)]]),
        easel.light.lit(color, distance),
    )
    easel.add("treeline", sheet, depth, slide)


def water(easel: Easel, y0, y1, color=(46, 146, 196), name="water", depth=1.3, slide=0.16, lean=0.0) -> None:
    """A sheet of water from y0 down to y1, with light on it under the sun."""
    board, light, rng = easel.board, easel.light, easel.rng
    near, far = light.lit(color, 0.1), mix(light.lit(mix(color, (255, 255, 255), 0.25), 0.3), light.low, 0.3)
    sheet = board.gradient([(y0, far), (y1, near)])
    for _ in range(46):
        y = y0 + (y1 - y0) * rng.random() ** 1.3
        near_share = (y - y0) / (y1 - y0)
        tone = mix(mix(far, near, near_share), (255, 255, 255) if rng.random() < 0.6 else near * 0.7, 0.28)
        board.disc(
            sheet, rng.uniform(board.left, board.right), y, 0.03 + 0.07 * near_share, 0.0025 + 0.005 * near_share, tone
        )
    if not (easel.scene.time == "day" or easel.scene.weather in ("rain", "fog", "snow")):
        spark = {"sunset": (255, 214, 140), "dawn": (255, 236, 200), "night": (190, 204, 250)}[easel.scene.time]
        for k, y in enumerate(np.linspace(y0 + 0.005, y1 - 0.01, 12)):
            board.disc(
                sheet,
                easel.sun[0] + rng.uniform(-0.02, 0.02),
                y,
                0.05 + 0.006 * k * rng.random(),
                0.0045,
                mix(near, spark, 0.85),
            )
    sheet[: board.row(y0)] = 0
    sheet[board.row(y1 + 0.02) :] = 0
    easel.add(name, sheet, depth, slide, lean=lean, motion="water")


def street_lamp(easel: Easel, sheet, x, base, height) -> None:
    board, light = easel.board, easel.light
    pole = light.lit((58, 62, 80), 0.1)
    board.line(sheet, [(x, base), (x, base - height)], 0.012, pole)
    board.line(sheet, [(x, base - height), (x + 0.035, base - height)], 0.01, pole)
    glow = (255, 232, 160) if easel.scene.time in ("night", "sunset") else light.lit((230, 234, 240))
    board.disc(sheet, x + 0.038, base - height + 0.012, 0.018, 0.014, glow)
