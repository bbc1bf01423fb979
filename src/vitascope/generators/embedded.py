"""The model that ships inside the package: autoencoder and transformer as ONNX graphs, on the CPU, without PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from vitascope.flow import guide, interpolate, schedule, solve
from vitascope.flow.guidance import in_interval
from vitascope.graphs import Graph
from vitascope.windows import windows

from .base import Conditions

GUIDANCE_INTERVAL = (0.0, 0.8)
SHIFT = 2.0  # as in training
TREMBLE = 0.3  # root mean square of a cell's change, below which it is more likely error than intent
START = 0.5  # how far along the path a fully trusted sketch lets painting begin (SDEdit, Meng et al. 2022)


class EmbeddedGenerator:
    """Paints windows of five latent frames (17 frames of film) one after another. Same seed, same machine, same bytes."""

    name = "vitascope-mini"

    def __init__(self, threads: int | None = None):
        self.encoder, self.decoder = Graph("encoder", threads=threads), Graph("decoder", threads=threads)
        self.transformer = Graph("transformer", threads=threads)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """uint8 frames (1+4k h w 3) to latents (1+k c h/8 w/8)."""
        return self.encoder(frames=frames[None].astype(np.float32))[0][0]

    def paint(
        self, conditions: Conditions, *, seed: int, steps: int = 2, guidance_scale: float = 1.0,
        on_step: Callable[[int, int], None] | None = None,
    ) -> Iterator[np.ndarray]:  # fmt: skip
        """Yield the film's frames, a window at a time. `on_step(done, all)` is told of every denoising step."""
        c = conditions
        sketch, strength = self.encode(c.sketch), latent_strength(c.strength)
        known, known_mask = self.known(c)
        rng = np.random.default_rng([seed, 5])
        noise = rng.standard_normal(sketch.shape).astype(np.float32)
        fog = rng.standard_normal(sketch.shape).astype(np.float32)
        trust = strength[:, None, None, None]
        mixed = np.where(trust > 0, trust * sketch + (1 - trust) * fog, 0).astype(np.float32)
        pictures = c.references if len(c.references) else np.full((1, 64, 64, 3), 128, np.uint8)
        references = np.stack([self.encode(picture[None])[0] for picture in pictures])
        has = np.full(len(references), len(c.references) > 0)
        plan = windows(len(sketch))
        latents = np.zeros_like(sketch)
        done, total = 0, steps * len(plan)
        for i, window in enumerate(plan):
            part = slice(window.start, window.stop)
            mask, clean = known_mask[part].copy(), known[part].copy()
            mask[: window.overlap], clean[: window.overlap] = 1, latents[part][: window.overlap]

            def predict(z, t, part=part, mask=mask, clean=clean):
                z = z * (1 - mask) + clean * mask
                times = np.where(mask.all((1, 2, 3)), 1, t)
                x = self._predict(z, times, mask, mixed[part], strength[part], c.text, c.text_mask, references, has)
                if guidance_scale != 1 and in_interval(t, GUIDANCE_INTERVAL):
                    text, text_mask = c.negative or (c.text, np.zeros_like(c.text_mask))
                    other = self._predict(z, times, mask, mixed[part], strength[part], text, text_mask, references, has & False)
                    x = guide(x, other, guidance_scale)
                return x * (1 - mask) + clean * mask

            # A trusted sketch is a place to start from, not only something to look at.
            begin = START * float(strength[part].min())
            start = interpolate(sketch[part], noise[part], begin).astype(np.float32)
            times = begin + (1 - begin) * schedule(steps, SHIFT if begin == 0 else 1.0)
            for z, _ in solve(predict, start, times):
                done += 1
                if on_step:
                    on_step(done, total)
            latents[part] = settle(z, sketch[part], TREMBLE * trust[part]) * (1 - mask) + clean * mask
            yield from self._finished(latents, c, window.stop, plan[i - 1].stop if i else 0)

    def _predict(self, z, times, mask, sketch, strength, text, text_mask, references, has) -> np.ndarray:
        (x,) = self.transformer(
            z=z[None].astype(np.float32), t=times[None].astype(np.float32), known=mask[None], sketch=sketch[None],
            strength=strength[None], text=text[None].astype(np.float32), text_mask=text_mask[None],
            references=references[None], reference_mask=has[None],
        )  # fmt: skip
        return x[0]

    def _finished(self, latents, c: Conditions, stop: int, before: int) -> Iterator[np.ndarray]:
        """Decode latent frames before..stop; a few earlier ones are decoded again, to warm the decoder's memory."""
        first = max(0, before - 3)
        # A chunk's first latent gives one frame, the last of those it covers: frame 4 * first of the film.
        frames = slice(4 * first, 4 * stop - 3)
        guide, trust = c.sketch[None, frames].astype(np.float32), c.strength[None, frames].astype(np.float32)
        (film,) = self.decoder(latents=latents[None, first:stop], guide=guide, trust=trust)
        new = 4 * stop - 3 - (4 * before - 3 if before else 0)
        out = film[0, -new:].round().clip(0, 255).astype(np.uint8)
        if c.known_mask is not None:
            at = slice(4 * stop - 3 - new, 4 * stop - 3)
            out = np.where(c.known_mask[at, ..., None], c.known[at], out)
        yield out

    def known(self, c: Conditions) -> tuple[np.ndarray, np.ndarray]:
        """Latents (t c h w) of what is known, and mask (t 1 h w) float32 of the cells known whole, in every frame they cover."""
        t, h, w, _ = c.sketch.shape
        if c.known is None or c.known_mask is None:
            shape = (1 + (t - 1) // 4, 1, h // 8, w // 8)
            return np.zeros((shape[0], 24, *shape[2:]), np.float32), np.zeros(shape, np.float32)
        cells = c.known_mask.reshape(t, h // 8, 8, w // 8, 8).all((2, 4))
        mask = np.concatenate([cells[:1], cells[1:].reshape(-1, 4, h // 8, w // 8).all(1)])[:, None]
        filled = np.where(c.known_mask[..., None], c.known, c.sketch)
        return self.encode(filled), mask.astype(np.float32)


def settle(painted: np.ndarray, sketch: np.ndarray, tremble: np.ndarray) -> np.ndarray:
    """Latents (t c h w) whose small departures from the sketch are taken back and whose large ones stay (Wiener shrinkage).

    `tremble` (t 1 1 1) is the size of change, a cell, of which half is kept; 0 keeps all.
    """
    change = painted - sketch
    power = np.square(change).mean(1, keepdims=True)  # (t 1 h w)
    return (sketch + change * (power / (power + tremble**2 + 1e-9))).astype(np.float32)


def latent_strength(strength: np.ndarray) -> np.ndarray:
    """Strength a frame (1+4k) to strength a latent frame (1+k): the least of the frames that it covers."""
    return np.concatenate([strength[:1], strength[1:].reshape(-1, 4).min(1)]).astype(np.float32)
