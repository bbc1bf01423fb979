"""Shape drift of a rigid object: moved, grown and stretched as well as can be, its picture fits the film worse than it once did."""

from __future__ import annotations

import numpy as np

from .look import Look, most, steady

THRESHOLD = 0.2
RIGID = ("vehicle", "object", "building", "food")
LEAST = 6


def measure(look: Look) -> np.ndarray:
    """(t): share of a rigid subject's contrast that its picture no longer explains, over the share that it never explained."""
    series = []
    for actor, fitted in zip(look.actors, look.fits):
        if actor.reference.kind not in RIGID or actor.reference.frames > 1 or actor.subject.gait not in ("none", "roll", "hover"):
            continue
        left = steady(np.where(fitted.missing > 4, fitted.left, np.nan), 2)
        if np.isfinite(left).sum() >= LEAST:
            series.append(left - np.nanquantile(left, 0.15))
    return most(*series) if series else look.none
