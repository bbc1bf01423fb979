"""Is a subject still itself after a minute? Its picture at the film's end is looked for among the pictures at the beginnings of
this film and of films about others of its kind, all in one scene and one style: the nearest in features should be its own.

Where the subject is, the plan says: its feet and height in each frame, in the spans in which its presence table shows it.
Pictures are cut out a little larger than the subject and brought to one size. Guessing finds one in as many as there are films.
"""

from __future__ import annotations

import numpy as np

from .metrics import share
from .tasks import Bench, Case

ANIMALS = ("red fox", "rabbit", "elephant", "penguin", "horse", "tiger", "cow", "pig")
SECONDS, ENDS = 60.0, 8.0  # a film's length, and how much of its beginning and end is looked at
CROP, LOOKS = 96, 5  # pixels a side, and pictures at each end


def cases(bench: Bench) -> list[Case]:
    names = ANIMALS[:3] if bench.quick else ANIMALS
    seconds = 16.0 if bench.quick else SECONDS
    return [Case("subject", f"{len(names)} films of {seconds:g} s", lambda: measure(bench, names, seconds))]


def measure(bench: Bench, names: tuple[str, ...], seconds: float) -> dict:
    from . import judge as j
    from .features import Features

    features = Features(j.load_judge())
    ends, drawn, spans = {}, {}, {}
    strips = {}
    for i, name in enumerate(names):
        film, sketch, plan, reference, seen = make(bench, name, seconds, i)
        places = {k: at for k, at in whereabouts(plan, reference, (film.shape[2], film.shape[1])).items() if k < len(film)}
        looks = at_ends(seen, places, round(ENDS * plan.fps))
        if not all(looks):
            continue
        spans[name] = [looks[0][0], looks[1][-1]]
        ends[name] = [describe(features, [crop(film[k], places[k]) for k in part]) for part in looks]
        drawn[name] = [describe(features, [crop(sketch[k], places[k]) for k in part]) for part in looks]
        strips[name] = np.stack([crop(film[k], places[k]) for part in looks for k in part])
    painted, before = matched(ends), matched(drawn)
    film = bench.film("subject", "crops", strips, 1.0) if strips else None
    return dict(films=len(names), seconds=seconds, measured=len(ends), still_itself=share([hit for hit, _ in painted.values()]),
                of_animatic=share([hit for hit, _ in before.values()]), guessing=round(1 / max(1, len(ends)), 3), features=features.name,
                taken_for={name: other for name, (_, other) in painted.items()}, frames=spans, film=film)  # fmt: skip


def make(bench: Bench, name: str, seconds: float, number: int):
    """A film about one subject: (frames, its animatic, plan, the subject's reference, spans in which it is seen)."""
    from vitascope import api
    from vitascope.director.stage import Life
    from vitascope.scenario import render_film

    made = api.generate(f"a {name} walks in a meadow", seconds=seconds, size="128x80", fps=8.0, studio=bench.studio, seed=number,
                        upscale=False, interpolate=False, style="3d")  # fmt: skip
    table = made.report["presences"]
    wanted = next((row for row in table if row["subject"].lower() in name or name.split()[-1] in row["subject"].lower()), table[0])
    sketch = render_film(made.plan, bench.studio.part("library"), (128, 80), Life.none())
    return made.clip.frames, sketch, made.plan, wanted["reference"], wanted["spans"]


def whereabouts(plan, reference: str, size: tuple[int, int]) -> dict[int, tuple[float, float, float]]:
    """By frame of the film: x, y of the middle and the height of a subject in pixels, where its middle is well inside."""
    from vitascope.director import plan as p
    from vitascope.director.stage import View, place

    w, h = size
    found = {}
    for shot, start in zip(plan.shots, plan.starts):
        for subject in (s for s in shot.subjects if s.reference == reference):
            for i in range(len(subject.track)):
                view = View(w, h, *(float(shot.camera[i, axis]) for axis in (p.PAN_X, p.PAN_Y, p.ZOOM, p.ROLL)))
                x, y, tall = place(subject, i, view)
                if subject.track[i, p.PRESENCE] > 0.5 and 0.1 * w < x < 0.9 * w and 0.1 * h < y - tall / 2 < 0.95 * h:
                    found.setdefault(start + i, (x, y - tall / 2, tall))
    return found


def at_ends(spans: list, places: dict, reach: int) -> tuple[list[int], list[int]]:
    """Up to LOOKS frames in the first `reach` and in the last `reach` frames in which the subject is seen and where it is known."""
    frames = sorted(k for a, b in spans for k in range(a, b + 1) if k in places)
    if not frames:
        return [], []
    first = [k for k in frames if k < frames[0] + reach]
    last = [k for k in frames if k > frames[-1] - reach and k > frames[0] + reach]
    return spaced(first), spaced(last)


def spaced(frames: list[int]) -> list[int]:
    return [frames[i] for i in np.linspace(0, len(frames) - 1, min(LOOKS, len(frames))).round().astype(int)] if frames else []


def crop(frame: np.ndarray, place: tuple[float, float, float]) -> np.ndarray:
    """A square (CROP CROP 3) around a subject, its edges repeated where it reaches out of the picture."""
    import cv2

    x, y, tall = place
    side = max(8, round(1.15 * tall))
    padded = np.pad(frame, ((side, side), (side, side), (0, 0)), mode="edge")
    left, top = (min(max(0, round(c - side / 2) + side), limit - side) for c, limit in ((x, padded.shape[1]), (y, padded.shape[0])))
    return cv2.resize(padded[top : top + side, left : left + side], (CROP, CROP), interpolation=cv2.INTER_AREA if side > CROP else cv2.INTER_CUBIC)


def describe(features, crops: list[np.ndarray]) -> np.ndarray:
    """One vector (c) of some pictures of a subject: the mean of their features."""
    return features.pooled(np.stack(crops)).mean(0)


def matched(ends: dict[str, list[np.ndarray]]) -> dict[str, tuple[bool, str]]:
    """For each film whether its end is nearest to its own beginning, and to whose it is: cosine of features, their mean taken off."""
    if not ends:
        return {}
    names = list(ends)
    middle = np.mean([v for pair in ends.values() for v in pair], 0)
    first, last = (np.stack([unit(ends[name][side] - middle) for name in names]) for side in (0, 1))
    nearest = (last @ first.T).argmax(1)
    return {name: (int(nearest[i]) == i, names[nearest[i]]) for i, name in enumerate(names)}


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(1e-9, np.linalg.norm(vector))
