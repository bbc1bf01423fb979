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

from vitascope.flow import guide, interpolate, logit_normal
from vitascope.flow.paths import NEAREST
from vitascope.nn.transformer import Transformer

from .masks import frame_times, known_mask
from .shards import Shards

WINDOW = 5  # latent frames: 17 frames of film
LENGTHS = (1, 1 / 2, 1 / 4, 1 / 8, 1 / 16)  # of a shortcut, along the path from noise to data
FOLDED = 1.25  # guidance that shortcuts take in, so that few steps need no second prediction


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
    filmed: Shards | None = None  # of footage with something missing
    filmed_share: float = 0.35  # of steps
    filmed_last: int = 40

    def __call__(self, step: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([self.seed, 5, step])
        if self.filmed and rng.random() < self.filmed_share:
            return self.mending(rng)
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

    def mending(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """A batch of footage: what is missing, and the proposal for it, are the shard's own."""
        shard = self.filmed.get(int(rng.integers(self.filmed_last)))
        n, frames = shard["real"].shape[:2]
        length = WINDOW if rng.random() < 0.6 else frames
        pick, starts = [], []
        while len(pick) < (self.size if length == WINDOW else self.size // 2):
            i, start = int(rng.integers(n)), int(rng.integers(0, frames - length + 1))
            if not shard["known"][i, start : start + length].all():
                pick.append(i)
                starts.append(start)
        window = np.array(starts)[:, None] + np.arange(length)
        pick = np.array(pick)
        rows = pick[:, None], window
        strength = shard["strength"][rows] * (rng.random((len(pick), 1)) >= 0.1)
        return dict(
            real=shard["real"][rows].astype(np.float32), sketch=shard["sketch"][rows].astype(np.float32),
            known=shard["known"][rows].astype(np.float32), normal=np.stack([frame_times(rng, length, 0.1) for _ in pick]),
            strength=strength.astype(np.float32), text=shard["text"][pick, :16].astype(np.float32), text_mask=shard["text_mask"][pick, :16],
            references=shard["references"][pick, :1].astype(np.float32), reference_mask=shard["reference_mask"][pick, :1],
        )  # fmt: skip


class Loss:
    """Flow matching, and with `shortcuts` above 0 also self-distillation on that share of each batch.

    `teacher` is the run's own average (`fit` sets it): the sampler takes few steps later, so the network is asked where one
    long step should lead, and is taught by the average's two steps of half the length (shortcut models, Frans et al. 2024).
    """

    def __init__(self, conditions: Conditions = Conditions(), shortcuts: float = 0.0):
        self.conditions, self.shortcuts, self.teacher = conditions, shortcuts, None

    def draw(self, data: dict, generator: torch.Generator) -> dict:
        data["noise"] = torch.randn(data["real"].shape, generator=generator)
        fog = torch.randn(data["real"].shape, generator=generator)
        strength = data["strength"][:, :, None, None, None]
        data["sketch"] = torch.where(strength > 0, strength * data["sketch"] + (1 - strength) * fog, 0.0)
        t = logit_normal(data.pop("normal"), shift=self.conditions.shift)  # (b t)
        data["t"], data["step"] = t, torch.zeros_like(t)
        few = int(round(len(t) * self.shortcuts))
        if few:
            length = 2.0 ** -torch.randint(len(LENGTHS), (few, 1), generator=generator)  # 1, 1/2, ... of the path
            first = (torch.rand(few, 1, generator=generator) / length).floor() * length
            data["t"][:few], data["step"][:few] = first, length
        return data

    def __call__(self, model: Transformer, data: dict) -> tuple[Tensor, dict]:
        real, known, t, step = data["real"], data["known"], data["t"], data["step"]
        wide = t[:, :, None, None, None]
        z = interpolate(real, data["noise"], wide) * (1 - known) + real * known
        target, few = real, int((step[:, 0] > 0).sum())
        if few:
            target = torch.cat([self.shortcut({k: v[:few] for k, v in data.items()}, z[:few]), real[few:]])
        error = (ask(model, z, t, step, data) - target).square() * (1 - known)
        if self.conditions.loss_in == "v":
            error = error / (1 - wide).clamp(NEAREST, 1).square()
        open_ = (1 - known).flatten(1).sum(1) * real.shape[2]  # numbers to be painted in each window
        each = error.flatten(1).sum(1)
        metrics = dict(x_error=each[few:].detach().sum() / open_[few:].sum())
        if few:
            metrics["shortcut_error"] = each[:few].detach().sum() / open_[:few].sum()
        return each.sum() / open_.sum(), metrics

    @torch.no_grad()
    def shortcut(self, data: dict, z: Tensor) -> Tensor:
        """The data (b t c h w) towards which one step of length `step` from z must go to land where two halves land."""
        t, known = data["t"], data["known"]
        half = data["step"] / 2
        finest = half <= 2.0 ** -len(LENGTHS)  # such steps are taken with the flow itself, guided by what is said
        given = torch.where(finest, 0.0, half)

        def predict(z, t):
            x = ask(self.teacher, z, t, given, data)
            bare = dict(data, text_mask=data["text_mask"] & ~finest[:, :1], reference_mask=data["reference_mask"] & ~finest[:, :1])
            return guide(x, ask(self.teacher, z, t, given, bare), FOLDED) if finest.any() else x

        def go(z, x, t):
            return z + (half / (1 - t))[:, :, None, None, None] * (x - z) * (1 - known)

        between = go(z, predict(z, t), t)
        end = go(between, predict(between, t + half), t + half)
        return z + ((1 - t) / (2 * half))[:, :, None, None, None] * (end - z)


def ask(model: Transformer, z: Tensor, t: Tensor, step: Tensor, data: dict) -> Tensor:
    """The network's clean latents for the conditions of a batch; frames known whole are told to be clean."""
    whole = data["known"].flatten(2).amin(2)  # (b t)
    return model(
        z, torch.maximum(t, whole), data["known"], data["sketch"], data["strength"], data["text"], data["text_mask"],
        data["references"], data["reference_mask"], step * (1 - whole),
    )  # fmt: skip
