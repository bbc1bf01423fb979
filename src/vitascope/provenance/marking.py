"""The mark itself: a keyed texture of small blotches that repeats over the picture, laid into luma where the eye finds it hardest.

The texture is a square of 32 x 32 chips, each of a sign: those of the pilot are the key's alone, so that a detector can find
where, how large and how turned the mark lies; those of the payload carry a film's id (codes.py). It is the same in every frame,
so that a detector may add frames up and a video coder, which spends its bits on what changes, keeps it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from . import codes
from .keys import words

TILE = 32  # chips a side
PILOT = TILE * TILE - codes.CODED  # chips that depend on the key alone
REFERENCE = 512 * 320  # pixels of a picture whose chips measure CHIP
CHIP = 8.0  # pixels
LOWEST_PSNR = 40.4  # dB of a frame, marked, to itself before
FLAT, BUSY, MOST = 1.0, 0.24, 5.0  # grey levels: the mark's strength where nothing is, and what is added by local deviation, at most
DARK = 96  # grey levels, below which less is seen too easily
SHORTEST = 16  # pixels: a side below has no room for even a few chips


def chip_of(size: tuple[int, int]) -> float:
    """Pixels a side of a chip in a picture of size (w, h): small pictures have smaller ones, and room for more of them."""
    return CHIP * (size[0] * size[1] / REFERENCE) ** 0.25


@dataclass(frozen=True)
class Chips:
    """What a key makes of the square. pilot: signs (TILE, TILE) float32, 0 where payload is; payload: flat places (480,) of the coded
    signs in the order of codes.py, whose signs are turned by `turned` (480,)."""

    pilot: np.ndarray
    payload: np.ndarray
    turned: np.ndarray

    def square(self, film_id: int) -> np.ndarray:
        """Signs (TILE, TILE) float32 of the pilot and of one film."""
        square = self.pilot.copy()
        square.reshape(-1)[self.payload] = codes.encode(film_id) * self.turned
        return square


@functools.lru_cache(maxsize=8)
def chips_of(key: bytes) -> Chips:
    """The chips of a key (32 bytes)."""
    places = np.argsort(words(key, "places", TILE * TILE), kind="stable")
    signs = np.where(words(key, "signs", TILE * TILE) & 1, 1, -1).astype(np.float32)
    pilot = np.zeros(TILE * TILE, np.float32)
    pilot[places[:PILOT]] = signs[:PILOT]
    return Chips(pilot.reshape(TILE, TILE), places[PILOT:], signs[PILOT:])


def texture(square: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The square laid over a picture of size (w, h), float32, deviation 1: without what is wider than a few chips, which would show."""
    wrapped = np.pad(square, 8, mode="wrap")
    fine = (wrapped - 0.9 * cv2.GaussianBlur(wrapped, (0, 0), 1.6))[8:-8, 8:-8]
    step = 1 / chip_of(size)
    laid = cv2.warpAffine(
        fine, np.float32([[step, 0, step / 2 - 0.5], [0, step, step / 2 - 0.5]]), size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP,
    )  # fmt: skip
    return (laid / laid.std()).clip(-2, 2)


class Marker:
    """Marks a film's frames with its id.

    >>> marker = Marker((512, 320), film_id, load_key())
    >>> marked = [marker.mark(frame, index) for index, frame in enumerate(frames)]

    size: (w, h) of the frames; film_id: 1 .. 2^64 - 1; key: 32 bytes; strength: of the mark, 1 by default. Raises ValueError.
    """

    def __init__(self, size: tuple[int, int], film_id: int, key: bytes, strength: float = 1.0):
        if not 0 < film_id < 1 << codes.BITS:
            raise ValueError(f"A film id has {codes.BITS} bits and is not 0, unlike {film_id}.")
        if min(size) < SHORTEST:
            raise ValueError(f"Pictures of {size[0]}x{size[1]} have no room for a watermark; make them {SHORTEST} pixels or more a side.")
        if not 0 < strength <= 4:
            raise ValueError(f"The watermark's strength is {strength}, but must be above 0 and at most 4.")
        self.size, self.film_id, self.strength = tuple(size), film_id, strength
        self._texture = texture(chips_of(key).square(film_id), self.size)

    def mark(self, frame: np.ndarray, index: int = 0) -> np.ndarray:
        """A marked copy of a frame (h w 3, uint8 RGB). Every frame bears the same mark, whatever its index."""
        if frame.shape != (self.size[1], self.size[0], 3) or frame.dtype != np.uint8:
            raise ValueError(f"A frame is {frame.dtype} {frame.shape}, but must be uint8 ({self.size[1]}, {self.size[0]}, 3).")
        flat, busy = (self._texture * room for room in _room(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), self.strength))
        change = _at_most(flat, busy, 255 / 10 ** (LOWEST_PSNR / 20))
        change = np.rint(change).astype(np.int16)
        return cv2.add(frame, cv2.merge([change] * 3), dtype=cv2.CV_8U)


def _at_most(flat: np.ndarray, busy: np.ndarray, loudest: float) -> np.ndarray:
    """flat + share * busy (h w), with the largest share up to 1 that keeps its root mean square within `loudest`; less of flat where even 0 is too much.

    Flat places keep what they have as long as they can: nothing hides the mark there from a detector either.
    """
    a, b, c = (float(np.vdot(*pair)) / flat.size for pair in ((flat, flat), (flat, busy), (busy, busy)))
    spare = loudest**2 - a
    if spare <= 0:
        return flat * (loudest / math.sqrt(a))
    return flat + busy * min(1.0, (math.sqrt(b * b + c * spare) - b) / max(c, 1e-9))


def _room(grey: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Grey levels (h w) that a change may have anywhere, and how many more where the picture is busy all around, so that an edge does not
    draw blotches beside it."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cv2.blur(half, (5, 5))
    deviation = np.sqrt(np.maximum(cv2.blur(half * half, (5, 5)) - mean * mean, 0))
    deviation = cv2.blur(cv2.erode(deviation, np.ones((5, 5), np.uint8)), (5, 5))
    flat = FLAT * np.minimum(0.7 + 0.3 / DARK * mean, 1.0)
    rooms = flat * strength, np.minimum(BUSY * deviation, MOST) * strength
    return tuple(cv2.resize(room, grey.shape[::-1], interpolation=cv2.INTER_LINEAR) for room in rooms)
