"""A proposal for everything that is missing, and how far to trust it: the sketch of a film of which parts are known."""

from __future__ import annotations

import numpy as np

from .between import RUNS, between
from .candidates import SHORT
from .holes import fill_holes
from .onward import onward
from .textures import carried

GREY = 128
BESIDE, FAR = 0.9, 0.4  # trust in the frame next to a known one, and in one far away
REACH = 5.0  # base frames in which trust falls by two thirds of the way
WHOLE = 0.5  # share of the best-known frame's pixels from which a frame is completed by itself


def guess(frames: np.ndarray, known: np.ndarray, interpolator=None, *, rng: np.random.Generator | None = None):
    """Completes `frames` (t h w 3) uint8, of which `known`, (t) or (t h w) bool, is meaningful and nothing else is read.

    Returns (sketch, strength): sketch (t h w 3) uint8, equal to `frames` where known; strength (t) float32 in 0..1, how
    far to trust what was put in: 1 for a frame that is wholly known, 0 everywhere (and grey) when nothing is.
    `interpolator` is a finishing.Interpolator; without it frames between are moved along DIS flow. `rng` varies, for
    training, what nobody can know: how soon a camera comes to rest and how motion is weighed.
    Raises ValueError when the shapes do not fit.
    """
    known = check(frames, known)
    share = known.mean((1, 2))
    if not share.any():
        return np.full_like(frames, GREY), np.zeros(len(frames), np.float32)
    anchors = np.flatnonzero(share >= WHOLE * share.max())
    sketch, trust = np.empty_like(frames), np.ones(len(frames), np.float32)
    sketch[anchors], trust[anchors] = _completed(frames[anchors], known[anchors])
    _ends(sketch, trust, anchors, rng)
    _gaps(sketch, trust, anchors, interpolator, alive=rng is None)
    sketch = np.where(known[..., None], frames, sketch)
    return sketch, np.where(share == 1, 1, trust).astype(np.float32)


def check(frames: np.ndarray, known: np.ndarray) -> np.ndarray:
    """`known` as (t h w) bool. Raises ValueError when it does not fit `frames`."""
    if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8 or not frames.size:
        raise ValueError(f"Frames must be a uint8 array of shape (t, h, w, 3), not {frames.dtype} {frames.shape}.")
    known = np.asarray(known, bool)
    if known.shape == frames.shape[:1]:
        return np.broadcast_to(known[:, None, None], frames.shape[:3])
    if known.shape != frames.shape[:3]:
        raise ValueError(f"What is known has the shape {known.shape}; give {frames.shape[:1]} or {frames.shape[:3]}.")
    return known


def _completed(frames: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if known.all():
        return frames, np.ones(len(frames), np.float32)
    filled, worth = fill_holes(frames, known)
    hole = ~known
    mean = (worth * hole).sum((1, 2)) / np.maximum(hole.sum((1, 2)), 1)
    return filled, np.where(hole.any((1, 2)), FAR + (BESIDE - FAR) * mean, 1)


def fall(distance: np.ndarray) -> np.ndarray:
    """Trust at a distance in frames, 1 or more, from the nearest known frame."""
    return FAR + (BESIDE - FAR) * np.exp(-(np.asarray(distance) - 1) / REACH)


def _ends(sketch, trust, anchors, rng: np.random.Generator | None) -> None:
    """Before the first and after the last anchor: the picture carried on, for training by a camera that comes to rest."""
    damping = None if rng is None else rng.uniform(0.7, 0.95)
    on = carried if damping is None else lambda run, count: onward(run, count, damping)
    first, last = anchors[0], anchors[-1]
    run = sketch[_run(anchors)]
    sketch[last + 1 :] = on(run, len(sketch) - 1 - last)
    trust[last + 1 :] = trust[last] * fall(np.arange(1, len(sketch) - last))
    opening = sketch[_run(-anchors[::-1]) * -1]
    sketch[:first] = on(opening, first)[::-1]
    trust[:first] = trust[first] * fall(np.arange(first, 0, -1))


def _run(anchors: np.ndarray) -> np.ndarray:
    """The last frame numbers of `anchors` that follow each other without a gap."""
    breaks = np.flatnonzero(np.diff(anchors) > 1)
    return anchors[breaks[-1] + 1 :] if len(breaks) else anchors


def _gaps(sketch, trust, anchors, interpolator, alive: bool) -> None:
    """Between anchors: motion, shared among the gaps so that the network runs a bounded number of times; where none is
    found both sides are cross-faded, and if `alive` they move meanwhile as they did before."""
    gaps = [(a, b) for a, b in zip(anchors, anchors[1:]) if b - a > 1]
    for a, b in gaps:
        runs = max(1, round(RUNS * (b - a - 1) / sum(q - p - 1 for p, q in gaps)))
        count, sides = int(b - a - 1), None
        if alive and count > SHORT:
            lead, tail = sketch[_run(anchors[anchors <= a])], sketch[_run(-anchors[anchors >= b][::-1]) * -1]
            sides = carried(lead, count), carried(tail, count)[::-1]
        sketch[a + 1 : b], belief = between(sketch[a], sketch[b], count, interpolator, runs, sides)
        place = np.arange(a + 1, b)
        near = np.minimum(place - a, b - place)
        trust[a + 1 : b] = np.minimum(trust[a], trust[b]) * (FAR + (fall(near) - FAR) * (0.5 + 0.5 * belief))
