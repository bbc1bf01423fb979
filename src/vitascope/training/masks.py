"""Which latent cells are known while a window is trained on: every task's pattern, so that one network learns them all."""

from __future__ import annotations

import numpy as np

PATTERNS = {  # pattern: share of windows
    "none": 0.42, "first": 0.14, "first_last": 0.06, "prefix": 0.18, "suffix": 0.06, "random": 0.06, "region": 0.08,
}


def known_mask(rng: np.random.Generator, t: int, h: int, w: int) -> np.ndarray:
    """A boolean mask (t h w) of known cells, drawn from PATTERNS; at least one cell stays open."""
    pattern = rng.choice(list(PATTERNS), p=list(PATTERNS.values()))
    known = np.zeros((t, h, w), bool)
    if t == 1 and pattern != "region":
        return known
    if pattern in ("first", "first_last", "prefix"):
        known[: 1 if pattern != "prefix" else rng.integers(1, t)] = True
    if pattern == "first_last" and t > 2:
        known[-1] = True
    if pattern == "suffix":
        known[-rng.integers(1, t) :] = True
    if pattern == "random":
        known[rng.random(t) < 0.5] = True
        known[rng.integers(t)] = False
    if pattern == "region":
        top, left = rng.integers(0, h - 1), rng.integers(0, w - 1)
        bottom, right = rng.integers(top + 1, h + 1), rng.integers(left + 1, w + 1)
        inside = np.zeros((h, w), bool)
        inside[top:bottom, left:right] = True
        known[:] = inside if rng.random() < 0.5 and not inside.all() else ~inside
    return known


def frame_times(rng: np.random.Generator, t: int, independent: float = 0.3) -> np.ndarray:
    """Standard normal numbers (t), one a latent frame: all the same, or with some probability each its own."""
    normal = rng.standard_normal(t if rng.random() < independent else 1)
    return np.broadcast_to(normal, (t,)).astype(np.float32)
