"""Smooth paths through keys: monotone cubic interpolation, which never overshoots a key and never jumps."""

from __future__ import annotations

import numpy as np


def pchip(times: np.ndarray, values: np.ndarray, at: np.ndarray, period: float | None = None) -> np.ndarray:
    """(n c) values at times `at` (n) on the curve through `values` (k c) at rising `times` (k).

    Slopes are Fritsch and Carlson's: a column that stands still between two keys stands still on the curve. With a
    `period` the curve is closed: it flows from the last key into the first, one period later. Affine in the values.
    """
    times, values = np.asarray(times, float), np.asarray(values, float)
    if len(times) == 1:
        return np.repeat(values, len(at), 0)
    if period is not None:
        keep = (times >= 0) & (times < period - 1e-6)
        times, values = times[keep], values[keep]
        times = np.concatenate([times - period, times, times + period])
        values = np.concatenate([values] * 3)
    gap = np.diff(times)[:, None]
    rise = np.diff(values, axis=0) / gap
    slope = np.zeros_like(values)
    slope[0], slope[-1] = rise[0], rise[-1]
    before, after = rise[:-1], rise[1:]
    w1, w2 = 2 * gap[1:] + gap[:-1], gap[1:] + 2 * gap[:-1]
    same = before * after > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        slope[1:-1] = np.where(same, (w1 + w2) / (w1 / before + w2 / after), 0.0)
    i = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    h = gap[i]
    u = np.clip((np.asarray(at, float) - times[i])[:, None] / h, 0, 1)
    a, b, c, d = values[i], values[i + 1], slope[i] * h, slope[i + 1] * h
    return a + u * (c + u * (3 * (b - a) - 2 * c - d + u * (2 * (a - b) + c + d)))


def box(values: np.ndarray, reach: int, wrap: bool = False) -> np.ndarray:
    """Columns of (t) or (t c) averaged over 2 `reach` + 1 frames. wrap: a loop, its last frame is its first again."""
    if reach < 1 or len(values) < 2:
        return values
    if values.ndim == 2:
        return np.stack([box(column, reach, wrap) for column in values.T], 1)
    where = np.arange(-reach, len(values) + reach)
    where = where % (len(values) - 1) if wrap else np.clip(where, 0, len(values) - 1)
    sums = np.concatenate([[0.0], np.cumsum(values[where])])
    return (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
