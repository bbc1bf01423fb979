"""What lies between two known frames: by motion where there and back agree, by a cross-fade where they do not."""

from __future__ import annotations

import cv2
import numpy as np

from .motion import agreement, flow, warp

RUNS = 10  # of the network in one call, so that a sketch of 33 frames takes well below a second
LONG = 16.0  # base frames of a gap at which motion is believed half as much


def between(before: np.ndarray, after: np.ndarray, count: int, interpolator=None, runs: int = RUNS, sides=None):
    """`count` frames between two (h w 3) uint8: (count h w 3) uint8, and how far motion can be believed, 0..1.

    With an Interpolator flows come from its network, at `runs` times at most and scaled in between; else from DIS.
    `sides`: both carried on into the gap, (count h w 3) each, which are cross-faded instead of two pictures that stand still.
    """
    there, back = flow(before, after, fine=True), flow(after, before, fine=True)
    agreed = (agreement(there, back), agreement(back, there))
    belief = 1 / (1 + (count / LONG) ** 2)
    moves = _network(before, after, count, interpolator, runs) if interpolator and runs else None
    one, other = before.astype(np.float32), after.astype(np.float32)
    out = []
    for k in range(count):
        time = (k + 1) / (count + 1)
        moved = moves[k] if moves else linear(there, back, time)
        guessed = _moved(one, other, *moved)
        # Agreement is known at both ends; each is carried to where the pixel is now.
        trust = (1 - time) * warp(agreed[0], moved[0]) + time * warp(agreed[1], moved[1])
        trust = belief * cv2.GaussianBlur(trust, (0, 0), 2)[..., None]
        left, right = (one, other) if sides is None else (side[k].astype(np.float32) for side in sides)
        mixed = guessed * trust + ((1 - time) * left + time * right) * (1 - trust)
        out.append((mixed + 0.5).clip(0, 255).astype(np.uint8))
    return np.stack(out), float(belief * np.mean(agreed))


def _moved(one, other, to_one, to_other, share) -> np.ndarray:
    return warp(one, to_one, cv2.INTER_CUBIC) * share + warp(other, to_other, cv2.INTER_CUBIC) * (1 - share)


def linear(there: np.ndarray, back: np.ndarray, time: float):
    """Flows at `time` from those at the ends, each taken where the other leads it, and the share of the first."""
    from_one, from_other = warp(there, -time * there), warp(back, -(1 - time) * back)
    mean = (1 - time) * from_one - time * from_other
    return -time * mean, (1 - time) * mean, 1 - time


def _network(before, after, count: int, interpolator, runs: int) -> list:
    """(flow to `before`, flow to `after`, share) of every frame; those between the network's own times are scaled."""
    ran = np.unique(np.linspace(0, count - 1, min(count, runs)).round().astype(int))
    found = {k: interpolator.motion(before, after, (k + 1) / (count + 1)) for k in ran}
    moves = []
    for k in range(count):
        nearest = ran[np.abs(ran - k).argmin()]
        moved, share = found[nearest]
        time, at = (k + 1) / (count + 1), (nearest + 1) / (count + 1)
        share = np.clip(share + at - time, 0, 1) if k != nearest else share
        moves.append((moved[..., :2] * (time / at), moved[..., 2:] * ((1 - time) / (1 - at)), share))
    return moves
