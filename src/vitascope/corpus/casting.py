"""Casting: which pictures play in a film, where, in which light, and what they do: sensibly or absurdly."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from vitascope.director.plan import CAMERAS, SCENES, STYLES, WEATHERS
from vitascope.library import Library, Reference

KINDS = {"animal": 0.4, "vehicle": 0.14, "person": 0.14, "object": 0.1, "food": 0.07, "nature": 0.05, "face": 0.04,
         "plant": 0.03, "building": 0.03}  # fmt: skip
STYLE_WEIGHTS = {"3d": 0.44, "flat": 0.17, "noto": 0.17, "twemoji": 0.15, "clipart": 0.07}
DRAWN_AS = {"anim": "3d", "kenney": "flat"}  # styles of pictures that count as another style
PLACES = {
    "animal": "meadow meadow forest forest desert mountains park river farm beach plain street room",
    "flyer": "sky sky sky meadow forest park mountains city beach farm river",
    "swimmer": "underwater underwater underwater underwater river beach",
    "boat": "beach river bridge",
    "vehicle": "street street street city city bridge bridge desert meadow park mountains plain farm",
    "aircraft": "sky sky space city mountains desert beach",
    "person": "city street park room room beach bridge farm mountains meadow river plain",
    "nature": "sky sky space mountains meadow beach",
    "plant": "meadow park room forest farm river plain",
    "building": "meadow city street mountains park river desert farm",
    "food": "room room plain plain park farm street",
    "object": "room room plain park street beach meadow city",
    "face": "plain plain room park sky meadow",
}
_SOLO = ("stands", "crosses", "waits", "rises", "falls", "bounces", "circles", "approaches", "leaves")
SOLO_MOTIONS = {  # weights of those motions for each gait
    "none": dict(zip(_SOLO, (3, 2, 0.4, 1.2, 1.6, 2, 1, 1.2, 0.8))),
    "walk": dict(zip(_SOLO, (1.6, 5, 1.3, 0.3, 0.3, 0.7, 1, 1.5, 1.4))),
    "run": dict(zip(_SOLO, (0.8, 6, 1.2, 0.2, 0.2, 0.5, 1.2, 1.4, 1.4))),
    "roll": dict(zip(_SOLO, (0.8, 6, 1.2, 0.2, 0.4, 0.6, 0.8, 1.2, 1.2))),
    "hop": dict(zip(_SOLO, (0.6, 4, 1, 0, 0, 3, 0.8, 1.2, 1.2))),
    "fly": dict(zip(_SOLO, (0.6, 5, 0.6, 2, 1, 0.3, 2.2, 1.2, 1.2))),
    "swim": dict(zip(_SOLO, (0.6, 5, 0.7, 1.1, 1, 0.3, 1.8, 1.2, 1))),
    "hover": dict(zip(_SOLO, (1, 3, 0.5, 3, 1.6, 0.4, 1.3, 1.2, 1.2))),
}
CAMERA_WEIGHTS = dict(zip(CAMERAS, (0.24, 0.11, 0.11, 0.06, 0.06, 0.1, 0.08, 0.07, 0.05, 0.12)))
SOLID = {  # what one can hide behind, by where: high covers reach the air, low ones the ground
    "ground": "1f3e0 1faa8 1f332 1f3f0 1f6d6 1f3e1 1f6aa 1f384 26c4 1f68c 1f381 1f4e6 26fa".split(),
    "air": ["1f333", "1f332", "2601", "1f3e0", "1f3f0", "1f334", "1f5fc", "1f384"],
    "water": ["1faa8", "1fab8", "1f41a", "2693", "1f3dd"],
    "sky": ["2601", "26c5", "1f388"],
    "space": ["1f30d", "1f30e", "1f315", "1fa90"],
}  # fmt: skip


@lru_cache(maxsize=1)
def held_out() -> dict:
    """What no training sees: {"objects": [...], "scene": ..., "grid": [[motion, kind], ...]}."""
    return json.loads((Path(__file__).parent / "held_out.json").read_text())


class Pool:
    """The library's pictures by split, style and kind, ready to be drawn from."""

    def __init__(self, library: Library, split: str):
        self.library, self.split = library, split
        self.by: dict[str, dict[str, list[Reference]]] = {style: {} for style in STYLES}
        for reference in library.references.values():
            if reference.kind == "scene" or not self.allows(reference):
                continue
            style = DRAWN_AS.get(reference.style, reference.style)
            kind = "animal" if reference.kind == "face" and reference.gait != "none" else reference.kind
            if style in self.by:
                self.by[style].setdefault(kind if kind in KINDS else "object", []).append(reference)
        self.styles = [style for style in STYLES if self.by[style]]

    def allows(self, reference: Reference) -> bool:
        held = reference.held_out or reference.object in _held_objects()
        return self.split == "all" or held == (self.split == "held_out")

    def draw(self, rng, style: str, kind: str | None = None) -> Reference:
        """A random picture of a style; of a kind where the style has it."""
        kinds = self.by[style]
        if kind not in kinds:
            names = [name for name in KINDS if name in kinds]
            kind = pick(rng, {name: KINDS[name] for name in names})
        return kinds[kind][rng.integers(len(kinds[kind]))]

    def of(self, rng, object_: str, style: str) -> Reference:
        """An object in a style, its animated loop half the time; raises ValueError for an unknown object."""
        loops = [name for name, drawn in DRAWN_AS.items() if drawn == style]
        for name in loops:
            if rng.random() < 0.5 and (found := self.library.styles.get(name, {}).get(object_)):
                return found
        if found := self.library.find(object_, style):
            return found
        raise ValueError(f"The library has no object {object_!r}; use a code point such as '1f98a'.")

    def drawable(self, object_: str, style: str) -> bool:
        """Whether this split has the object in this style."""
        found = self.library.styles.get(style, {}).get(object_)
        return found is not None and self.allows(found)


@lru_cache(maxsize=1)
def _held_objects() -> frozenset:
    return frozenset(held_out()["objects"])


@lru_cache(maxsize=8)
def pool_of(library: Library, split: str) -> Pool:
    if split not in ("train", "held_out", "all"):
        raise ValueError(f"There is no split {split!r}; use train, held_out or all.")
    return Pool(library, split)


def pick(rng: np.random.Generator, weights: dict):
    """A key drawn in proportion to its weight."""
    total = sum(weights.values())
    mark = rng.random() * total
    for key, weight in weights.items():
        mark -= weight
        if mark <= 0:
            return key
    return key


def role(reference: Reference) -> str:
    """A row of PLACES for a picture."""
    kind, gait = reference.kind, reference.gait
    if kind in ("animal", "face") and gait != "none":
        return {"fly": "flyer", "swim": "swimmer"}.get(gait, "animal")
    if kind == "vehicle":
        return {"swim": "boat", "hover": "aircraft"}.get(gait, "vehicle")
    if kind == "person" and gait == "swim":
        return "swimmer"
    return kind if kind in PLACES else "object"


def place(rng, reference: Reference | None, split: str) -> str:
    """A scene kind: one that suits the picture four times out of five."""
    held = held_out()["scene"]
    if split == "held_out" and rng.random() < 0.15:
        return held
    kinds = PLACES[role(reference)].split() if reference and rng.random() < 0.82 else list(SCENES)
    kinds = [kind for kind in kinds if kind != held or split == "all"]
    return kinds[rng.integers(len(kinds))]


def light(rng, kind: str) -> tuple[str, str, str]:
    """Time, weather and ground that suit a scene kind."""
    if kind in ("space", "plain"):
        return "day", "clear", "normal"
    time = pick(rng, {"day": 0.5, "sunset": 0.18, "night": 0.18, "dawn": 0.14})
    if kind in ("underwater", "room"):
        return time, "clear", "normal"
    weather = pick(rng, dict(zip(WEATHERS, (0.58, 0.12, 0.1, 0.1, 0.1))))
    if kind in ("sky", "beach", "desert") and rng.random() < 0.9:
        return time, weather if weather != "snow" else "clear", "normal"
    snowy = 0.65 if weather == "snow" else 0.1
    ground = pick(rng, {"normal": 1 - snowy - 0.13, "snowy": snowy, "autumn": 0.13})
    return time, weather, ground


def motion_for(rng, reference: Reference, gait: str, split: str) -> str:
    """One subject's own motion; what the held-out grid names appears only outside training."""
    weights = dict(SOLO_MOTIONS[gait])
    if split == "train":
        for motion, kind in held_out()["grid"]:
            if kind == reference.kind:
                weights.pop(motion, None)
    return pick(rng, weights)


def gait_for(rng, reference: Reference) -> str:
    """The picture's own gait, now and then a quicker or slower one."""
    gait = reference.gait
    if gait == "walk" and reference.kind in ("animal", "person", "face") and rng.random() < 0.2:
        return "run"
    if gait == "run" and rng.random() < 0.2:
        return "walk"
    return gait


def cover_for(rng, pool: Pool, style: str, kind: str, mode: str) -> Reference:
    """Something large to hide behind in a scene kind."""
    names = SOLID.get(kind) or SOLID["water" if kind == "underwater" else "air" if mode == "air" else "ground"]
    ready = [name for name in names if pool.drawable(name, style)]
    if ready:
        return pool.library.styles[style][ready[rng.integers(len(ready))]]
    return pool.draw(rng, style, "building")
