"""Reading the watermark: what of the picture is no mark is taken out, frames are added up, and the pilot is looked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from . import codes
from .keys import load_key
from .marking import COARSE, FINE, SHORTEST, SMOOTH, Cells, cells_along, cells_of
from .synchronise import STORED, Geometry, chance, refine, search

CHANCE = 1e-6  # of a false alarm a file
MOST_FRAMES = 48  # that are looked at, evenly taken
CROPS = (1.0, 1.0309, 1.0526, 1.0753, 1.1111, 0.9091, 0.95)  # scales where only borders were cut, or a little was added
SCALES = 0.5, 2.0
TURNS, TURN = 6.0, 0.4  # degrees either way, and between two tries
STRETCHES = 0.7, 1.43
STEP = 0.0075  # between two scales: half a cell at the picture's sides


@dataclass(frozen=True)
class Detection:
    """What was found. p_value: the chance, at most, that so much is found in a file without a mark of this key; film_id: None where
    too few signs could be read; scores: (64,) of its bits, most significant first, positive for a one; signs: (480,) scores of the
    coded signs (codes.py), for `match`; agreement: share of the coded signs that the id read agrees with; tried: places looked at;
    p_pilot: p_value before the id's check."""

    found: bool
    p_value: float
    film_id: int | None = None
    scores: np.ndarray | None = field(default=None, repr=False)
    signs: np.ndarray | None = field(default=None, repr=False)
    agreement: float | None = None
    geometry: Geometry | None = None
    tried: int = 0
    p_pilot: float = 1.0

    @property
    def z(self) -> float:
        return self.geometry.z if self.geometry else 0.0

    def match(self, film_ids) -> tuple[int | None, float]:
        """(the one of some issued ids (n,) that agrees best with the coded signs, p-value of pilot and agreement together).

        Where too much was lost for an id to be read, or even for the pilot to be sure of, the right one can still be told from all
        that were issued: what it should look like is known to 480 signs, which the search never looked at, and an id drawn at random
        agrees with them no better than chance (as in `synchronise.chance`).
        """
        ids = np.asarray(film_ids, np.uint64)
        if self.signs is None or not len(ids) or not (norm := float(np.linalg.norm(self.signs))):
            return None, 1.0
        z = np.concatenate([codes.encode(some).astype(np.float32) @ self.signs for some in np.array_split(ids, len(ids) // 10_000 + 1)]) / norm
        return int(ids[z.argmax()]), together(self.p_pilot, chance(float(z.max()), len(ids)))

    def to_dict(self) -> dict:
        g = self.geometry if self.found else None
        return dict(
            found=self.found, p_value=float(f"{self.p_value:.2g}"), film_id=f"{self.film_id:016x}" if self.film_id is not None else None,
            agreement=None if self.agreement is None else round(self.agreement, 3), z=round(self.z, 2), scale=round(g.scale, 3) if g else None,
            stretch=round(g.stretch, 3) if g else None, rotation=round(g.angle, 2) if g else None, mirrored=g.mirrored if g else None,
        )  # fmt: skip


def together(pilot: float, agreement: float) -> float:
    """The p-value of pilot and agreement with an issued id together: with both independent and at most x by a chance of x,
    p q (1 - ln(p q)) is a p-value again (Fisher 1932); doubled, since it is a second look at the same file."""
    both = max(pilot * agreement, 1e-300)
    return min(1.0, 2 * both * (1 - math.log(both)))


class Averages:
    """What is left of frames (t h w 3) once the picture is taken out, averaged in time, for each fineness of cells."""

    def __init__(self, frames: np.ndarray):
        frames = without_bars(frames)
        take = np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES)).round().astype(int)
        self.frames, self.size = frames[take], (frames.shape[2], frames.shape[1])
        # A small copy may be of a large film, but hardly the other way round.
        self.kinds = (FINE, COARSE) if cells_along(self.size) == FINE else (COARSE, FINE)
        self._made: dict[float, np.ndarray] = {}

    def __getitem__(self, cells: float) -> np.ndarray:
        """(h w) float32 at STORED pixels a cell."""
        if cells not in self._made:
            w, h = self.size
            pixels = (w * h) ** 0.5 / cells
            size = max(8, round(w / pixels * STORED)), max(8, round(h / pixels * STORED))
            self._made[cells] = np.mean([residue(frame, size) for frame in self.frames], axis=0, dtype=np.float32)
        return self._made[cells]


def residue(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A frame (h w 3) at `size` (w, h), without what is smooth, each place divided by its own spread and cut off: -1 to 1."""
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if size[0] < frame.shape[1] else cv2.INTER_CUBIC)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rough = grey - cv2.GaussianBlur(grey, (0, 0), (SMOOTH + 0.1) * STORED)
    around = cv2.sqrt(cv2.GaussianBlur(rough * rough, (0, 0), 2 * STORED) + 1)
    return np.clip(rough / around, -1, 1)


def without_bars(frames: np.ndarray) -> np.ndarray:
    """Frames without black or white borders all along, as far as at least half of each side is left."""
    some = frames[:: max(1, len(frames) // 8)].mean(-1)
    lit = (some.max(0) > 20) & (some.min(0) < 248)
    rows, columns = (np.flatnonzero(lit.mean(axis) > 0.02) for axis in (1, 0))
    if len(rows) < frames.shape[1] / 2 or len(columns) < frames.shape[2] / 2:
        return frames
    return frames[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


# --- the ways in which a copy may have been changed: (geometry, whether the square may lie anywhere) -----------------------


def _as_it_was(averages: Averages) -> Iterator[tuple[Geometry, bool]]:
    return ((Geometry(cells, mirrored=mirrored), False) for cells in averages.kinds for mirrored in (False, True))


def _cut(averages: Averages) -> Iterator[tuple[Geometry, bool]]:
    return ((Geometry(cells, scale, mirrored=mirrored), True) for cells in averages.kinds for mirrored in (False, True) for scale in CROPS)


def _scaled(averages: Averages) -> Iterator[tuple[Geometry, bool]]:
    scales = np.exp(np.arange(math.log(SCALES[0]), math.log(SCALES[1]), STEP)).tolist()
    return ((Geometry(cells, scale, mirrored=mirrored), True) for cells in averages.kinds for mirrored in (False, True) for scale in scales)


def _turned(averages: Averages) -> Iterator[tuple[Geometry, bool]]:
    """Under up to TURNS degrees, with the crop or the border that turning leaves."""
    angles = sorted(np.arange(TURN, TURNS + TURN / 2, TURN).tolist() + np.arange(-TURNS, -TURN / 2, TURN).tolist(), key=abs)
    scales = np.exp(np.arange(-0.045, 0.21, 1.1 * STEP)).tolist()
    return ((Geometry(cells, scale, angle=angle), True) for cells in averages.kinds for angle in angles for scale in scales)


def _stretched(averages: Averages) -> Iterator[tuple[Geometry, bool]]:
    """Squeezed to another aspect as a whole."""
    stretches = np.exp(np.arange(math.log(STRETCHES[0]), math.log(STRETCHES[1]), STEP)).tolist()
    return ((Geometry(cells, stretch=stretch), True) for cells in averages.kinds for stretch in stretches)


# Each one's share of the false alarms; `match` has the other half.
STAGES = ((_as_it_was, 0.2), (_cut, 0.12), (_scaled, 0.08), (_stretched, 0.05), (_turned, 0.05))


def detect(frames: np.ndarray, fps: float | None = None, key: bytes | None = None) -> Detection:
    """Look for the mark of a key (32 bytes; this installation's by default) in frames (t h w 3) uint8, of any rate.

    The stages go from the usual to the far-fetched, and the first in which an id is read is the last. p_value: a stage that tries n places
    and finds z at the best of them has p = chance(z, n) at most (union bound) and may use up its share of the false alarms, so the file has
    min p / share over the stages gone through: at most p for a file, wherever the search stopped; the shares add up to a half. The check of an
    id (codes.CHECK bits, of cells that the search did not look at) passes by chance once in 2^16 and is tried in each stage, so that
    p' = 2 p STAGES 2^-16 where it passes, else 2 p, is a bound again.
    """
    frames = np.asarray(frames)
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or not len(frames):
        raise ValueError(f"The watermark is looked for in frames (t h w 3) of uint8, not in {frames.dtype} {frames.shape}.")
    cells = cells_of(load_key() if key is None else bytes(key))
    if min(frames.shape[1:3]) < SHORTEST:
        return Detection(False, 1.0)
    averages, best, p_pilot, tried = Averages(frames), Detection(False, 1.0), 1.0, 0
    for stage, share in STAGES:
        at, scores, tries = _look(averages, cells, stage)
        tried += tries
        p_pilot = min(p_pilot, chance(at.z, tries) / share)
        if p_pilot <= 0.1:  # worth following
            at, scores = refine(averages[at.cells], cells, at, scores)
        if best.geometry is None or at.z > best.z:
            best = _read(cells, at, scores, p_pilot)
        if best.film_id is not None:
            break
    return replace(best, tried=tried)


def _look(averages: Averages, cells: Cells, stage) -> tuple[Geometry, np.ndarray, int]:
    """(the best geometry of a stage, its cells' scores, places tried)."""
    best, scores, tries = None, None, 0
    for geometry, anywhere in stage(averages):
        found, seen, places = search(averages[geometry.cells], cells, geometry, anywhere)
        tries += places
        if best is None or found.z > best.z:
            best, scores = found, seen
    return best, scores, tries


def _read(cells: Cells, at: Geometry, scores: np.ndarray, p_pilot: float) -> Detection:
    """The id at a geometry, and what its check adds to the evidence."""
    signs = cells.signs(scores)
    film_id, soft = codes.decode(signs)
    p_value = min(1.0, 2 * p_pilot * (len(STAGES) * 2.0**-codes.CHECK if film_id is not None else 1))
    if p_value > CHANCE:
        film_id = None
    agreement = float(((signs > 0) == (codes.encode(film_id) > 0)).mean()) if film_id is not None else None
    return Detection(p_value <= CHANCE, p_value, film_id, soft, signs, agreement, at, p_pilot=min(1.0, p_pilot))
