"""What a generator is: it fills the open part of a film whose size is its own base size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Conditions:
    """All that a film is painted from, at the base size (multiples of 16) and base frame rate; t = 1 + 4k.

    sketch      (t h w c) uint8: the animatic
    strength    (t) float32: how far to trust it, 0..1
    known       (t h w c) uint8 and known_mask (t h w) bool: pixels to keep; None when nothing is known
    text        (n 384) float32 and text_mask (n) bool: the caption's token states
    negative    the same for the negative prompt, or None for no words at all
    references  (r 64 64 3) uint8: pictures of the subjects on middle grey
    """

    sketch: np.ndarray
    strength: np.ndarray
    text: np.ndarray
    text_mask: np.ndarray
    references: np.ndarray
    negative: tuple[np.ndarray, np.ndarray] | None = None
    known: np.ndarray | None = None
    known_mask: np.ndarray | None = None


class Generator(Protocol):
    """`paint` yields uint8 frames (t h w c) of the film in order, chunk by chunk, as soon as each is finished."""

    name: str

    def paint(
        self, conditions: Conditions, *, seed: int, steps: int, guidance_scale: float,
        on_step: Callable[[int, int], None] | None = None,
    ) -> Iterator[np.ndarray]: ...  # fmt: skip
