"""Where one shot ends and the next begins, told from two frames."""

from __future__ import annotations

import numpy as np

WIDTH = 128  # pixels of the longer side at which frames are compared
# Chosen on an animated film at 8 frames a second: all 112 listed cuts are found. Of 1,418 other pairs 9 are taken for
# cuts; four of them are, and the list lacks them, the others are whip pans and wipes that no motion explains either.
CHANGE = 12.0  # mean change of a pixel in grey levels, below which nothing is a cut
UNEXPLAINED = 0.5  # share of that change left after following the optical flow
INCONSISTENT = 0.4  # share of pixels that the flow there and back does not bring home
PALETTE = 0.28  # Bhattacharyya distance of colour histograms, 0 alike .. 1 nothing in common


def is_cut(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether a cut lies between two frames (h w 3) uint8 of one size: much changes, no motion explains it, there and back
    disagree, and the colours are others."""
    import cv2

    scale = min(1.0, WIDTH / max(before.shape[:2]))
    size = max(16, round(before.shape[1] * scale)), max(16, round(before.shape[0] * scale))
    small = [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in (before, after)]
    a, b = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in small)
    change = np.abs(a.astype(np.int16) - b).mean()
    if change < CHANGE or _palette_distance(*small) < PALETTE:
        return False
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    there, back = flow.calc(a, b, None), flow.calc(b, a, None)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    x, y = x + there[..., 0], y + there[..., 1]
    followed = cv2.remap(b, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if np.abs(a.astype(np.int16) - followed).mean() < UNEXPLAINED * change:
        return False
    home = there + cv2.remap(back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return bool((np.linalg.norm(home, axis=-1) > 2).mean() > INCONSISTENT)


def find_cuts(frames: np.ndarray) -> list[int]:
    """Frame numbers at which shots begin in (t h w 3), the first shot's left out."""
    return [i for i in range(1, len(frames)) if is_cut(frames[i - 1], frames[i])]


def _palette_distance(before: np.ndarray, after: np.ndarray) -> float:
    import cv2

    counts = [cv2.calcHist([frame], [0, 1, 2], None, [8] * 3, [0, 256] * 3).ravel() for frame in (before, after)]
    return float(cv2.compareHist(*(count / count.sum() for count in counts), cv2.HISTCMP_BHATTACHARYYA))
