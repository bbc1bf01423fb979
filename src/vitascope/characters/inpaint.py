"""Fills in what stands behind a thing, so that it can step aside: smooth colours from around it, texture from beside it."""

from __future__ import annotations

import cv2
import numpy as np

COARSE = 96  # pixels of the longest side at which colours are carried into the hole


def fill_behind(picture: np.ndarray, mask: np.ndarray, rim: int | None = None) -> np.ndarray:
    """A picture uint8 (h w 3) without what mask (h w) shows; pixels more than `rim` away from it (3.5 % of the height) stay bit-exact.

    Colours come from cv2.inpaint on a small copy; texture is the surroundings' own fine detail, mirrored at the hole's edge.
    """
    h, w = mask.shape
    rim = max(3, round(0.035 * h)) if rim is None else rim
    hole = cv2.dilate(mask.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1)))
    if not hole.any() or hole.all():
        return picture.copy()
    smooth = _colors(picture, hole)
    sources = _mirrored(hole)
    low = _local_mean(picture, hole == 0, max(1.0, 0.03 * h))
    detail = picture - low
    around = cv2.dilate(hole, np.ones((2 * round(0.06 * h) + 3,) * 2, np.uint8)) > hole
    usual = 4 * np.median(np.abs(detail[around])) + 1 if around.any() else 255  # a scrap of the thing is no texture
    filled = (smooth + detail.clip(-usual, usual)[sources]).clip(0, 255)
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(0.7, rim / 2.5))[..., None]
    mixed = np.where(cv2.erode(hole, np.ones((3, 3), np.uint8))[..., None] > 0, filled, picture * (1 - soft) + filled * soft)
    return np.where(hole[..., None] > 0, mixed, picture).round().astype(np.uint8)


def _colors(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """float32 (h w 3): smooth colours inside the hole (h w), the picture's own outside."""
    h, w = hole.shape
    scale = min(1.0, COARSE / max(h, w))
    size = max(8, round(w * scale)), max(8, round(h * scale))
    known = (hole == 0).astype(np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA) / np.maximum(weight, 1e-3)[..., None]
    filled = cv2.inpaint(small.clip(0, 255).astype(np.uint8), (weight < 0.5).astype(np.uint8), 4, cv2.INPAINT_TELEA)
    inside = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 1.2)
    rows, trust = _along_rows(small, weight >= 0.5)
    inside = inside * (1 - trust) + rows * trust
    filled = np.where((weight < 0.5)[..., None], inside, filled)
    return cv2.resize(filled.astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)


def _along_rows(small: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(colours (h w 3), trust (h w 1)): what stands left and right of the hole, carried across it, trusted where both sides agree.

    Horizons, floors and far trees lie level, so this keeps lines that inpainting from all around would wash out.
    """
    h, w = known.shape
    near = _local_mean(small, known, 1.0)
    rows, trust, columns = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32), np.arange(w)
    for y in range(h):
        there = np.flatnonzero(known[y])
        if len(there):
            rows[y] = np.stack([np.interp(columns, there, near[y, there, k]) for k in range(3)], -1)
            left = near[y, there[np.maximum(np.searchsorted(there, columns, "right") - 1, 0)]]
            right = near[y, there[np.minimum(np.searchsorted(there, columns), len(there) - 1)]]
            trust[y] = np.exp(-np.linalg.norm(left - right, axis=-1) / 70)
    trust = cv2.GaussianBlur(trust, (0, 0), 1.0)
    return rows, trust[..., None]


def _mirrored(hole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (h w) of where each pixel of the hole takes its texture: as far outside the edge as it is inside."""
    h, w = hole.shape
    _, labels = cv2.distanceTransformWithLabels(hole, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.mgrid[:h, :w]
    outside = hole == 0
    nearest = np.zeros((labels.max() + 1, 2), int)
    nearest[labels[outside]] = np.stack([rows[outside], columns[outside]], -1)
    edge = nearest[labels]
    y, x = 2 * edge[..., 0] - rows, 2 * edge[..., 1] - columns
    y, x = _reflect(y, h), _reflect(x, w)
    inside = hole[y, x] > 0  # the other side of a narrow passage: the edge itself then
    y, x = np.where(inside, edge[..., 0], y), np.where(inside, edge[..., 1], x)
    return np.where(outside, rows, y), np.where(outside, columns, x)


def _reflect(i: np.ndarray, n: int) -> np.ndarray:
    i = np.abs(i) % max(1, 2 * n - 2)
    return np.where(i >= n, 2 * n - 2 - i, i)


def _local_mean(picture: np.ndarray, known: np.ndarray, sigma: float) -> np.ndarray:
    """float32 (h w 3): the mean around each pixel of what is known (h w)."""
    known = known.astype(np.float32)
    weight = cv2.GaussianBlur(known, (0, 0), sigma)
    return cv2.GaussianBlur(picture * known[..., None], (0, 0), sigma) / np.maximum(weight, 1e-4)[..., None]
