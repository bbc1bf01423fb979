"""Regions that are open in frames otherwise known: filled along the motion from frames that show what is there."""

from __future__ import annotations

import cv2
import numpy as np

from .motion import camera, flow, similarity_flow, spread, warp

AGE = 12.0  # frames after which a pixel carried along the motion is worth a third
INVENTED = 0.02  # worth of a pixel filled in from its surroundings, against 1 for a known one
GREY = 128
BLURS = (1.0, 2.5, 6.0)  # pixels, of what is mirrored, each felt from three times as far from the edge
CUT = 24.0  # mean grey levels that motion leaves unexplained, from which two frames are of different shots
QUIET = 0.15  # pixels of motion that are taken for none, so that what stands still stays sharp


def fill_holes(frames: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Completes `frames` (t h w 3) uint8, of which `known` (t h w) bool is meaningful and nothing else is read.

    Returns frames (t h w 3) uint8 and the worth (t h w) float32 in 0..1 of every pixel: 1 known, near 1 seen in a frame
    nearby, near 0 made up from the surroundings.
    """
    plain = np.stack([surroundings(frame, seen) for frame, seen in zip(frames, known)])
    forth, forth_worth = _carry(plain, known)
    back, back_worth = (a[::-1] for a in _carry(plain[::-1], known[::-1]))
    a, b = forth_worth[..., None] ** 2, back_worth[..., None] ** 2  # squared: the nearer of two wins without a seam
    mixed = (forth * a + back * b) / (a + b)
    filled = np.where(known[..., None], frames, (mixed + 0.5).clip(0, 255).astype(np.uint8))
    return filled, np.maximum(forth_worth, back_worth)


def surroundings(frame: np.ndarray, known: np.ndarray) -> np.ndarray:
    """A frame (h w 3) whose open pixels mirror the known ones across the edge, the blurrier the farther from it."""
    if known.all():
        return frame
    if not known.any():
        return np.full_like(frame, GREY)
    h, w = known.shape
    away, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    y, x = np.nonzero(known)
    edge = np.zeros((labels.max() + 1, 2), np.int64)
    edge[labels[y, x]] = np.stack([y, x], 1)
    nearest = edge[labels]
    mirrored = np.clip(2 * nearest - np.moveaxis(np.mgrid[:h, :w], 0, -1), 0, [h - 1, w - 1])
    seen = known[mirrored[..., 0], mirrored[..., 1]]
    from_ = np.where(seen[..., None], mirrored, nearest)
    filled = np.where(known[..., None], frame, frame[from_[..., 0], from_[..., 1]]).astype(np.float32)
    smooth = spread(frame * known[..., None].astype(np.float32), known.astype(np.float32))
    for sigma in BLURS:
        share = np.clip(away / (3 * sigma), 0, 1)[..., None]
        filled = filled * (1 - share) + cv2.GaussianBlur(filled, (0, 0), sigma) * share
    far = np.clip(away / max(h, w), 0, 0.5)[..., None]
    filled = filled * (1 - far) + smooth * far
    return np.where(known[..., None], frame, (filled + 0.5).clip(0, 255).astype(np.uint8))


def same_shot(now: np.ndarray, before: np.ndarray, to: np.ndarray, both: np.ndarray) -> bool:
    """Whether a flow explains most of the change between two frames where both are known; a cut it does not."""
    if not both.any():
        return True
    missed = np.abs(warp(before, to).astype(np.float32) - now)[both].mean()
    return bool(missed < CUT)


def _carry(plain: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels carried from each frame to the next: (t h w 3) float32 and their worth (t h w) float32."""
    picture, worth = plain[0].astype(np.float32), np.where(known[0], 1.0, INVENTED).astype(np.float32)
    pictures, worths = [picture], [worth]
    for i in range(1, len(plain)):
        to = way_back(plain[i], plain[i - 1], known[i], known[i - 1])
        kept = np.exp(-1 / AGE) if same_shot(plain[i], plain[i - 1], to, known[i] & known[i - 1]) else 0.0
        picture = warp(picture, to, cv2.INTER_CUBIC)
        worth = _inside(worth, to) * np.float32(kept)
        new = worth < INVENTED * 0.5  # nothing came from there: made up afresh
        picture = np.where((known[i] | new)[..., None], plain[i], picture)
        worth = np.where(known[i], np.float32(1), np.where(new, np.float32(INVENTED), worth))
        pictures.append(picture)
        worths.append(worth)
    return np.stack(pictures), np.stack(worths)


def way_back(now: np.ndarray, before: np.ndarray, known_now: np.ndarray, known_before: np.ndarray) -> np.ndarray:
    """Flow (h w 2) from `now` to `before`: measured where both are known, elsewhere the camera's, eased into it."""
    h, w = known_now.shape
    measured = flow(now, before)
    both = cv2.erode((known_now & known_before).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    moved = similarity_flow(camera(measured, both), h, w)
    # What the neighbours do besides the camera reaches a little way into the hole and then fades.
    rest = (measured - moved) * both[..., None]
    near = cv2.GaussianBlur(both.astype(np.float32), (0, 0), 4)
    eased = cv2.GaussianBlur(rest, (0, 0), 4) / np.maximum(near, 0.05)[..., None] * np.minimum(near * 2, 1)[..., None]
    out = moved + np.where(both[..., None], rest, eased)
    return np.where(np.linalg.norm(out, axis=-1, keepdims=True) < QUIET, np.float32(0), out)


def _inside(worth: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Worth fetched along a flow, nothing from beyond the edge."""
    h, w = worth.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    return cv2.remap(worth, x + to[..., 0], y + to[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
