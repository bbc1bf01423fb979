"""How footage holds together: at its joins, from frame to frame, and against where it came from."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .motion import flow, grey, warp

NEIGHBOURS = 6  # steps on each side of a join that say what change is usual
LEAST = 0.5  # grey levels of unexplained change taken for none, so that still films do not divide by nothing
SMALL = 192  # pixels of the longer side at which films are measured
FROZEN = 0.15  # share of the reference's motion below which a frame counts as standing still


def seam_error(frames: np.ndarray, joins: Sequence[int]) -> float:
    """Change across the joins over the median change around them, after following the motion: 1.0 means invisible.

    `frames` (t h w 3) uint8; `joins` are the numbers of the first frames after each join. The mean over joins; a join
    counts at least as much change as stays invisible. Raises ValueError for a join that is not inside the film.
    """
    small, ratios, joined = _small(frames), [], set(joins)
    for join in joins:
        if not 0 < join < len(frames):
            raise ValueError(f"There is no join at frame {join} of a film of {len(frames)}.")
        near = range(max(1, join - NEIGHBOURS), min(len(frames), join + NEIGHBOURS + 1))
        usual = [unexplained(small[i - 1], small[i]) for i in near if i not in joined]
        change = unexplained(small[join - 1], small[join])
        ratios.append((change + LEAST) / ((np.median(usual) if usual else 0.0) + LEAST))
    return float(np.mean(ratios)) if ratios else 1.0


def unexplained(before: np.ndarray, after: np.ndarray) -> float:
    """Mean change in grey levels between two frames (h w 3) that their motion does not explain."""
    followed = warp(after, flow(before, after, fine=True))
    return float(np.abs(followed.astype(np.float32) - before).mean())


def flicker(frames: np.ndarray) -> float:
    """Mean change of change in grey levels of a film (t h w 3) along its motion: 0 for what is still or evenly moving.

    Each frame is compared with the mean of its two neighbours, brought to it along the motion.
    """
    small = _small(frames)
    if len(small) < 3:
        return 0.0
    jumps = []
    for a, b, c in zip(small, small[1:], small[2:]):
        sides = [warp(other, flow(b, other, fine=True)).astype(np.float32) for other in (a, c)]
        jumps.append(np.abs(2 * b.astype(np.float32) - sides[0] - sides[1]).mean())
    return float(np.mean(jumps))


def drift(frames: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """How far a film (t h w 3) has gone from a reference (s h w 3), such as what was extended from what was given.

    colour     distance of the mean Lab colours (1 is just seen), sharpness and motion as a share of the reference's,
    frozen     share of the film's last frames, 0..1 of its length, that stand still while the reference moves.
    """
    ours, theirs = _traits(frames), _traits(reference)
    steps, usual = ours["steps"], float(np.median(theirs["steps"])) if len(theirs["steps"]) else 0.0
    still = steps < FROZEN * usual
    tail = len(still) if still.all() else int(np.argmin(still[::-1])) if len(still) else 0
    return dict(
        colour=float(np.linalg.norm(ours["lab"] - theirs["lab"])),
        sharpness=ours["sharpness"] / max(theirs["sharpness"], 1e-6),
        motion=(float(np.mean(steps)) if len(steps) else 0.0) / max(float(np.mean(theirs["steps"])) if len(theirs["steps"]) else 0.0, 1e-6),
        frozen=tail / max(len(steps), 1) if usual > LEAST / 10 else 0.0,
    )


def _traits(frames: np.ndarray) -> dict:
    small = _small(frames)
    lab = np.stack([cv2.cvtColor(f.astype(np.float32) / 255, cv2.COLOR_RGB2Lab).mean((0, 1)) for f in small])
    edges = [np.abs(cv2.Laplacian(grey(f).astype(np.float32), cv2.CV_32F)).mean() for f in small]
    steps = np.array([np.abs(grey(a).astype(np.float32) - grey(b)).mean() for a, b in zip(small, small[1:])])
    return dict(lab=lab.mean(0), sharpness=float(np.mean(edges)), steps=steps)


def _small(frames: np.ndarray) -> np.ndarray:
    h, w = frames.shape[1:3]
    scale = min(1.0, SMALL / max(h, w))
    if scale == 1:
        return frames
    size = max(1, round(w * scale)), max(1, round(h * scale))
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames])
