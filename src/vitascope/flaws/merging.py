"""Parts that merge: where the plan leaves a gap between a body's parts, the film shows more of the body."""

from __future__ import annotations

import cv2
import numpy as np

from .actors import TALL, posed
from .look import Look, most, steady

THRESHOLD = 0.46
REACH = 0.3  # of a body: the widest gap that is looked into
LEAST, SHARE = 6.0, 0.025  # of gaps, in cells and of the body
POSES = 8


def measure(look: Look) -> np.ndarray:
    """(t): how much of a body's gaps its colours fill, 0..1."""
    series = [_one(look, actor) for actor in look.actors if actor.reference.frames == 1]
    return most(*series) if series else look.none


def gaps(look: Look, actor) -> tuple[np.ndarray, np.ndarray]:
    """(n m) each: how much of a cell the body is over the steps of its gait, and how much more it would be were its parts one."""
    subject, body = actor.subject, actor.sprite[..., 3]
    if subject.gait != "none":
        body = np.stack([posed(look.library, subject.reference, subject.gait, k / POSES)[..., 3] for k in range(POSES)]).mean(0)
    size = round(REACH * TALL) | 1
    closed = cv2.morphologyEx(actor.sprite[..., 3], cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    more = closed - body
    return body, np.where((more > 0.35) & (body < 0.6), more, 0)


def _one(look: Look, actor) -> np.ndarray:
    out, good = look.none, np.flatnonzero(actor.good)
    body, gap = gaps(look, actor)
    if not len(good) or gap.sum() < max(LEAST, SHARE * actor.sprite[..., 3].sum()):
        return out
    cover, sure = actor.cover()
    cover, sure = cover[good], sure[good] * gap
    filled = (sure * (cover - body)).sum((1, 2)) / np.maximum((sure * gap).sum((1, 2)), 1e-3)
    out[good] = np.where(sure.sum((1, 2)) > 0.15 * gap.sum(), np.clip(filled, 0, 1), np.nan)
    return steady(out, 2)
