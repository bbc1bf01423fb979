"""How each scene is painted: one short recipe a scene, from the sky to what stands near the lens."""

from __future__ import annotations

import numpy as np

from .scenery import NEAREST, STAGES, Easel, depth_at, paint_sky
from .shapes import cactus, hill, house, mix, palm, peak, pine, rock, round_tree, tower, tuft

SNOW = (236, 244, 252)
GRASS = {"normal": ((112, 178, 84), (86, 152, 68)), "snowy": ((232, 240, 250), (206, 220, 238)),
         "autumn": ((190, 162, 82), (160, 126, 62))}  # fmt: skip
LEAVES = {"normal": ((46, 120, 62), (86, 164, 74)), "snowy": ((74, 112, 104), (112, 150, 138)),
          "autumn": ((188, 84, 40), (226, 140, 56))}  # fmt: skip
PINE = {"normal": ((28, 88, 72), (50, 122, 88)), "snowy": ((34, 86, 84), (60, 118, 108)),
        "autumn": ((70, 88, 52), (112, 122, 64))}  # fmt: skip
TRUNK = (112, 78, 52)


def ground(easel: Easel, near, far, *, spots=0, spot=None, tufts=0, name="ground"):
    """A ground plane from the horizon to the lens, with flecks and grass that grow towards the lens."""
    board, rng, light = easel.board, easel.rng, easel.light
    horizon = STAGES[easel.scene.kind].horizon
    picture = board.new()
    row = board.row(horizon)
    stops = [(horizon, light.lit(far, 0.55)), (horizon + 0.12, light.lit(far, 0.2)), (NEAREST, light.lit(near)),
             (board.bottom, light.lit(near) * 0.92)]  # fmt: skip
    picture[row:] = board.gradient(stops)[row:]
    for _ in range(spots):
        depth = rng.random() ** 0.6
        y = horizon + (1 - depth) * (board.bottom - horizon)
        size = 0.012 + 0.07 * (1 - depth)
        color = light.lit(spot if spot is not None else mix(near, (0, 0, 0), 0.14), 0.5 * depth)
        board.disc(picture, rng.uniform(board.left, board.right), y, size * rng.uniform(0.8, 1.8), size * 0.22, color)
    for _ in range(tufts):
        depth = rng.random() ** 0.7
        y = horizon + 0.02 + (1 - depth) * (board.bottom - horizon)
        tuft(board, picture, rng, rng.uniform(board.left, board.right), y, 0.012 + 0.05 * (1 - depth),
             light.lit(mix(near, (20, 70, 20), 0.25), 0.4 * depth))  # fmt: skip
    easel.add_ground(picture, name)
    return picture


def hills(easel: Easel, horizon: float, tones, amp=0.06):
    """Two or three ranges of hills behind the ground."""
    for i, tone in enumerate(tones):
        distance = 0.9 - 0.3 * i
        picture = easel.board.new()
        y = horizon - amp * (1.3 - 0.7 * i)
        hill(easel.board, picture, easel.rng, y, amp * (1.1 - 0.3 * i), 0.9 + 0.4 * i, easel.light.lit(tone, distance))
        easel.add(f"hills{i}", picture, 1.6 - 0.12 * i, 0.12 + 0.06 * i)


def peaks(easel: Easel, horizon: float, height=0.34, cap=SNOW, count=5):
    board, light = easel.board, easel.light
    for k, (share, distance) in enumerate(((1.0, 0.85), (0.7, 0.6))):
        picture = board.new()
        for x in board.spread(easel.rng, (board.right - board.left) / (count + 2 * k), 0.35):
            tall = height * share * easel.rng.uniform(0.7, 1.15)
            peak(board, picture, easel.rng, x, horizon + 0.02, tall * 1.9, tall, light.lit((138, 148, 172), distance),
                 light.lit((98, 106, 140), distance), light.lit(cap, distance * 0.7) if k == 0 and cap else None)  # fmt: skip
        easel.add(f"peaks{k}", picture, 1.7 - 0.1 * k, 0.1 + 0.05 * k)


def trees(easel: Easel, depth: float, count: float, height: tuple[float, float], kinds=("round", "pine"), name="trees"):
    """A row of trees whose feet stand at a depth."""
    board, rng, light, g = easel.board, easel.rng, easel.light, easel.scene.ground
    horizon = STAGES[easel.scene.kind].horizon
    base = horizon + (1 - depth) * (NEAREST - horizon)
    picture = board.new()
    cap = light.lit(SNOW, depth * 0.6) if g == "snowy" else None
    for x in board.spread(rng, board.aspect / count, 0.4):
        tall = rng.uniform(*height)
        y = base + rng.uniform(-0.01, 0.015)
        kind = kinds[rng.integers(len(kinds))]
        trunk = light.lit(TRUNK, depth)
        if kind == "pine":
            dark, lit = (light.lit(c, depth) for c in PINE[g])
            pine(board, picture, x, y, tall, dark, lit, trunk, cap)
        elif kind == "palm":
            dark, lit = light.lit((38, 116, 66), depth), light.lit((78, 160, 80), depth)
            palm(board, picture, rng, x, y, tall, dark, lit, light.lit((150, 112, 72), depth))
        else:
            dark, lit = (light.lit(mix(c, (220, 200, 80), rng.uniform(0, 0.15)), depth) for c in LEAVES[g])
            round_tree(board, picture, rng, x, y, tall, dark, lit, trunk, cap)
    easel.add(name, picture, depth, motion="plant", foot=base)


def rocks(easel: Easel, depth: float, count: float, width=(0.05, 0.12), color=(138, 132, 130)):
    board, horizon = easel.board, STAGES[easel.scene.kind].horizon
    base = horizon + (1 - depth) * (NEAREST - horizon)
    picture = board.new()
    for x in board.spread(easel.rng, board.aspect / count, 0.45):
        rock(board, picture, easel.rng, x, base, easel.rng.uniform(*width), easel.light.lit(color, depth))
    easel.add(f"rocks{depth:.1f}", picture, depth)


def skyline(easel: Easel, base: float, height: tuple[float, float], distance: float, gap: float, share: float, name: str):
    board, rng, light = easel.board, easel.rng, easel.light
    picture = board.new()
    lamp = np.array((255, 222, 130), np.float32) if light.dark or easel.scene.time == "sunset" else light.lit((196, 222, 240), distance)
    for x in board.spread(rng, gap, 0.25):
        tone = light.lit(mix((120, 132, 160), (176, 150, 140), rng.random()), distance)
        glass = mix(tone, (20, 30, 60), 0.3)
        tower(board, picture, rng, x, base, rng.uniform(0.75, 1.15) * gap, rng.uniform(*height), tone, glass, lamp,
              share if light.dark else 0.25)  # fmt: skip
    easel.add(name, picture, 1.3 + 0.4 * distance, 0.1 + 0.25 * (1 - distance))


def houses(easel: Easel, depth: float, gap: float, height: float):
    board, rng, light = easel.board, easel.rng, easel.light
    horizon = STAGES[easel.scene.kind].horizon
    base = horizon + (1 - depth) * (NEAREST - horizon)
    picture = board.new()
    walls = ((238, 214, 176), (226, 178, 150), (196, 212, 226), (222, 226, 206), (240, 200, 120))
    roofs = ((184, 82, 70), (120, 84, 84), (92, 106, 132), (156, 98, 60))
    glass = (255, 224, 140) if light.dark else light.lit((150, 196, 226), depth)
    for x in board.spread(rng, gap, 0.12):
        house(board, picture, rng, x, base, gap * rng.uniform(0.62, 0.82), height * rng.uniform(0.85, 1.15),
              light.lit(walls[rng.integers(5)], depth), light.lit(roofs[rng.integers(4)], depth), glass,
              light.lit((110, 70, 50), depth), light.lit(SNOW, depth * 0.5) if easel.scene.ground == "snowy" else None)  # fmt: skip
    easel.add("houses", picture, depth)


def sea(easel: Easel, top: float, bottom: float, near=(40, 128, 178), far=(96, 178, 214), depth=1.25, name="water"):
    """Water between two heights, with lines of light on it."""
    board, rng, light = easel.board, easel.rng, easel.light
    picture = board.new()
    a, b = board.row(top), board.row(bottom)
    picture[a:b] = board.gradient([(top, light.lit(far, 0.35)), (bottom, light.lit(near))])[a:b]
    for _ in range(46):
        share = rng.random() ** 1.4
        y = top + 0.008 + share * (bottom - top - 0.01)
        x, half = rng.uniform(board.left, board.right), 0.02 + 0.09 * share
        board.box(picture, x - half, y, x + half, y + 0.004 + 0.006 * share, light.lit(mix(far, (255, 255, 255), 0.45)))
    easel.add(name, picture, depth, 0.25, motion="water")


def meadow(e: Easel):
    near, far = GRASS[e.scene.ground]
    paint_sky(e, 0.55)
    hills(e, 0.56, (mix(far, (90, 130, 120), 0.5), far))
    ground(e, near, far, spots=18, tufts=40 if e.scene.ground != "snowy" else 6)
    trees(e, 0.9, 2.2, (0.14, 0.24), name="far trees")
    if e.scene.ground == "normal":
        flowers(e, 26)


def flowers(e: Easel, count: int):
    board, rng = e.board, e.rng
    picture = board.new()
    for _ in range(count):
        y = rng.uniform(0.62, board.bottom)
        size = 0.006 + 0.02 * (y - 0.55)
        color = ((250, 240, 120), (250, 250, 250), (240, 120, 140), (200, 140, 230))[rng.integers(4)]
        x = rng.uniform(board.left, board.right)
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            board.disc(picture, x + dx * size, y + dy * size, size * 0.8, size * 0.8, e.light.lit(color))
        board.disc(picture, x, y, size * 0.6, size * 0.6, e.light.lit((250, 190, 60)))
    e.add_ground(picture, "flowers")


def forest(e: Easel):
    near, far = {"normal": ((96, 142, 70), (70, 116, 62))}.get(e.scene.ground, GRASS[e.scene.ground])
    paint_sky(e, 0.58, clouds=1)
    hills(e, 0.56, (mix(PINE[e.scene.ground][0], (120, 150, 160), 0.3),), amp=0.1)
    ground(e, near, far, spots=26, tufts=26)
    trees(e, 0.97, 6, (0.34, 0.48), ("pine", "round"), "back row")
    trees(e, 0.8, 3.6, (0.42, 0.62), ("pine", "pine", "round"), "middle row")
    trees(e, 0.06, 0.75, (0.9, 1.2), ("pine",), "front row")


def desert(e: Easel):
    paint_sky(e, 0.55, clouds=1)
    sand = ((236, 196, 128), (224, 176, 108)) if e.scene.ground != "snowy" else GRASS["snowy"]
    hills(e, 0.57, (mix(sand[1], (200, 120, 90), 0.4), sand[1]), amp=0.09)
    ground(e, *sand, spots=22)
    board, picture = e.board, e.board.new()
    for x in board.spread(e.rng, 0.5, 0.45):
        cactus(board, picture, x, 0.66, e.rng.uniform(0.1, 0.2), e.light.lit((54, 120, 76), 0.5), e.light.lit((96, 160, 96), 0.5))
    e.add("cacti", picture, depth_at("desert", 0.66))
    rocks(e, 0.55, 1.2, color=(190, 130, 96))


def beach(e: Easel):
    paint_sky(e, 0.44)
    sea(e, 0.44, 0.70)
    sand = ((240, 216, 160), (228, 198, 138)) if e.scene.ground != "snowy" else GRASS["snowy"]
    board, light, picture = e.board, e.light, e.board.new()
    hill(board, picture, e.rng, 0.69, 0.012, 0.8, light.lit((250, 250, 250)))
    hill(board, picture, e.rng, 0.705, 0.012, 0.8, light.lit(mix(sand[1], (120, 90, 60), 0.2)))
    hill(board, picture, e.rng, 0.725, 0.012, 0.8, light.lit(sand[0]))
    for _ in range(24):
        y = e.rng.uniform(0.76, board.bottom)
        board.disc(picture, e.rng.uniform(board.left, board.right), y, 0.03, 0.006, light.lit(sand[1]))
    e.add("sand", picture, 1.2, 0.7)
    trees(e, 0.42, 0.9, (0.45, 0.6), ("palm",), "palms")


def underwater(e: Easel):
    board, light, rng = e.board, e.light, e.rng
    deep = board.gradient([(-0.3, light.lit((120, 214, 232))), (0.0, light.lit((86, 192, 226))), (0.5, light.lit((40, 134, 190))),
                           (1.0, light.lit((22, 84, 146)))])  # fmt: skip
    for _ in range(4):  # shafts of light
        x, lean, wide = rng.uniform(board.left, board.right), rng.uniform(-0.25, 0.25), rng.uniform(0.04, 0.1)
        shaft = board.new()
        board.poly(shaft, [(x, board.top), (x + wide, board.top), (x + wide * 2 + lean, 0.8), (x + lean - wide, 0.8)], (255, 255, 255))
        fade = np.linspace(0.2, 0.0, deep.shape[0], dtype=np.float32)[:, None, None] * (shaft[..., 3:] / 255)
        deep[..., :3] = (deep[..., :3] * (1 - fade) + 255 * fade * light.tint).astype(np.uint8)
    e.add("sea", deep, 2.0, 0.04, opaque=True)
    far = board.new()
    hill(board, far, rng, 0.66, 0.1, 0.7, light.lit((30, 96, 150)), octaves=3)
    e.add("reef", far, 1.5, 0.2)
    ground(e, (214, 200, 150), (120, 160, 170), spots=20, spot=(170, 170, 140))
    rocks(e, 0.8, 1.5, (0.08, 0.2), (120, 116, 140))
    weed = board.new()
    for x in board.spread(rng, 0.3, 0.45):
        for k in range(rng.integers(2, 5)):
            t = np.linspace(0, 1, 7)
            tall, root = rng.uniform(0.15, 0.34), x + 0.025 * k
            stem = np.stack([root + 0.02 * np.sin(t * 6 + k), 0.93 - tall * t], 1)
            board.line(weed, stem, 0.018, light.lit(((52, 150, 90), (40, 122, 84), (190, 90, 110))[rng.integers(3)], 0.15))
    e.add("seaweed", weed, 0.72, motion="plant", foot=0.93)


def city(e: Easel):
    paint_sky(e, 0.76)
    skyline(e, 0.80, (0.3, 0.55), 0.75, 0.16, 0.45, "far towers")
    skyline(e, 0.80, (0.2, 0.42), 0.35, 0.22, 0.5, "towers")
    pavement(e, 0.76)


def pavement(e: Easel, horizon: float):
    snowy = e.scene.ground == "snowy"
    ground(e, (148, 150, 160) if not snowy else SNOW, (128, 130, 142) if not snowy else (210, 220, 236))
    board, light, picture = e.board, e.light, e.board.new()
    board.box(picture, board.left, 0.87, board.right, board.bottom, light.lit((86, 90, 104) if not snowy else (170, 182, 204)))
    board.box(picture, board.left, 0.865, board.right, 0.878, light.lit((206, 206, 206)))
    for x in np.arange(board.left, board.right, 0.24):
        board.box(picture, x, 0.955, x + 0.12, 0.968, light.lit((244, 232, 180)))
    e.add_ground(picture, "road")


def street(e: Easel):
    paint_sky(e, 0.6)
    hills(e, 0.62, ((120, 150, 130),))
    ground(e, *GRASS[e.scene.ground], spots=8)
    houses(e, 0.72, 0.44, 0.36)
    trees(e, 0.66, 1.4, (0.2, 0.28), ("round",))
    pavement_strip(e)


def pavement_strip(e: Easel):
    board, light, picture, snowy = e.board, e.light, e.board.new(), e.scene.ground == "snowy"
    board.box(picture, board.left, 0.745, board.right, 0.79, light.lit((190, 186, 180) if not snowy else SNOW))
    board.box(picture, board.left, 0.79, board.right, board.bottom, light.lit((92, 96, 108) if not snowy else (186, 196, 214)))
    for x in np.arange(board.left, board.right, 0.3):
        board.box(picture, x, 0.895, x + 0.15, 0.91, light.lit((250, 246, 230)))
    e.add_ground(picture, "road")


def mountains(e: Easel):
    paint_sky(e, 0.6)
    peaks(e, 0.62)
    near, far = GRASS[e.scene.ground]
    hills(e, 0.61, (mix(far, (70, 110, 110), 0.4),), amp=0.05)
    ground(e, near, far, spots=20, tufts=20)
    trees(e, 0.9, 4, (0.12, 0.2), ("pine",), "pines")
    rocks(e, 0.55, 0.9)


def sky(e: Easel):
    paint_sky(e, 1.3, clouds=5)
    board, picture = e.board, e.board.new()
    from .shapes import cloud

    for x in board.spread(e.rng, 0.6, 0.4):
        cloud(board, picture, e.rng, x, e.rng.uniform(0.88, 1.02), e.rng.uniform(0.5, 0.8), e.light.cloud, e.light.cloud_shadow)
    e.add("near clouds", picture, 0.9, 0.4, motion="cloud")


def space(e: Easel):
    board, rng = e.board, e.rng
    hue = ((40, 16, 72), (10, 26, 70), (56, 14, 50))[rng.integers(3)]
    deep = board.gradient([(-0.3, (8, 8, 26)), (0.5, mix((10, 10, 34), hue, 0.8)), (1.3, (10, 8, 30))])
    for _ in range(2):
        board.glow(deep, rng.uniform(board.left, board.right), rng.uniform(0, 1), rng.uniform(0.2, 0.4), mix(hue, (180, 120, 220), 0.5), 0.4)
    for _ in range(int(150 * board.aspect)):
        s = rng.uniform(0.0015, 0.006)
        board.disc(deep, rng.uniform(board.left, board.right), rng.uniform(board.top, board.bottom), s, s,
                   mix((120, 120, 180), (255, 250, 230), rng.random()))  # fmt: skip
    e.add("stars", deep, 2.0, 0.04, opaque=True)
    planet = board.new()
    x, y, r = board.aspect * rng.uniform(0.1, 0.9), rng.uniform(0.15, 0.5), rng.uniform(0.1, 0.22)
    color = ((214, 130, 90), (110, 160, 220), (220, 190, 130), (150, 200, 160))[rng.integers(4)]
    board.disc(planet, x, y, r, r, mix(color, (10, 10, 40), 0.5))
    board.disc(planet, x - 0.12 * r, y - 0.1 * r, 0.86 * r, 0.86 * r, color)
    board.disc(planet, x - 0.35 * r, y - 0.3 * r, 0.3 * r, 0.16 * r, mix(color, (255, 255, 255), 0.3))
    e.add("planet", planet, 1.6, 0.12)


def room(e: Easel):
    board, light, rng = e.board, e.light, e.rng
    wall = ((236, 214, 190), (196, 214, 226), (214, 226, 200), (232, 200, 200))[rng.integers(4)]
    picture = board.gradient([(0, light.lit(wall)), (0.68, light.lit(mix(wall, (90, 60, 60), 0.12)))])
    for x in np.arange(board.left, board.right, 0.16):
        board.box(picture, x, board.top, x + 0.08, 0.68, light.lit(mix(wall, (255, 255, 255), 0.16)))
    x = board.aspect * rng.uniform(0.3, 0.7)
    board.box(picture, x - 0.2, 0.12, x + 0.2, 0.5, light.lit((250, 250, 246)))
    board.box(picture, x - 0.175, 0.145, x + 0.175, 0.475, light.top if not light.dark else (34, 44, 96))
    board.box(picture, x - 0.008, 0.14, x + 0.008, 0.48, light.lit((250, 250, 246)))
    board.box(picture, x - 0.18, 0.3, x + 0.18, 0.315, light.lit((250, 250, 246)))
    board.box(picture, board.left, 0.64, board.right, 0.69, light.lit((246, 240, 230)))
    e.add("wall", picture, 2.0, 0.1, opaque=True)
    ground(e, (186, 132, 88), (160, 110, 74))
    rug = board.new()
    board.disc(rug, x, 0.86, 0.5, 0.09, light.lit((180, 70, 80)))
    board.disc(rug, x, 0.86, 0.42, 0.07, light.lit((226, 150, 110)))
    e.add_ground(rug, "rug")


def bridge(e: Easel):
    paint_sky(e, 0.52)
    hills(e, 0.53, ((96, 130, 140), (84, 130, 104)))
    sea(e, 0.52, 1.45, (34, 104, 152), (110, 170, 206))
    board, light, picture = e.board, e.light, e.board.new()
    stone = light.lit((170, 150, 140) if e.scene.ground != "snowy" else (196, 204, 220))
    shade = light.lit((118, 102, 104))
    span = 0.62
    for x in np.arange(board.left - span, board.right + span, span):
        board.box(picture, x - 0.05, 0.7, x + 0.05, 1.02, stone)
        board.box(picture, x + 0.02, 0.7, x + 0.05, 1.02, shade)
        arc = np.linspace(0, np.pi, 16)
        edge = np.stack([x + span / 2 + (span / 2 - 0.05) * np.cos(arc), 0.9 - 0.13 * np.sin(arc)], 1)
        board.poly(picture, np.concatenate([[(x + span - 0.05, 0.72), (x + 0.05, 0.72)], edge[::-1]]), shade)
    board.box(picture, board.left, 0.7, board.right, 0.765, stone)
    board.box(picture, board.left, 0.69, board.right, 0.705, light.lit((206, 190, 180) if e.scene.ground != "snowy" else SNOW))
    board.box(picture, board.left, 0.752, board.right, 0.765, shade)
    e.add("bridge", picture, depth_at("bridge", 0.7) + 0.02)
    rail = board.new()
    for x in np.arange(board.left, board.right, 0.09):
        board.box(rail, x, 0.665, x + 0.012, 0.715, shade)
    board.box(rail, board.left, 0.66, board.right, 0.672, light.lit((150, 70, 62)))
    e.add("rail", rail, depth_at("bridge", 0.72))


def park(e: Easel):
    paint_sky(e, 0.56)
    near, far = GRASS[e.scene.ground]
    hills(e, 0.57, (mix(far, (90, 140, 110), 0.5),))
    trees(e, 0.94, 4, (0.2, 0.32), ("round",), "far trees")
    ground(e, near, far, spots=12, tufts=20 if e.scene.ground != "snowy" else 4)
    board, light, path = e.board, e.light, e.board.new()
    hill(board, path, e.rng, 0.83, 0.01, 1.4, light.lit((222, 202, 160) if e.scene.ground != "snowy" else (220, 226, 240)), bottom=0.9)
    e.add_ground(path, "path")
    bench = board.new()
    for x in board.spread(e.rng, 1.1, 0.3):
        wood = light.lit((150, 96, 60))
        for y in (0.655, 0.68, 0.71):
            board.box(bench, x - 0.11, y, x + 0.11, y + 0.014, wood)
        for dx in (-0.09, 0.08):
            board.box(bench, x + dx, 0.65, x + dx + 0.012, 0.75, light.lit((70, 70, 80)))
    e.add("benches", bench, depth_at("park", 0.75))
    trees(e, 0.5, 0.8, (0.5, 0.64), ("round",), "near trees")


def river(e: Easel):
    paint_sky(e, 0.46)
    near, far = GRASS[e.scene.ground]
    hills(e, 0.48, (mix(far, (90, 130, 130), 0.5), far), amp=0.08)
    trees(e, 0.98, 5, (0.14, 0.24), name="far bank")
    sea(e, 0.5, 0.77, (52, 132, 176), (120, 186, 214))
    board, picture = e.board, e.board.new()
    hill(board, picture, e.rng, 0.765, 0.015, 1.0, e.light.lit(mix(near, (110, 80, 50), 0.4)))
    hill(board, picture, e.rng, 0.785, 0.015, 1.0, e.light.lit(near))
    for _ in range(24):
        y = e.rng.uniform(0.82, board.bottom)
        tuft(board, picture, e.rng, e.rng.uniform(board.left, board.right), y, 0.03, e.light.lit(mix(near, (20, 70, 20), 0.25)))
    e.add("bank", picture, 1.2, 0.75)


def farm(e: Easel):
    paint_sky(e, 0.56)
    near, far = GRASS[e.scene.ground]
    hills(e, 0.57, (mix(far, (110, 140, 120), 0.5), far))
    ground(e, near, far, spots=10, tufts=16)
    board, light, rng = e.board, e.light, e.rng
    barn = board.new()
    for x in board.spread(rng, 1.0, 0.3):
        house(board, barn, rng, x, 0.67, 0.4, 0.34, light.lit((186, 64, 56), 0.4), light.lit((110, 70, 70), 0.4),
              light.lit((240, 220, 200), 0.3), light.lit((245, 240, 230), 0.4))  # fmt: skip
    e.add("barn", barn, depth_at("farm", 0.67))
    fence = board.new()
    wood = light.lit((176, 132, 90), 0.2)
    for x in np.arange(board.left, board.right, 0.14):
        board.box(fence, x, 0.62, x + 0.02, 0.735, wood)
    for y in (0.645, 0.69):
        board.box(fence, board.left, y, board.right, y + 0.016, wood)
    e.add("fence", fence, depth_at("farm", 0.73))


def plain(e: Easel):
    """A studio backdrop: two soft tones of one colour."""
    board, light, rng = e.board, e.light, e.rng
    tone = np.array(((206, 224, 240), (240, 220, 206), (216, 234, 214), (234, 226, 240), (244, 236, 206))[rng.integers(5)], np.float32)
    if e.scene.ground == "snowy":
        tone = np.array(SNOW, np.float32)
    back = board.gradient([(-0.2, light.lit(tone)), (0.72, light.lit(mix(tone, (255, 255, 255), 0.35)))])
    e.add("backdrop", back, 2.0, 0.05, opaque=True)
    ground(e, mix(tone, (120, 110, 110), 0.16), mix(tone, (120, 110, 110), 0.3))


RECIPES = {
    "meadow": meadow, "forest": forest, "desert": desert, "beach": beach, "underwater": underwater, "city": city,
    "street": street, "mountains": mountains, "sky": sky, "space": space, "room": room, "bridge": bridge, "park": park,
    "river": river, "farm": farm, "plain": plain,
}  # fmt: skip
