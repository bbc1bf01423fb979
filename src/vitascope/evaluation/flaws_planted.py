"""Real renders broken on purpose, each in one of the ways that `vitascope.flaws` looks for."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from vitascope.director import plan as p
from vitascope.director.plan import Plan, Shot
from vitascope.director.scenery import Layer
from vitascope.director.stage import View
from vitascope.flaws.lines import FACADES
from vitascope.flaws.shape import RIGID

from .flaws_film import Break, seen, shows, window, with_track


def limbs(shot: Shot, library, rng) -> Break | None:
    """Steps out of time: poses drawn at random (flicker), or legs and wings that change places (swap)."""
    for number, subject in enumerate(shot.subjects):
        reference = library[subject.reference]
        if subject.gait not in ("walk", "run", "fly") or reference.frames > 1 or reference.gait != subject.gait:
            continue
        span = window(rng, seen(shot, library, number), 8, 24)
        if span is None:
            continue
        length, way = span[1] - span[0], rng.choice(["flicker", "swap", "gone"])
        if way == "gone":  # legs come and go
            gone = rng.random(length) < 0.5
            cut = subject.gait != "fly"

            def lame(k, i, old):
                return old if k != number or not gone[i - span[0]] else without(old, cut)
            return Break(shot, span, sprites=lame)
        if way == "flicker":
            added = rng.uniform(0, 1, length)
        else:
            added = 0.5 * (rng.random(length) < 0.5)

        def change(track):
            track[span[0] : span[1], p.PHASE] += added
        return Break(with_track(shot, number, change), span)
    return None


def without(picture: np.ndarray, legs: bool) -> np.ndarray:
    """A picture (h w 4) without its legs, or else without its outer thirds, where wings are."""
    out = picture.copy()
    h, w = out.shape[:2]
    if legs:
        out[round(0.72 * h) :, :, 3] = 0
    else:
        out[:, : round(0.28 * w), 3] = 0
        out[:, round(0.72 * w) :, 3] = 0
    return out


def merging(shot: Shot, library, rng) -> Break | None:
    """What should be apart grows together: the gaps between a body's parts fill up with its colours."""
    for number, subject in enumerate(shot.subjects):
        if library[subject.reference].frames > 1:
            continue
        picture = library.sprite(subject.reference, 0)
        closed = filled(picture, float(rng.uniform(0.16, 0.3)))
        more = (closed[..., 3] > 128).sum() / max(1, (picture[..., 3] > 128).sum()) - 1
        span = window(rng, seen(shot, library, number), 8, 33)
        if span is None or more < 0.06:
            continue
        return Break(shot, span, sprites=lambda k, i, old: closed if k == number else old)
    return None


def filled(picture: np.ndarray, reach: float) -> np.ndarray:
    """A picture (h w 4) whose gaps of up to `reach` of its height are closed with the nearest colours."""
    h, w = picture.shape[:2]
    pad = int(reach * h)
    alpha = np.pad(picture[..., 3], pad)
    size = max(3, int(reach * h)) | 1
    closed = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))[pad:-pad, pad:-pad]
    solid = picture[..., 3] > 200
    _, labels = cv2.distanceTransformWithLabels((~solid).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((labels.max() + 1, 3), np.uint8)
    colours[labels[solid]] = picture[solid, :3]
    smooth = cv2.GaussianBlur(colours[labels], (0, 0), 0.02 * h)
    out = np.where(picture[..., 3:] > 128, picture[..., :3], smooth)
    return np.dstack([out, np.maximum(picture[..., 3], closed)])


def size(shot: Shot, library, rng) -> Break | None:
    """A subject grows or shrinks although its depth and the camera say otherwise."""
    for number in range(len(shot.subjects)):
        span = window(rng, seen(shot, library, number), 10, 33)
        if span is None:
            continue
        amount, count = float(np.log(rng.uniform(1.3, 1.7)) * rng.choice([-1, 1])), span[1] - span[0]

        def change(track):
            track[span[0] : span[1], p.SCALE] *= np.exp(np.linspace(0, amount, count))
            track[span[1] :, p.SCALE] *= np.exp(amount)
        return Break(with_track(shot, number, change), (span[0] + count // 2, len(shot.camera)))
    return None


def lines(shot: Shot, library, rng) -> Break | None:
    """Façades lean the more the farther the camera has moved."""
    moved = np.abs(shot.camera - shot.camera[:1]) @ np.array([1, 1, 0.6, 1])
    if shot.scene.kind not in FACADES or moved.max() < 0.06:
        return None
    angle = float(np.deg2rad(rng.uniform(5, 12)) * rng.choice([-1, 1]))
    turned = angle * moved / moved.max()
    turns = bool(rng.random() < 0.5)

    def lean(layer: Layer, i: int, view: View) -> Layer:
        if not layer.name.startswith(FACADES[shot.scene.kind]) or abs(turned[i]) < 1e-3:
            return layer
        c, s = np.cos(turned[i]), np.sin(turned[i])
        x, y = layer.origin[0] + view.w / 2, layer.origin[1] + 0.8 * view.h
        matrix = np.array([[c, -s], [s, c]]) if turns else np.array([[1, np.tan(turned[i])], [0, 1]])
        matrix = np.column_stack([matrix, np.array([x, y]) - matrix @ (x, y)])
        return replace(layer, picture=cv2.warpAffine(layer.picture, matrix, layer.picture.shape[1::-1], flags=cv2.INTER_LINEAR,
                                                     borderMode=cv2.BORDER_REPLICATE if layer.opaque else cv2.BORDER_CONSTANT))  # fmt: skip

    strong = np.flatnonzero(np.abs(turned) > 0.7 * abs(angle))
    return Break(shot, (int(strong[0]), int(strong[-1]) + 1), layers=lean)


def repeats(shot: Shot, library, rng) -> Break | None:
    """Parts that should be of one length are not: alike subjects in a row (carriages)."""
    alike: dict[str, list[int]] = {}
    for number, subject in enumerate(shot.subjects):
        if seen(shot, library, number).sum() >= 8 and library[subject.reference].frames == 1:
            alike.setdefault(subject.reference, []).append(number)
    members = max(alike.values(), key=len, default=[])
    if len(members) > 1:
        factors = np.exp(rng.uniform(-0.06, 0.06, len(shot.subjects)))
        factors[members[int(rng.integers(len(members)))]] *= np.exp(rng.uniform(0.3, 0.5) * rng.choice([-1, 1]))
        good = np.all([seen(shot, library, k) for k in members], 0)
        span = window(rng, good, 8, 33)
        if span is None:
            return None
        return Break(shot, span, sprites=lambda k, i, old: stretched(old, [factors[k]]) if k in members else old)
    return None


def stretched(picture: np.ndarray, factors) -> np.ndarray:
    """A picture (h w 4) whose equal sections from left to right are `factors` times as long, the middle kept in the middle."""
    w = picture.shape[1]
    edges = np.concatenate([[0], np.cumsum(factors)]) * w / len(factors)
    wide = max(2, round(edges[-1]))
    x = np.interp(np.arange(wide) + 0.5, edges, np.linspace(0, w, len(factors) + 1)).astype(np.float32) - 0.5
    return cv2.remap(picture, np.tile(x, (len(picture), 1)), np.tile(np.arange(len(picture), dtype=np.float32)[:, None], (1, wide)), cv2.INTER_LINEAR)


def shape(shot: Shot, library, rng) -> Break | None:
    """Something rigid changes its form, smoothly, more and more."""
    for number, subject in enumerate(shot.subjects):
        reference = library[subject.reference]
        if reference.kind not in RIGID or reference.frames > 1 or subject.gait not in ("none", "roll"):
            continue
        span = window(rng, seen(shot, library, number), 10, 33)
        if span is None:
            continue
        amount, field_ = float(rng.uniform(0.08, 0.16)), rng.standard_normal((2, 3, 3)).astype(np.float32)
        field_ -= field_.mean((1, 2), keepdims=True)
        field_ *= amount / np.sqrt((field_**2).mean())

        def bend(k, i, old):
            if k != number:
                return old
            return bent(old, field_ * min(1.0, 1.6 * (i - span[0] + 1) / (span[1] - span[0])))
        return Break(shot, span, sprites=bend)
    return None


def bent(picture: np.ndarray, field_: np.ndarray) -> np.ndarray:
    """A picture (h w 4) displaced by a coarse field (2 3 3) in heights, with room around it."""
    h, w = picture.shape[:2]
    rim = int(0.25 * h)
    wide, tall = w + 2 * rim, h + 2 * rim
    dx, dy = (cv2.resize(f, (wide, tall), interpolation=cv2.INTER_CUBIC) * h for f in field_)
    x = np.arange(wide, dtype=np.float32)[None] - rim + dx
    y = np.arange(tall, dtype=np.float32)[:, None] - rim + dy
    return cv2.remap(picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def presence(shot: Shot, library, rng) -> Break | None:
    """A subject is gone for a moment, or something that nobody planned is there for one."""
    for number in rng.permutation(len(shot.subjects)):
        span = window(rng, seen(shot, library, int(number)), 2, 12)
        if span is None:
            continue
        if rng.random() < 0.5:
            def change(track):
                track[span[0] : span[1], p.PRESENCE] = float(rng.uniform(0, 0.3))
            return Break(with_track(shot, int(number), change), span)
        strangers = [r for r in library.references.values()
                     if r.style == shot.style and r.frames == 1 and r.kind in ("animal", "object", "vehicle", "person")]  # fmt: skip
        stranger = replace(shot.subjects[int(number)], reference=strangers[int(rng.integers(len(strangers)))].id, gait="none")
        track = stranger.track.copy()
        at = span[0] + (span[1] - span[0]) // 2
        taken = [subject.track[at, p.X] for subject in shot.subjects]
        free = np.linspace(0.15, 0.85, 15) + shot.camera[at, p.PAN_X] * 0.8
        track[:, p.X] = max(free, key=lambda x: min(abs(x - other) for other in taken))  # where nobody stands
        track[:, p.SCALE] = rng.uniform(0.2, 0.35)
        track[:, p.PRESENCE] = 0
        track[span[0] : span[1], p.PRESENCE] = 1
        return Break(replace(shot, subjects=(*shot.subjects, replace(stranger, track=track))), span)
    return None


PLANTED = dict(limbs=limbs, merging=merging, size=size, lines=lines, repeats=repeats, shape=shape, presence=presence)
# What plans are drawn for each flaw, so that many of them can have it.
WANTED = {
    "limbs": [dict(motion=motion) for motion in ("crosses", "waits", "stands", "rises")],
    "lines": [dict(scene=scene, camera=camera) for scene in FACADES for camera in ("pan left", "pan right", "orbit", "tilt up", "follow")],
    "repeats": [dict(object=o, count=c) for o in ("1f683", "1f68b", "1f686", "1f68c", "1f411", "1f697") for c in (2, 3)],
    "shape": [dict(), dict()],
}


def planted(flaw: str, number: int, library, seed: int, split: str = "held_out") -> tuple[Plan, Break]:
    """Film `number` of those broken in a way: the plan that is judged, and the break."""
    from vitascope.corpus.scenes import sample_plan

    for attempt in range(200):
        rng = np.random.default_rng([seed, list(PLANTED).index(flaw), number, attempt])
        wanted = WANTED.get(flaw, [{}])
        fixed = wanted[int(rng.integers(len(wanted)))]
        plan, _ = sample_plan(rng, library, 33, 8.0, split="all" if "object" in fixed else split, aspect=1.6, cut=False, **fixed)
        broken = PLANTED[flaw](plan.shots[0], library, rng)
        if broken is not None and shows(plan.shots[0], broken, library):
            return plan, broken
    raise ValueError(f"No plan was found that can be broken by {flaw}.")
