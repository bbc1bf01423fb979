"""Where, how large and how turned does the mark lie? Every geometry of a grid is tried, and every place at once by a Fourier transform.

A geometry lays the picture back on the grid of chips, two samples a chip; what repeats is folded onto one square; the square is
correlated with the pilot at all of its 64 x 64 places, mirrored too. With the chips' scores a (fixed, for they come from the
picture) and the pilot's signs e (drawn by the key), z = sum(e a) / |a| exceeds t by chance with at most 3.18 Q(t) (Bentkus and
Dzindzalieta 2015, a tight Gaussian bound for weighted Rademacher sums; Q: the normal tail): no picture, however made, changes that.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .marking import TILE, Chips

SIDE = 2 * TILE  # samples a side of the square
TIGHT = 3.178  # of Bentkus and Dzindzalieta


@dataclass(frozen=True)
class Geometry:
    """chip: pixels a side of a chip in the picture, (x, y); angle: degrees that the picture was turned by, counter-clockwise; mirrored; place: (x, y) of
    the square in half chips; z: how far above chance."""

    chip: tuple[float, float]
    angle: float = 0.0
    mirrored: bool = False
    place: tuple[int, int] = (0, 0)
    z: float = 0.0


def chance(z: float, tries: int) -> float:
    """The probability, at most, that any of so many places comes out at z or more where there is no mark of this key."""
    return min(1.0, tries * TIGHT * 0.5 * math.erfc(z / math.sqrt(2)))


def fold(image: np.ndarray, chip: tuple[float, float], angle: float = 0.0) -> np.ndarray:
    """The picture (h w) float32 on the grid of chips of a geometry, added up over its repetitions: (SIDE, SIDE)."""
    height, width = image.shape
    sx, sy = chip[0] / 2, chip[1] / 2  # pixels a sample
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    reach = width * abs(cos) + height * abs(sin), width * abs(sin) + height * abs(cos)
    across, down = (max(1, math.ceil(r / s / SIDE)) * SIDE for r, s in zip(reach, (sx, sy), strict=True))
    matrix = np.array([[cos * sx, sin * sy], [-sin * sx, cos * sy]])
    shift = np.array([width - 1, height - 1]) / 2 - matrix @ [(across - 1) / 2, (down - 1) / 2]
    laid = cv2.warpAffine(image, np.column_stack([matrix, shift]), (across, down), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return laid.reshape(down // SIDE, SIDE, across // SIDE, SIDE).sum((0, 2))


@functools.lru_cache(maxsize=8)
def _pilots(key_pilot: bytes) -> np.ndarray:
    """Conjugate spectra (2 SIDE SIDE/2+1) complex64 of the pilot on the grid of samples, as it is and mirrored."""
    pilot = np.frombuffer(key_pilot, np.float32).reshape(TILE, TILE)
    sparse = np.zeros((2, SIDE, SIDE), np.float32)
    sparse[0, ::2, ::2] = pilot
    sparse[1] = sparse[0, :, ::-1]
    return np.conj(np.fft.rfft2(sparse)).astype(np.complex64)


def search(image: np.ndarray, chips: Chips, geometries: list[Geometry]) -> list[Geometry]:
    """The best place of each geometry, `mirrored` of both, best first. The places tried are 2 SIDE^2 a geometry."""
    pilots = _pilots(chips.pilot.tobytes())
    found = []
    for geometry in geometries:
        folded = fold(image, geometry.chip, geometry.angle)
        matches = np.fft.irfft2(np.fft.rfft2(folded) * pilots, s=(SIDE, SIDE))
        mirrored, y, x = np.unravel_index(matches.argmax(), matches.shape)
        at = replace(geometry, mirrored=bool(mirrored), place=(int(x), int(y)))
        scores = chip_scores(folded, at)
        found.append(replace(at, z=_z(scores, chips.pilot)))
    return sorted(found, key=lambda g: -g.z)


def chip_scores(folded: np.ndarray, at: Geometry) -> np.ndarray:
    """Scores (TILE, TILE) of the chips, the square's own way round, of a folded picture."""
    x, y = at.place
    turned = np.roll(folded, (-y, -x), (0, 1))
    if at.mirrored:
        turned = turned[:, ::-1]
    return turned[::2, ::2]


def _z(scores: np.ndarray, pilot: np.ndarray) -> float:
    norm = float(np.linalg.norm(scores[pilot != 0]))
    return float(np.vdot(scores, pilot)) / norm if norm > 0 else 0.0
