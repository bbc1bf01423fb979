"""What the judge is shown and asked: fresh renders with their answers, and line-ups of library pictures."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import torch
from torch import Tensor

from vitascope.director import plan as p
from vitascope.library import Library, picture

FRAMES, WIDTH, HEIGHT = 5, 96, 64
WAYS = ("none", "left", "right", "up", "down", "towards", "away")
QUESTIONS = {"count": 4, "way": len(WAYS), "camera": len(p.CAMERAS), "scene": len(p.SCENES), "style": len(p.STYLES)}
CANDIDATES = 16
POOL = 3200  # different films that training sees, each many times, flipped, tinted, blurred and with noise
MIRRORED = {"left": "right", "right": "left", "pan left": "pan right", "pan right": "pan left"}


def to_input(films: np.ndarray) -> Tensor:
    """uint8 films (b t h w 3) of any length and size to (b FRAMES 3 HEIGHT WIDTH) in -1..1: evenly spaced frames, squeezed."""
    return as_tensor(np.stack([small(film) for film in films]))


def small(film: np.ndarray) -> np.ndarray:
    """The frames (FRAMES HEIGHT WIDTH 3) of a film that the judge looks at."""
    import cv2

    pick = np.linspace(0, len(film) - 1, FRAMES).round().astype(int)
    return np.stack([cv2.resize(film[i], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for i in pick])


def as_tensor(pixels: np.ndarray) -> Tensor:
    """uint8 (... h w 3) to float (... 3 h w) in -1..1."""
    return torch.from_numpy(pixels).movedim(-1, -3).float() / 127.5 - 1


def pictures_of(library: Library, ids: list[str]) -> Tensor:
    """Library pictures (n 3 64 64) in -1..1 on middle grey."""
    return as_tensor(np.stack([picture(library, i) for i in ids]))


def drawn_as(library: Library, reference: str) -> str:
    """The style that a picture counts as: loops are 3D renders, the walking characters are flat drawings."""
    style = library[reference].style
    return {"anim": "3d", "kenney": "flat"}.get(style, style)


@lru_cache(maxsize=8)
def pictures_in(library: Library, style: str) -> tuple[str, ...]:
    """What a film of this style may be asked about; faces apart, of which most are one yellow circle."""
    return tuple(r.id for r in library.references.values() if r.kind not in ("face", "scene") and drawn_as(library, r.id) == style)


def lineup(library: Library, asked: str, shown: list[str], rng) -> list[str]:
    """CANDIDATES pictures in the style of `asked`, which comes first; nothing else that the film shows is among them."""
    names = {library[i].object for i in shown} | {library[asked].object}
    others = [i for i in pictures_in(library, drawn_as(library, asked)) if library[i].object not in names]
    return [asked, *(str(i) for i in rng.choice(others, CANDIDATES - 1, replace=False))]


def answers(facts: dict, plan) -> dict[str, int]:
    """The right answers for a film of one shot."""
    shot = plan.shots[0]
    way = facts["subjects"][0]["direction"] if facts["subjects"] else None
    return dict(count=min(len(shot.subjects), 3), way=WAYS.index(way or "none"), camera=p.CAMERAS.index(shot.camera_name),
                scene=p.SCENES.index(shot.scene.kind), style=p.STYLES.index(shot.style))  # fmt: skip


def thin(plan):
    """The five frames of a plan that the judge looks at, so that no others need be drawn."""
    shot = plan.shots[0]
    pick = np.linspace(0, shot.num_frames - 1, FRAMES).round().astype(int)
    subjects = tuple(replace(s, track=s.track[pick]) for s in shot.subjects)
    return replace(plan, shots=(replace(shot, subjects=subjects, camera=shot.camera[pick]),), fps=plan.fps * (FRAMES - 1) / max(1, shot.num_frames - 1))


def whereabouts(plan, reference: str, size: tuple[int, int]) -> np.ndarray:
    """Where in the picture a subject is in each of the judge's frames: (FRAMES 2) x and y in 0..1, NaN where it is out of view."""
    from vitascope.director.stage import View, place

    shot, (w, h) = plan.shots[0], size
    subject = next(s for s in shot.subjects if s.reference == reference)
    out = np.full((FRAMES, 2), np.nan)
    for k, i in enumerate(np.linspace(0, shot.num_frames - 1, FRAMES).round().astype(int)):
        pan = (float(shot.camera[i, axis]) for axis in (p.PAN_X, p.PAN_Y, p.ZOOM, p.ROLL))
        x, y, tall = place(subject, i, View(w, h, *pan))
        spot = np.array([x / w, (y - tall / 2) / h])
        if subject.track[i, p.PRESENCE] > 0.5 and (spot > 0.05).all() and (spot < 0.95).all():
            out[k] = spot
    return out


@lru_cache(maxsize=1)
def the_library() -> Library:
    return Library()


@cache
def render(style: str, index: int, fresh: bool = False) -> tuple[np.ndarray, dict[str, int], dict[str, np.ndarray]]:
    """Film number `index` of a style: (FRAMES HEIGHT WIDTH 3) uint8, its answers, and its subjects' pictures in order of mention
    with their whereabouts.

    `fresh` films are others, which training never saw.
    """
    from vitascope.corpus.scenes import sample_plan
    from vitascope.director.stage import Life, render_plan

    rng = np.random.default_rng([32 if fresh else 31, p.STYLES.index(style), index])
    while True:
        w, h = ((128, 80), (96, 96), (80, 128), (144, 64))[rng.choice(4, p=(0.55, 0.15, 0.15, 0.15))]
        frames = int(rng.choice((17, 33), p=(0.3, 0.7)))
        plan, facts = sample_plan(rng, the_library(), frames, 8.0, split="all", aspect=w / h, style=style, cut=False)
        if plan.shots[0].subjects:
            film = render_plan(thin(plan), the_library(), (w, h), Life.full())
            shown = {s.reference: whereabouts(plan, s.reference, (w, h)) for s in plan.shots[0].subjects}
            return small(film), answers(facts, plan), shown


def roughen(film: np.ndarray, rng) -> np.ndarray:
    """A film (t h w 3) tinted, at times blurred and with noise, so that softer pictures than renders are read as well."""
    import cv2

    out = film.astype(np.float32) * rng.uniform(0.9, 1.1, 3).astype(np.float32) + np.float32(rng.uniform(-10, 10))
    if rng.random() < 0.5:
        blur = float(rng.uniform(0.3, 1.2))
        out = np.stack([cv2.GaussianBlur(frame, (0, 0), blur) for frame in out])
    if rng.random() < 0.5:
        out += rng.normal(0, rng.uniform(1, 6), out.shape).astype(np.float32)
    return out.clip(0, 255).astype(np.uint8)


def batch(step: int, size: int = 24) -> dict[str, np.ndarray]:
    """Films of two styles, their answers, a picture of one subject each, and pictures in those styles that are none of them."""
    from vitascope.corpus.casting import STYLE_WEIGHTS

    library, rng, rows = the_library(), np.random.default_rng([33, step]), []
    weights = np.array([STYLE_WEIGHTS[s] for s in p.STYLES])
    styles = [p.STYLES[i] for i in rng.choice(len(p.STYLES), 2, replace=False, p=weights / weights.sum())]
    for i in range(size):
        style = styles[i % 2]
        film, right, shown = render(style, int(rng.integers(POOL * STYLE_WEIGHTS[style])))
        asked = str(rng.choice(list(shown)[:3]))
        spots = shown[asked].copy()
        if rng.random() < 0.5:
            film, right, spots[:, 0] = film[:, :, ::-1], dict(right), 1 - spots[:, 0]
            for question, values in (("way", WAYS), ("camera", p.CAMERAS)):
                right[question] = values.index(MIRRORED.get(values[right[question]], values[right[question]]))
        names = [number_of(library, r) for r in list(shown)[:3]]
        cells = np.nan_to_num(spots * (WIDTH // 16, HEIGHT // 16), nan=0).astype(int) @ (1, WIDTH // 16)
        rows.append(dict(right, film=roughen(film, rng), picture=picture(library, asked), name=number_of(library, asked),
                         shown=np.array(names + [-1] * (3 - len(names))), cell=np.where(np.isnan(spots[:, 0]), -1, cells)))  # fmt: skip
    out = {k: np.stack([row[k] for row in rows]) for k in rows[0]}
    others = [str(i) for style in styles for i in rng.choice(pictures_in(library, style), 20, replace=False)]
    out["others"] = np.stack([picture(library, i) for i in others])
    out["other_names"] = np.array([number_of(library, i) for i in others])
    return out


def number_of(library: Library, reference: str) -> int:
    """A number that is the same for the same thing in every style."""
    return zlib.crc32(library[reference].object.encode())
