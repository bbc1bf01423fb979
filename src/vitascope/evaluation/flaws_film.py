"""A shot drawn as `vitascope.director.stage` draws it, with something done to it on the way: how films are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from vitascope.director import atmosphere
from vitascope.director import plan as p
from vitascope.director.plan import Shot
from vitascope.director.scenery import paint
from vitascope.director.stage import Life, View, draw_layer, draw_shadow, draw_subject, place
from vitascope.flaws.plates import in_order, lighting
from vitascope.library import Library
from vitascope.windows import runs

CHANGED, VISIBLE, OFTEN = 24, 0.0015, 0.4  # grey levels; share of the picture; share of the broken frames


@dataclass
class Break:
    """What is done to a shot while it is drawn; every hook may leave things as they are.

    shot: the tracks that are drawn, which the plan that is judged knows nothing of
    sprites: (subject's number, frame, picture (h w 4)) to the picture that is drawn
    layers: (layer, frame, view) to the layer that is drawn
    after: (frame, finished picture) to the picture
    span: the broken frames (start, stop)
    """

    shot: Shot
    span: tuple[int, int]
    sprites: Callable | None = None
    layers: Callable | None = None
    after: Callable | None = None


@dataclass
class Changed(Library):
    """A library in which some pictures look otherwise."""

    base_: Library
    pictures: dict = field(default_factory=dict)

    def __post_init__(self):
        self.references, self.characters = self.base_.references, self.base_.characters

    def sprite(self, reference_id: str, frame: int = 0) -> np.ndarray:
        return self.pictures[reference_id] if reference_id in self.pictures else self.base_.sprite(reference_id, frame)

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def film(shot: Shot, library, size: tuple[int, int], life: Life, broken: Break | None = None, fps: float = 8.0) -> np.ndarray:
    """A shot as director.stage draws it, (t h w 3) uint8, with a break; without one, it is what `render_plan` gives."""
    (w, h), drawn = size, broken.shot if broken else shot
    layers = paint(shot.scene, size, shot.style)
    light, grounded = lighting(shot)
    out = np.zeros((shot.num_frames, h, w, 3), np.uint8)
    for i, canvas in enumerate(out):
        view, seconds = View(w, h, *(float(shot.camera[i, k]) for k in (p.PAN_X, p.PAN_Y, p.ZOOM, p.ROLL))), i / fps
        for thing, number in in_order(drawn, layers, i):
            if number is None:
                thing = broken.layers(thing, i, view) if broken and broken.layers else thing
                draw_layer(canvas, thing, view, seconds, life.nature)
                continue
            lent = library
            if broken and broken.sprites and broken.span[0] <= i < broken.span[1]:
                picture = library.sprite(thing.reference, 0)
                changed = broken.sprites(number, i, picture)
                lent = library if changed is picture else Changed(library, {thing.reference: changed})
            if life.shadows and grounded:
                draw_shadow(canvas, thing, i, view, shot, library)
            if lent is not library:
                thing = roomier(thing, i, len(changed) / len(picture))
            draw_subject(canvas, thing, i, view, lent, life, light, seconds)
        if life.weather:
            atmosphere.fall(canvas, shot.scene, view, seconds)
        if broken and broken.after and broken.span[0] <= i < broken.span[1]:
            out[i] = broken.after(i, canvas)
    return out


def roomier(subject, i: int, ratio: float):
    """A subject whose picture has `ratio` times the height, all of it margin."""
    track = subject.track.copy()
    track[i, p.Y] += track[i, p.SCALE] * (ratio - 1) / 2
    track[i, p.SCALE] *= ratio
    return replace(subject, track=track)


def seen(shot: Shot, library, number: int, size=(160, 100)) -> np.ndarray:
    """(t) bool: frames in which a subject is well in view and large enough to be judged."""
    subject, (w, h), flags = shot.subjects[number], size, []
    for i in range(shot.num_frames):
        view = View(w, h, *(float(shot.camera[i, k]) for k in (p.PAN_X, p.PAN_Y, p.ZOOM, p.ROLL)))
        x, y, tall = place(subject, i, view)
        half = tall * library[subject.reference].aspect / 2
        row = subject.track[i]
        flags.append(0.6 * half < x < w - 0.6 * half and tall * 0.7 < y < h * 1.08 and tall > 0.2 * h and row[p.PRESENCE] > 0.95
                     and (abs(row[p.FACING]) > 0.7 or library[subject.reference].heading is None))  # fmt: skip
    return np.array(flags)


def window(rng, good: np.ndarray, least: int, most: int) -> tuple[int, int] | None:
    """A random span of `least` to `most` frames within the longest run of good ones."""
    found = max(runs(good), key=lambda run: run[1] - run[0], default=(0, 0))
    if found[1] - found[0] < least:
        return None
    length = int(rng.integers(least, min(most, found[1] - found[0]) + 1))
    start = int(rng.integers(found[0], found[1] - length + 1))
    return start, start + length


def with_track(shot: Shot, number: int, change: Callable[[np.ndarray], None]) -> Shot:
    """The shot with one subject's track changed in place by `change`."""
    subjects = list(shot.subjects)
    track = subjects[number].track.copy()
    change(track)
    subjects[number] = replace(subjects[number], track=track)
    return replace(shot, subjects=tuple(subjects))


def shows(shot: Shot, broken: Break, library) -> bool:
    """Whether anybody could see it: 24 grey levels of change in 0.15 % of the picture, in two of five broken frames or more."""
    whole, other = (film(shot, library, (160, 100), Life(weather=False, nature=False), b) for b in (None, broken))
    a, z = broken.span
    changed = (cv2.absdiff(whole.reshape(-1, 160, 3), other.reshape(-1, 160, 3)).max(-1) > CHANGED).reshape(whole.shape[:3]).mean((1, 2))
    return bool((changed[a:z] > VISIBLE).mean() > OFTEN)
