"""The straight path between noise and data, and the two ways to say where it leads."""

# A velocity read off a prediction of the data divides by 1 - t; closer to the data than this it would only amplify error.
NEAREST = 0.05


def interpolate(x, noise, t):
    """z_t = t x + (1 - t) noise. `t` in 0..1 broadcasts against `x`."""
    return t * x + (1 - t) * noise


def data_to_velocity(x, z, t):
    """v = (x - z) / (1 - t), the velocity at z that leads to x; 1 - t is held above NEAREST."""
    return (x - z) / _remaining(t)


def velocity_to_data(v, z, t):
    """x = z + (1 - t) v, the inverse of `data_to_velocity`."""
    return z + _remaining(t) * v


def _remaining(t):
    left = 1 - t
    return left.clip(NEAREST, 1) if hasattr(left, "clip") else max(left, NEAREST)
