"""What a generator is: it fills the open part of a film whose size is its own base size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Passage:
    """What is said and shown from base frame `first` on.

    text        (n 384) float32 and text_mask (n) bool: the caption's token states
    references  (r 64 64 3) uint8: pictures of the subjects on middle grey
    """

    first: int
    text: np.ndarray
    text_mask: np.ndarray
    references: np.ndarray = field(default_factory=lambda: np.zeros((0, 64, 64, 3), np.uint8))


@dataclass(frozen=True)
class Conditions:
    """All that a film is painted from, at the base size (multiples of 16) and base frame rate; t = 1 + 4k.

    sketch      (t h w c) uint8: the animatic, or what else is a guess worth starting from
    strength    (t) float32: how far to trust it, 0..1
    passages    in rising order, the first at 0
    known       (t h w c) uint8 and known_mask (t h w) bool: pixels to keep; None when nothing is known
    negative    token states and mask of the negative prompt, or None for no words at all
    """

    sketch: np.ndarray
    strength: np.ndarray
    passages: tuple[Passage, ...]
    known: np.ndarray | None = None
    known_mask: np.ndarray | None = None
    negative: tuple[np.ndarray, np.ndarray] | None = None

    def passage_at(self, frame: int) -> Passage:
        return [p for p in self.passages if p.first <= frame or p is self.passages[0]][-1]


class Store(Protocol):
    """Where finished windows are kept, so that a killed film goes on from there (generators/store.py)."""

    def get(self, window: int) -> np.ndarray | None: ...

    def put(self, window: int, latents: np.ndarray) -> None: ...


@dataclass(frozen=True)
class Painted:
    """Consecutive base frames (t h w c) uint8. `plain` is what they would be if painting had changed nothing of the sketch.

    The two differ in what was painted and agree in what the autoencoder loses, so their difference can be laid over the same
    sketch drawn larger.
    """

    frames: np.ndarray
    plain: np.ndarray


class Generator(Protocol):
    """`paint` yields the film in order, chunk by chunk, as soon as each is finished.

    `on_step(done, all, peek)` is told of every denoising step; `peek()` shows how far the window has come, as one frame (h w c).
    """

    name: str
    fingerprint: str  # of the weights: films of other weights are others
    ledger_root: str  # of what they were trained on; "" where nobody says

    def paint(
        self, conditions: Conditions, *, seed: int, steps: int, guidance_scale: float,
        on_step: Callable[[int, int, Callable[[], np.ndarray]], None] | None = None, store: Store | None = None,
    ) -> Iterator[Painted]: ...  # fmt: skip
