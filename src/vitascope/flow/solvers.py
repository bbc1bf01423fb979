"""Following the velocity from noise to data."""

from collections.abc import Callable, Iterator

import numpy as np

from .paths import data_to_velocity, interpolate


def solve(predict: Callable, z: np.ndarray, times: np.ndarray, order: int = 2) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Integrate from times[0] to times[-1], yielding (z, predicted data) after each step; the last z is the sample.

    `predict(z, t)` returns the data that z leads to, in z's shape; t is a float. One call a step: order 1 is Euler, order 2
    is Adams-Bashforth, which reuses the last step's velocity, so it costs nothing more (Lu et al. 2022 call it 2M). The
    last step goes straight to the prediction.
    """
    last = None
    for i, (now, after) in enumerate(zip(times[:-1], times[1:])):
        x = predict(z, float(now))
        if i == len(times) - 2 and after == 1:
            yield x, x
            return
        v = data_to_velocity(x, z, float(now))
        step = after - now
        if order == 2 and last is not None:
            ratio = step / (2 * last[1])
            z = z + step * ((1 + ratio) * v - ratio * last[0])
        else:
            z = z + step * v
        z = z.astype(x.dtype) if isinstance(z, np.ndarray) else z
        last = (v, step)
        yield z, x


def average(predict: Callable, x: np.ndarray, noise: np.ndarray, t: float, count: int, rng: np.random.Generator):
    """Yield (mean, prediction) of `count` predictions of the data from z_t = t x + (1 - t) e, for `noise`, its opposite, and more
    such pairs: the mean of what x may stand for (Tweedie's formula gives it in one call to a perfect network; the pairs cancel
    an imperfect one's noise)."""
    total = 0.0
    for i in range(count):
        if i:
            noise = -noise if i % 2 else rng.standard_normal(x.shape).astype(x.dtype)
        answer = predict(interpolate(x, noise, t).astype(x.dtype), t)
        total = total + answer
        yield total / (i + 1), answer
