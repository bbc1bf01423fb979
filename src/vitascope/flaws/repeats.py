"""Repeated parts whose lengths differ: carriages of a train, or others of one picture in one shot, stretched unlike each other."""

from __future__ import annotations

import numpy as np

from .look import Look, most, steady

THRESHOLD = 0.1


def measure(look: Look) -> np.ndarray:
    """(t): the most that the lengths of two alike are apart from what is planned, as log of their ratio."""
    alike: dict[str, list[np.ndarray]] = {}
    for actor, fitted in zip(look.actors, look.fits):
        if actor.reference.frames == 1:
            # What only looks larger, height and all, is another flaw.
            length = np.where(fitted.sure, fitted.theta[:, 2], np.nan)
            alike.setdefault(actor.subject.reference, []).append(steady(length, 2))
    series = [_apart(np.stack(lengths)) for lengths in alike.values() if len(lengths) > 1]
    return most(*series) if series else look.none


def _apart(lengths: np.ndarray) -> np.ndarray:
    enough = np.isfinite(lengths).sum(0) > 1
    filled = np.where(enough, lengths, 0)
    return np.where(enough, np.nanmax(filled, 0) - np.nanmin(filled, 0), np.nan)
