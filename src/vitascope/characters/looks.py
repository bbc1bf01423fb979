"""What characters that don't act give a film: a style its colours, a scene its place."""

from __future__ import annotations

import numpy as np

from .character import Character
from .saliency import lab

GAIN = 0.6, 1.6  # the most that a colour spread is narrowed or widened


def recolor(frames: np.ndarray, style: Character | np.ndarray, amount: float = 0.6) -> np.ndarray:
    """frames uint8 (t h w 3) or (h w 3) with colours drawn towards those of a style (a Character, or a picture (h w 3)).

    Mean and covariance in Lab are moved `amount` 0..1 of the way to the style's (Monge and Kantorovich's linear map), mildly: one map
    for all frames, so that nothing flickers.
    """
    import cv2

    pictures = [p[..., :3] for p in style.pictures] if isinstance(style, Character) else [style[..., :3]]
    target = np.concatenate([lab(np.ascontiguousarray(p))[::4, ::4].reshape(-1, 3) for p in pictures])
    clip = frames if frames.ndim == 4 else frames[None]
    source = np.concatenate([lab(f)[::4, ::4].reshape(-1, 3) for f in clip[:: max(1, len(clip) // 8)]])
    matrix = _spread_map(np.cov(source.T) + 2 * np.eye(3), np.cov(target.T) + 2 * np.eye(3))
    matrix = (1 - amount) * np.eye(3) + amount * matrix
    mean, goal = source.mean(0), target.mean(0)
    goal = mean + amount * (goal - mean) * (0.6, 1, 1)  # light is kept more than hue: a night stays a night
    out = np.empty_like(clip)
    for i, frame in enumerate(clip):
        colors = (lab(frame) - mean) @ matrix.T + goal
        out[i] = (cv2.cvtColor(colors.astype(np.float32), cv2.COLOR_LAB2RGB) * 255).round().clip(0, 255)
    return out if frames.ndim == 4 else out[0]


def _spread_map(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The symmetric map (3 3) that turns one covariance into the other, its gains kept within GAIN."""
    root = _power(source, 0.5)
    back = _power(source, -0.5)
    matrix = back @ _power(root @ target @ root, 0.5) @ back
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors @ np.diag(values.clip(*GAIN)) @ vectors.T


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors @ np.diag(np.maximum(values, 1e-6) ** exponent) @ vectors.T


def backdrop(scene: Character, num_frames: int, fps: float) -> np.ndarray:
    """A scene as stage.render takes it: (h w 3), or of a clip (t h w 3) at `fps`, to and fro so that it has no jump."""
    pictures = [np.ascontiguousarray(p[..., :3]) for p in scene.pictures]
    if not scene.moves:
        return pictures[0]
    there_and_back = pictures + pictures[-2:0:-1]
    return np.stack([there_and_back[int(i / fps * scene.fps) % len(there_and_back)] for i in range(num_frames)])
