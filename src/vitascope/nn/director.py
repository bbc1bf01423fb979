"""The director's network: words and named subjects in, a plan out.

Two parts share one width. The *reader* turns words and subject slots into logits for everything that has a name (scene,
time, weather, ground, camera, style, and each subject's motion); a seed draws from them where the prompt left a choice.
The *planner* is a small diffusion transformer over keyframes: given what was read and drawn it denoises the subjects'
tracks and the camera's, x-prediction on the straight path of `vitascope.flow`. A whole film is seventy short tokens, so
it trains in minutes on a CPU.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .transformer import Block, TransformerConfig, rotary

SLOTS, KEYFRAMES, TRACK, CAMERA = 3, 17, 8, 4
SLOT_FEATURES = 384 + 16  # MiniLM embedding of its name, then gait (8), aspect, has a side, padding


@dataclass(frozen=True)
class DirectorConfig:
    """`choices`: how many values each named quantity of a shot has, in order; `motions`: values of a subject's motion."""

    choices: tuple[int, ...] = (16, 4, 5, 3, 10, 5)
    motions: int = 12
    width: int = 192
    reader_depth: int = 2
    planner_depth: int = 4
    heads: int = 4
    hidden: int = 448
    text: int = 384


class Director(nn.Module):
    """See `read` and `plan`; `forward` runs both, for training."""

    edges = ("_in", "_out", "embed", "offset", "kind", "_norm", "head")

    def __init__(self, config: DirectorConfig = DirectorConfig()):
        super().__init__()
        self.config = config
        d = config.width
        head = d // config.heads
        block = TransformerConfig(width=d, heads=config.heads, hidden=config.hidden)
        self.axes = (head // 2, head // 2)  # keyframe time; which track
        self.text_in = nn.Linear(config.text, d)
        self.slot_in = nn.Linear(SLOT_FEATURES, d)
        self.shape_in = nn.Linear(2, d)  # log aspect ratio, log seconds
        self.reader = nn.ModuleList(Block(block) for _ in range(config.reader_depth))
        self.reader_embed = nn.Parameter(torch.zeros(6, d))
        self.choice_heads = nn.ModuleList(nn.Linear(d, n) for n in config.choices)
        self.motion_head = nn.Linear(d, config.motions)
        self.choice_embeds = nn.ModuleList(nn.Embedding(n, d) for n in config.choices)
        self.motion_embed = nn.Embedding(config.motions, d)
        self.track_in = nn.Linear(TRACK, d)
        self.camera_in = nn.Linear(CAMERA, d)
        self.kind = nn.Parameter(torch.randn(SLOTS + 1, d) * 0.02)
        self.planner = nn.ModuleList(Block(block) for _ in range(config.planner_depth))
        self.time_in = nn.Linear(64, d)
        self.time_out = nn.Linear(d, 6 * d)
        self.track_out = nn.Linear(d, TRACK)
        self.camera_out = nn.Linear(d, CAMERA)
        nn.init.zeros_(self.time_out.weight)
        nn.init.constant_(self.time_out.bias, 0)
        with torch.no_grad():
            self.reader_embed[[2, 5]] = 1.0  # the reader has no timestep: its gates start open
            self.time_out.bias.view(6, d)[[2, 5]] = 0.1

    def read(self, text: Tensor, text_mask: Tensor, slots: Tensor, slot_mask: Tensor, shape: Tensor):
        """Words and slots to (memory (b l d), memory_mask (b l), choice logits [(b n)], motion logits (b SLOTS motions)).

        text (b n 384), text_mask (b n) bool; slots (b SLOTS SLOT_FEATURES), slot_mask (b SLOTS) bool; shape (b 2).
        """
        b, n, _ = text.shape
        x = torch.cat([self.shape_in(shape)[:, None], self.slot_in(slots), self.text_in(text)], 1)
        there = torch.cat([torch.ones(b, 1, dtype=torch.bool), slot_mask, text_mask], 1)
        mask = torch.where(there, 0.0, -1e4)[:, None, None, :].expand(-1, -1, x.shape[1], -1)
        positions = torch.cat(
            [torch.zeros(1, 2), torch.stack([torch.zeros(SLOTS), 1.0 + torch.arange(SLOTS)], 1),
             torch.stack([torch.arange(n).float(), torch.full((n,), 8.0)], 1)]
        )  # fmt: skip
        rope = rotary(positions, self.axes)
        modulation = self.reader_embed.expand(b, x.shape[1], 6, -1)
        for block in self.reader:
            x = block(x, modulation, rope, mask)
        pooled = F.rms_norm(x, (x.shape[-1],))
        choices = [head(pooled[:, 0]) for head in self.choice_heads]
        return x, there, choices, self.motion_head(pooled[:, 1 : 1 + SLOTS])

    def plan(self, memory, memory_mask, choices, motions, tracks, camera, t):
        """Denoise: (clean tracks, clean camera) from noisy ones.

        choices (b len(config.choices)) and motions (b SLOTS) are the values drawn, int64; tracks (b SLOTS KEYFRAMES 8),
        camera (b KEYFRAMES 4), t (b) in 0 noise .. 1 data.
        """
        b, _, keys, _ = tracks.shape
        said = sum(embed(choices[:, i]) for i, embed in enumerate(self.choice_embeds))  # (b d)
        own = self.motion_embed(motions)  # (b SLOTS d)
        x = self.track_in(tracks) + (own + self.kind[:SLOTS])[:, :, None]  # (b SLOTS keys d)
        x = torch.cat([x, (self.camera_in(camera) + self.kind[SLOTS])[:, None]], 1).flatten(1, 2) + said[:, None]
        x = torch.cat([x, memory], 1)
        there = torch.cat([torch.ones(b, (SLOTS + 1) * keys, dtype=torch.bool), memory_mask], 1)
        mask = torch.where(there, 0.0, -1e4)[:, None, None, :].expand(-1, -1, x.shape[1], -1)
        which, when = torch.meshgrid(torch.arange(SLOTS + 1.0), torch.arange(float(keys)), indexing="ij")
        l = memory.shape[1]
        positions = torch.cat(
            [torch.stack([when, which], -1).flatten(0, 1),
             torch.stack([torch.full((l,), -3.0), 16.0 + torch.arange(l)], 1)]
        )  # fmt: skip
        rope = rotary(positions, self.axes)
        rates = 1000 * 10000 ** -(torch.arange(32, dtype=torch.float32) / 32)
        angles = t[:, None] * rates
        features = torch.cat([angles.cos(), angles.sin()], -1)
        modulation = self.time_out(F.silu(self.time_in(features))).view(b, 1, 6, -1).expand(-1, x.shape[1], -1, -1)
        for block in self.planner:
            x = block(x, modulation, rope, mask)
        x = F.rms_norm(x[:, : (SLOTS + 1) * keys], (x.shape[-1],)).view(b, SLOTS + 1, keys, -1)
        return self.track_out(x[:, :SLOTS]), self.camera_out(x[:, SLOTS])

    def forward(self, text, text_mask, slots, slot_mask, shape, choices, motions, tracks, camera, t):
        memory, there, choice_logits, motion_logits = self.read(text, text_mask, slots, slot_mask, shape)
        clean_tracks, clean_camera = self.plan(memory, there, choices, motions, tracks, camera, t)
        return clean_tracks, clean_camera, choice_logits, motion_logits
