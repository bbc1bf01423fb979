"""True texture and true colours for painted frames, from the real frames beside them."""

from __future__ import annotations

import cv2
import numpy as np

from .motion import agreement, flow, spread, warp

WIDTH = 384  # pixels of the longer side at which the match is looked for
ALIKE = 10.0  # grey levels of difference in the coarse picture at which detail is believed by a third
MOST = 2.0  # times the detail's usual size to which what is added is held


def carry_detail(target: np.ndarray, source: np.ndarray, source_like_target: np.ndarray | None = None) -> np.ndarray:
    """`target` (h w 3) uint8, a blurry frame, with the fine detail of `source` (h w 3) where both show the same.

    `source_like_target` is the source made as blurry as the target, in the way that made the target blurry; without it
    the source is blurred until it is as smooth as the target. Where the coarse pictures disagree the target stays as it
    is. Its mean colours stay. Raises ValueError for frames of different sizes.
    """
    if not target.shape == source.shape == (target if source_like_target is None else source_like_target).shape:
        raise ValueError(f"Detail goes between frames of one size, not from {source.shape} to {target.shape}.")
    coarse = softened(source, target) if source_like_target is None else source_like_target
    detail = source.astype(np.float32) - coarse
    there, sure = _match(target, coarse)
    moved, below = warp(detail, there, cv2.INTER_CUBIC), warp(coarse.astype(np.float32), there)
    gap = cv2.GaussianBlur(np.abs(below - target).max(-1), (0, 0), 2)
    belief = (np.exp(-((gap / ALIKE) ** 2)) * sure)[..., None]
    belief = cv2.GaussianBlur(cv2.erode(belief, np.ones((3, 3))), (0, 0), 2)[..., None]
    # What a wrong match would add is a ghost edge: no pixel gets more than there is around it.
    size = cv2.GaussianBlur(np.abs(moved), (0, 0), 6) * MOST + 2
    added = np.clip(moved, -size, size) * belief
    added -= added.mean((0, 1)) * belief / max(float(belief.mean()), 1e-6)
    return (target + added + 0.5).clip(0, 255).astype(np.uint8)


def softened(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """`source` (h w 3) blurred by a Gaussian until its edges are as weak as the target's; itself if they are weaker."""
    wanted = _edges(target)
    low, high = 0.0, max(source.shape[:2]) / 16
    if _edges(source) <= wanted:
        return source
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if _edges(cv2.GaussianBlur(source, (0, 0), middle)) > wanted else (low, middle)
    return cv2.GaussianBlur(source, (0, 0), high)


def _edges(frame: np.ndarray) -> float:
    return float(np.abs(cv2.Laplacian(frame[..., 1].astype(np.float32), cv2.CV_32F)).mean())


def _match(target: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flow (h w 2) from target to source at full size, and how far there and back agree (h w) in 0..1."""
    h, w = target.shape[:2]
    scale = min(1.0, WIDTH / max(h, w))
    size = max(16, round(w * scale)), max(16, round(h * scale))
    small = [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in (target, source)]
    there, back = flow(*small, fine=True), flow(*small[::-1], fine=True)
    # Detail is only as good as its place: flow is smoothed, and trusted less where it tears.
    there = cv2.GaussianBlur(there, (0, 0), 1.5)
    sure = agreement(there, back, tolerance=0.5)
    return cv2.resize(there, (w, h)) * np.float32([w / size[0], h / size[1]]), cv2.resize(sure, (w, h))


def match_colour(frames: np.ndarray, before=None, after=None, fps: float = 24.0, seconds: float = 1.0) -> np.ndarray:
    """`frames` (t h w 3) uint8 without the jump of colour or brightness at their joins to real footage.

    `before` and `after` (h w 3) are the real frames next to the first and the last of them, or None. The offset at a join
    is taken as a smooth membrane (so that what moves makes none), along the motion, and fades over `seconds`, or over the
    whole passage where it is known at both ends.
    """
    out = frames.astype(np.float32)
    t = len(frames)
    for frame, real, places in ((0, before, np.arange(t)), (t - 1, after, np.arange(t)[::-1])):
        if real is None:
            continue
        offset = membrane(frames[frame], real)
        length = max(1.0, seconds * fps)
        if before is not None and after is not None:
            length = min(length, t) if t > 1 else 2.0
        for i, away in enumerate(places):
            fade = max(0.0, 1 - away / length)
            out[i] += offset * (fade * fade * (3 - 2 * fade))
    return (out + 0.5).clip(0, 255).astype(np.uint8)


def membrane(frame: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The smooth offset (h w 3) float32 that takes the colours of `frame` to those of `real`, both (h w 3) uint8."""
    if frame.shape != real.shape:
        raise ValueError(f"Colours are matched between frames of one size, not {frame.shape} and {real.shape}.")
    h, w = frame.shape[:2]
    scale = min(1.0, 96 / max(h, w))
    size = max(8, round(w * scale)), max(8, round(h * scale))
    a, b = (cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in (frame, real))
    difference = warp(b, flow(a, b)).astype(np.float32) - a
    # A pixel far from what is usual there shows another thing, not another light.
    usual = np.median(difference, (0, 1))
    odd = np.abs(difference - usual).max(-1)
    kept = (odd < max(8.0, 2 * float(np.median(odd)))).astype(np.float32)
    smooth = cv2.GaussianBlur(spread(difference * kept[..., None], kept), (0, 0), max(size) / 8)
    return cv2.resize(smooth, (w, h), interpolation=cv2.INTER_LINEAR)
