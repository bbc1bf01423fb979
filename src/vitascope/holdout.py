"""How far the painter is to be believed on footage: measured on frames of it that are known, hidden from the painter.

The share w of its change that brings hidden frames nearest to the truth is the least-squares answer, held to 0..1: at 0 the
proposal stays as it is (footage.guess), at 1 the painter has its way.

Of what nobody can foresee a blurred picture is the safest, so a painting of whole frames that comes no nearer to the truth than
the proposal does when it is blurred has only lost its edges, and counts for nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from .generators import Conditions, Passage

WORTH = 1.0  # dB by which it must: less nobody sees, while a loss of edges is seen at once
BLURS = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0)  # base pixels: how soft a proposal the painter has to beat


def painter_share(frames: np.ndarray, known: np.ndarray, generator, interpolator, passage: Passage, *, seed: int, steps: int) -> tuple[float, dict]:
    """The share, and what was measured: PSNR in dB of proposal, painting and the mix on the hidden pixels.

    frames (t h w 3) uint8 at the base size and rate, known (t h w) bool. Where too little is known to hide any: 0 and no figures.
    """
    from .footage import guess, hide

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
    named = [("proposal", 0), ("painting", 1), ("mix", share)]
    errors = {name: float(np.square(missing - w * change).mean()) for name, w in named}
    if hidden.any((1, 2)).sum() == hidden.all((1, 2)).sum():
        errors["blurred"] = min(softened(part, sketch, hidden, sigma) for sigma in BLURS)
        share = share if errors["painting"] * 10 ** (WORTH / 10) < errors["blurred"] else 0.0
    return round(share, 3), {name: round(float(10 * np.log10(255**2 / max(e, 1e-9))), 2) for name, e in errors.items()}


def softened(truth: np.ndarray, sketch: np.ndarray, hidden: np.ndarray, sigma: float) -> float:
    """Mean squared error on `hidden` (t h w) of a sketch (t h w 3) blurred by `sigma` pixels."""
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), sigma) for frame in sketch])
    return float(np.square(truth.astype(np.float32) - soft)[hidden].mean())
