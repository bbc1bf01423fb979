"""The mark itself: a keyed square of cells, repeated over the picture, laid into luma where the eye finds it hardest.

Half of the cells, the pilot, are the key's alone, so that a detector can find where, how large and how turned the mark lies; the others carry a
film's id (codes.py). Cells are counted by the picture's own size: a film that is made smaller or larger as a whole keeps the same ones.
Small pictures have coarser cells, since what is finer than some two and a half pixels does not survive encoding. The mark is the same in every frame, so that a
detector may add frames up and a video coder, which spends its bits on what changes, keeps it (spread spectrum: Cox et al. 1997; a
repeated square: Kutter 1998; strength by how busy a place is: Podilchuk and Zeng 1998).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from . import codes
from .keys import words

TILE = 64  # cells a side of the square
PILOT = TILE * TILE // 2  # cells that depend on the key alone
FINE, COARSE = 101.0, 62.0  # cells along the root of a picture's area
SMALL = 300.0  # pixels along that root, below which cells are coarse
LOWEST_PSNR = 40.2  # dB of a frame, marked, to itself before
FLAT, BUSY, ACTIVITY = 0.6, 2.0, 10.0  # grey levels: the mark's strength where nothing is, at most, and the local deviation that adds one
SMALLER = 1.8  # times as strong in small pictures, which have fewer cells
SMOOTH = 1.5  # cells: what is wider shows, and is not looked at
SHORTEST = 16  # pixels: a side below has no room for even a few cells


def cells_along(size: tuple[int, int]) -> float:
    """How many cells a picture of size (w, h) has along the root of its area."""
    return FINE if (size[0] * size[1]) ** 0.5 >= SMALL else COARSE


@dataclass(frozen=True)
class Cells:
    """What a key makes of the square. pilot: signs (TILE, TILE) float32, 0 where payload is; payload: flat places of the other cells, each of
    which carries the coded sign `carries` (of codes.py), turned by `turned`."""

    pilot: np.ndarray
    payload: np.ndarray
    carries: np.ndarray
    turned: np.ndarray

    def square(self, film_id: int) -> np.ndarray:
        """Signs (TILE, TILE) float32 of the pilot and of one film."""
        square = self.pilot.copy()
        square.reshape(-1)[self.payload] = codes.encode(film_id)[self.carries] * self.turned
        return square

    def signs(self, square: np.ndarray) -> np.ndarray:
        """Scores (480,) of the coded signs from those of the cells (TILE, TILE)."""
        return np.bincount(self.carries, square.reshape(-1)[self.payload] * self.turned, codes.CODED)


@functools.lru_cache(maxsize=8)
def cells_of(key: bytes) -> Cells:
    """The cells of a key (32 bytes)."""
    places = np.argsort(words(key, "places", TILE * TILE), kind="stable")
    signs = np.where(words(key, "signs", TILE * TILE) & 1, 1, -1).astype(np.float32)
    pilot = np.zeros(TILE * TILE, np.float32)
    pilot[places[:PILOT]] = signs[:PILOT]
    rest = TILE * TILE - PILOT
    return Cells(pilot.reshape(TILE, TILE), places[PILOT:], np.arange(rest) % codes.CODED, signs[PILOT:])


def texture(square: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The square laid over a picture of size (w, h), float32, deviation 1, without what is smooth."""
    w, h = size
    pixels = (w * h) ** 0.5 / cells_along(size)
    rows, columns = (int(np.ceil(side / pixels)) + 2 for side in (h, w))
    whole = np.tile(square, (rows // TILE + 1, columns // TILE + 1))[:rows, :columns]
    scale = np.float32([[1 / pixels, 0, 0.5 / pixels - 0.5], [0, 1 / pixels, 0.5 / pixels - 0.5]])
    laid = cv2.warpAffine(whole, scale, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT)
    laid -= cv2.GaussianBlur(laid, (0, 0), SMOOTH * pixels)
    return np.clip(laid / max(1e-6, float(laid.std())), -1.6, 1.6)


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
        self.size, self.film_id = tuple(size), film_id
        self.strength = strength * (1.0 if cells_along(size) == FINE else SMALLER)
        self._texture = texture(cells_of(key).square(film_id), self.size)

    def mark(self, frame: np.ndarray, index: int = 0) -> np.ndarray:
        """A marked copy of a frame (h w 3, uint8 RGB). Every frame bears the same mark, whatever its index."""
        if frame.shape != (self.size[1], self.size[0], 3) or frame.dtype != np.uint8:
            raise ValueError(f"A frame is {frame.dtype} {frame.shape}, but must be uint8 ({self.size[1]}, {self.size[0]}, 3).")
        room = cv2.resize(_room(frame) * self.strength, self.size, interpolation=cv2.INTER_LINEAR)
        change = cv2.multiply(room, self._texture)
        loud, loudest = float(np.sqrt(np.vdot(change, change) / change.size)), 255 / 10 ** (LOWEST_PSNR / 20)
        if loud > loudest:
            change *= loudest / loud
        change = np.rint(change).astype(np.int16)
        return cv2.add(frame, cv2.merge([change] * 3), dtype=cv2.CV_8U)


def _room(frame: np.ndarray) -> np.ndarray:
    """Grey levels (h/4 w/4) that a change may have: more where the picture is busy."""
    h, w = frame.shape[:2]
    small = cv2.resize(frame, (max(1, w // 4), max(1, h // 4)), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (5, 5))
    deviation = cv2.sqrt(cv2.max(cv2.blur(grey * grey, (5, 5)) - mean * mean, 0))
    return cv2.min(FLAT + deviation / ACTIVITY, BUSY)
