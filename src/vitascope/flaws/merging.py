"""Parts that merge: where the plan leaves a gap between a body's parts, the film shows more of the body."""

from __future__ import annotations

import cv2
import numpy as np

from .actors import TALL, posed
from .look import Look, most, steady

THRESHOLD = 0.5
REACH = 0.3  # of a body: the widest gap that is looked into
CELLS, SHARE = 8, 0.025  # the least of a gap, in cells and of the body
POSES = 8


def measure(look: Look) -> np.ndarray:
    """(t): how much of a body's gaps its colours fill, 0..1."""
    series = [_one(look, actor) for actor in look.actors if actor.reference.frames == 1]
    return most(*series) if series else look.none


def gaps(look: Look, actor) -> np.ndarray:
    """(n m) bool: cells between a body's parts that no step of its gait leads into."""
    gait = actor.subject.gait
    poses = np.stack([posed(look.library, actor.subject.reference, gait, k / POSES)[..., 3] for k in range(POSES)]) if gait != "none" else actor.sprite[None, ..., 3]
    body = poses.mean(0)
    size = round(REACH * TALL) | 1
    closed = cv2.morphologyEx(actor.sprite[..., 3], cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return (closed > 0.8) & (body < 0.2)


def _one(look: Look, actor) -> np.ndarray:
    out, good, gap = look.none, np.flatnonzero(actor.good), gaps(look, actor)
    if not len(good) or gap.sum() < max(CELLS, SHARE * (actor.sprite[..., 3] > 0.5).sum()):
        return out
    cover, sure = actor.cover()
    cover, sure = cover[good][:, gap], sure[good][:, gap]
    filled = (cover * sure).sum(1) / np.maximum(sure.sum(1), 1e-3)
    out[good] = np.where(sure.mean(1) > 0.15, np.clip(filled, 0, 1), np.nan)
    return steady(out, 2)
