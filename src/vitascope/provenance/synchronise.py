"""Where, how large and how turned does the mark lie? Every geometry of a grid is tried, and every place at once by a Fourier transform.

A geometry lays the averaged picture back on the grid of cells, two samples a cell; what repeats is folded onto one square, whose spectrum is
evened out (what is loud there is the picture's); the square is correlated with the pilot at all of its places. At the best one, with the cells' scores
a (fixed, for they come from the picture) and the pilot's signs e (drawn by the key), z = sum(e a) / |a| exceeds t by chance with at
most 3.18 Q(t) (Bentkus and Dzindzalieta 2015, a tight Gaussian bound for weighted Rademacher sums; Q: the normal tail): no picture, however
made, changes that.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .marking import FINE, TILE, Cells

SAMPLES = 2  # a cell's, along a side
SIDE = TILE * SAMPLES  # samples a side of the square
PLACES = SIDE * SIDE  # of the square in one geometry
TIGHT = 3.178  # of Bentkus and Dzindzalieta
KERNEL = (0.25, 1.0, 1.0, 0.25)  # a cell's samples, and half of its neighbours' nearest ones
EVEN = 0.3  # of the mean size in a spectrum, below which nothing is evened out further
STORED = 3  # pixels a cell of the averaged picture


@dataclass(frozen=True)
class Geometry:
    """cells: along the root of the film's area; scale: 1.1 where a tenth was cut off and the rest enlarged; stretch: of width over height;
    angle: degrees that the picture was turned by, counter-clockwise; mirrored; place: (x, y) of the square in samples; z: how far above chance."""

    cells: float = FINE
    scale: float = 1.0
    stretch: float = 1.0
    angle: float = 0.0
    mirrored: bool = False
    place: tuple[int, int] = (0, 0)
    z: float = -math.inf


def chance(z: float, tries: int) -> float:
    """The probability, at most, that any of so many places comes out at z or more where there is no mark of this key."""
    return min(1.0, tries * TIGHT * 0.5 * math.erfc(z / math.sqrt(2)))


def fold(picture: np.ndarray, at: Geometry) -> np.ndarray:
    """An averaged picture (h w) of STORED pixels a cell on the grid of samples of a geometry, added up over its repetitions: (SIDE, SIDE)."""
    h, w = picture.shape
    picture = picture[:, ::-1] if at.mirrored else picture
    zoom = SAMPLES / STORED / at.scale
    across, down = zoom / math.sqrt(at.stretch), zoom * math.sqrt(at.stretch)
    size = max(1, round(w * across)), max(1, round(h * down))
    if at.angle:
        cos, sin = math.cos(math.radians(at.angle)), math.sin(math.radians(at.angle))
        matrix = np.array([[cos * across, -sin * across], [sin * down, cos * down]])
        shift = np.array([size[0] - 1, size[1] - 1]) / 2 - matrix @ [(w - 1) / 2, (h - 1) / 2]
        laid = cv2.warpAffine(picture, np.column_stack([matrix, shift]), size, flags=cv2.INTER_LINEAR)
    else:
        laid = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    padded = np.zeros((-(-size[1] // SIDE) * SIDE, -(-size[0] // SIDE) * SIDE), np.float32)
    padded[: size[1], : size[0]] = laid
    return padded.reshape(-1, SIDE, padded.shape[1] // SIDE, SIDE).sum((0, 2))


def search(picture: np.ndarray, cells: Cells, at: Geometry, anywhere: bool = True) -> tuple[Geometry, np.ndarray, int]:
    """(the geometry with its best place and z, the scores (TILE, TILE) of its cells, how many places were tried).

    With `anywhere` False only the place in which the film was marked.
    """
    spectrum = np.fft.rfft2(fold(picture, at))
    size = np.abs(spectrum)
    spectrum /= size + EVEN * size.mean() + 1e-9
    place = (0, 0)
    if anywhere:
        y, x = np.unravel_index(int(np.fft.irfft2(spectrum * _pilot(cells.pilot.tobytes()), s=(SIDE, SIDE)).argmax()), (SIDE, SIDE))
        place = int(x), int(y)
    scores = np.fft.irfft2(spectrum * np.conj(_kernel()), s=(SIDE, SIDE))
    scores = np.roll(scores, (-place[1], -place[0]), (0, 1))[::SAMPLES, ::SAMPLES]
    return replace(at, place=place, z=_z(scores, cells.pilot)), scores, PLACES if anywhere else 1


def all_scores(picture: np.ndarray, cells: Cells, at: Geometry) -> np.ndarray:
    """z (SIDE, SIDE) of every place of a geometry: what chance makes of them."""
    spectrum = np.fft.rfft2(fold(picture, at))
    size = np.abs(spectrum)
    spectrum /= size + EVEN * size.mean() + 1e-9
    scores = np.fft.irfft2(spectrum * np.conj(_kernel()), s=(SIDE, SIDE))
    power = np.fft.irfft2(np.fft.rfft2(scores**2) * np.conj(np.fft.rfft2(_sparse(cells.pilot**2))), s=(SIDE, SIDE))
    return np.fft.irfft2(spectrum * _pilot(cells.pilot.tobytes()), s=(SIDE, SIDE)) / np.sqrt(np.maximum(power, 1e-12))


def refine(picture: np.ndarray, cells: Cells, at: Geometry, scores: np.ndarray, rounds: int = 6) -> tuple[Geometry, np.ndarray]:
    """A geometry where the mark was found, followed uphill, for the payload to be read as well as can be. Nothing is claimed of its z, which
    saw too many places: it only says which way is up."""
    scale, angle = 0.006, 0.4
    for _ in range(rounds):
        best, read = at, scores
        around = [replace(at, scale=at.scale * (1 + s)) for s in (scale, -scale)] + [replace(at, angle=at.angle + a) for a in (angle, -angle)]
        around += [replace(at, stretch=at.stretch * (1 + s)) for s in (scale, -scale)]
        for near in around:
            found, seen, _ = search(picture, cells, near)
            if found.z > best.z:
                best, read = found, seen
        if best is at:
            scale, angle = scale / 2, angle / 2
        at, scores = best, read
    return at, scores


def _z(scores: np.ndarray, pilot: np.ndarray) -> float:
    some = scores[pilot != 0]
    return float(some @ pilot[pilot != 0] / max(1e-12, float(np.linalg.norm(some))))


def _sparse(cells: np.ndarray) -> np.ndarray:
    """Cells (TILE, TILE) on the grid of samples."""
    sparse = np.zeros((SIDE, SIDE))
    sparse[::SAMPLES, ::SAMPLES] = cells
    return sparse


@functools.cache
def _kernel() -> np.ndarray:
    """The spectrum of one cell's samples, the first of which stands at 0."""
    line = np.zeros(SIDE)
    line[[-1, 0, 1, 2]] = KERNEL
    return np.fft.rfft2(np.outer(line, line))


@functools.lru_cache(maxsize=64)
def _pilot(signs: bytes) -> np.ndarray:
    """The conjugate spectrum of the pilot."""
    return np.conj(np.fft.rfft2(_sparse(np.frombuffer(signs, np.float32).reshape(TILE, TILE))) * _kernel())
