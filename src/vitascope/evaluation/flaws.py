"""`vitascope bench flaws`: films broken on purpose and clean ones, and how many of each the scores of `vitascope.flaws` call broken.

Every film that is broken exists four times: broken and clean, as a real render and painted by the model over a sketch that is broken or
not. The plan that a film is judged by never knows of the break. Plans are of other seeds than the thresholds were set on, and held out from
training, but for those of repeated parts, whose objects are chosen from all.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import numpy as np

from vitascope.director.plan import Plan
from vitascope.director.stage import Life
from vitascope.flaws import FLAWS, score
from vitascope.flaws.watch import MEASURES

from .flaws_film import film
from .flaws_planted import planted
from .metrics import share

SIZE, FPS, SEED, CLEAN_SEED = (128, 80), 8.0, 61, 42
BROKEN, CLEAN = 16, 40  # films broken in each way, and films of the clean sample
SKETCH = Life(shadows=False, gait=False, weather=False, light=False, nature=False, poses=False)
WALKING = Life(shadows=False, gait=True, weather=False, light=False, nature=False, poses=False)


class Painter:
    """Paints over sketches of 33 frames as films are painted."""

    def __init__(self, library, threads: int | None = None):
        from vitascope.generators import EmbeddedGenerator
        from vitascope.prompts import TextEncoder

        self.library, self.text, self.generator = library, TextEncoder(), EmbeddedGenerator(threads)

    def __call__(self, plan: Plan, sketch: np.ndarray) -> np.ndarray:
        """The film (t h w 3) of a plan painted over a sketch of the same size."""
        from vitascope.credits import references
        from vitascope.finishing import redraw
        from vitascope.generators import Conditions, Passage

        names = " and ".join(f"a {s.name}" for s in plan.shots[0].subjects)
        states, mask = self.text.encode([f"{names} in a {plan.shots[0].scene.kind}"], max_tokens=64)
        passage = Passage(0, states[0], mask[0], references(plan, self.library, 0))
        conditions = Conditions(sketch, np.ones(len(sketch), np.float32), (passage,))
        pairs = (pair for chunk in self.generator.paint(conditions, seed=1, steps=4) for pair in zip(chunk.frames, chunk.plain))
        return np.stack([redraw(*pair, under) for pair, under in zip(pairs, sketch)])


def flaws(folder: Path, quick: bool = False, threads: int | None = None) -> dict:
    """Measure, write FOLDER/flaws-DATE.json and return the report."""
    from vitascope.library import Library

    library = Library()
    painter = Painter(library, threads)
    rows = []
    for number in range(3 if quick else BROKEN):
        for flaw in FLAWS:
            print(f"\r  {flaw} {number + 1}", end="  ", file=sys.stderr, flush=True)
            rows.append(broken_row(flaw, number, library, painter))
    sample = []
    for number in range(6 if quick else CLEAN):
        print(f"\r  clean {number + 1}", end="  ", file=sys.stderr, flush=True)
        sample.append(clean_row(number, library, painter))
    print(file=sys.stderr)
    report = dict(date=datetime.datetime.now().isoformat(timespec="seconds"), quick=quick, flaws={f: summary(f, rows, sample) for f in FLAWS},
                  clean_films=len(sample), tripped_any=tripped(sample), rows=rows, clean=sample)  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"flaws-{report['date'][:10]}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def measures(frames: np.ndarray, plan: Plan, library) -> dict[str, float | None]:
    """Every flaw's measure of a film (None where it could not have it)."""
    return {name: found.measure for name, found in score(frames, plan, FPS, library).items()}


def broken_row(flaw: str, number: int, library, painter: Painter) -> dict:
    """One film broken in a way, four times: what the scores measure of that flaw, and for the clean ones of all."""
    plan, broken = planted(flaw, number, library, SEED)
    shot, sketch = plan.shots[0], WALKING if flaw == "limbs" else SKETCH

    def draw(life: Life, how=None) -> np.ndarray:
        return film(shot, library, SIZE, life, how)

    films = dict(render=draw(Life.full(), broken), painted=painter(plan, draw(sketch, broken)),
                 clean_render=draw(Life.full()), clean_painted=painter(plan, draw(sketch)))  # fmt: skip
    return dict(flaw=flaw, number=number, span=list(broken.span), subjects=[s.name for s in shot.subjects], scene=shot.scene.kind,
                **{name: measures(frames, plan, library) for name, frames in films.items()})  # fmt: skip


def clean_row(number: int, library, painter: Painter) -> dict:
    """A film as anybody's, rendered and painted, with nothing broken on purpose."""
    from vitascope.corpus.scenes import sample_plan

    plan, _ = sample_plan(np.random.default_rng([CLEAN_SEED, number]), library, 33, FPS, split="held_out", aspect=1.6, cut=False)
    shot = plan.shots[0]
    films = dict(clean_render=film(shot, library, SIZE, Life.full()))
    if shot.subjects:
        films["clean_painted"] = painter(plan, film(shot, library, SIZE, SKETCH))
    return dict(subjects=[s.name for s in shot.subjects], scene=shot.scene.kind, **{k: measures(v, plan, library) for k, v in films.items()})


def summary(flaw: str, rows: list[dict], sample: list[dict]) -> dict:
    """Shares found and falsely found, with how many films each is of; clean films are those that could have the flaw."""
    threshold, mine = MEASURES[flaw].THRESHOLD, [row for row in rows if row["flaw"] == flaw]
    out: dict = dict(threshold=threshold)
    for kind in ("render", "painted"):
        out[f"found_{kind}"] = share([(row[kind][flaw] or 0) > threshold for row in mine])
        could = [row[f"clean_{kind}"][flaw] for row in (*rows, *sample) if row.get(f"clean_{kind}", {}).get(flaw) is not None]
        out[f"false_{kind}"] = share([value > threshold for value in could])
    return out | dict(tripped=share([(row["clean_painted"][flaw] or 0) > threshold for row in sample if "clean_painted" in row]))


def tripped(sample: list[dict]) -> dict:
    """Share of painted films of the sample in which any flaw is found."""
    return share([any((value or 0) > MEASURES[name].THRESHOLD for name, value in row["clean_painted"].items())
                  for row in sample if "clean_painted" in row])  # fmt: skip
