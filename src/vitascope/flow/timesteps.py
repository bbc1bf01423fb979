"""Where on the path to train, and where to step."""

import numpy as np


def shift_towards_noise(t, shift: float):
    """Spend more of the path near noise as `shift` grows past 1: t / (t + shift (1 - t)) (Esser et al. 2024, eq. 23)."""
    return t / (t + shift * (1 - t))


def logit_normal(normal, mean: float = 0.0, std: float = 1.0, shift: float = 1.0):
    """Standard normal numbers to times in (0, 1), crowded in the middle, then shifted. Arrays of NumPy or torch."""
    x = mean + std * normal
    t = 1 / (1 + (-x).exp()) if hasattr(x, "exp") else 1 / (1 + np.exp(-x))
    return shift_towards_noise(t, shift)


def schedule(steps: int, shift: float = 1.0) -> np.ndarray:
    """The `steps` + 1 times of a run, from 0 (noise) to 1 (data), float64. Raises ValueError when `steps` < 1."""
    if steps < 1:
        raise ValueError(f"A film needs at least 1 step, not {steps}.")
    return shift_towards_noise(np.linspace(0, 1, steps + 1), shift)
