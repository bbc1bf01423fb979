"""What moves between two real frames: dense flow, and the camera as a similarity found robustly in it."""

from __future__ import annotations

import cv2
import numpy as np

STEP = 4  # pixels between the points from which the camera is fitted
STILL = 0.08  # pixels of camera motion that are measuring noise


def grey(frame: np.ndarray) -> np.ndarray:
    """(h w 3) uint8 to (h w) uint8."""
    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)


def flow(before: np.ndarray, after: np.ndarray, fine: bool = False) -> np.ndarray:
    """(h w 2) float32: where each pixel of `before` (h w 3) lies in `after`, relative, x then y in pixels."""
    h, w = before.shape[:2]
    if min(h, w) < 16:  # the finder's patches would not fit
        return np.zeros((h, w, 2), np.float32)
    preset = cv2.DISOPTICAL_FLOW_PRESET_MEDIUM if fine else cv2.DISOPTICAL_FLOW_PRESET_FAST
    return cv2.DISOpticalFlow_create(preset).calc(grey(before), grey(after), None)


def grid(h: int, w: int) -> np.ndarray:
    """(h w 2) float32: every pixel's own place, x then y."""
    y, x = np.mgrid[:h, :w].astype(np.float32)
    return np.stack([x, y], -1)


def warp(picture: np.ndarray, to: np.ndarray, interpolation: int = cv2.INTER_LINEAR) -> np.ndarray:
    """Each pixel fetched from `picture` (h w c) at its place plus `to` (h w 2); beyond the edge, mirrored."""
    places = grid(*to.shape[:2]) + to.astype(np.float32, copy=False)
    return cv2.remap(picture, places, None, interpolation, borderMode=cv2.BORDER_REFLECT_101)


def agreement(there: np.ndarray, back: np.ndarray, tolerance: float = 0.75) -> np.ndarray:
    """(h w) float32 in 0..1: how well the flow there and back brings each pixel home."""
    home = np.linalg.norm(there + warp(back, there), axis=-1)
    allowed = tolerance + 0.1 * np.linalg.norm(there, axis=-1)
    return np.exp(-((home / (2 * allowed)) ** 2)).astype(np.float32)


def camera(moved: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """The similarity (dx, dy at the middle, log scale, angle) float64 that explains most of a flow (h w 2).

    Only pixels with `known` (h w) count. Still when nothing consistent is found.
    """
    h, w = moved.shape[:2]
    y, x = (axis.ravel() for axis in np.mgrid[STEP // 2 : h : STEP, STEP // 2 : w : STEP])
    if known is not None:
        kept = known[y, x]
        y, x = y[kept], x[kept]
    if len(x) < 8:
        return np.zeros(4)
    # Around the middle, so that the numbers are of like size and the shift is the one seen there.
    points = np.stack([x, y], 1).astype(np.float32) - np.float32([w / 2, h / 2])
    matrix, inside = cv2.estimateAffinePartial2D(
        points, points + moved[y, x], method=cv2.RANSAC, ransacReprojThreshold=0.5, maxIters=300
    )
    if matrix is None or inside.mean() < 0.2:
        return np.zeros(4)
    scale, angle = np.hypot(matrix[0, 0], matrix[1, 0]), np.arctan2(matrix[1, 0], matrix[0, 0])
    found = np.array([matrix[0, 2], matrix[1, 2], np.log(max(scale, 1e-3)), angle])
    return found if size_of(found, w, h) > STILL else np.zeros(4)


def size_of(similarity: np.ndarray, w: int, h: int) -> float:
    """How far a similarity moves the picture, in pixels."""
    return float(np.hypot(*similarity[:2]) + np.hypot(w, h) / 4 * np.abs(similarity[2:]).sum())


def similarity_flow(similarity: np.ndarray, h: int, w: int) -> np.ndarray:
    """(h w 2) float32: the flow that a similarity (4) makes."""
    dx, dy, log_scale, angle = similarity
    cos, sin = np.exp(log_scale) * np.cos(angle), np.exp(log_scale) * np.sin(angle)
    places = grid(h, w) - np.float32([w / 2, h / 2])
    x, y = places[..., 0], places[..., 1]
    return np.stack([cos * x - sin * y + dx - x, sin * x + cos * y + dy - y], -1).astype(np.float32)


def spread(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """`values` (h w c) float32 kept where `weight` (h w) float32 is 1, smoothly continued where it is 0.

    Pushes means up a pyramid and pulls them down into what is empty. Zero where there is no weight at all.
    """
    if min(weight.shape) < 2 or weight.min() >= 1:
        return values * (weight > 0)[..., None]
    h, w = weight.shape
    small = (w + 1) // 2, (h + 1) // 2
    summed = cv2.resize(np.dstack([values * weight[..., None], weight]), small, interpolation=cv2.INTER_AREA)
    share = summed[..., -1]
    mean = summed[..., :-1] / np.maximum(share, 1e-6)[..., None]
    below = spread(mean, np.minimum(share * 4, 1))
    coarse = cv2.resize(below, (w, h), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return values * weight[..., None] + coarse * (1 - weight[..., None])
