"""Training windows of footage in which something is missing: film, photographs under a moving camera, and rendered films.

What is missing follows the tasks: a gap, what comes after or before, all but the first frame or but both ends, a region. The
sketch is the proposal that generation would start from (footage.guess), so the network learns to mend just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .shards import FILMS, REFERENCES, TOKENS, Shards, _tools, encode, size_of

MISSING = {"gap": 0.32, "after": 0.2, "before": 0.1, "all but first": 0.1, "all but ends": 0.12, "region": 0.16}
KINDS = {"film": 0.55, "photograph": 0.2, "render": 0.25}


@dataclass(frozen=True)
class FilmedShards(Shards):
    """A folder of shards of footage; `corpus` is where films and photographs were fetched to."""

    corpus: Path = Path("corpus-cache")

    def path(self, k: int) -> Path:
        return self.folder / f"filmed-{self.split}-{self.num_frames}-{k:05d}.npz"

    def build(self, k: int) -> dict[str, np.ndarray]:
        return build(self, k)


def known_frames(rng: np.random.Generator, t: int, h: int, w: int) -> np.ndarray:
    """Which pixels (t h w) bool are known, in one of the patterns of MISSING; some pixels are open, and some known."""
    pattern = rng.choice(list(MISSING), p=list(MISSING.values()))
    known = np.ones((t, h, w), bool)
    if pattern == "gap":
        length = int(rng.integers(2, t - 8))
        first = int(rng.integers(1, t - length))
        known[first : first + length] = False
    elif pattern == "after":
        known[int(rng.integers(1, t - 3)) :] = False
    elif pattern == "before":
        known[: int(rng.integers(4, t - 1))] = False
    elif pattern == "all but first":
        known[1:] = False
    elif pattern == "all but ends":
        known[1:-1] = False
    else:
        top, left = rng.integers(0, h - 16), rng.integers(0, w - 16)
        inside = np.zeros((h, w), bool)
        inside[top : rng.integers(top + 12, h + 1), left : rng.integers(left + 12, w + 1)] = True
        if inside.mean() > 0.6 or rng.random() < 0.3:
            inside = ~inside
        known[:, inside] = False
    return known


def footage(shards: FilmedShards, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """One film (t h w 3) uint8 of `size`."""
    from vitascope.corpus import load_photographs, load_shots
    from vitascope.corpus.photos import photo_clip
    from vitascope.corpus.scenes import sample_plan
    from vitascope.director.stage import Life, render_plan

    if shards.corpus not in _films:
        _films[shards.corpus] = {held: load_shots(shards.corpus, held_out=held) for held in (False, True)}, load_photographs(shards.corpus)
    shots, photographs = _films[shards.corpus]
    shots = [array for _, array in shots[shards.split != "train"]]
    kind = rng.choice(list(KINDS), p=list(KINDS.values()))
    if kind == "film" and shots:
        return cropped(rng, shots, shards.num_frames, size)
    if kind == "photograph" and photographs and shards.split == "train":
        return photo_clip(rng, photographs[rng.integers(len(photographs))][1], shards.num_frames, size)[0]
    library, _, _ = _tools(shards.autoencoder)
    plan, _ = sample_plan(rng, library, shards.num_frames, 8.0, split=shards.split, aspect=size[0] / size[1])
    return render_plan(plan, library, size, Life.full())


def cropped(rng: np.random.Generator, shots: list, count: int, size: tuple[int, int]) -> np.ndarray:
    """A crop of a shot long enough at some speed, shrunk to `size`; shots are drawn in proportion to their length."""
    import cv2

    stride = int(rng.choice([1, 2, 3, 3, 3, 4]))
    span = (count - 1) * stride + 1
    room = np.array([max(0, len(s) - span + 1) for s in shots], float)
    shot = shots[rng.choice(len(shots), p=room / room.sum())]
    first = int(rng.integers(len(shot) - span + 1))
    h, w = shot.shape[1:3]
    whole = min(w / size[0], h / size[1])
    scale = rng.uniform(min(whole, 1.0), whole)
    cw, ch = int(size[0] * scale), int(size[1] * scale)
    left, top = rng.integers(w - cw + 1), rng.integers(h - ch + 1)
    frames = shot[first : first + span : stride, top : top + ch, left : left + cw]
    frames = frames[:, :, ::-1] if rng.random() < 0.5 else frames
    return np.stack([cv2.resize(np.ascontiguousarray(f), size, interpolation=cv2.INTER_AREA) for f in frames])


def build(shards: FilmedShards, k: int) -> dict[str, np.ndarray]:
    """Like shards.build, and known (n t 1 h w) bool, strength (n t) float32."""
    from vitascope.footage import guess
    from vitascope.generators.embedded import known_cells, latent_strength

    _, _, model = _tools(shards.autoencoder)
    if "interpolator" not in _films:
        from vitascope.finishing import Interpolator

        _films["interpolator"] = Interpolator(1)
    rng = np.random.default_rng([{"train": 11, "held_out": 12}[shards.split], k])
    width, height = size = size_of(k)
    real, sketch, known, strength = [], [], [], []
    for _ in range(FILMS):
        frames = footage(shards, rng, size)
        there = known_frames(rng, shards.num_frames, height, width)
        proposal, trust = guess(frames, there, _films["interpolator"], rng=rng)
        real.append(frames)
        sketch.append(proposal)
        known.append(known_cells(there))
        strength.append(latent_strength(trust))
    return dict(
        real=encode(model, np.stack(real)), sketch=encode(model, np.stack(sketch)), known=np.stack(known), strength=np.stack(strength),
        text=np.zeros((FILMS, TOKENS, 384), np.float16), text_mask=np.zeros((FILMS, TOKENS), bool),
        references=np.zeros((FILMS, REFERENCES, model.config.latent, 8, 8), np.float16),
        reference_mask=np.zeros((FILMS, REFERENCES), bool), captions=np.array([""] * FILMS),
    )  # fmt: skip


_films: dict = {}
