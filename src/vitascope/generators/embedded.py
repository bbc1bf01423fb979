"""The model that ships inside the package: autoencoder and transformer as ONNX graphs, on the CPU, without PyTorch.

Frames are encoded and decoded a few latent frames at a time, with as many before them as the autoencoder remembers: what the
whole film at once would give, at a memory that does not grow with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from safetensors import safe_open

from vitascope.flow import average, guide, interpolate, schedule, solve
from vitascope.flow.guidance import in_interval
from vitascope.graphs import WEIGHTS, Graph
from vitascope.windows import Window, runs, windows

from .base import Conditions, Painted, Store

GUIDANCE_INTERVAL = (0.0, 0.8)
SHIFT = 2.0  # as in training
TREMBLE = 0.15  # root mean square of a cell's change, below which it is more likely error than intent
START = 0.2  # how far along the path a fully trusted sketch lets painting begin (SDEdit, Meng et al. 2022)
SPACE, TIME, CHANNELS = 8, 4, 24  # pixels a cell, frames a latent frame, numbers a cell
RENOISED = 0.1  # share of noise in what a window is given of the one before it
MEMORY = 3  # latent frames that the encoder looks back, exactly
RECALL = 2  # and the decoder, but for less than a hundredth of a grey level
CHUNK = 4  # latent frames decoded at once
FEW = 8  # steps up to which each is a shortcut (Frans et al. 2024)
TRUSTED = 0.3  # strength of a sketch from which the mean of what it may mean is painted, not one sample of it


class EmbeddedGenerator:
    """Paints windows of five latent frames (17 frames of film) one after another. Same seed, same machine, same bytes."""

    name = "vitascope-mini"

    @cached_property
    def fingerprint(self) -> str:
        files = [WEIGHTS / f"{network}.safetensors" for network in ("autoencoder", "transformer")]
        return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()

    @cached_property
    def ledger_root(self) -> str:
        """Root hash of the ledger of what the weights were trained on (corpus.ledger)."""
        with safe_open(WEIGHTS / "transformer.safetensors", "np") as file:
            return (file.metadata() or {}).get("ledger_root", "")

    def __init__(self, threads: int | None = None):
        self.encoder, self.decoder = Graph("encoder", threads=threads), Graph("decoder", threads=threads)
        self.transformer = Graph("transformer", threads=threads)

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """uint8 frames (1+4k h w 3) to latents (1+k c h/8 w/8)."""
        return self.encoder(frames=frames[None].astype(np.float32))[0][0]

    def encode_span(self, frames: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Latent frames start..stop of a film (1+4k h w 3)."""
        first = max(0, start - MEMORY)
        return self.encode(frames[TIME * first : TIME * (stop - 1) + 1])[start - first :]

    def paint(
        self, conditions: Conditions, *, seed: int, steps: int = 4, guidance_scale: float = 1.0,
        on_step: Callable | None = None, store: Store | None = None,
    ) -> Iterator[Painted]:  # fmt: skip
        """Yield the film's frames in order, each as soon as it is finished; windows that `store` has are not painted again."""
        painting = _Painting(self, conditions, seed, steps, guidance_scale, on_step)
        for i, window in enumerate(painting.plan):
            yield from painting.finished()
            saved = store.get(i) if store else None
            if saved is not None and saved.shape == painting.latents[window.start : window.stop].shape:
                painting.keep(window, saved)
            else:
                painting.keep(window, painting.window(i, window))
                if store:
                    store.put(i, painting.latents[window.start : window.stop])
        yield from painting.finished(last=True)


class _Painting:
    """One film on its way: latents (t c h w), which of them are there, and how many frames have been handed out."""

    def __init__(self, model: EmbeddedGenerator, c: Conditions, seed: int, steps: int, guidance_scale: float, on_step):
        self.model, self.c, self.seed, self.steps, self.guidance_scale, self.on_step = model, c, seed, steps, guidance_scale, on_step
        t, h, w, _ = c.sketch.shape
        count = 1 + (t - 1) // TIME
        self.latents = np.zeros((count, CHANNELS, h // SPACE, w // SPACE), np.float32)
        self.strength = latent_strength(c.strength)
        self.cells = known_cells(c.known_mask) if c.known_mask is not None else None  # (t 1 h w)
        whole = self.cells.all((1, 2, 3)) if self.cells is not None else np.zeros(count, bool)
        self.plan = windows(count, whole)
        self.whole, self.there, self.encoded = whole, whole.copy(), np.zeros(count, bool)
        self.sketches, self.drawn = np.zeros_like(self.latents), np.zeros(count, bool)  # latents of the sketch, and which are there
        self.done, self.handed = 0, 0
        self.filled = c.sketch if c.known_mask is None else np.where(c.known_mask[..., None], c.known, c.sketch)
        self.references: dict[int, np.ndarray] = {}

    def need(self, start: int, stop: int):
        """Encode the known frames among start..stop that something wants to see."""
        for a, b in runs(self.there[start:stop] & ~self.encoded[start:stop]):
            self.latents[start + a : start + b] = self.model.encode_span(self.filled, start + a, start + b)
            self.encoded[start + a : start + b] = True

    def sketch(self, start: int, stop: int) -> np.ndarray:
        """Latents of the sketch, each encoded once."""
        for a, b in runs(~self.drawn[start:stop]):
            self.sketches[start + a : start + b] = self.model.encode_span(self.c.sketch, start + a, start + b)
            self.drawn[start + a : start + b] = True
        return self.sketches[start:stop]

    def keep(self, window: Window, latents: np.ndarray):
        """Take a window's latents (t c h w) in."""
        part = slice(window.start, window.stop)
        given = np.array(window.given)
        self.need(*part.indices(len(self.latents))[:2])
        self.latents[part][~given] = latents[~given]
        self.there[part] = self.encoded[part] = True
        self.done = max(self.done, self.steps * (1 + self.plan.index(window)))

    def window(self, i: int, window: Window) -> np.ndarray:
        """Paint one window: its latents (t c h w)."""
        part, model, rng = slice(window.start, window.stop), self.model, np.random.default_rng([self.seed, 5, i])
        self.need(window.start, window.stop)
        sketch = self.sketch(window.start, window.stop)
        noise, fog = (rng.standard_normal(sketch.shape).astype(np.float32) for _ in range(2))
        strength = self.strength[part]
        trust = strength[:, None, None, None]
        given = np.array(window.given)[:, None, None, None]
        mask = np.zeros((len(sketch), 1, *sketch.shape[2:]), np.float32)
        clean = np.where(given, self.latents[part], sketch)
        if self.cells is not None and self.cells[part].any():
            mask[self.cells[part]] = 1
            clean = np.where(given, clean, model.encode_span(self.filled, window.start, window.stop))
        mask = np.maximum(mask, given.astype(np.float32))
        # A trusted sketch is a place to start from, not only something to look at.
        begin = START * float(strength[~given.ravel()].min())
        trusted = strength[~given.ravel()].min() >= TRUSTED
        times = begin + (1 - begin) * schedule(self.steps, SHIFT if begin == 0 and self.steps > FEW else 1.0)
        predict = self.predictor(window, mask, clean, None if trusted else times, np.where(trust > 0, trust * sketch + (1 - trust) * fog, 0).astype(np.float32))
        start = interpolate(sketch, noise, begin).astype(np.float32)
        # Over a sketch worth following a path of many steps only gathers the network's errors, so its answers are averaged.
        # Without one, few steps are long ones, and the network has learned where those lead; many follow the flow itself.
        path = average(predict, sketch, noise, begin, self.steps, rng) if trusted else solve(predict, start, times, 1 if self.steps <= FEW else 2)
        for z, x in path:
            self.done += 1
            if self.on_step:
                self.on_step(self.done, self.steps * len(self.plan), lambda x=x: self.peek(x))
        return settle(z, sketch, TREMBLE * trust) * (1 - mask) + clean * mask

    def predictor(self, window: Window, mask, clean, times, sketch) -> Callable:
        """`predict(z, t)`: the clean latents that z (t c h w) leads to, guided, with what is known left as it is."""
        c, strength = self.c, self.strength[window.start : window.stop]
        frame = TIME * (window.start + window.stop - 1) // 2
        passage = c.passage_at(frame)
        references = self.pictures(passage)
        has = np.full(len(references), len(passage.references) > 0)
        whole = mask.all((1, 2, 3))
        # What the painter gave itself may be a little wrong: it is shown with some noise, and is not to be copied blindly.
        own = whole & ~self.whole[window.start : window.stop]
        shown, latest = mask * ~own[:, None, None, None], np.where(own, 1 - RENOISED, 1)
        haze = np.random.default_rng([self.seed, 6, window.start]).standard_normal(clean.shape).astype(np.float32)
        given = np.where(own[:, None, None, None], interpolate(clean, haze, 1 - RENOISED), clean).astype(np.float32)
        lengths = dict(zip(times[:-1], np.diff(times))) if times is not None and 1 < self.steps <= FEW else {}

        def ask(z, t, text, text_mask, has):
            (x,) = self.model.transformer(
                z=z[None].astype(np.float32), t=np.where(whole, latest, t)[None].astype(np.float32), known=shown[None].astype(np.float32), sketch=sketch[None],
                strength=strength[None], text=text[None].astype(np.float32), text_mask=text_mask[None],
                references=references[None], reference_mask=has[None],
                step=np.where(whole, 0, lengths.get(t, 0.0))[None].astype(np.float32),
            )  # fmt: skip
            return x[0]

        def predict(z, t):
            z = z * (1 - mask) + given * mask
            x = ask(z, t, passage.text, passage.text_mask, has)
            if self.guidance_scale != 1 and in_interval(t, GUIDANCE_INTERVAL):
                other = c.negative or (passage.text, np.zeros_like(passage.text_mask))
                x = guide(x, ask(z, t, *other, has & False), self.guidance_scale)
            return x * (1 - mask) + clean * mask

        return predict

    def pictures(self, passage) -> np.ndarray:
        """The latents (r c 8 8) of a passage's references; one empty picture where it has none."""
        if passage.first not in self.references:
            pictures = passage.references if len(passage.references) else np.full((1, 64, 64, 3), 128, np.uint8)
            self.references[passage.first] = np.stack([self.model.encode(picture[None])[0] for picture in pictures])
        return self.references[passage.first]

    def peek(self, latents: np.ndarray) -> np.ndarray:
        """The middle of a window as it stands, one frame (h w 3) uint8."""
        h, w = latents.shape[2] * SPACE, latents.shape[3] * SPACE
        guide_, trust = np.zeros((1, 1, h, w, 3), np.float32), np.zeros((1, 1), np.float32)
        (film,) = self.model.decoder(latents=latents[None, [len(latents) // 2]].astype(np.float32), guide=guide_, trust=trust)
        return film[0, 0].round().clip(0, 255).astype(np.uint8)

    def finished(self, last: bool = False) -> Iterator[Painted]:
        """Hand out what is there and was not handed out yet, up to the first open frame; after the first second only in whole
        chunks until the `last`, since each chunk decodes RECALL frames more."""
        while self.handed < len(self.latents) and self.there[self.handed]:
            ready = int(self.there[self.handed :].cumprod().sum())
            if self.handed and ready < CHUNK and not last:
                return
            stop = self.handed + int(self.there[self.handed : self.handed + CHUNK].cumprod().sum())
            yield self.decode(self.handed, stop)
            self.handed = stop

    def decode(self, start: int, stop: int) -> Painted:
        """Film frames of the latent frames start..stop, what is known put back."""
        c = self.c
        at = slice(TIME * start - TIME + 1 if start else 0, TIME * (stop - 1) + 1)
        if c.known_mask is not None and c.known_mask[at].all():
            return Painted(c.known[at], c.known[at])
        first = max(0, start - RECALL)
        self.need(first, stop)
        # A chunk's first latent gives one frame, the last of those it covers: frame TIME * first of the film.
        frames = slice(TIME * first, at.stop)
        guide_, trust = c.sketch[None, frames].astype(np.float32), c.strength[None, frames].astype(np.float32)
        sketch = self.sketch(first, stop)
        pair = []
        for latents in (self.latents[first:stop], sketch):
            (film,) = self.model.decoder(latents=latents[None], guide=guide_, trust=trust)
            out = film[0, at.start - at.stop :].round().clip(0, 255).astype(np.uint8)
            pair.append(out if c.known_mask is None else np.where(c.known_mask[at, ..., None], c.known[at], out))
        return Painted(*pair)


def known_cells(known_mask: np.ndarray) -> np.ndarray:
    """Pixels known (1+4k h w) bool to latent cells known whole, in every frame that they cover (1+k 1 h/8 w/8) bool."""
    t, h, w = known_mask.shape
    cells = known_mask.reshape(t, h // SPACE, SPACE, w // SPACE, SPACE).all((2, 4))
    return np.concatenate([cells[:1], cells[1:].reshape(-1, TIME, h // SPACE, w // SPACE).all(1)])[:, None]


def settle(painted: np.ndarray, sketch: np.ndarray, tremble: np.ndarray) -> np.ndarray:
    """Latents (t c h w) whose small departures from the sketch are taken back and whose large ones stay (Wiener shrinkage).

    `tremble` (t 1 1 1) is the size of change, a cell, of which half is kept; 0 keeps all.
    """
    change = painted - sketch
    power = np.square(change).mean(1, keepdims=True)  # (t 1 h w)
    return (sketch + change * (power / (power + tremble**2 + 1e-9))).astype(np.float32)


def latent_strength(strength: np.ndarray) -> np.ndarray:
    """Strength a frame (1+4k) to strength a latent frame (1+k): the least of the frames that it covers."""
    return np.concatenate([strength[:1], strength[1:].reshape(-1, TIME).min(1)]).astype(np.float32)
