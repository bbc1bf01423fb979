"""Limbs that flicker or swap: a gait repeats itself step by step, so what a limb does that no step explains is a flaw.

How far each frame's limbs have swung is read off against the poses of the gait, and put down to the step as it is planned and the first
harmonic of its phase, whatever pose the painter began with; what is left over is told in how far those limbs should swing.
"""

from __future__ import annotations

import cv2
import numpy as np

from vitascope.director.gaits import sway
from vitascope.director.plan import PHASE

from .actors import TALL, posed
from .look import Look, most

THRESHOLD = 0.52
GAITS = ("walk", "run", "fly")
LEAST = 8  # frames from which a gait can be told from flicker
POSES = 8
DOUBT = 0.1  # as if so much was seen of limbs that hang still


def measure(look: Look) -> np.ndarray:
    """(t): movement of limbs that no step explains, in how far they should swing."""
    series = [_one(look, actor) for actor in look.actors if actor.subject.gait in GAITS and actor.reference.frames == 1]
    return most(*series) if series else look.none


def _one(look: Look, actor) -> np.ndarray:
    out, good = look.none, np.flatnonzero(actor.good)
    if len(good) < LEAST:
        return out
    poses = np.stack([soft(posed(look.library, actor.subject.reference, actor.subject.gait, k / POSES)[..., 3]) for k in range(POSES)])
    limbs = poses.std(0) > 0.08
    if limbs.sum() < 12:
        return out
    shape, swings, length = modes(poses[:, limbs])
    cover, sure = actor.cover()
    cover, sure = np.stack([soft(c)[limbs] for c in cover[good]]), sure[good][:, limbs]
    # Where in its swing each limb is, frame by frame: how much of it there is, and how far along each way it swings.
    axes = np.concatenate([shape[None], swings])
    normal = np.einsum("tp,ap,bp->tab", sure, axes, axes) + np.diag([0.01, DOUBT, DOUBT])
    should = np.stack([swung(look.library, actor, look.picks[k])[limbs] for k in good])
    at, due = (np.linalg.solve(normal, np.einsum("tp,ap,tp->ta", sure, axes, part)[..., None])[..., 0] / [1.0, length, length]
               for part in (cover, should))  # fmt: skip
    clear = sure.mean(1) > 0.2
    if clear.sum() < LEAST:
        return out
    phase = 2 * np.pi * actor.subject.track[look.picks, PHASE][good].astype(np.float64)
    design = np.stack([np.ones(len(good)), np.linspace(-1, 1, len(good)), np.cos(phase), np.sin(phase), *due.T], 1)
    rest = at - fitted(design, at, clear)
    rest[~clear] = np.nan
    # What is out of place all the time is light or background; what jumps is a flaw.
    jump = look.none
    jump[good] = np.sqrt((np.diff(rest, axis=0, prepend=np.nan) ** 2).sum(1) / 2)
    return over(jump)


def over(values: np.ndarray, reach: int = 3) -> np.ndarray:
    """The mean of (t) values over a second, half before and half after; NaN where fewer than `reach` are known."""
    rows = np.lib.stride_tricks.sliding_window_view(np.pad(values, reach, constant_values=np.nan), 2 * reach + 1)
    count = np.isfinite(rows).sum(1)
    return np.where(count > reach, np.nansum(rows, 1) / np.maximum(count, 1), np.nan)


def swung(library, actor, i: int) -> np.ndarray:
    """(n m): how much of each cell the subject should be in frame `i` of its shot, its limbs and its body where the gait has them."""
    gait, phase = actor.subject.gait, float(actor.subject.track[i, PHASE])
    dx, dy, squash, stretch = sway(gait, phase)
    cover = posed(library, actor.subject.reference, gait, round(phase % 1 * 32) / 32)[..., 3]
    n, m = cover.shape
    across, foot = (m - 1) / 2, (n - 1) / 2 + TALL / 2
    move = np.float32([[stretch, 0, (1 - stretch) * across + dx * TALL], [0, squash, (1 - squash) * foot + dy * TALL]])
    return soft(cv2.warpAffine(cover, move, (m, n)))


def modes(poses: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Poses (k p) as their mean (p), the two ways in which they differ most (2 p) and how far they go along the first."""
    mean = poses.mean(0)
    _, values, axes = np.linalg.svd(poses - mean, full_matrices=False)
    return mean, axes[:2], values[0] / np.sqrt(len(poses))


def fitted(design: np.ndarray, values: np.ndarray, clear: np.ndarray) -> np.ndarray:
    """Values (t a) by least absolute deviations (reweighted) on the columns of a design (t c), from the frames that are clear."""
    weight = clear.astype(float)
    for _ in range(6):
        root = np.sqrt(weight)[:, None]
        found = np.linalg.lstsq(np.concatenate([design * root, 0.05 * np.eye(design.shape[1])]),
                                np.concatenate([values * root, np.zeros((design.shape[1], values.shape[1]))]), rcond=None)[0]  # fmt: skip
        size = np.sqrt(np.square(values - design @ found).sum(1))
        weight = clear / np.maximum(size, 0.1)
    return design @ found


def soft(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), 1.3)
