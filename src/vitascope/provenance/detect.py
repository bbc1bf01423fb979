"""Reading the watermark: what of the picture is no mark is taken out, frames are added up, and the pilot is looked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from . import codes
from .keys import load_key
from .marking import FLAT, BUSY, MOST, chip_of, chips_of
from .synchronise import SIDE, Geometry, chance, chip_scores, fold, search

CHANCE = 1e-6  # of a false alarm a file
LARGEST = 720  # pixels: longer sides are made smaller first


@dataclass(frozen=True)
class Detection:
    """What was found. p_value: the chance, at most, that so much is found in a file without a mark of this key; film_id: None where
    too few signs could be read; scores: (64,) of its bits, most significant first, positive for a one; signs: (480,) scores of the
    coded signs (codes.py), for `match`; agreement: share of the coded signs that the id read agrees with; chip sizes and shift in pixels."""

    found: bool
    p_value: float
    film_id: int | None = None
    scores: np.ndarray | None = field(default=None, repr=False)
    signs: np.ndarray | None = field(default=None, repr=False)
    agreement: float | None = None
    z: float = 0.0
    geometry: Geometry | None = None
    scale: tuple[float, float] | None = None
    tried: int = 0

    def to_dict(self) -> dict:
        g = self.geometry
        return dict(
            found=self.found, p_value=self.p_value, film_id=f"{self.film_id:016x}" if self.film_id is not None else None,
            agreement=None if self.agreement is None else round(self.agreement, 3), z=round(self.z, 2),
            scale=[round(s, 3) for s in self.scale] if self.scale else None, rotation=g.angle if g else None, mirrored=g.mirrored if g else None,
        )  # fmt: skip


def whitened(frames: np.ndarray, chip: float) -> np.ndarray:
    """(h w) float32: the frames without what is coarser than a chip of so many pixels, each pixel as loud as a mark in it would be
    against its surroundings, added up, and smoothed to a chip's width."""
    total = np.zeros(frames.shape[1:3], np.float32)
    for frame in frames:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
        fine = grey - cv2.GaussianBlur(grey, (0, 0), 0.8 * chip)
        power = cv2.blur(fine * fine, (int(chip) | 1,) * 2)
        total += fine * np.minimum(FLAT + BUSY * np.sqrt(power), MOST) / (power + 2.0)
    return cv2.GaussianBlur(total, (0, 0), 0.35 * chip)


def detect(frames: np.ndarray, fps: float | None = None, key: bytes | None = None) -> Detection:
    """Look for the mark of a key (this installation's by default) in frames (t h w 3) uint8."""
    frames = np.asarray(frames)
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or not len(frames):
        raise ValueError(f"The watermark is looked for in frames (t h w 3) of uint8, not in {frames.dtype} {frames.shape}.")
    chips = chips_of(load_key() if key is None else bytes(key))
    size = frames.shape[2], frames.shape[1]
    guess = chip_of(size)
    image = whitened(frames, guess)
    best = search(image, chips, [Geometry((guess, guess))])[0]
    tried = 2 * SIDE * SIDE
    p_value = chance(best.z, tried)
    if p_value > CHANCE:
        return Detection(False, p_value, z=best.z, tried=tried)
    return _read(image, chips, best, p_value, tried, guess)


def _read(image, chips, at: Geometry, p_value: float, tried: int, guess: float) -> Detection:
    scores = chip_scores(fold(image, at.chip, at.angle), at).reshape(-1)[chips.payload] * chips.turned
    film_id, soft = codes.decode(scores)
    agreement = float(((scores > 0) == (codes.encode(film_id) > 0)).mean()) if film_id is not None else None
    return Detection(True, p_value, film_id, soft, scores, agreement, at.z, at, tuple(c / guess for c in at.chip), tried)
