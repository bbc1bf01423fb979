"""Classifier-free guidance, within an interval of the path."""


def guide(conditional, unconditional, scale: float):
    """unconditional + scale (conditional - unconditional) (Ho and Salimans 2022). Scale 1 returns the conditional."""
    return unconditional + scale * (conditional - unconditional)


def in_interval(t: float, interval: tuple[float, float]) -> bool:
    """Guidance helps in the middle of the path and harms at its ends (Kynkäänniemi et al. 2024)."""
    return interval[0] <= t <= interval[1]
