"""The diffusion transformer that paints a window of film: spacetime latent patches in, the clean patches out.

Each latent frame has its own timestep (diffusion forcing, Chen et al. 2024) and each latent cell may be known, so one
network generates, continues in both directions, fills and edits. Words and reference pictures are further tokens of the
same sequence; the animatic enters as channels beside the noisy latents, cell for cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class TransformerConfig:
    """`axes` splits a head's channels among time, height and width for rotary positions; they sum to the head's width."""

    latent: int = 24
    patch: int = 2
    width: int = 320
    depth: int = 6
    heads: int = 5
    hidden: int = 864
    text: int = 384
    axes: tuple[int, int, int] = (16, 24, 24)


def rotary(positions: Tensor, axes: tuple[int, ...], base: float = 100.0) -> Tensor:
    """Positions (l, len(axes)) to cosines and sines (2 l head/2): RoPE (Su et al. 2021), axis by axis."""
    angles = []
    for i, channels in enumerate(axes):
        rates = base ** -(torch.arange(0, channels, 2, dtype=torch.float32) / channels)
        angles.append(positions[:, i : i + 1] * rates)
    angles = torch.cat(angles, 1)
    return torch.stack([angles.cos(), angles.sin()])


def rotate(x: Tensor, rope: Tensor) -> Tensor:
    """Turn the pairs (x_i, x_{i + head/2}) of (b heads l head) by their angles."""
    a, b = x.chunk(2, -1)
    cos, sin = rope[0], rope[1]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def grid(t: int, h: int, w: int) -> Tensor:
    """Positions (t*h*w, 3) of patches, height and width centred so that all aspect ratios share the middle."""
    when, down, across = (torch.arange(n, dtype=torch.float32) for n in (t, h, w))
    return torch.stack(torch.meshgrid(when, down - down.mean(), across - across.mean(), indexing="ij"), -1).flatten(0, 2)


class Block(nn.Module):
    """Attention and SwiGLU, each behind an RMSNorm, modulated by the timestep (adaLN-single, Chen et al. 2023)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        d, self.heads = config.width, config.heads
        self.qkv = nn.Linear(d, 3 * d, bias=False)
        self.q_norm = nn.RMSNorm(d // config.heads)
        self.k_norm = nn.RMSNorm(d // config.heads)
        self.attention_out = nn.Linear(d, d, bias=False)
        self.gate_up = nn.Linear(d, 2 * config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, d, bias=False)
        self.offset = nn.Parameter(torch.zeros(6, d))  # what this block adds to the modulation that all blocks share

    def forward(self, x: Tensor, modulation: Tensor, rope: Tensor, mask: Tensor) -> Tensor:
        """x (b l d), modulation (b l 6 d), rope (2 l head/2), mask (b 1 l l) added to attention scores."""
        b, l, d = x.shape
        shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.offset).unbind(2)  # (b l d) each
        y = F.rms_norm(x, (d,)) * (1 + scale1) + shift1
        q, k, v = self.qkv(y).view(b, l, 3, self.heads, -1).permute(2, 0, 3, 1, 4)  # (b heads l head) each
        q, k = rotate(self.q_norm(q), rope), rotate(self.k_norm(k), rope)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + gate1 * self.attention_out(y.transpose(1, 2).reshape(b, l, d))
        y = F.rms_norm(x, (d,)) * (1 + scale2) + shift2
        gate, up = self.gate_up(y).chunk(2, -1)
        return x + gate2 * self.down(F.silu(gate) * up)


class Transformer(nn.Module):
    """Predicts clean latents. See `forward` for what it is told."""

    edges = ("patch_in", "text_in", "reference_in", "_time", "time_", "step_", "patch_out", "kind", "offset", "final", "_norm")

    def __init__(self, config: TransformerConfig = TransformerConfig()):
        super().__init__()
        self.config = config
        d, cell = config.width, config.patch**2
        self.patch_in = nn.Linear((2 * config.latent + 2) * cell, d)
        self.text_in = nn.Linear(config.text, d)
        self.reference_in = nn.Linear(config.latent * cell, d)
        self.kind = nn.Parameter(torch.zeros(3, d))  # added to video, text and reference tokens
        self.time_in = nn.Linear(128, d)
        self.step_in = nn.Linear(128, d, bias=False)
        self.time_out = nn.Linear(d, 6 * d)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.final = nn.Parameter(torch.zeros(2, d))
        self.final_time = nn.Linear(d, 2 * d)
        self.patch_out = nn.Linear(d, config.latent * cell)
        # The sketch is passed on with this gain a channel, so that training starts from copying it and learns what to change.
        self.copy = nn.Parameter(torch.ones(config.latent))
        for layer in (self.time_out, self.final_time, self.patch_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.step_in.weight)

    def time_features(self, t: Tensor) -> Tensor:
        """Times (...) in 0..1 to sinusoids (... 128)."""
        rates = 1000 * 10000 ** -(torch.arange(64, dtype=torch.float32, device=t.device) / 64)
        angles = t[..., None] * rates
        return torch.cat([angles.cos(), angles.sin()], -1)

    def patchify(self, x: Tensor) -> Tensor:
        """(b t c h w) to (b t*h/p*w/p c*p*p)."""
        b, t, c, h, w = x.shape
        p = self.config.patch
        x = x.reshape(b, t, c, h // p, p, w // p, p).permute(0, 1, 3, 5, 2, 4, 6)
        return x.reshape(b, t * (h // p) * (w // p), c * p * p)

    def unpatchify(self, x: Tensor, t: int, h: int, w: int) -> Tensor:
        """The inverse of `patchify`, to (b t c h w) with h and w counted in latent cells."""
        p = self.config.patch
        x = x.reshape(x.shape[0], t, h // p, w // p, -1, p, p).permute(0, 1, 4, 2, 5, 3, 6)
        return x.reshape(x.shape[0], t, -1, h, w)

    def forward(self, z, t, known, sketch, strength, text, text_mask, references, reference_mask, step) -> Tensor:
        """Noisy latents to clean ones, both (b t c h w) of unit variance.

        t (b t): time of each latent frame, 0 noise .. 1 data
        known (b t 1 h w): 1 where z already holds the clean latent
        sketch (b t c h w), strength (b t): the animatic's latents and how far to trust them, 0 (absent) .. 1
        text (b n 384), text_mask (b n) bool: MiniLM token states
        references (b r c h w), reference_mask (b r) bool: latents of reference pictures
        step (b t): how far along the path the sampler will go with this answer (shortcut models, Frans et al. 2024): 0 asks
            for the data's mean, as flow matching does; d for the point whose direction leads to the right place d later
        """
        b, frames, _, h, w = z.shape
        p = self.config.patch
        rows, columns = h // p, w // p
        trust = strength[:, :, None, None, None].expand(-1, -1, 1, h, w)
        video = self.patch_in(self.patchify(torch.cat([z, known, sketch, trust], 2))) + self.kind[0]
        words = self.text_in(text) + self.kind[1]
        r, rh, rw = references.shape[1], references.shape[3] // p, references.shape[4] // p
        pictures = self.reference_in(self.patchify(references)) + self.kind[2]
        x = torch.cat([video, words, pictures], 1)  # (b l d)

        n = text.shape[1]
        elsewhere = torch.stack([torch.arange(n).float() * -1 - 2, torch.zeros(n), torch.zeros(n)], 1)
        beside = grid(r, rh, rw) + torch.tensor([40.0, 0.0, 0.0])
        rope = rotary(torch.cat([grid(frames, rows, columns), elsewhere, beside]), self.config.axes)
        there = torch.cat(
            [
                torch.ones(b, frames * rows * columns, dtype=torch.bool),
                text_mask,
                reference_mask[:, :, None].expand(-1, -1, rh * rw).reshape(b, r * rh * rw),
            ],
            1,
        )
        mask = torch.where(there, 0.0, -1e4)[:, None, None, :].expand(-1, -1, x.shape[1], -1)

        # A frame's tokens share its time; words and pictures are clean, so their time is 1.
        times = self.time_in(self.time_features(torch.cat([t, torch.ones(b, 1)], 1)))
        steps = self.step_in(self.time_features(torch.cat([step, torch.zeros(b, 1)], 1)))
        per_frame = F.silu(times + steps)  # (b t+1 d)
        modulation = self.time_out(per_frame).view(b, frames + 1, 6, -1)
        modulation = torch.cat(
            [
                modulation[:, :-1, None].expand(-1, -1, rows * columns, -1, -1).flatten(1, 2),
                modulation[:, -1:].expand(-1, n + r * rh * rw, -1, -1),
            ],
            1,
        )  # (b l 6 d)
        for block in self.blocks:
            x = block(x, modulation, rope, mask)

        video = x[:, : frames * rows * columns]
        end = self.final_time(per_frame[:, :-1]).view(b, frames, 1, 2, -1) + self.final
        end = end.expand(-1, -1, rows * columns, -1, -1).flatten(1, 2)  # (b t*rows*columns 2 d)
        video = F.rms_norm(video, (video.shape[-1],)) * (1 + end[:, :, 1]) + end[:, :, 0]
        painted = self.unpatchify(self.patch_out(video), frames, h, w)
        return painted + trust * self.copy.view(-1, 1, 1) * sketch
