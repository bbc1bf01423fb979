"""How far the painter is to be believed on footage: measured on frames of it that are known, hidden from the painter.

The share w of its change that brings hidden frames nearest to the truth is the least-squares answer, held to 0..1: at 0 the
proposal stays as it is (footage.guess), at 1 the painter has its way.
"""

from __future__ import annotations

import numpy as np

from .generators import Conditions, Passage

MOST = 16  # base frames hidden at once
FEWEST = 6  # known base frames below which nothing can be hidden


def painter_share(frames: np.ndarray, known: np.ndarray, generator, interpolator, passage: Passage, *, seed: int, steps: int) -> tuple[float, dict]:
    """The share, and what was measured: PSNR in dB of proposal, painting and the mix on the hidden pixels.

    frames (t h w 3) uint8 at the base size and rate, known (t h w) bool. Where too little is known to hide any: 0 and no figures.
    """
    from .footage import guess

    shown, hidden = hide(known)
    if shown is None:
        return 0.0, {}
    start, stop = shown
    part, there = frames[start:stop], known[start:stop] & ~hidden
    sketch, strength = guess(part, there, interpolator)
    conditions = Conditions(sketch, strength, (passage,), part, there)
    painted = list(generator.paint(conditions, seed=seed, steps=steps, guidance_scale=1.0))
    change = np.concatenate([p.frames.astype(np.float32) - p.plain for p in painted])[hidden]
    missing = (part.astype(np.float32) - sketch)[hidden]
    share = float(np.clip((change * missing).mean() / max(float(np.square(change).mean()), 1e-6), 0, 1))
    errors = {name: np.square(missing - w * change).mean() for name, w in (("proposal", 0), ("painting", 1), ("mix", share))}
    return round(share, 3), {name: round(float(10 * np.log10(255**2 / max(e, 1e-9))), 2) for name, e in errors.items()}


def beside(region: np.ndarray) -> np.ndarray:
    """Pixels (t h w) bool within a tenth of the picture's longer side of a region."""
    import cv2

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
