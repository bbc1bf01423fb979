"""What comes after the last known frame: that frame, carried on by the camera's motion until it comes to rest."""

from __future__ import annotations

import cv2
import numpy as np

from .motion import camera, flow, similarity_flow, warp

DAMPING = 0.85  # of its speed, the share that the camera keeps from one base frame to the next
SEEN = 4  # known frames from which the speed is told


def onward(frames: np.ndarray, count: int, damping: float = DAMPING) -> np.ndarray:
    """(count h w 3) uint8 after `frames` (t h w 3) uint8, at least one of them, the last ones being the nearest."""
    speed = camera_speed(frames)
    h, w = frames.shape[1:3]
    travelled, out = np.zeros(4), []
    for _ in range(count):
        speed = speed * damping
        travelled = travelled + speed
        # Fetching needs the way back.
        places = similarity_flow(inverse(travelled), h, w)
        out.append(warp(frames[-1], places, cv2.INTER_CUBIC) if np.any(travelled) else frames[-1])
    return np.stack(out) if out else frames[:0]


def camera_speed(frames: np.ndarray) -> np.ndarray:
    """The similarity (4) a frame at the end of `frames`: the median of the last pairs, still where they disagree."""
    recent = frames[-SEEN:]
    steps = [camera(flow(a, b, fine=True)) for a, b in zip(recent, recent[1:])]
    return np.median(steps, 0) if steps else np.zeros(4)


def inverse(similarity: np.ndarray) -> np.ndarray:
    """The similarity (dx, dy, log scale, angle) that undoes another."""
    dx, dy, log_scale, angle = similarity
    cos, sin = np.cos(-angle) * np.exp(-log_scale), np.sin(-angle) * np.exp(-log_scale)
    return np.array([-(cos * dx - sin * dy), -(sin * dx + cos * dy), -log_scale, -angle])

