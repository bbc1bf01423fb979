"""`vitascope bench quality`: prompts that training never saw, judged beside real renders, the animatic and shuffled captions."""

from __future__ import annotations

import datetime
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import judge as j
from . import renders as r
from .features import Features
from .flow import CAMERAS, camera_of, motions, way_of
from .metrics import flicker, psnr, share, ssim
from .painting import frechet_distances, nearer
from .report import COLUMNS


@dataclass
class Case:
    """One prompt with its true plan, and the films made of it: uint8 (t h w 3) by column."""

    prompt: str
    facts: dict
    plan: object
    split: str
    films: dict[str, np.ndarray]
    made: object = None  # the plan that the prompt alone led to


def suite(count: int, library, size=(128, 80)) -> list[Case]:
    """`count` films of one shot and at least one subject with fixed seeds: half of what training saw, half held out."""
    from vitascope.corpus.captions import caption
    from vitascope.corpus.scenes import sample_plan

    cases: list[Case] = []
    for split in ("train", "held_out"):
        step = 0
        while sum(c.split == split for c in cases) < count // 2:
            rng = np.random.default_rng([77, step, split == "train"])
            step += 1
            plan, facts = sample_plan(rng, library, 33, 8.0, split=split, aspect=size[0] / size[1], cut=False)
            if plan.shots[0].subjects:
                form = "long" if len(cases) % 3 == 2 else "plain"
                cases.append(Case(caption(facts, rng, form=form), facts, plan, split, {}))
    return cases


def make_films(cases: list[Case], library, threads: int | None) -> float:
    """Fill in every case's films at the base size; returns seconds a film from its prompt."""
    from vitascope.credits import references
    from vitascope.director.stage import Life, render_plan
    from vitascope.finishing import redraw
    from vitascope.generators import Conditions, EmbeddedGenerator, Passage
    from vitascope.prompts import TextEncoder
    from vitascope.studio import Settings, Studio
    from vitascope.tasks import text_to_video

    studio = Studio(Settings(seed=1, interpolate=False, threads=threads))
    text, generator = TextEncoder(), EmbeddedGenerator(threads)
    spent = 0.0
    for i, case in enumerate(cases):
        size = (128, 80)
        start = time.perf_counter()
        film = studio.make(text_to_video(case.prompt, seconds=4, size=size, fps=8))
        spent += time.perf_counter() - start
        case.films["films"], case.made = film.clip.frames, film.plan
        case.films["sketched"] = render_plan(film.plan, library, size, Life.none())
        case.films["real"] = render_plan(case.plan, library, size, Life.full())
        case.films["animatic"] = render_plan(case.plan, library, size, Life.none())
        states, mask = text.encode([case.prompt], max_tokens=64)
        passage = Passage(0, states[0], mask[0], references(case.plan, library, 0))
        conditions = Conditions(case.films["animatic"], np.ones(33, np.float32), (passage,))
        pairs = (pair for chunk in generator.paint(conditions, seed=1) for pair in zip(chunk.frames, chunk.plain))
        # As films are finished: what was painted is laid over the animatic (mastering.py).
        case.films["painted"] = np.stack([redraw(*pair, under) for pair, under in zip(pairs, case.films["animatic"])])
        print(f"\r  filming {i + 1}/{len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return spent / max(1, len(cases))


def said(kind: str, value: str, prompt: str) -> bool:
    """Whether a prompt says a fact in one of the wordings of the captions."""
    from vitascope.corpus.captions import phrases

    return any(words.lower() in prompt.lower() for words in phrases()[kind][value]["en"])


@torch.no_grad()
def ask(model: j.Judge, film: np.ndarray, case: Case, library, rng, plan=None) -> dict[str, bool]:
    """What the judge answers rightly about a film, for what the case's prompt says. `plan` is the one the film was made from."""
    from vitascope.corpus.casting import held_out

    plan = plan or case.plan
    logits, cells = model.look(r.to_input(film[None]))
    right = r.answers(case.facts, case.plan)
    hit = {name: bool(out.argmax() == right[name]) for name, out in logits.items()}
    out = dict(count_right=hit["count"], scene_right=hit["scene"])
    if said("style", case.facts["style"], case.prompt):
        out["style_right"] = hit["style"]
    whole, rest = motions(film)
    if case.facts["camera"] in CAMERAS and said("camera", case.facts["camera"], case.prompt):
        out["camera_right"] = camera_of(whole) == case.facts["camera"]
    first = case.facts["subjects"][0]
    if first["direction"] in ("left", "right") and first["motion"] in ("crosses", "waits", "follows"):
        out["motion_right"] = way_of(rest) == first["direction"]
    shown = list(dict.fromkeys(s.reference for s in case.plan.shots[0].subjects))
    found = []
    for reference in shown[:2]:
        drawn = library.find(library[reference].object, plan.shots[0].style) or library[reference]  # in the film's style
        if library[reference].style in ("anim", "kenney") and r.drawn_as(library, reference) == plan.shots[0].style:
            drawn = library[reference]
        vectors = model.recall(r.pictures_of(library, r.lineup(library, drawn.id, shown, rng)))
        found.append(bool(model.match(cells, vectors).argmax() == 0))
        if reference == shown[0] and plan.shots[0].subjects:
            spots = r.whereabouts(plan, plan.shots[0].subjects[0].reference, (film.shape[2], film.shape[1]))
            frames = np.flatnonzero(~np.isnan(spots[:, 0]))
            if len(frames) > 1:
                by_frame = cells.view(r.FRAMES, -1, cells.shape[-1])
                ends = [int(model.match(by_frame[k][None], vectors).argmax()) for k in (frames[0], frames[-1])]
                out["identity"] = ends[0] == ends[1]
    out["subject_right"] = found[0]
    trained = not (library[shown[0]].held_out or library[shown[0]].object in held_out()["objects"])
    out[f"subject_right_{'trained' if trained else 'never_trained'}"] = found[0]
    if len(shown) > 1:
        out["both_right"] = all(found)
    return out


def judged(model, cases: list[Case], column: str, library) -> dict[str, dict]:
    """Shares of right answers for one column."""
    rng, tallies = np.random.default_rng(3), {}
    for i, case in enumerate(cases):
        film = case.films["films" if column == "shuffled" else column]
        plan = case.made if column in ("films", "sketched", "shuffled") else case.plan
        asked = cases[(i + 1) % len(cases)] if column == "shuffled" else case
        for name, hit in ask(model, film, asked, library, rng, plan).items():
            tallies.setdefault(name, []).append(hit)
    return {name: share(hits) for name, hits in sorted(tallies.items())}


def autoencoder(cases: list[Case], corpus: Path) -> dict:
    """PSNR and SSIM of the shipped autoencoder by domain, without and with the animatic as guide."""
    import cv2

    from vitascope.corpus import load_shots
    from vitascope.generators import EmbeddedGenerator

    model, rows = EmbeddedGenerator(), {}

    def measure(name, films, guides=None):
        a, b, c = [], [], []
        for i, film in enumerate(films):
            latents = model.encode(film)[None]
            trust = np.zeros((1, len(film)), np.float32)
            (out,) = model.decoder(latents=latents, guide=film[None].astype(np.float32), trust=trust)
            out = out[0].round().clip(0, 255).astype(np.uint8)
            a.append(psnr(out, film))
            b.append(ssim(out, film))
            if guides is not None:
                (out,) = model.decoder(latents=latents, guide=guides[i][None].astype(np.float32), trust=trust + 1)
                c.append(psnr(out[0].round().clip(0, 255).astype(np.uint8), film))
        rows[name] = dict(psnr=round(float(np.mean(a)), 2), ssim=round(float(np.mean(b)), 3), films=len(films))
        if c:
            rows[name]["psnr_guided"] = round(float(np.mean(c)), 2)

    held = [c for c in cases if c.split == "held_out"][:24]
    measure("renders with never-trained objects, 33 frames", [c.films["real"] for c in held], [c.films["animatic"] for c in held])
    measure("the same, single frames", [c.films["real"][16:17] for c in held], [c.films["animatic"][16:17] for c in held])
    shots = [frames for _, frames in load_shots(corpus, held_out=True) if len(frames) >= 51]
    if shots:
        small = [np.stack([cv2.resize(f, (128, 80), interpolation=cv2.INTER_AREA) for f in shot[:51:3]]) for shot in shots]
        measure("held-out shots of Big Buck Bunny, 17 frames at 8 fps", small)
    return rows


def quality(folder: Path, films: int = 60, corpus: Path = Path("corpus-cache"), threads: int | None = None) -> dict:
    """Measure everything, write FOLDER/quality-DATE.json and .html, and return the report."""
    from vitascope.library import Library

    from .page import write_page, write_sheets

    if films < 4:
        raise ValueError(f"The bench needs at least 4 films, not {films}: choose another --films.")
    folder.mkdir(parents=True, exist_ok=True)
    library, model = Library(), j.load_judge()
    features = Features(model)
    accuracy = j.accuracy_on_renders(model)
    print("judge's accuracy on fresh renders: " + "  ".join(f"{k} {v:.0%}" for k, v in accuracy.items()), file=sys.stderr)
    cases = suite(films, library)
    seconds = make_films(cases, library, threads)
    silent = j.unanswered(accuracy)  # figures from these would only count how common an answer is
    left_out = {f"{name}_right" for name in silent if name in ("count", "scene", "style")}
    columns = {column: {name: value for name, value in judged(model, cases, column, library).items() if name not in left_out}
               for column in COLUMNS}  # fmt: skip
    report = {name: value["value"] for name, value in columns["films"].items()}
    report |= dict(
        date=datetime.datetime.now().isoformat(timespec="seconds"), films=len(cases), seconds_a_film=round(seconds, 2),
        judge_accuracy={k: round(v, 3) for k, v in accuracy.items()}, judge_cannot_answer=silent, columns=columns,
        painting=nearer(cases, library, features),
        flicker={k: round(float(np.mean([flicker(c.films[k]) for c in cases])), 2) for k in ("films", "painted", "animatic", "real")},
        frechet=frechet_distances(cases, ("films", "painted", "animatic", "real"), library, features),
        autoencoder=autoencoder(cases, corpus),
    )  # fmt: skip
    stem = folder / f"quality-{report['date'].replace(':', '')}"
    stem.with_suffix(".json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    write_sheets(stem, cases)
    print(write_page(stem.with_suffix(".html"), report, cases), file=sys.stderr)
    return report
