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
    if mask is None or not _stands_out(small, mask, likely):
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
    cv2.setRNGSeed(1)
    cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
    mask = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    weight = [float(likely[pieces == k].sum()) for k in range(1, count)]
    mask = (pieces == 1 + int(np.argmax(weight))).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros((h, w), np.uint8), outlines, -1, 1, cv2.FILLED).astype(bool)


def _stands_out(small: np.ndarray, mask: np.ndarray, likely: np.ndarray) -> bool:
    """Whether a mask is one thing: of a sensible size, compact, off the sides, and unlike what surrounds it."""
    share = mask.mean()
    if not 0.008 < share < 0.6:
        return False
    h, w = mask.shape
    sides = np.concatenate([mask[: h // 2, 2], mask[: h // 2, -3], mask[2]]).mean()
    outline, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.contourArea(cv2.convexHull(outline[0]))
    solid = mask.sum() / max(hull, 1)
    kernel = np.ones((9, 9), np.uint8)
    near = cv2.dilate(mask.astype(np.uint8), kernel).astype(bool) & ~mask
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    colors = lab(small)
    contrast = np.linalg.norm(np.median(colors[inside if inside.any() else mask], 0) - np.median(colors[near], 0))
    return bool(sides < 0.12 and solid > 0.45 and contrast > 12 and likely[mask].mean() > 2 * likely[~mask].mean())
