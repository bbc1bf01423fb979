"""Training of the small network that knows hooked crosses: everything it sees is drawn here, or a blot of a licensed picture."""

from __future__ import annotations

import cv2
import numpy as np

from vitascope.safety.symbols import WEIGHTS, blots

HARMLESS = ("cross", "saltire", "windmill", "pinwheel", "three hooks", "six hooks", "broken", "letters", "meander", "arrows", "curls", "tetris", "hash", "star", "gear", "blob")


def draw(kind: str, rng: np.random.Generator, side: int = 160) -> np.ndarray:
    """A shape (side side) 0..1 about its middle: "right" or "left" hooked cross, or one of HARMLESS."""
    mask = np.zeros((side, side), np.uint8)
    r, t = side * 0.36, side * rng.uniform(0.06, 0.135)
    if kind in ("right", "left", "three hooks", "six hooks", "broken"):
        arms = {"three hooks": 3, "six hooks": int(rng.integers(5, 8))}.get(kind, 4)
        missing = rng.choice(4, int(rng.integers(2, 4)), replace=False) if kind == "broken" else ()
        turn = -1 if kind == "left" or kind not in ("right",) and rng.random() < 0.5 else 1
        for arm in range(arms):
            _arm(mask, 2 * np.pi * arm / arms, r, t, 0.0 if arm in missing else turn * rng.uniform(0.75, 1.05))
    else:
        _DRAWN[kind](mask, r, t, rng)
    return mask.astype(np.float32)


def _arm(mask, angle: float, r: float, t: float, hook: float) -> None:
    """A bar from the middle outwards and, unless hook is 0, one across its end, `hook` radii long, to its right (y down) if positive."""
    middle = np.array(mask.shape) / 2
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    _bar(mask, middle, middle + along * r, t)
    if hook:
        end = middle + along * (r - t / 2)
        _bar(mask, end - across * np.sign(hook) * t / 2, end + across * hook * r, t)


def _bar(mask, a, b, t: float) -> None:
    way = (b - a) / max(np.linalg.norm(b - a), 1e-6)
    side = np.array([-way[1], way[0]]) * t / 2
    cv2.fillConvexPoly(mask, np.round([a + side, b + side, b - side, a - side]).astype(np.int32), 1)


def _poly(mask, points) -> None:
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1)


def _turned(points, angle: float, mask) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points) @ np.array([[c, s], [-s, c]]) + np.array(mask.shape) / 2


def _cross(mask, r, t, rng):
    for angle in (0, np.pi / 2, np.pi, 3 * np.pi / 2):
        _arm(mask, angle, r * rng.uniform(0.8, 1), t, 0)
        if rng.random() < 0.5:  # serifs on both sides
            end = np.array(mask.shape) / 2 + r * 0.9 * np.array([np.cos(angle), np.sin(angle)])
            across = np.array([-np.sin(angle), np.cos(angle)]) * r * 0.35
            _bar(mask, end - across, end + across, t)


def _windmill(mask, r, t, rng, count=4):
    wide, lean = rng.uniform(0.2, 0.5), rng.uniform(0, 0.4)
    for k in range(count):
        _poly(mask, _turned([(0, -t / 3), (r, -t / 3), (r, r * wide), (r * lean, r * wide)], 2 * np.pi * k / count, mask))


def _pinwheel(mask, r, t, rng):
    for k in range(count := int(rng.integers(3, 6))):
        _poly(mask, _turned([(0, 0), (r, 0), (r * rng.uniform(0.4, 0.7), r * rng.uniform(0.4, 0.7))], 2 * np.pi * k / count, mask))


def _letters(mask, r, t, rng):
    word = str(rng.choice(list("ABDEFGHKMNPQRSTUVWXYZ2345689&%@SZHNXEF")))
    size = cv2.getTextSize(word, 2, r / 14, max(1, round(t)))[0]
    cv2.putText(mask, word, (mask.shape[1] // 2 - size[0] // 2, mask.shape[0] // 2 + size[1] // 2), int(rng.choice([0, 2, 3, 4])), r / 14, 1, max(1, round(t)))


def _meander(mask, r, t, rng):
    at, way, length = np.array(mask.shape) / 2, 0, 2.2 * t
    for _ in range(int(rng.integers(4, 8))):
        to = at + length * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)][way % 4])
        _bar(mask, at, to, t)
        at, way, length = to, way + 1, length + t * (way % 2) * 2


def _arrows(mask, r, t, rng):
    for k in range(count := int(rng.integers(1, 5))):
        angle = 2 * np.pi * k / count
        _arm(mask, angle, r * 0.8, t, 0)
        _poly(mask, _turned([(r * 0.65, -1.3 * t), (r, 0), (r * 0.65, 1.3 * t)], angle, mask))


def _curls(mask, r, t, rng):
    for k in range(count := int(rng.integers(3, 6))):
        for u in np.linspace(0, 1, 24):
            at = _turned([(r * u, r * rng.uniform(0.28, 0.32) * np.sin(np.pi * u))], 2 * np.pi * k / count + u * 1.2, mask)[0]
            cv2.circle(mask, tuple(int(v) for v in at), max(1, round(t * (0.4 + 0.6 * u))), 1, -1)


def _tetris(mask, r, t, rng):
    cells, at = {(0, 0)}, (0, 0)
    for _ in range(int(rng.integers(4, 12))):
        at = list(cells)[int(rng.integers(len(cells)))]
        step = [(1, 0), (0, 1), (-1, 0), (0, -1)][int(rng.integers(4))]
        cells.add((int(np.clip(at[0] + step[0], -2, 2)), int(np.clip(at[1] + step[1], -2, 2))))
    for x, y in cells:
        cv2.rectangle(mask, tuple(int(v * 0.4 * r + mask.shape[0] / 2 - 0.2 * r) for v in (x, y)), tuple(int(v * 0.4 * r + mask.shape[0] / 2 + 0.2 * r) for v in (x, y)), 1, -1)


def _hash(mask, r, t, rng):
    middle, lines = mask.shape[0] / 2, int(rng.integers(2, 4))
    for at in np.linspace(-0.5, 0.5, lines) * r:
        _bar(mask, np.array([middle + at, middle - r]), np.array([middle + at, middle + r]), t)
        _bar(mask, np.array([middle - r, middle + at]), np.array([middle + r, middle + at]), t)


def _star(mask, r, t, rng):
    count, inner = int(rng.integers(3, 9)), rng.uniform(0.3, 0.7)
    _poly(mask, _turned([(r * (1 if k % 2 else inner) * np.cos(np.pi * k / count), r * (1 if k % 2 else inner) * np.sin(np.pi * k / count)) for k in range(2 * count)], 0, mask))


def _gear(mask, r, t, rng):
    for k in range(count := int(rng.integers(4, 10))):
        _arm(mask, 2 * np.pi * k / count, r, t, 0)
    cv2.circle(mask, (mask.shape[1] // 2,) * 2, int(r * 0.7), 1, max(1, round(t)))


def _blob(mask, r, t, rng):
    noise = cv2.GaussianBlur(rng.normal(size=mask.shape).astype(np.float32), (0, 0), rng.uniform(5, 16))
    mask[:] = noise > np.quantile(noise, rng.uniform(0.4, 0.8))


_DRAWN = {"cross": _cross, "saltire": _cross, "windmill": _windmill, "pinwheel": _pinwheel, "letters": _letters, "meander": _meander, "arrows": _arrows, "curls": _curls,
          "tetris": _tetris, "hash": _hash, "star": _star, "gear": _gear, "blob": _blob}  # fmt: skip


def scene(kind: str, rng: np.random.Generator, ground: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A frame (160 256 3) uint8 with one shape on it, turned, bent, small or large, of any colours, mostly on a disc, blurred and
    noisy; and the shape itself, white on black, alike in size."""
    shape = draw(kind, rng)
    side, h, w = shape.shape[0], 160, 256
    size, angle = rng.uniform(24, 120), rng.uniform(0, 2 * np.pi) if rng.random() < 0.7 else rng.choice([0, np.pi / 4]) + rng.normal(0, 0.05)
    square = np.float32([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    c, s = np.cos(angle), np.sin(angle)
    middle = np.array([rng.uniform(size * 0.6, w - size * 0.6), rng.uniform(size * 0.6, h - size * 0.6)])
    corners = square @ np.float32([[c, s], [-s, c]]) * size / 2 / 0.72 * [1, rng.uniform(0.65, 1)] + middle + rng.normal(0, size * 0.025, (4, 2))
    frame = ground.copy() if ground is not None else np.full((h, w, 3), rng.integers(0, 256, 3), np.uint8)
    front, back = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
    while abs(int(front.mean()) - int(back.mean())) < 60:
        front, back = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
    if rng.random() < 0.7 or ground is None:
        cv2.circle(frame, tuple(int(v) for v in middle), int(size * rng.uniform(0.75, 1.1)), back.tolist(), -1)
    else:
        local = frame[int(middle[1]), int(middle[0])].mean()
        front = np.full(3, 20 if local > 128 else 235) + rng.integers(-15, 16, 3)
    move = cv2.getPerspectiveTransform((square * side / 2 + side / 2).astype(np.float32), corners.astype(np.float32))
    alpha = cv2.warpPerspective(shape, move, (w, h), flags=cv2.INTER_AREA)[..., None]
    frame = frame * (1 - alpha) + front * alpha
    frame = cv2.GaussianBlur(frame, (0, 0), rng.uniform(0.3, 1.4)) + rng.normal(0, rng.uniform(0, 8), frame.shape)
    return frame.clip(0, 255).astype(np.uint8), np.repeat((alpha * 255).astype(np.uint8), 3, 2)


def dataset(count: int, seed: int, grounds: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Blots (n CROP CROP) and classes (n): 0 harmless, 1 turns right, 2 turns left. Of a scene with a hooked cross only blots
    that look like the shape as it was put there count as one; what else is in that scene is left out.
    """
    crops, classes = [], []
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        ground = grounds[int(rng.integers(len(grounds)))] if grounds and rng.random() < 0.5 else None
        kind = ("right", "left", *[HARMLESS[int(k)] for k in rng.integers(0, len(HARMLESS), 3)])[index % 5]
        frame, shape = scene(kind, rng, ground)
        found = blots(frame)
        if kind in ("right", "left"):
            true = blots(shape)[:1]
            found = np.array([blot for blot in found if len(true) and np.abs(blot - true[0]).mean() < 0.18])
        crops.extend(found)
        classes.extend([("right", "left").index(kind) + 1 if kind in ("right", "left") else 0] * len(found))
    for ground in grounds:
        found = blots(ground)
        crops.extend(found)
        classes.extend([0] * len(found))
    return np.array(crops, np.float32), np.array(classes)


def pictures(library, part: int, count: int = 300) -> list[np.ndarray]:
    """Grounds (160 256 3) uint8 of six licensed sprites each, on a plain colour. part 0 or 1: of one half of the objects or the other."""
    objects = sorted({reference.object for reference in library.references.values()})[part::2]
    mine = [r.id for r in library.references.values() if r.object in set(objects)]
    grounds = []
    for index in range(count):
        rng = np.random.default_rng([part, index, 7])
        frame = np.full((160, 256, 3), rng.integers(0, 256, 3), np.uint8)
        for _ in range(6):
            sprite = library.sprite(mine[int(rng.integers(len(mine)))])
            high = int(rng.integers(28, 90))
            sprite = cv2.resize(sprite, (max(8, min(250, sprite.shape[1] * high // sprite.shape[0])), high), interpolation=cv2.INTER_AREA)
            y, x = int(rng.integers(0, 160 - high)), int(rng.integers(0, 256 - sprite.shape[1] + 1))
            under, share = frame[y : y + high, x : x + sprite.shape[1]], sprite[..., 3:] / 255
            under[:] = (under * (1 - share) + sprite[..., :3] * share).astype(np.uint8)
        grounds.append(frame)
    return grounds


def train(grounds: list[np.ndarray], count: int = 5000, epochs: int = 9, seed: int = 1, path=WEIGHTS) -> float:
    """Trains the network on `count` scenes over grounds (160 256 3) and writes it in half precision. Returns the last loss."""
    import torch
    from safetensors.numpy import save_file
    from torch import nn

    torch.manual_seed(seed)
    x, y = dataset(count, seed, grounds)
    rng = np.random.default_rng([seed, count])
    kept = np.sort(np.r_[np.flatnonzero(y), rng.permutation(np.flatnonzero(y == 0))[: 4 * int((y > 0).sum())]])
    x, y = x[kept], y[kept]
    x, y = torch.from_numpy(x)[:, None], torch.from_numpy(y)
    layers = dict(first=nn.Conv2d(1, 12, 3, padding=1), second=nn.Conv2d(12, 16, 3, padding=1), third=nn.Conv2d(16, 24, 3, padding=1), middle=nn.Linear(216, 32), out=nn.Linear(32, 3))
    net = nn.ModuleDict(layers)
    best = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(best, 3e-3, total_steps=epochs * -(-len(x) // 256))
    for _ in range(epochs):
        for part in torch.randperm(len(x)).split(256):
            h = x[part]
            for name in ("first", "second", "third"):
                h = nn.functional.max_pool2d(net[name](h).relu(), 2)
            loss = nn.functional.cross_entropy(net["out"](net["middle"](h.flatten(1)).relu()), y[part], weight=torch.tensor([2.0, 1.0, 1.0]), label_smoothing=0.01)
            best.zero_grad()
            loss.backward()
            best.step()
            rate.step()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().numpy().astype(np.float16) for name, tensor in net.state_dict().items()}, path)
    return float(loss.detach())
