"""RIFE's flow network (Huang et al. 2022), written anew to load the released weights of version 3.9.

Four blocks, from coarse to fine, estimate the flows from the frame in between to both of its neighbours and a mask that
says which neighbour to believe where; the frame in between is the masked sum of the two warped neighbours.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SCALES = (8, 4, 2, 1)
WIDTHS = (192, 128, 96, 64)
MULTIPLE = 32  # of which height and width must be


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.PReLU(outputs))


def resize(x: Tensor, factor: float) -> Tensor:
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False, recompute_scale_factor=False)


class FlowBlock(nn.Module):
    """Refines flow (b 4 h w) and mask (b 1 h w) at one scale."""

    def __init__(self, inputs: int, width: int):
        super().__init__()
        self.conv0 = nn.Sequential(convolution(inputs, width // 2, 2), convolution(width // 2, width, 2))
        self.convblock = nn.Sequential(*(convolution(width, width) for _ in range(8)))
        self.lastconv = nn.ConvTranspose2d(width, 5, 4, 2, 1)

    def forward(self, x: Tensor, flow: Tensor | None, scale: int) -> tuple[Tensor, Tensor]:
        x = resize(x, 1 / scale)
        if flow is not None:
            x = torch.cat([x, resize(flow, 1 / scale) / scale], 1)
        x = self.conv0(x)
        x = resize(self.lastconv(self.convblock(x) + x), 2 * scale)
        return x[:, :4] * (2 * scale), x[:, 4:]


def warp(frame: Tensor, flow: Tensor) -> Tensor:
    """Sample (b c h w) at every pixel moved by flow (b 2 h w), in pixels, x first."""
    # Sizes stay tensors, so that the exported graph takes any size.
    down, across = (torch.arange(n, dtype=torch.float32) for n in frame.shape[-2:])
    y, x = torch.meshgrid(down / down[-1] * 2 - 1, across / across[-1] * 2 - 1, indexing="ij")
    step = torch.stack([flow[:, 0] * (2 / across[-1]), flow[:, 1] * (2 / down[-1])], -1)
    return F.grid_sample(frame, torch.stack([x, y], -1)[None] + step, "bilinear", "border", align_corners=True)


class Rife(nn.Module):
    def __init__(self):
        super().__init__()
        for i, width in enumerate(WIDTHS):
            setattr(self, f"block{i}", FlowBlock(7 if i == 0 else 12, width))

    def forward(self, before: Tensor, after: Tensor, time: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Frames (b 3 h w) in 0..1, sides multiples of 32, and time (b 1 1 1) in 0..1 to the frame in between (b 3 h w),
        the flows from it to both neighbours (b 4 h w) in pixels, and the share of the first neighbour (b 1 h w)."""
        when = time.expand(-1, 1, before.shape[2], before.shape[3])
        flow, mask = self.block0(torch.cat([before, after, when], 1), None, SCALES[0])
        for i in (1, 2, 3):
            here, there = warp(before, flow[:, :2]), warp(after, flow[:, 2:])
            block = getattr(self, f"block{i}")
            more, change = block(torch.cat([here, there, when, mask], 1), flow, SCALES[i])
            flow, mask = flow + more, mask + change
        share = torch.sigmoid(mask)
        frame = warp(before, flow[:, :2]) * share + warp(after, flow[:, 2:]) * (1 - share)
        return frame, flow, share
