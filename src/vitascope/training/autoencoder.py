"""Recipe for the autoencoder: rendered clips, film and photographs; L1, gradient and multi-scale losses, a small KL.

With some probability a step is taken under a rotation or a halving applied to the latents and to the target alike, which
makes the latent space equivariant and easier to generate in (EQ-VAE, Kouzelis et al. 2025).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vitascope.nn.autoencoder import Autoencoder


@dataclass(frozen=True)
class Weights:
    gradient: float = 0.5
    coarse: float = 0.5
    kl: float = 1e-5
    equivariance: float = 0.3  # share of steps taken under a transformation


def to_tensor(frames: Tensor) -> Tensor:
    """uint8 (b t h w 3) to float (b t 3 h w) in -1..1."""
    return frames.permute(0, 1, 4, 2, 3).float() / 127.5 - 1


def reconstruction(y: Tensor, x: Tensor, weights: Weights) -> Tensor:
    """L1 on pixels, on their horizontal and vertical differences, and on two coarser scales; (n 3 h w) each."""
    total = (y - x).abs().mean()
    for axis in (-1, -2):
        total = total + weights.gradient * (y.diff(dim=axis) - x.diff(dim=axis)).abs().mean()
    for factor in (2, 4):
        total = total + weights.coarse * (F.avg_pool2d(y, factor) - F.avg_pool2d(x, factor)).abs().mean()
    return total


class Loss:
    """`decoder_only` trains the decoder on a frozen encoder, so that latents that others were made from stay what they are."""

    def __init__(self, weights: Weights = Weights(), decoder_only: bool = False):
        self.weights, self.decoder_only = weights, decoder_only

    def draw(self, data: dict, generator: torch.Generator) -> dict:
        b, t, h, w, _ = data["frames"].shape
        data["noise"] = torch.randn(b, 1 + (t - 1) // 4, 24, h // 8, w // 8, generator=generator)
        chance, kind = torch.rand(2, generator=generator).tolist()
        transformed = chance < self.weights.equivariance and not self.decoder_only
        data["transform"] = int(kind * 5) + 1 if transformed else 0
        return data

    def __call__(self, model: Autoencoder, data: dict) -> tuple[Tensor, dict]:
        x = to_tensor(data["frames"])
        with torch.set_grad_enabled(not self.decoder_only and torch.is_grad_enabled()):
            mean, log_variance, _ = model.encoder(x)
        z = mean + (log_variance / 2).exp() * data["noise"]
        kind, guide, trust, target = data["transform"], None, None, x
        if kind in (1, 2, 3):
            z, target = torch.rot90(z, kind, (-2, -1)), torch.rot90(x, kind, (-2, -1))
        elif kind in (4, 5):
            z, target = F.avg_pool3d(z, (1, 2, 2)), F.avg_pool3d(x, (1, 2, 2))
        elif "guide" in data:
            guide, trust = to_tensor(data["guide"]), data["guided"][:, None].expand(-1, x.shape[1])
        y, _ = model.decoder(z, guide, trust)
        y, target = y.flatten(0, 1), target.flatten(0, 1)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        loss = reconstruction(y, target, self.weights) + self.weights.kl * kl
        mse = (y.detach() - target).square().mean()
        return loss, dict(psnr=10 * torch.log10(4 / mse), kl=kl.detach())


@torch.no_grad()
def psnr(model: Autoencoder, clips: np.ndarray, guides: np.ndarray | None = None) -> float:
    """Mean over clips of 20 log10(255 / RMSE), in dB, for uint8 clips (n t h w 3) and guides of the same shape."""
    values = []
    for i, clip in enumerate(clips):
        x = to_tensor(torch.from_numpy(clip[None]))
        guide = None if guides is None else to_tensor(torch.from_numpy(guides[i][None]))
        mean, _, _ = model.encoder(x)
        y = model.decoder(mean, guide, None if guide is None else torch.ones(1, clip.shape[0]))[0].clamp(-1, 1)
        values.append(float(10 * torch.log10(4 / (y - x).square().mean())))
    return float(np.mean(values))


@torch.no_grad()
def samples(model: Autoencoder, clips: np.ndarray, guides: np.ndarray) -> np.ndarray:
    """A picture to look at (h w 3): rows of a clip's last frame, its reconstruction, its guide, and the guided reconstruction."""
    x, guide = (to_tensor(torch.from_numpy(side[:8])) for side in (clips, guides))
    mean, _, _ = model.encoder(x)
    plain, guided = model.decoder(mean)[0], model.decoder(mean, guide, torch.ones(guide.shape[:2]))[0]
    columns = [torch.cat(list(side[:, -1].clamp(-1, 1)), 1) for side in (x, plain, guide, guided)]  # (3 8h w) each
    return ((torch.cat(columns, 2).permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
