"""Stills under a moving camera: a photograph or a film frame over which the camera pans, tilts or zooms."""

from __future__ import annotations

import cv2
import numpy as np

MOVES = ("still", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "shake")


def photo_clip(
    rng: np.random.Generator,
    image: np.ndarray,
    num_frames: int,
    size: tuple[int, int],
    fps: float = 8.0,
    camera: str | None = None,
) -> tuple[np.ndarray, dict]:
    """Move over `image` (h w 3, uint8): frames (t h w 3) uint8 of `size` (width, height), and the facts.

    The facts have the keys of sample_plan's; scene, time, weather, ground and style are None, since nobody drew it.
    Raises ValueError for a picture of another shape or smaller than 16 pixels a side, or an unknown camera.
    """
    if image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < 16:
        raise ValueError(
            f"A photograph must be an array (height, width, 3) of at least 16 pixels a side, not {image.shape}."
        )
    if camera is not None and camera not in MOVES:
        raise ValueError(f"A photograph cannot be filmed with camera {camera!r}; choose one of {', '.join(MOVES)}.")
    name = camera or str(rng.choice(MOVES, p=(0.06, 0.18, 0.18, 0.1, 0.1, 0.17, 0.15, 0.06)))
    width, height = size
    h, w = image.shape[:2]
    whole = min(w / width, h / height)  # source pixels a pixel when the view just fits
    u = np.linspace(0, 1, num_frames)
    u = u * u * (3 - 2 * u) * (soft := rng.uniform(0, 0.6)) + u * (1 - soft)
    zoom = np.full(num_frames, rng.uniform(1.15, 1.5))
    x, y = np.full(num_frames, rng.uniform(0.3, 0.7)), np.full(num_frames, rng.uniform(0.3, 0.7))
    if name.startswith("zoom"):
        zoom = rng.uniform(1.25, 1.8) ** (u if name == "zoom in" else 1 - u)
    elif name.startswith(("pan", "tilt")):
        zoom[:] = max(zoom[0], 1.3)
        start = rng.uniform(0.0, 0.2)
        path = start + (1 - start - rng.uniform(0, 0.2)) * (u if name in ("pan right", "tilt down") else 1 - u)
        x, y = (path, y) if name.startswith("pan") else (x, path)
    elif name == "shake":
        seconds = np.arange(num_frames) / fps
        for path in (x, y):
            path += 0.06 * np.sin(2 * np.pi * (seconds[:, None] * rng.uniform(0.8, 3, 3) + rng.random(3))).sum(1)
    scale = whole / zoom
    left, top = np.clip(x, 0, 1) * (w - width * scale), np.clip(y, 0, 1) * (h - height * scale)
    # Shrinking needs a low-pass first, or fine texture flickers as the camera moves.
    coarse = max(float(scale.min()), 1.0)
    source = (
        cv2.resize(image, (round(w / coarse), round(h / coarse)), interpolation=cv2.INTER_AREA) if coarse > 1 else image
    )
    ratio = source.shape[1] / w
    frames = np.empty((num_frames, height, width, 3), np.uint8)
    for i in range(num_frames):
        s = scale[i] * ratio
        matrix = np.float32([[s, 0, left[i] * ratio + (s - 1) / 2], [0, s, top[i] * ratio + (s - 1) / 2]])
        frames[i] = cv2.warpAffine(
            source, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
    facts = dict(
        subjects=[], camera=name, scene=None, time=None, weather=None, ground=None, style=None, order=[], cut=None
    )
    return frames, facts
