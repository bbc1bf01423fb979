"""Known parts of footage hidden in the way that others are missing, so that what would fill them can be measured."""

from __future__ import annotations

import cv2
import numpy as np

from .guess import guess

MOST = 16  # frames hidden at once
FEWEST = 6  # known frames below which nothing can be hidden
RADIUS = 4  # pixels around a hole that plain inpainting looks at


def beside(region: np.ndarray) -> np.ndarray:
    """Pixels (t h w) bool within a tenth of the picture's longer side of a region."""
    reach = max(8, max(region.shape[1:]) // 10)
    return np.stack([cv2.dilate(r.astype(np.uint8), np.ones((reach, reach), np.uint8)) for r in region]).astype(bool) & ~region


def hide(known: np.ndarray) -> tuple[tuple[int, int] | None, np.ndarray]:
    """(start, stop), 1 + 4k known base frames, and which pixels of them (t h w) bool to hide, in the way that others are missing.

    A region is hidden at its mirror image, or beside it; an end, a beginning or a gap within the longest known run. None where there is no room.
    """
    whole = known.all((1, 2))
    partly = ~whole & known.any((1, 2))
    if partly.sum() > whole.sum():
        stop = 1 + (len(known) - 1) // 4 * 4
        region = ~known[:stop]
        hidden = region[:, :, ::-1] & known[:stop]
        if not hidden.any():  # both sides are missing, as around a film that is given more room: what comes next to them
            hidden = beside(region) & known[:stop]
        return ((0, stop), hidden) if hidden.any() and (known[:stop] & ~hidden).any() else (None, known)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], whole, [False]]).astype(int))).reshape(-1, 2)
    if not len(edges) or (edges[:, 1] - edges[:, 0]).max() < FEWEST:
        return None, known
    start, stop = edges[(edges[:, 1] - edges[:, 0]).argmax()]
    length = 1 + (stop - start - 1) // 4 * 4
    missing = int((~whole).sum())
    count = max(2, min(missing, MOST, length // 2))
    hidden = np.zeros((length, *known.shape[1:]), bool)
    if start == 0 and stop < len(known) and not whole[stop:].any():  # what follows is missing
        start, at = stop - length, length - count
    elif stop == len(known) and not whole[:start].any():
        at = 0
    else:
        at = (length - count) // 2
    hidden[at : at + count] = True
    return (int(start), int(start + length)), hidden


def inpainted(frames: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Every frame (t h w 3) by itself, its unknown pixels filled in from around them (Telea 2004)."""
    holes = (~known).astype(np.uint8)
    return np.stack([cv2.inpaint(f, hole, RADIUS, cv2.INPAINT_TELEA) if hole.any() else f for f, hole in zip(frames, holes)])


def fill_region(frames: np.ndarray, known: np.ndarray, interpolator=None) -> tuple[np.ndarray, np.ndarray, str]:
    """A region's proposal and trust, as `guess` gives them, by the way that fills hidden pixels of this footage better: along the
    motion ("guess") or from the surroundings ("inpaint")."""
    proposal, trust = guess(frames, known, interpolator)
    shown, hidden = hide(known)
    if shown is None or not ((~known).any((1, 2)) & known.any((1, 2))).any():
        return proposal, trust, "guess"
    a, b = shown
    b = min(b, a + MOST)
    part, there, hidden = frames[a:b], known[a:b] & ~hidden[: b - a], hidden[: b - a]
    ways = guess(part, there, interpolator)[0], inpainted(part, there)
    errors = [np.square(way.astype(np.float32) - part)[hidden].mean() for way in ways]
    if not np.isfinite(errors).all() or errors[0] <= errors[1]:
        return proposal, trust, "guess"
    plain = inpainted(frames, known)
    whole = known.any((1, 2))[:, None, None, None]
    return np.where(whole, plain, proposal), trust, "inpaint"
