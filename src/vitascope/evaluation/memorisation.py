"""Does the painter give back what it was trained on? Films of ours, and footage it never saw, held against its training footage."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import cv2
import numpy as np

from vitascope.graphs import WEIGHTS
from vitascope.provenance.memorised import NEAR, Index, shipped

from .report import POLICY

PROMPTS = (  # half ask for what the training footage shows, half for anything
    "a big grey rabbit stands in a green meadow", "a squirrel on a branch of a tree", "a butterfly over flowers in a forest",
    "green hills under a blue sky", "a sunset over the sea", "mountains and clouds", "two dogs on grass", "a glass of wine on a table",
    "a red fox runs through a snowy forest", "a rocket rises over a city at night", "a boat on a lake", "a train crosses a desert",
)  # fmt: skip
WAYS = {"as films are made": 1.0, "painted from words alone": 0.0}  # sketch_strength
HIDDEN = 0.5  # of the sides of a held-out shot that is hidden and painted anew


def memorisation(corpus: Path = Path("corpus-cache"), folder: Path | None = None, threads: int | None = None) -> dict:
    """Distances to the nearest training item: quantiles by kind of picture, share nearer than NEAR, and the nearest pair of each kind.

    Kinds: copies of training shots, cropped, shrunk and compressed (what NEAR has to find); held-out shots of the same film (how near
    things come that were not copied); films of ours, one row for each of WAYS; held-out shots whose middle was hidden and painted.
    Raises ValueError where the film was not fetched. With a `folder`, the nearest pairs are drawn into FOLDER/memorisation.png.
    """
    from vitascope.corpus import load_photographs, load_shots

    shots, held = load_shots(corpus), load_shots(corpus, held_out=True)
    if not shots:
        raise ValueError(f"{corpus} has no film to compare with: run `vitascope corpus fetch --with films --with photographs` first.")
    rng = np.random.default_rng([4, 1])
    known = {name: frames for name, frames in shots} | {f"photograph:{name}": p[None] for name, p in load_photographs(corpus)}
    kinds = {
        "damaged copies of training shots": [damaged(frame(s, at), rng) for _, s in shots for at in (0.2, 0.62)],
        "held-out shots of the same film": [frame(s, at) for _, s in held for at in (0.2, 0.5, 0.8)],
    } | {way: list(films(strength, threads)) for way, strength in WAYS.items()} | {
        "held-out shots, their middle painted anew": list(mended(held, threads))
    }  # fmt: skip
    index, rows, pairs = shipped(), {}, []
    for kind, pictures in kinds.items():
        rows[kind], pair = held_against(index, pictures)
        pairs.append((kind, pair[0], closest(known[pair[1]], pair[0])))
    if folder:
        draw(pairs, folder / "memorisation.png")
    with open(WEIGHTS / "transformer.safetensors", "rb") as file:
        weights = hashlib.file_digest(file, "sha256").hexdigest()
    return dict(near=NEAR, items=len(index.names), transformer=weights, kinds=rows)


def table(report: dict) -> str:
    """The report for people."""
    lines = [f"Distance to the nearest of {report['items']} training items (0: the same picture); near: below {report['near']}",
             f"{'':46}{'pictures':>9}{'nearest':>9}{'median':>9}{'near':>8}"]  # fmt: skip
    return "\n".join(lines + [f"{kind:46}{row['pictures']:>9}{row['nearest']:>9}{row['median']:>9}{row['near']:>8.1%}" for kind, row in report["kinds"].items()])


def held_against(index: Index, pictures: list[np.ndarray]) -> tuple[dict, tuple[np.ndarray, str]]:
    """Quantiles of the distances of pictures to the nearest item, and the nearest picture with its item."""
    away = np.stack([index.distances(picture) for picture in pictures])
    least, best = away.min(1), int(away.min(1).argmin())
    quantiles = {name: round(float(np.quantile(least, q)), 3) for name, q in (("nearest", 0), ("5 %", 0.05), ("median", 0.5), ("95 %", 0.95))}
    item = index.names[int(away[best].argmin())]
    return quantiles | dict(near=round(float((least < NEAR).mean()), 3), pictures=len(pictures), nearest_item=item), (pictures[best], item)


def films(strength: float, threads: int | None):
    """Three frames (h w 3) of a film of each of the PROMPTS at the base size."""
    from vitascope.studio import Settings, Studio
    from vitascope.tasks import text_to_video

    studio = Studio(Settings(seed=3, sketch_strength=strength, threads=threads))
    for prompt in PROMPTS:
        clip = studio.make(text_to_video(prompt, seconds=2, size=(128, 80), fps=8)).clip
        print(f"  {prompt}, sketch {strength:g}", file=sys.stderr, flush=True)
        yield from clip.frames[[2, 8, 14]]


def mended(held: list[tuple[str, np.ndarray]], threads: int | None):
    """Held-out shots whose middle was hidden and painted: only what was painted, enlarged to the frame's size."""
    from vitascope.clip import Clip
    from vitascope.studio import Settings, Studio
    from vitascope.tasks import fill

    studio = Studio(Settings(seed=3, threads=threads, policy=POLICY))
    w, h = 128, 72
    a, b = round(w * (1 - HIDDEN) / 2), round(h * (1 - HIDDEN) / 2)
    mask = np.zeros((17, h, w), np.uint8)
    mask[:, b : h - b, a : w - a] = 255
    for _, shot in held[:8]:
        if len(shot) < 51:
            continue
        frames = np.stack([cv2.resize(f, (w, h), interpolation=cv2.INTER_AREA) for f in shot[:51:3]])
        painted = studio.make(fill(Clip(frames, 8.0), mask=mask)).clip.frames
        yield from (cv2.resize(painted[k, b : h - b, a : w - a], (w, h), interpolation=cv2.INTER_CUBIC) for k in (4, 12))


def frame(shot: np.ndarray, at: float) -> np.ndarray:
    return np.asarray(shot[round(at * (len(shot) - 1))])


def damaged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A copy of a picture (h w 3): a tenth cropped away somewhere, shrunk to 128 x 80, JPEG of quality 30."""
    h, w = picture.shape[:2]
    y, x = int(h * 0.05), int(w * 0.05)
    top, left = rng.integers(0, 2 * y + 1), rng.integers(0, 2 * x + 1)
    small = cv2.resize(picture[top : top + h - 2 * y, left : left + w - 2 * x], (128, 80), interpolation=cv2.INTER_AREA)
    return cv2.imdecode(cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)[..., ::-1].copy()


def closest(frames: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The frame of an item (t h w 3) that looks most like a picture."""
    small = lambda p: cv2.resize(np.asarray(p), (24, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    wanted = small(picture)
    return np.asarray(min(frames[:: max(1, len(frames) // 24)], key=lambda f: float(((small(f) - wanted) ** 2).mean())))


def draw(pairs: list[tuple[str, np.ndarray, np.ndarray]], path: Path) -> None:
    """A sheet: each kind's nearest picture on the left, the training item's frame on the right."""
    rows = []
    for kind, picture, item in pairs:
        row = np.concatenate([cv2.resize(p, (320, 200), interpolation=cv2.INTER_AREA) for p in (picture, item)], 1)
        strip = np.full((22, 640, 3), 255, np.uint8)
        cv2.putText(strip, kind, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        rows += [strip, row]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.concatenate(rows)[..., ::-1])
