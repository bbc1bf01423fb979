"""Where, how large and how turned does the mark lie? Every geometry of a grid is tried, and every place at once by a Fourier transform.

A geometry lays the picture back on the grid of chips, two samples a chip; what repeats is folded onto one square; the square is
correlated with the pilot at all of its 64 x 64 places, mirrored too. With the chips' scores a (fixed, for they come from the
picture) and the pilot's signs e (drawn by the key), z = sum(e a) / |a| exceeds t by chance with at most 3.18 Q(t) (Bentkus and
Dzindzalieta 2015, a tight Gaussian bound for weighted Rademacher sums; Q: the normal tail): no picture, however made, changes that.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .marking import TILE, Chips

SIDE = 2 * TILE  # samples a side of the square
TIGHT = 3.178  # of Bentkus and Dzindzalieta
BATCH = 64  # geometries whose spectra are taken at once
NEAR = 27  # geometries that one round of refining tries
PLACES = 2 * SIDE * SIDE  # of the square in one geometry, mirrored ones too


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


@dataclass(frozen=True)
class View:
    """A picture made ready for chips of about one size: image (h w) float32, `factor` times as large as the one that geometries speak of."""

    image: np.ndarray
    factor: float

    def step(self, chip: float) -> float:
        """The relative change of a chip's size, and the angle in radians, between neighbours of a grid: at the sides, where a wrong
        geometry tells most, half of it moves a chip by no more than 0.3 of its width."""
        return 1.2 * chip * self.factor / max(self.image.shape)

    def fold(self, chip: tuple[float, float], angle: float = 0.0) -> np.ndarray:
        """The picture on the grid of chips of a geometry, added up over its repetitions: (SIDE, SIDE)."""
        height, width = self.image.shape
        sx, sy = chip[0] * self.factor / 2, chip[1] * self.factor / 2  # pixels a sample
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        reach = width * abs(cos) + height * abs(sin), width * abs(sin) + height * abs(cos)
        across, down = (max(1, math.ceil(r / s / SIDE)) * SIDE for r, s in zip(reach, (sx, sy), strict=True))
        matrix = np.array([[cos * sx, sin * sy], [-sin * sx, cos * sy]])
        shift = np.array([width - 1, height - 1]) / 2 - matrix @ [(across - 1) / 2, (down - 1) / 2]
        laid = cv2.warpAffine(self.image, np.column_stack([matrix, shift]), (across, down), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return laid.reshape(down // SIDE, SIDE, across // SIDE, SIDE).sum((0, 2))


@functools.lru_cache(maxsize=8)
def _pilots(key_pilot: bytes) -> np.ndarray:
    """Conjugate spectra (2 SIDE SIDE/2+1) complex64 of the pilot on the grid of samples, as it is and mirrored."""
    return np.conj(np.fft.rfft2(_sparse(np.frombuffer(key_pilot, np.float32).reshape(TILE, TILE)))).astype(np.complex64)


def _sparse(chips: np.ndarray) -> np.ndarray:
    """(2 SIDE SIDE): chips (TILE, TILE) on the grid of samples, as they are and mirrored."""
    sparse = np.zeros((2, SIDE, SIDE), chips.dtype)
    sparse[0, ::2, ::2] = chips
    sparse[1] = sparse[0, :, ::-1]
    return sparse


def search(view: View, chips: Chips, geometries: list[Geometry]) -> list[Geometry]:
    """The best place of each geometry, best geometry first. The places tried are PLACES a geometry."""
    pilots, found = _pilots(chips.pilot.tobytes()), []
    for start in range(0, len(geometries), BATCH):
        some = geometries[start : start + BATCH]
        folded = np.stack([view.fold(g.chip, g.angle) for g in some])
        matches = np.fft.irfft2(np.fft.rfft2(folded)[:, None] * pilots, s=(SIDE, SIDE)).reshape(len(some), -1)
        for square, geometry, place in zip(folded, some, matches.argmax(1).tolist(), strict=True):
            mirrored, place = divmod(place, SIDE * SIDE)
            at = replace(geometry, mirrored=bool(mirrored), place=(place % SIDE, place // SIDE))
            found.append(replace(at, z=_z(chip_scores(square, at), chips.pilot)))
    return sorted(found, key=lambda g: -g.z)


def all_scores(view: View, chips: Chips, geometry: Geometry) -> np.ndarray:
    """z (2 SIDE SIDE) of every place of a geometry, as it is and mirrored: what chance makes of them."""
    folded = view.fold(geometry.chip, geometry.angle)
    there = np.fft.rfft2(np.stack([folded, folded**2]).astype(np.float64))
    pilot = chips.pilot.astype(np.float64)
    power = np.fft.irfft2(there[1] * np.conj(np.fft.rfft2(_sparse(pilot**2))), s=(SIDE, SIDE))
    return np.fft.irfft2(there[0] * np.conj(np.fft.rfft2(_sparse(pilot))), s=(SIDE, SIDE)) / np.sqrt(np.maximum(power, 1e-12))


def refine(view: View, chips: Chips, at: Geometry, rounds: int = 2) -> Geometry:
    """The best geometry around one of a grid: each round tries NEAR neighbours at half the distance of the one before."""
    step = view.step(math.sqrt(at.chip[0] * at.chip[1])) / 2
    for _ in range(rounds):
        at = search(view, chips, _around(at, step))[0]
        step /= 2
    return at


def polish(view: View, chips: Chips, at: Geometry, moves: int = 12) -> Geometry:
    """A geometry where the mark was found, followed uphill until no neighbour is better, for the payload to be read as well as can be.

    Nothing is claimed of its z, which saw too many places: it only says which way is up.
    """
    step, best = view.step(math.sqrt(at.chip[0] * at.chip[1])), at
    for _ in range(moves):
        ahead = search(view, chips, _around(best, step))[0]
        if ahead.z > best.z:
            best = ahead
        else:
            step /= 2
        if step < 1e-3:
            break
    return best


def _around(at: Geometry, step: float) -> list[Geometry]:
    moves = itertools.product((-1, 0, 1), repeat=3)
    return [Geometry((at.chip[0] * (1 + i * step), at.chip[1] * (1 + j * step)), at.angle + math.degrees(k * step)) for i, j, k in moves]


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
