"""Reading the watermark: what of the picture is no mark is taken out, frames are added up, and the pilot is looked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from . import codes
from .keys import load_key
from .marking import SHORTEST, Chips, chip_of, chips_of
from .synchronise import NEAR, PLACES, Geometry, View, chance, chip_scores, polish, refine, search

CHANCE = 1e-6  # of a false alarm a file
SCALES = 0.3, 3.0  # of a picture's chips to those that its size leads to expect
USUAL = 0.9, 1.11  # the same where nothing was done to the picture, or only its borders cut
TURNS = 6.0  # degrees, either way
ASPECTS = 0.74, 1.35  # chips' width to height
APART = 1.35  # steps between geometries where two things vary at once
SMALLEST = 1.7  # pixels a side of a chip, below which nothing of it is left
FINE = 4.5  # pixels a side of a chip to which larger ones are brought before anything is looked at
GROUP = 1.5  # chips of sizes that differ by less are looked for in one view
MOST_FRAMES = 96  # that are looked at, evenly taken
ROUNDS, CANDIDATES = 1, 6  # of refining


@dataclass(frozen=True)
class Detection:
    """What was found. p_value: the chance, at most, that so much is found in a file without a mark of this key; film_id: None where
    too few signs could be read; scores: (64,) of its bits, most significant first, positive for a one; signs: (480,) scores of the
    coded signs (codes.py), for `match`; agreement: share of the coded signs that the id read agrees with; z: how far the pilot stands out;
    scale: of chips to those that the picture's size leads to expect (x, y); tried: places looked at; p_pilot: p_value before the id's check."""

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
    p_pilot: float = 1.0

    def match(self, film_ids) -> tuple[int | None, float]:
        """(the one of some issued ids (n,) that agrees best with the coded signs, p-value of pilot and agreement together).

        Where too much was lost for an id to be read, or even for the pilot to be sure of, the right one can still be told from all
        that were issued: what it should look like is known to 480 signs, which the search never looked at, and an id drawn at random
        agrees with them no better than chance (as in `synchronise.chance`). With p1 and p2 independent, both at most x by a chance
        of x, p1 p2 (1 - ln(p1 p2)) is a p-value again (Fisher 1932); doubled, since it is a second look at the same file.
        """
        ids = np.asarray(film_ids, np.uint64)
        if self.signs is None or not len(ids) or not (norm := float(np.linalg.norm(self.signs))):
            return None, 1.0
        z = np.concatenate([codes.encode(some).astype(np.float32) @ self.signs for some in np.array_split(ids, len(ids) // 10_000 + 1)]) / norm
        both = max(self.p_pilot * chance(float(z.max()), len(ids)), 1e-300)
        return int(ids[z.argmax()]), min(1.0, 2 * both * (1 - math.log(both)))

    def to_dict(self) -> dict:
        g = self.geometry
        return dict(
            found=self.found, p_value=self.p_value, film_id=f"{self.film_id:016x}" if self.film_id is not None else None,
            agreement=None if self.agreement is None else round(self.agreement, 3), z=round(self.z, 2),
            scale=[round(s, 3) for s in self.scale] if self.scale else None, rotation=g.angle if g else None, mirrored=g.mirrored if g else None,
        )  # fmt: skip


def whitened(frames: np.ndarray, chip: float) -> View:
    """The frames (t h w 3) without what is coarser than a chip of so many pixels, each pixel as loud as a mark in it would be
    against its surroundings, added up, and smoothed to a chip's width."""
    factor = min(1.0, FINE / chip)
    size = tuple(max(1, round(side * factor)) for side in frames.shape[2:0:-1])
    chip *= factor
    total = np.zeros(size[::-1], np.float32)
    for frame in frames:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        grey = (cv2.resize(grey.astype(np.float32), size, interpolation=cv2.INTER_AREA) if factor < 1 else grey.astype(np.float32))
        fine = grey - cv2.GaussianBlur(grey, (0, 0), 0.5 * chip)
        power = np.abs(cv2.blur(fine * fine, (int(2 * chip) | 1,) * 2))  # rounding may leave it below 0
        total += fine * (1 + 0.07 * np.sqrt(power)) / (power + 0.5)
    return View(cv2.GaussianBlur(total, (0, 0), 0.2 * chip), factor)


class Views:
    """The views of some frames, each made when it is first needed. `guess`: the chip of a picture of this size."""

    def __init__(self, frames: np.ndarray):
        take = np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES)).round().astype(int)
        self.frames, self.guess = frames[take], chip_of((frames.shape[2], frames.shape[1]))
        self._made: dict[int, View] = {}

    def __getitem__(self, chip: float) -> View:
        group = round(math.log(chip / self.guess, GROUP))
        if group not in self._made:
            self._made[group] = whitened(self.frames, self.guess * GROUP**group)
        return self._made[group]

    def sizes(self, between: tuple[float, float], apart: float = 1.0) -> list[float]:
        """Sizes of chips, `between` times the expected, each so many steps of a grid larger."""
        chip, sizes = max(SMALLEST, between[0] * self.guess), []
        while chip <= between[1] * self.guess:
            sizes.append(chip)
            chip *= 1 + apart * self[chip].step(chip)
        return sizes


def _usual(views: Views) -> Iterator[Geometry]:
    return (Geometry((chip, chip)) for chip in [views.guess, *views.sizes(USUAL)])


def _scaled(views: Views) -> Iterator[Geometry]:
    return (Geometry((chip, chip)) for chip in views.sizes(SCALES))


def _turned(views: Views) -> Iterator[Geometry]:
    for chip in views.sizes(SCALES, APART):
        step = APART * math.degrees(views[chip].step(chip))
        for k in range(1, math.floor(TURNS / step + 0.5) + 1):
            yield Geometry((chip, chip), k * step)
            yield Geometry((chip, chip), -k * step)


def _stretched(views: Views) -> Iterator[Geometry]:
    for chip in views.sizes(SCALES, APART):
        step, (least, most) = APART * views[chip].step(chip), map(math.log, ASPECTS)
        for k in range(math.ceil(least / step), math.floor(most / step) + 1):
            if k:
                yield Geometry((chip * math.exp(k * step / 2), chip * math.exp(-k * step / 2)))


STAGES = ((_usual, 1 / 4), (_scaled, 1 / 12), (_turned, 1 / 12), (_stretched, 1 / 12))  # and each one's share; `match` has the other half


def detect(frames: np.ndarray, fps: float | None = None, key: bytes | None = None) -> Detection:
    """Look for the mark of a key (32 bytes; this installation's by default) in frames (t h w 3) uint8, of any rate.

    The stages go from the usual to the far-fetched, and the first that finds the mark is the last. p_value: stage s tries n
    geometries of PLACES places, and its best candidates are refined among NEAR^ROUNDS as many; with z the best found, by the union
    bound p_s = chance(z, n PLACES NEAR^ROUNDS) at most. Stage s may use up its share of the false alarms: p = min p_s / share_s, in
    all at most p for a file, wherever the search stopped; the shares add up to a half. The check of an id (codes.CHECK bits, of chips that the search did not look
    at) passes by chance once in 2^16, so that p' = 2 p 2^-16 where it passes, else 2 p, is a bound again.
    """
    frames = np.asarray(frames)
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or not len(frames):
        raise ValueError(f"The watermark is looked for in frames (t h w 3) of uint8, not in {frames.dtype} {frames.shape}.")
    chips = chips_of(load_key() if key is None else bytes(key))
    if min(frames.shape[1:3]) < SHORTEST:
        return Detection(False, 1.0)
    views, best, p_value, tried = Views(frames), None, 1.0, 0
    for stage, share in STAGES:
        at, tries = _look(views, chips, list(stage(views)))
        tried += tries
        p = min(1.0, chance(at.z, tries * NEAR**ROUNDS) / share) if at else 1.0
        if best is None or p < p_value:
            best, p_value = at, p
        if p_value <= CHANCE / 2:
            break
    return _read(views, chips, best, p_value, tried)


def _look(views: Views, chips: Chips, geometries: list[Geometry]) -> tuple[Geometry | None, int]:
    """(the best geometry after refining, places tried before)."""
    in_view: dict[int, list[Geometry]] = {}
    for geometry in geometries:
        in_view.setdefault(id(views[math.sqrt(geometry.chip[0] * geometry.chip[1])]), []).append(geometry)
    coarse = []
    for some in in_view.values():
        coarse += search(views[math.sqrt(some[0].chip[0] * some[0].chip[1])], chips, some)[:CANDIDATES]
    coarse = sorted(coarse, key=lambda g: -g.z)[:CANDIDATES]
    fine = [refine(views[math.sqrt(g.chip[0] * g.chip[1])], chips, g, ROUNDS) for g in coarse]
    return max(fine, key=lambda g: g.z, default=None), len(geometries) * PLACES


def _read(views: Views, chips: Chips, at: Geometry | None, p_value: float, tried: int) -> Detection:
    """The id at a geometry, and what its check adds to the evidence."""
    if at is None:
        return Detection(False, 1.0)
    view = views[math.sqrt(at.chip[0] * at.chip[1])]
    at = polish(view, chips, at) if p_value < 0.1 else at
    signs = chip_scores(view.fold(at.chip, at.angle), at).reshape(-1)[chips.payload] * chips.turned
    film_id, soft = codes.decode(signs)
    p_pilot = p_value
    p_value = min(1.0, 2 * p_value * (2.0**-codes.CHECK if film_id is not None else 1))
    if p_value > CHANCE:
        film_id = None
    agreement = float(((signs > 0) == (codes.encode(film_id) > 0)).mean()) if film_id is not None else None
    scale = at.chip[0] / views.guess, at.chip[1] / views.guess
    return Detection(p_value <= CHANCE, p_value, film_id, soft, signs, agreement, at.z, at, scale, tried, p_pilot)
