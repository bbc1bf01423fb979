"""Does the dial of denoising steps get better with steps? Films painted over true plans that training never saw, beside the
real renders of those plans."""

from __future__ import annotations

import numpy as np

from .metrics import psnr
from .tasks import Bench, Case

STEPS = (1, 2, 4, 8, 16, 32)
FILMS = 16


def cases(bench: Bench) -> list[Case]:
    films = 4 if bench.quick else FILMS
    return [Case("steps", f"{films} held-out films", lambda: measure(bench, films))]


def measure(bench: Bench, films: int) -> dict:
    """For each number of steps: the judge's subject score, and how near films are to the real renders."""
    import torch

    from . import judge as j
    from .bench import suite
    from .features import Features

    torch.set_num_threads(bench.threads)
    library, model = bench.studio.part("library"), j.load_judge()
    features = Features(model)
    tried = [case for case in suite(2 * films, library) if case.split == "held_out"][:films]
    rows = {}
    shown: dict[str, np.ndarray] = {}
    for case in tried:
        case.films |= dict(real=real(case, library), animatic=animatic(case, library))
    for column in ("real", "animatic", *STEPS):
        if column in STEPS:
            for case in tried:
                case.films[column] = paint(bench, case, column)
        rows[str(column)] = score(model, features, tried, column, library)
        shown[f"{column} steps" if column in STEPS else column] = tried[0].films[column]
    return dict(films=len(tried), features=features.name, columns=rows, film=bench.film("steps", "first film", shown, 8.0))


def real(case, library) -> np.ndarray:
    from vitascope.director.stage import Life, render_plan

    return render_plan(case.plan, library, (128, 80), Life.full())


def animatic(case, library) -> np.ndarray:
    from vitascope.director.stage import Life, render_plan

    return render_plan(case.plan, library, (128, 80), Life.none())


def paint(bench: Bench, case, steps: int) -> np.ndarray:
    """(t h w 3): the case's true plan, painted, and what was painted laid over its animatic, as films are finished."""
    from vitascope.credits import references
    from vitascope.finishing import redraw
    from vitascope.generators import Conditions, Passage

    library = bench.studio.part("library")
    states, mask = bench.studio.part("text").encode([case.prompt], max_tokens=64)
    sketch = case.films["animatic"]
    passage = Passage(0, states[0], mask[0], references(case.plan, library, 0))
    conditions = Conditions(sketch, np.ones(len(sketch), np.float32), (passage,))
    chunks = bench.studio.part("generator").paint(conditions, seed=1, steps=steps)
    pairs = (pair for chunk in chunks for pair in zip(chunk.frames, chunk.plain))
    return np.stack([redraw(painted, plain, drawing) for (painted, plain), drawing in zip(pairs, sketch)])


def score(model, features, tried: list, column, library) -> dict:
    """PSNR everywhere and where something lives, feature distance, sharpness, and the judge's share of subjects found."""
    from .bench import judged
    from .continuity import sharpness
    from .painting import differ

    near, alive, away, edges = [], [], [], []
    for case in tried:
        film, truth = case.films[column], case.films["real"]
        near.append(psnr(film, truth))
        mask = differ(truth, case.films["animatic"])
        if mask.mean() > 0.002:
            alive.append(psnr(film[mask], truth[mask]))
        away.append(features.away(film, truth))
        edges.append(sharpness(film) / max(1e-3, sharpness(truth)))
    found = judged(model, tried, column, library)["subject_right"]
    return dict(psnr=round(float(np.mean(near)), 2), psnr_alive=round(float(np.mean(alive)), 2) if alive else None,
                feature_distance=round(float(np.mean(away)), 3), sharpness=round(float(np.mean(edges)), 2), subject=found)  # fmt: skip
