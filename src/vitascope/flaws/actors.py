"""A subject, held still: what is seen of it in every frame, brought to one place, size and side by the plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from vitascope.director.gaits import puppet
from vitascope.director.plan import FACING, PRESENCE, SCALE, TILT, Subject
from vitascope.director.stage import View, place, pyramid

TALL = 26  # cells of a body's height
MARGIN = 0.35  # of a body on every side
WIDEST = 2.5  # bodies of more than so many heights are looked at squeezed
SMALLEST = 0.11  # of the picture's height: what is smaller shows nothing that could be judged


@dataclass(frozen=True)
class Actor:
    """One subject over one shot, on a grid of n x m cells that its body fills up to a margin.

    seen, empty   (t n m 3) float32: the film, and the drawing of the plan without its subjects
    sprite   (n m 4) float32: its picture, premultiplied, grey levels and 0..1, in the light that the film shows it in
    mask     (t n m) float32: where the plan shows the subject
    inside   (t n m) bool: cells within the picture, and not covered by another subject
    good     (t) bool: frames in which it is there whole, large enough, and seen from its side
    there    (t) bool: frames in which enough of it is in view to say whether it is there
    """

    subject: Subject
    reference: object
    seen: np.ndarray
    empty: np.ndarray
    mask: np.ndarray
    inside: np.ndarray
    good: np.ndarray
    there: np.ndarray
    sprite: np.ndarray

    def colours(self) -> np.ndarray:
        """(n m 3) float32: the subject's colours, going on beyond its outline as those nearest to it."""
        cover = cv2.GaussianBlur(self.sprite[..., 3], (0, 0), 1.5)
        far = cv2.GaussianBlur(self.sprite, (0, 0), 4.0)
        near = cv2.GaussianBlur(self.sprite[..., :3], (0, 0), 1.5) + 0.02 * far[..., :3]
        outside = near / np.maximum(cover + 0.02 * far[..., 3], 1e-4)[..., None]
        solid = self.sprite[..., 3:]
        return np.where(solid > 0.9, self.sprite[..., :3] / np.maximum(solid, 1e-3), outside).astype(np.float32)

    def cover(self) -> tuple[np.ndarray, np.ndarray]:
        """How much of each cell the subject is, by its colours against those behind it: (t n m) -0.3..1.3; and how sure that is, 0..1."""
        apart = self.colours() - self.empty
        power = np.square(apart).sum(-1)
        share = ((self.seen - self.empty) * apart).sum(-1) / (power + 30)
        return np.clip(share, -0.3, 1.3), np.minimum(power / 60**2, 1) * self.inside


def grid(reference) -> tuple[int, int]:
    """(n, m) cells of a subject's box, margins with it."""
    wide = min(WIDEST, max(0.4, reference.aspect))
    return round(TALL * (1 + 2 * MARGIN)), round(TALL * wide * (1 + 2 * MARGIN))


def to_picture(subject: Subject, reference, i: int, view: View) -> np.ndarray:
    """(2 3) map from cells to pixels of the picture, for the frame `i` of the subject's shot."""
    row, (n, m) = subject.track[i], grid(reference)
    x, y, height = place(subject, i, view)
    looks = -1.0 if reference.heading is not None and 90 < reference.heading % 360 < 270 else 1.0
    side = float(row[FACING]) * looks if reference.heading is not None else 1.0
    side = np.copysign(max(abs(side), 0.25), side if side else 1.0)
    angle = float(row[TILT]) + view.roll
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    unit = height / TALL
    across = unit * reference.aspect / min(WIDEST, max(0.4, reference.aspect))
    turn = turn @ np.diag([side * across, unit])
    return np.column_stack([turn, np.array([x, y - height / 2]) - turn @ np.array([(m - 1) / 2, (n - 1) / 2])])


def hold_still(number: int, shot, library, picks: list[int], film: np.ndarray, plates) -> Actor:
    """Subject `number` of a shot over the frames `picks`, of which `film` (t h w 3) and `plates` are."""
    subject = shot.subjects[number]
    reference = library[subject.reference]
    n, m = grid(reference)
    others = np.delete(plates.masks, number, 0)
    covered = others.max(0) if len(others) else np.zeros(film.shape[:3], np.float32)
    seen, whole, empty = np.zeros((3, len(picks), n, m, 3), np.float32)
    mask, free = np.zeros((2, len(picks), n, m), np.float32)
    good, there = np.zeros((2, len(picks)), bool)
    body = outline(library, subject.reference)[..., 3] > 0.5
    for k, i in enumerate(picks):
        row = subject.track[i]
        if row[PRESENCE] < 0.95 or abs(row[FACING]) < 0.5 and reference.heading is not None:
            continue
        if row[SCALE] * plates.views[k].zoom < SMALLEST:
            continue
        matrix = to_picture(subject, reference, i, plates.views[k])
        flags = dict(dsize=(m, n), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        for still, source in ((seen, film), (whole, plates.whole), (empty, plates.empty)):
            still[k] = cv2.warpAffine(source[k], matrix, borderMode=cv2.BORDER_REPLICATE, **flags)
        mask[k] = cv2.warpAffine(plates.masks[number, k], matrix, **flags)
        free[k] = cv2.warpAffine(1 - covered[k], matrix, **flags)
        shown = (mask[k][body] > 0.5).mean() if body.any() else 0.0
        good[k], there[k] = shown > 0.8, shown > 0.4
    sprite = outline(library, subject.reference) * np.float32([255, 255, 255, 1])
    sprite = lit(sprite, seen, whole, mask, there)
    return Actor(subject, reference, seen, empty, mask, inside=free > 0.7, good=good, there=there, sprite=sprite)


def lit(sprite: np.ndarray, seen: np.ndarray, whole: np.ndarray, mask: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The picture in the light that suits the film best: the scene's, none, or one between; the painter does not always turn it down."""
    use = (mask > 0.95) & (sprite[..., 3] > 0.95) & there[:, None, None]
    if use.sum() < 20:
        return sprite
    plain = np.broadcast_to(sprite[..., :3], whole.shape)[use]
    light = whole[use].sum(0) / np.maximum(plain.sum(0), 1)
    truth = seen[use]
    best = min((0.0, 0.33, 0.67, 1.0), key=lambda much: np.median(np.abs(truth - plain * light**much).max(-1)))
    return sprite * np.append(light**best, 1).astype(np.float32)


@lru_cache(maxsize=256)
def outline(library, reference_id: str) -> np.ndarray:
    """A picture on its cells: (n m 4) float32 0..1, premultiplied."""
    return posed(library, reference_id, "none", 0.0)


@lru_cache(maxsize=2048)
def posed(library, reference_id: str, gait: str, phase: float) -> np.ndarray:
    """A picture on its cells with its limbs at `phase` of a gait: (n m 4) float32 0..1, premultiplied."""
    reference = library[reference_id]
    n, m = grid(reference)
    levels = pyramid(library, reference_id, 0)
    level = next((p for p in reversed(levels) if p.shape[0] >= TALL), levels[0])
    tall, wide = level.shape[:2]
    bent = puppet(level, gait, phase, reference.heading is not None)
    scale = np.array([m / (1 + 2 * MARGIN) / wide, n / (1 + 2 * MARGIN) / tall])
    turn = np.diag(scale)
    middle = np.array([(m - 1) / 2, (n - 1) / 2]) - turn @ np.array([(bent.shape[1] - 1) / 2, (bent.shape[0] - 1) / 2])
    return cv2.warpAffine(bent, np.column_stack([turn, middle]), (m, n), flags=cv2.INTER_AREA).astype(np.float32) / 255
