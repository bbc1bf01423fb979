"""Recipe for the transformer: windows of five latent frames, x-prediction with the loss in v, every mask, sketches and text.

Conditions are dropped at random, so that the same network works from words alone, from references, from a sketch, or from
all of them; a sketch's strength is drawn too, and what the strength leaves is filled with noise, so that strength at
generation time means what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vitascope.flow import interpolate, logit_normal
from vitascope.flow.paths import NEAREST
from vitascope.nn.transformer import Transformer

from .masks import frame_times, known_mask
from .shards import Shards

WINDOW = 5  # latent frames: 17 frames of film


@dataclass(frozen=True)
class Conditions:
    """Shares of windows that lose each condition, and which the run uses at all (for A/B runs)."""

    no_text: float = 0.1
    no_sketch: float = 0.2
    no_references: float = 0.3
    loss_in: str = "x"  # or "v"
    shift: float = 2.0


@dataclass(frozen=True)
class Batches:
    """`Batches(...)(step)` draws a batch from the shards that the run has reached by that step."""

    shards: Shards
    size: int = 16
    images: float = 0.0  # share of steps on single latent frames
    start: int = 24  # shards open at the first step
    pace: float = 0.0  # further shards a step
    seed: int = 0
    conditions: Conditions = Conditions()
    last: int = 100_000  # highest number of shards

    def __call__(self, step: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([self.seed, 5, step])
        shard = self.shards.get(int(rng.integers(min(self.last, int(self.start + step * self.pace)))))
        n, frames, c, h, w = shard["real"].shape
        pick = rng.choice(n, self.size, replace=self.size > n)
        length = 1 if rng.random() < self.images else WINDOW
        starts = rng.integers(0, frames - length + 1, self.size)
        starts[rng.random(self.size) < 0.4] = 0  # a film's first latent holds one frame, not four: see it often
        window = starts[:, None] + np.arange(length)
        real = shard["real"][pick[:, None], window].astype(np.float32)
        sketch = shard["sketch"][pick[:, None], window].astype(np.float32)
        known = np.stack([known_mask(rng, length, h, w) for _ in range(self.size)])[:, :, None]
        times = np.stack([frame_times(rng, length) for _ in range(self.size)])
        strength = np.ones((self.size, length), np.float32)
        partly = rng.random(self.size) < 0.35
        strength[partly] = rng.uniform(0.2, 1, (partly.sum(), 1))
        flicker = rng.random(self.size) < 0.1  # some frames without a sketch
        strength[flicker] *= rng.random((flicker.sum(), length)) < 0.6
        strength[rng.random(self.size) < self.conditions.no_sketch] = 0
        text_mask = shard["text_mask"][pick] & (rng.random((self.size, 1)) >= self.conditions.no_text)
        reference_mask = shard["reference_mask"][pick] & (rng.random((self.size, 1)) >= self.conditions.no_references)
        return dict(
            real=real, sketch=sketch, known=known.astype(np.float32), normal=times, strength=strength,
            text=shard["text"][pick].astype(np.float32), text_mask=text_mask,
            references=shard["references"][pick].astype(np.float32), reference_mask=reference_mask,
        )  # fmt: skip


class Loss:
    def __init__(self, conditions: Conditions = Conditions()):
        self.conditions = conditions

    def draw(self, data: dict, generator: torch.Generator) -> dict:
        data["noise"] = torch.randn(data["real"].shape, generator=generator)
        fog = torch.randn(data["real"].shape, generator=generator)
        strength = data["strength"][:, :, None, None, None]
        data["sketch"] = torch.where(strength > 0, strength * data["sketch"] + (1 - strength) * fog, 0.0)
        return data

    def __call__(self, model: Transformer, data: dict) -> tuple[Tensor, dict]:
        real, known = data["real"], data["known"]
        t = logit_normal(data["normal"], shift=self.conditions.shift)  # (b t)
        wide = t[:, :, None, None, None]
        z = interpolate(real, data["noise"], wide) * (1 - known) + real * known
        whole = known.flatten(2).amin(2)  # (b t): 1 where a whole frame is known
        x = model(
            z, torch.maximum(t, whole), known, data["sketch"], data["strength"],
            data["text"], data["text_mask"], data["references"], data["reference_mask"],
        )  # fmt: skip
        error = (x - real).square() * (1 - known)
        if self.conditions.loss_in == "v":
            weight = 1 / (1 - wide).clamp(NEAREST, 1).square()
            loss = (error * weight).sum() / ((1 - known).sum() * real.shape[2])
        else:
            loss = error.sum() / ((1 - known).sum() * real.shape[2])
        return loss, dict(x_error=error.detach().sum() / ((1 - known).sum() * real.shape[2]))
