"""Finds the main thing of a picture: what is unlike the picture's border, near its middle, and holds together."""

from __future__ import annotations

import cv2
import numpy as np

WORK = 256  # pixels of the longest side that GrabCut works on


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE Lab float32 (h w 3), L 0..100, of uint8 RGB."""
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def saliency(rgb: np.ndarray, clusters: int = 6) -> np.ndarray:
    """(h w) 0..1: how unlike the border's colours a place is, drawn to the middle. Colours of the border are grouped, so that
    a border of sky and grass knows both."""
    h, w = rgb.shape[:2]
    colors = cv2.GaussianBlur(lab(rgb), (0, 0), max(1.0, min(h, w) / 100))
    edge = max(2, round(0.06 * min(h, w)))
    ring = np.ones((h, w), bool)
    ring[edge:-edge, edge:-edge] = False
    ring[-edge:] = False  # things often stand on the lower border
    samples = colors[ring].astype(np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, _, centres = cv2.kmeans(samples, min(clusters, len(samples)), None, stop, 1, cv2.KMEANS_PP_CENTERS)
    far = np.min([np.linalg.norm((colors - c) * (0.6, 1, 1), axis=-1) for c in centres], axis=0)
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    middle = np.exp(-(x**2 / 0.5 + (y - 0.1) ** 2 / 0.6))
    found = far * middle
    return (found / max(float(np.percentile(found, 99.5)), 1e-6)).clip(0, 1).astype(np.float32)


def find_thing(rgb: np.ndarray) -> np.ndarray | None:
    """Mask (h w) bool of the main thing of a picture uint8 (h w 3); None for a landscape, where no one thing stands out."""
    h, w = rgb.shape[:2]
    if min(h, w) < 16:
        return None
    scale = min(1.0, WORK / max(h, w))
    small = cv2.resize(rgb, (max(16, round(w * scale)), max(16, round(h * scale))), interpolation=cv2.INTER_AREA)
    likely = saliency(small)
    mask = _grab(small, likely)
    if mask is None or not _stands_out(small, mask):
        return None
    large = cv2.resize(mask.astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(large, (0, 0), max(0.5, 0.5 / scale)) > 0.5


def _grab(small: np.ndarray, likely: np.ndarray) -> np.ndarray | None:
    """GrabCut from a saliency map: its largest piece, holes filled; None when it finds none."""
    h, w = small.shape[:2]
    level = cv2.threshold((likely * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0] / 255
    labels = np.full((h, w), cv2.GC_PR_BGD, np.uint8)
    labels[likely > level] = cv2.GC_PR_FGD
    labels[likely > max(0.75, level)] = cv2.GC_FGD
    edge = max(1, round(0.015 * min(h, w)))
    labels[:edge], labels[:, :edge], labels[:, -edge:] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
    if (labels == cv2.GC_FGD).sum() < 8 or (labels == cv2.GC_BGD).sum() < 8:
        return None
    whole = grabcut(small, labels, 5).astype(np.uint8)
    mask = cv2.morphologyEx(whole, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    weight = [float(likely[pieces == k].sum()) for k in range(1, count)]
    mask = (pieces == 1 + int(np.argmax(weight))).astype(np.uint8)
    lump = 2 * int(0.06 * mask.sum() ** 0.5) + 1  # strips of background that hang on go
    body = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (lump, lump)))
    mask = body if body.any() else mask
    alike = whole & _own_colors(small, mask.astype(bool), whole == 0)
    for _ in range(round(0.07 * max(h, w))):  # ears and feet, too thin for the opening, come back if they have its colours
        mask = mask | cv2.dilate(mask, np.ones((3, 3), np.uint8)) & alike
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros((h, w), np.uint8), outlines, -1, 1, cv2.FILLED).astype(bool)


def _stands_out(small: np.ndarray, mask: np.ndarray) -> bool:
    """Whether a mask is one thing: of a sensible size, in one lump, unlike what surrounds it, and found again from another start.

    Thresholds were set by eye on photographs and film frames, to rather miss a thing than cut a piece out of a landscape.
    """
    h, w = mask.shape
    x, y, bw, bh = cv2.boundingRect(mask.astype(np.uint8))
    if not 0.008 < mask.mean() < 0.6 or bw > 0.8 * w:
        return False
    sides = np.concatenate([mask[: h // 2, 4], mask[: h // 2, -5], mask[4]]).mean()
    lump = 2 * int(0.12 * mask.sum() ** 0.5) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (lump, lump))
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, round_).sum() / mask.sum()
    if sides > 0.12 or solid < 0.8 or _shared_colors(small, mask) > 0.35 or _edge_contrast(small, mask) < 12:
        return False
    labels = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    ex, ey = int(0.1 * bw) + 3, int(0.1 * bh) + 3
    labels[max(0, y - ey) : y + bh + ey, max(1, x - ex) : min(w - 1, x + bw + ex)] = cv2.GC_PR_FGD
    if (labels == cv2.GC_BGD).sum() < 9:
        return False
    again = grabcut(small, labels, 4)
    return bool((mask & again).sum() > 0.65 * (mask | again).sum())


def _own_colors(small: np.ndarray, thing: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """uint8 (h w): 1 where a colour is commoner in the thing (h w) than in the rest (h w)."""
    bins = _bins(small)
    inside, outside = (np.bincount(bins[m], minlength=8000) / max(1, m.sum()) for m in (thing, rest))
    return (inside > 2 * outside)[bins].astype(np.uint8)


def _bins(small: np.ndarray) -> np.ndarray:
    """(h w) the cell of a 20 x 20 x 20 histogram in Lab that each pixel falls into."""
    return ((lab(small) + (0, 100, 100)) / (100, 200, 200) * (12, 20, 20)).astype(int).clip(0, 19) @ (400, 20, 1)


def _shared_colors(small: np.ndarray, mask: np.ndarray) -> float:
    """0..1: how much of the thing's colours the rest has too (the overlap of their histograms in Lab)."""
    bins = _bins(small)
    inside, outside = (np.bincount(bins[m], minlength=8000) / m.sum() for m in (mask, ~mask))
    return float(np.minimum(inside, outside).sum())


def _edge_contrast(small: np.ndarray, mask: np.ndarray) -> float:
    """The Lab difference across the outline that three quarters of it exceed."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3) - cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    means, there = [], np.abs(depth) <= 1
    for side in (depth, -depth):
        near = ((side > 1.5) & (side < 5)).astype(np.float32)
        weight = cv2.blur(near, (11, 11))
        means.append(cv2.blur(lab(small) * near[..., None], (11, 11)) / np.maximum(weight, 1e-6)[..., None])
        there &= weight > 0.02
    across = np.linalg.norm(means[0] - means[1], axis=-1)[there]
    return float(np.percentile(across, 25)) if across.size else 0.0


def grabcut(small: np.ndarray, labels: np.ndarray, steps: int) -> np.ndarray:
    """GrabCut of RGB (h w 3) from its labels: mask (h w) of what is, or probably is, the thing."""
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), labels, None, *models, steps, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
