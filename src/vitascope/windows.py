"""A long film is painted in windows of latent frames, each starting with the last frames of the one before, known."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW, OVERLAP = 5, 1  # latent frames


@dataclass(frozen=True)
class Window:
    """Latent frames start..stop, the first `overlap` of which are already painted."""

    start: int
    stop: int
    overlap: int


def windows(count: int, window: int = WINDOW, overlap: int = OVERLAP) -> list[Window]:
    """Cover `count` latent frames; every frame is painted once. The last window reaches back so that none is short."""
    plan = [Window(0, min(window, count), 0)]
    while plan[-1].stop < count:
        stop = min(plan[-1].stop + window - overlap, count)
        start = max(0, stop - window)
        plan.append(Window(start, stop, plan[-1].stop - start))
    return plan
