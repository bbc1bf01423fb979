"""Training windows, rendered and encoded once and kept on disk: latents of a film, of its animatic, and the caption's states.

A shard holds films of one size. Shard k depends on nothing but k and the frozen autoencoder, so a killed run makes the same
shards again; they are written ahead by `fill` in a process of its own, or by whoever asks first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILMS = 32  # films in a shard
SIZES = {(128, 80): 0.46, (96, 96): 0.16, (80, 128): 0.16, (144, 64): 0.11, (64, 112): 0.11}
TOKENS = 64
REFERENCES = 2


@dataclass(frozen=True)
class Shards:
    """A folder of shards. `split` is "train" or "held_out"."""

    folder: Path
    autoencoder: Path
    num_frames: int = 33
    split: str = "train"

    def path(self, k: int) -> Path:
        return self.folder / f"{self.split}-{self.num_frames}-{k:05d}.npz"

    def get(self, k: int) -> dict[str, np.ndarray]:
        """Arrays of shard k: real and sketch (n t c h w), text (n 48 384), text_mask, references (n 2 c 8 8) and mask."""
        path = self.path(k)
        if not path.exists():
            arrays = self.build(k)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            with open(part, "wb") as file:
                np.savez(file, **arrays)
            os.replace(part, path)
        with np.load(path, allow_pickle=False) as file:
            return dict(file)

    def build(self, k: int) -> dict[str, np.ndarray]:
        return build(self, k)

    def fill(self, count: int):
        for k in range(count):
            if not self.path(k).exists():
                self.get(k)


def size_of(k: int) -> tuple[int, int]:
    """The size of shard k's films, in the shares that SIZES names."""
    rng = np.random.default_rng([17, k])
    return list(SIZES)[rng.choice(len(SIZES), p=list(SIZES.values()))]


_loaded: dict = {}


def _tools(autoencoder: Path):
    """The library, text encoder and autoencoder, once a process."""
    if autoencoder not in _loaded:
        from vitascope.library import Library
        from vitascope.prompts import TextEncoder
        from vitascope.training.weights import load_autoencoder

        _loaded[autoencoder] = Library(), TextEncoder(), load_autoencoder(autoencoder).eval()
    return _loaded[autoencoder]


def encode(model, frames: np.ndarray) -> np.ndarray:
    """uint8 films (n t h w 3) to normalised latents (n t' c h' w') in float16."""
    import torch

    from .autoencoder import to_tensor

    with torch.no_grad():
        return np.concatenate([model.encode(to_tensor(torch.from_numpy(f[None]))).numpy() for f in frames]).astype(np.float16)


def build(shards: Shards, k: int) -> dict[str, np.ndarray]:
    from vitascope.corpus.captions import caption
    from vitascope.corpus.scenes import corrupt, sample_plan
    from vitascope.director.stage import Life, render_plan
    from vitascope.library import PICTURE, picture

    library, text_encoder, model = _tools(shards.autoencoder)
    rng = np.random.default_rng([{"train": 1, "held_out": 2}[shards.split], k])
    size = size_of(k)
    real, sketch, captions, pictures, has = [], [], [], [], []
    for _ in range(FILMS):
        plan, facts = sample_plan(rng, library, shards.num_frames, 8.0, split=shards.split, aspect=size[0] / size[1])
        real.append(render_plan(plan, library, size, Life.full()))
        rough, post = corrupt(rng, plan)
        sketch.append(post.apply(render_plan(rough, library, size, Life.none())))
        form = rng.choice(["short", "plain", "long", "structured"], p=[0.15, 0.25, 0.2, 0.4])
        captions.append(caption(facts, rng, lang="fr" if rng.random() < 0.1 else "en", form=form))
        ids = [s.reference for s in plan.shots[0].subjects[:REFERENCES]]
        pictures += [picture(library, r) for r in ids]
        pictures += [np.full((PICTURE, PICTURE, 3), 128, np.uint8)] * (REFERENCES - len(ids))
        has.append([True] * len(ids) + [False] * (REFERENCES - len(ids)))
    states, mask = text_encoder.encode(captions, max_tokens=TOKENS)
    text = np.zeros((FILMS, TOKENS, states.shape[-1]), np.float16)
    text_mask = np.zeros((FILMS, TOKENS), bool)
    text[:, : states.shape[1]], text_mask[:, : mask.shape[1]] = states, mask
    references = encode(model, np.stack(pictures)[:, None])[:, 0]
    return dict(
        real=encode(model, np.stack(real)),
        sketch=encode(model, np.stack(sketch)),
        text=text,
        text_mask=text_mask,
        references=references.reshape(FILMS, REFERENCES, *references.shape[1:]),
        reference_mask=np.array(has),
        captions=np.array(captions),
    )
