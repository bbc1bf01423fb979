"""Size drift against depth: a subject is larger or smaller than its depth and the camera make it."""

from __future__ import annotations

import numpy as np

from .look import Look, most, steady

THRESHOLD = 0.15


def measure(look: Look) -> np.ndarray:
    """(t): |log(size / planned size)|, of the subject that is farthest off."""
    series = []
    for actor, fitted in zip(look.actors, look.fits):
        across, along = fitted.theta[:, 2], fitted.theta[:, 3]
        # Beating wings make a body narrower, hops and steps a little flatter.
        both = along if actor.subject.gait == "fly" else (across + along) / 2
        series.append(np.abs(steady(np.where(fitted.sure, both, np.nan), 2)))
    return most(*series) if series else look.none
