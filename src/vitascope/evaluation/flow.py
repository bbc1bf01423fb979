"""What moved, by optical flow: the camera from the whole picture, the first subject from what moves against it.

Small networks see still things sooner than motion, so direction and camera are measured, not judged; how well that works is
seen on real renders, whose motion is known.
"""

from __future__ import annotations

import cv2
import numpy as np

CAMERAS = ("still", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "shake")


def motions(film: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Global motion between frames (t-1 3): dx and dy in view sizes and log scale; and residual flow (t-1 h w 2) in pixels."""
    h, w = film.shape[1:3]
    finder = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in film]
    y, x = np.mgrid[2:h:4, 2:w:4]
    points = np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)
    yy, xx = np.mgrid[:h, :w].astype(np.float32)
    whole, rest = [], []
    for a, b in zip(grey, grey[1:]):
        flow = finder.calc(a, b, None)
        moved = points + flow[points[:, 1].astype(int), points[:, 0].astype(int)]
        matrix, _ = cv2.estimateAffinePartial2D(points, moved, method=cv2.RANSAC, ransacReprojThreshold=0.7)
        matrix = np.float64([[1, 0, 0], [0, 1, 0]]) if matrix is None else matrix
        middle = matrix @ np.array([w / 2, h / 2, 1]) - (w / 2, h / 2)
        whole.append((middle[0] / w, middle[1] / h, np.log(max(1e-3, np.hypot(matrix[0, 0], matrix[1, 0])))))
        fitted = np.stack([matrix[0, 0] * xx + matrix[0, 1] * yy + matrix[0, 2] - xx, matrix[1, 0] * xx + matrix[1, 1] * yy + matrix[1, 2] - yy], -1)
        rest.append(flow - fitted)
    return np.array(whole), np.array(rest)


def camera_of(whole: np.ndarray) -> str:
    """The camera move that global motion (t-1 3) shows: one of CAMERAS."""
    dx, dy, zoom = whole.sum(0)
    wander = np.abs(np.diff(whole[:, :2], axis=0)).mean() if len(whole) > 1 else 0.0
    strength = {"zoom": abs(zoom) / 0.18, "pan": abs(dx) / 0.1, "tilt": abs(dy) / 0.07}
    kind = max(strength, key=strength.get)
    if strength[kind] < 1:
        return "shake" if wander > 0.004 else "still"
    if kind == "zoom":
        return "zoom in" if zoom > 0 else "zoom out"
    if kind == "pan":  # the picture slides against the camera
        return "pan right" if dx < 0 else "pan left"
    return "tilt down" if dy < 0 else "tilt up"


def way_of(rest: np.ndarray) -> str:
    """ "left" or "right": where what moves against the background goes, by residual flow (t-1 h w 2)."""
    size = np.linalg.norm(rest, axis=-1)
    moving = size > np.maximum(0.5, np.percentile(size, 90, axis=(1, 2), keepdims=True))
    return "right" if (rest[..., 0] * moving).sum() > 0 else "left"
