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
from .metrics import flicker, psnr, share, ssim

COLUMNS = {
    "films": "films from prompts alone",
    "painted": "painted over the true plan",
    "animatic": "the animatic of the true plan, unpainted",
    "real": "real renders (the ceiling)",
    "shuffled": "films against another prompt (the floor)",
}


@dataclass
class Case:
    """One prompt with its true plan, and the films made of it: uint8 (t h w 3) by column."""

    prompt: str
    facts: dict
    plan: object
    split: str
    films: dict[str, np.ndarray]


def suite(count: int, library, size=(128, 80)) -> list[Case]:
    """`count` films of one shot and at least one subject with fixed seeds: half with trained objects, half held out."""
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
                cases.append(Case(caption(facts, rng, form="plain"), facts, plan, split, {}))
    return cases


def make_films(cases: list[Case], library, threads: int | None) -> float:
    """Fill in every case's films at the base size; returns seconds a film from its prompt."""
    from vitascope.director.stage import Life, render_plan
    from vitascope.generators import Conditions
    from vitascope.studio import Settings, Studio, pictures
    from vitascope.tasks import text_to_video

    studio = Studio(Settings(seed=1, upscale=False, interpolate=False, threads=threads))
    spent = 0.0
    for i, case in enumerate(cases):
        size = (128, 80)
        start = time.perf_counter()
        film = studio.make(text_to_video(case.prompt, seconds=4, size=size, fps=8))
        spent += time.perf_counter() - start
        case.films["films"] = film.clip.frames
        case.films["real"] = render_plan(case.plan, library, size, Life.full())
        case.films["animatic"] = render_plan(case.plan, library, size, Life.none())
        states, mask = studio._part("text").encode([case.prompt], max_tokens=64)
        conditions = Conditions(case.films["animatic"], np.ones(33, np.float32), states[0], mask[0], pictures(case.plan, library))
        painted = studio._part("generator").paint(conditions, seed=1, steps=16, guidance_scale=1.5)
        case.films["painted"] = np.concatenate(list(painted))
        print(f"\r  filming {i + 1}/{len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return spent / max(1, len(cases))


@torch.no_grad()
def ask(model: j.Judge, film: np.ndarray, case: Case, library, rng) -> dict[str, bool]:
    """What the judge answers rightly about a film, for what can be asked of this case."""
    logits, cells = model.look(j.to_input(film[None]))
    right = j.answers(case.facts, case.plan)
    said = {name: bool(out.argmax() == right[name]) for name, out in logits.items()}
    out = dict(count_right=said["count"], camera_right=said["camera"], scene_right=said["scene"], style_right=said["style"])
    if case.facts["subjects"][0]["direction"]:
        out["motion_right"] = said["way"]
    asked = list(dict.fromkeys(s.reference for s in case.plan.shots[0].subjects))
    others = [r.id for r in library.references.values() if r.style == library[asked[0]].style and r.kind != "face"
              and all(r.object != library[a].object for a in asked)]  # fmt: skip
    found = []
    for reference in asked[:2]:
        ids = [reference, *rng.choice(others, j.CANDIDATES - 1, replace=False)]
        vectors = model.recall(j.pictures_of(library, ids))
        found.append(bool(model.match(cells, vectors).argmax() == 0))
        if reference == asked[0]:
            by_frame = cells.view(j.FRAMES, -1, cells.shape[-1])
            first, last = (model.match(part.flatten(0, 1)[None], vectors).argmax() for part in (by_frame[:2], by_frame[-2:]))
            out["identity"] = bool(first == last)
    out["subject_right"] = found[0]
    out[f"subject_right_{'trained' if case.split == 'train' else 'never_trained'}"] = found[0]
    if len(asked) > 1:
        out["both_right"] = all(found)
    return out


def judged(model, cases: list[Case], column: str, library) -> dict[str, dict]:
    """Shares of right answers for one column."""
    rng, tallies = np.random.default_rng(3), {}
    for i, case in enumerate(cases):
        film = case.films["films" if column == "shuffled" else column]
        asked = cases[(i + 1) % len(cases)] if column == "shuffled" else case
        for name, hit in ask(model, film, asked, library, rng).items():
            tallies.setdefault(name, []).append(hit)
    return {name: share(hits) for name, hits in sorted(tallies.items())}


@torch.no_grad()
def nearer(model, cases: list[Case]) -> dict:
    """Is the painted film nearer to the real render of its plan than the animatic is, in pixels and in the judge's features?"""
    pixels, features = [], []
    decibels: dict[str, list[float]] = {"painted": [], "animatic": []}
    for case in cases:
        real = case.films["real"]
        for column, values in decibels.items():
            values.append(psnr(case.films[column], real))
        pixels.append(decibels["painted"][-1] > decibels["animatic"][-1])
        seen = {k: model.see(j.to_input(case.films[k][None])[0]) for k in ("painted", "animatic", "real")}
        away = {k: float((seen[k] - seen["real"]).square().mean()) for k in ("painted", "animatic")}
        features.append(away["painted"] < away["animatic"])
    return dict(
        painted_psnr_to_real=round(float(np.mean(decibels["painted"])), 2), animatic_psnr_to_real=round(float(np.mean(decibels["animatic"])), 2),
        painted_nearer_in_pixels=share(pixels), painted_nearer_in_judge_features=share(features),
    )  # fmt: skip


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

    from .page import write_page

    if films < 4:
        raise ValueError(f"The bench needs at least 4 films, not {films}: choose another --films.")
    folder.mkdir(parents=True, exist_ok=True)
    library, model = Library(), j.load_judge()
    accuracy = j.accuracy_on_renders(model, 8)
    print("judge's accuracy on fresh renders: " + "  ".join(f"{k} {v:.0%}" for k, v in accuracy.items()), file=sys.stderr)
    cases = suite(films, library)
    seconds = make_films(cases, library, threads)
    columns = {column: judged(model, cases, column, library) for column in COLUMNS}
    report = {name: value["value"] for name, value in columns["films"].items()}
    report |= dict(
        date=datetime.datetime.now().isoformat(timespec="seconds"), films=len(cases), seconds_a_film=round(seconds, 2),
        judge_accuracy={k: round(v, 3) for k, v in accuracy.items()}, columns=columns, painting=nearer(model, cases),
        flicker={k: round(float(np.mean([flicker(c.films[k]) for c in cases])), 2) for k in ("films", "painted", "animatic", "real")},
        autoencoder=autoencoder(cases, corpus),
    )  # fmt: skip
    stem = folder / f"quality-{report['date'].replace(':', '')}"
    stem.with_suffix(".json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(write_page(stem.with_suffix(".html"), report, cases), file=sys.stderr)
    return report


def latest(folder: Path) -> dict:
    """The newest report in the folder, else the one that ships with the repository. Raises ValueError when there is none."""
    for place in (folder, Path(__file__).parent):
        if found := sorted(place.glob("quality-*.json")):
            return json.loads(found[-1].read_text(encoding="utf-8"))
    raise ValueError("Nothing was measured yet: run `vitascope bench quality` without --last.")


def table(report: dict) -> str:
    """The report for people."""
    names = sorted({name for column in report["columns"].values() for name in column})
    lines = [f"{report['films']} films, {report['date']}", f"{'':28}" + "".join(f"{c:>11}" for c in COLUMNS)]
    for name in names:
        cells = [report["columns"][c].get(name, {}).get("value") for c in COLUMNS]
        lines.append(f"{name:28}" + "".join(f"{'-' if v is None else format(v, '.0%'):>11}" for v in cells))
    for title in ("judge_accuracy", "painting", "flicker"):
        shown = {k: v["value"] if isinstance(v, dict) else v for k, v in report[title].items()}
        lines.append(f"{title}: " + ", ".join(f"{k} {v}" for k, v in shown.items()))
    lines += [f"autoencoder, {name}: " + ", ".join(f"{k} {v}" for k, v in row.items()) for name, row in report["autoencoder"].items()]
    lines += [f"{c}: {text}" for c, text in COLUMNS.items()]
    return "\n".join(lines)
