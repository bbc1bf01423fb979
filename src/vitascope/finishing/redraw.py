"""A small painted frame made large by way of the sketch it was painted over, drawn at the large size.

What the painter changed is laid over the large drawing, so everything that was left as it was is as sharp as the drawing. Where
the painter moved an edge (a limb, a new shape) the drawing no longer holds, and the painted frame itself is enlarged.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

SMOOTH = 2.5  # base pixels: change smoother than this is light or shadow, and moves no edge
MOVED = 16.0  # grey levels of sharper change at which the drawing is trusted by a third
ALL, NONE = 0.97, 0.5  # trust above which the enlarged frame is not needed, and below which it must be a good one
FEW = 0.01  # share of pixels of little trust up to which plain enlargement does


def redraw(painted: np.ndarray, plain: np.ndarray, drawing: np.ndarray, enlarge: Callable[[np.ndarray], np.ndarray] | None = None) -> np.ndarray:
    """The frame (h w 3) uint8 at the size of `drawing` (h w 3).

    painted, plain: base frames (generators.Painted); enlarge: makes a painted frame larger, such as Upscaler.upscale, or None
    """
    h, w = drawing.shape[:2]
    change = painted.astype(np.float32) - plain
    moved = np.abs(change - cv2.GaussianBlur(change, (0, 0), SMOOTH)).max(-1)
    moved = cv2.GaussianBlur(cv2.dilate(moved, np.ones((3, 3))), (0, 0), 1)
    trust = np.exp(-np.square(moved / MOVED))
    laid_over = drawing + cv2.resize(change, (w, h), interpolation=cv2.INTER_CUBIC)
    if trust.min() < ALL:
        better = enlarge(painted) if enlarge and (trust < NONE).mean() > FEW else painted
        large = cv2.resize(better, (w, h), interpolation=cv2.INTER_AREA if better.shape[1] > w else cv2.INTER_CUBIC)
        share = cv2.resize(trust, (w, h), interpolation=cv2.INTER_LINEAR)[..., None]
        laid_over = share * laid_over + (1 - share) * large
    return (laid_over + 0.5).clip(0, 255).astype(np.uint8)
