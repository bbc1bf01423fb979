"""A causal video autoencoder: 1 + 4k frames of pixels to 1 + k frames of latents and back, eight times smaller each way.

Space shrinks by a pixel-unshuffle of 4 and a learned halving; time by folding four frames into channels, the first frame
standing alone (it is folded with three copies of itself), so that an image is a film of one frame. Convolutions are 2D;
motion reaches them through a memory of the frame before (as in the streaming decoders of the TAE family), which keeps both
directions causal: a film can be encoded and decoded chunk by chunk with a carried memory, and the result is the same.

The decoder may be shown a *guide*: frames that look roughly like the film to come (the animatic, or the user's picture under
a planned camera). What a guide shows sharply need not squeeze through the latents: for every pixel the decoder says how far
to take the guide's colour, and how much of its fine detail to add. Where the guide and the latents disagree the latents win,
because in training the guide is wrong in the same ways as a sketch is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SPACE, TIME = 8, 4  # pixels a latent cell covers each way; frames a latent frame covers


@dataclass(frozen=True)
class AutoencoderConfig:
    """Channels of the latent, and widths at a quarter of the size, at an eighth, and at the latent's frame rate."""

    latent: int = 24
    quarter: int = 64
    eighth: int = 128
    deep: int = 192


class Memory(nn.Module):
    """Residual block whose first convolution also sees the frame before: (b t c h w) to the same.

    `before` is the last input frame of the previous chunk, (b 1 c h w), or None at the start of a film.
    """

    def __init__(self, width: int):
        super().__init__()
        self.mix = nn.Conv2d(2 * width, width, 3, padding=1)
        self.out = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, before: Tensor | None = None) -> Tensor:
        b, t, c, h, w = x.shape
        if before is None:
            before = x[:, :1]  # a film starts as if it had stood still
        past = torch.cat([before, x[:, :-1]], 1)
        y = torch.cat([x, past], 2).reshape(b * t, 2 * c, h, w)
        y = self.out(F.silu(self.mix(F.silu(y))))
        return x + y.view(b, t, c, h, w)


class Frames(nn.Module):
    """A 2D layer applied to every frame of (b t c h w)."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        b, t = x.shape[:2]
        y = self.layer(x.flatten(0, 1))
        return y.view(b, t, *y.shape[1:])


class Chunked(nn.Module):
    """Layers in a row; `memory` (a list, one entry a Memory) is read and replaced when films are processed in chunks."""

    def __init__(self, *layers: nn.Module):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor, memory: list[Tensor] | None = None) -> tuple[Tensor, list[Tensor]]:
        carried: list[Tensor] = []
        for layer in self.layers:
            if isinstance(layer, Memory):
                before = memory[len(carried)] if memory else None
                carried.append(x[:, -1:])
                x = layer(x, before)
            else:
                x = layer(x)
        return x, carried


class Encoder(nn.Module):
    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        q, e, d = config.quarter, config.eighth, config.deep
        self.frames = Chunked(
            Frames(nn.PixelUnshuffle(4)),
            Frames(nn.Conv2d(48, q, 3, padding=1)),  # (b t q h/4 w/4)
            Memory(q),
            Frames(nn.PixelUnshuffle(2)),
            Frames(nn.Conv2d(4 * q, e, 1)),  # (b t e h/8 w/8)
            Memory(e),
        )
        self.latents = Chunked(
            Frames(nn.Conv2d(TIME * e, d, 1)),  # (b 1+k d h/8 w/8)
            Memory(d),
            Frames(nn.Conv2d(d, 2 * config.latent, 3, padding=1)),
        )

    def forward(self, x: Tensor, memory=None) -> tuple[Tensor, Tensor, tuple]:
        """Pixels (b 1+4k 3 h w) in -1..1 to mean and log variance (b 1+k c h/8 w/8), and the memory after the last frame.

        With a memory the chunk continues a film and has 4k frames.
        """
        frames_memory, latents_memory = memory or (None, None)
        x, frames_memory = self.frames(x, frames_memory)
        if memory is None:
            x = torch.cat([x[:, :1].expand(-1, TIME - 1, -1, -1, -1), x], 1)  # the first frame four times
        b, t, c, h, w = x.shape
        x = x.reshape(b, t // TIME, TIME * c, h, w)
        x, latents_memory = self.latents(x, latents_memory)
        mean, log_variance = x.chunk(2, 2)
        return mean, log_variance.clamp(-12, 4), (frames_memory, latents_memory)


class Decoder(nn.Module):
    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        q, e, d = config.quarter, config.eighth, config.deep
        self.latents = Chunked(
            Frames(nn.Conv2d(config.latent, d, 3, padding=1)),
            Memory(d),
            Memory(d),
            Frames(nn.Conv2d(d, TIME * e, 1)),
        )
        self.frames = Chunked(
            Memory(e),
            Memory(e),
            Frames(nn.Conv2d(e, 4 * q, 1)),
            Frames(nn.PixelShuffle(2)),  # (b t q h/4 w/4)
        )
        self.guide_in = Frames(nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, q, 3, padding=1, bias=False)))
        self.pixels = Chunked(
            Memory(q),
            Memory(q),
        )
        self.colour_out = Frames(nn.Sequential(nn.Conv2d(q, 48, 3, padding=1), nn.PixelShuffle(4)))
        self.guide_out = Frames(nn.Sequential(nn.Conv2d(q, 32, 3, padding=1), nn.PixelShuffle(4)))  # (b t 2 h w)

    def forward(self, z: Tensor, guide: Tensor | None = None, trust: Tensor | None = None, memory=None) -> tuple[Tensor, tuple]:
        """Latents (b 1+k c h w) to pixels (b 1+4k 3 8h 8w), about -1..1, and the memory after the last frame.

        `guide` has the pixels' shape, -1..1, and `trust` (b t) says for each frame whether it may be used, 0..1; both are
        None where there is none. With a memory the chunk continues a film: k latent frames give 4k frames.
        """
        latents_memory, frames_memory, pixels_memory = memory or (None, None, None)
        x, latents_memory = self.latents(z, latents_memory)
        b, t, c, h, w = x.shape
        x = x.reshape(b, t * TIME, c // TIME, h, w)
        if memory is None:
            x = x[:, TIME - 1 :]
        x, frames_memory = self.frames(x, frames_memory)
        if guide is not None:
            trust = trust[:, :, None, None, None]
            x = x + self.guide_in(guide * trust)
        x, pixels_memory = self.pixels(x, pixels_memory)
        film = self.colour_out(x)
        if guide is not None:
            take, detail = self.guide_out(x).split(1, 2)
            smooth = F.avg_pool2d(guide.flatten(0, 1), 5, 1, 2, count_include_pad=False).view_as(guide)
            film = film + trust * (take.sigmoid() * (guide - film) + detail * (guide - smooth))
        return film, (latents_memory, frames_memory, pixels_memory)


class Autoencoder(nn.Module):
    """Encoder and decoder. `scale` (c) and `shift` (c) bring latents to unit variance and zero mean a channel."""

    edges = ("encoder.frames.layers.1", "encoder.latents.layers.2", "decoder.latents.layers.0", "guide_in", "guide_out", "colour_out")

    def __init__(self, config: AutoencoderConfig = AutoencoderConfig()):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.register_buffer("shift", torch.zeros(config.latent))
        self.register_buffer("scale", torch.ones(config.latent))

    def encode(self, x: Tensor) -> Tensor:
        """Pixels (b 1+4k 3 h w) in -1..1 to normalised latents (b 1+k c h/8 w/8): the mean, no sampling."""
        mean, _, _ = self.encoder(x)
        return (mean - self.shift.view(-1, 1, 1)) / self.scale.view(-1, 1, 1)

    def decode(self, z: Tensor, guide: Tensor | None = None, trust: Tensor | None = None) -> Tensor:
        """Normalised latents (b 1+k c h w) to pixels (b 1+4k 3 8h 8w), clamped to -1..1; guide and trust as in Decoder."""
        x, _ = self.decoder(z * self.scale.view(-1, 1, 1) + self.shift.view(-1, 1, 1), guide, trust)
        return x.clamp(-1, 1)
