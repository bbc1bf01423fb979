"""How things move by themselves: legs, wings, fins and wheels, as warps of a flat picture, like a paper puppet's."""

from __future__ import annotations

import cv2
import numpy as np

from .plan import SCALE, X, Y

# Cycles for each body height travelled, and cycles a second at rest.
RATES = {"none": (0, 0), "walk": (0.9, 0), "run": (0.7, 0), "fly": (0.3, 2.0), "swim": (0.5, 0.9), "roll": (0.8, 0),
         "hop": (0.6, 0.0), "hover": (0.1, 0.5)}  # fmt: skip


def gait_phase(track: np.ndarray, gait: str, aspect: float, fps: float) -> np.ndarray:
    """Cycles since the start for a track (t 8): steps go with the way travelled, wings and fins also with time.

    `aspect` is width / height of the frame. A third of a cycle a frame is the fastest that a film can still show.
    """
    by_way, by_time = RATES[gait]
    step = np.diff(track[:, [X, Y]], axis=0, prepend=track[:1, [X, Y]]) * (aspect, 1)
    way = np.hypot(*step.T) / np.maximum(track[:, SCALE], 0.05)
    return np.cumsum(np.minimum(way * by_way + by_time / fps, 0.34)).astype(np.float32)


def upright_tilt(reference, degrees: float) -> float:
    """The tilt (radians, clockwise) that points a picture the way it goes: `degrees` counter-clockwise from right.

    Only for pictures drawn at a slant (rockets, aeroplanes: heading neither left nor right); 0 for all others. Such a
    subject keeps the facing it is drawn with.
    """
    if reference.heading is None or reference.heading % 180 == 0:
        return 0.0
    turn = (degrees - reference.heading + 180) % 360 - 180
    return float(-np.deg2rad(turn))


def sway(gait: str, phase: float) -> tuple[float, float, float, float]:
    """(dx, dy, squash, stretch): the whole body's shift in body heights, and its vertical and horizontal scale."""
    turn = 2 * np.pi * phase
    if gait in ("walk", "run"):
        return 0.0, -(0.035 if gait == "walk" else 0.07) * abs(np.sin(turn)), 1.0, 1.0
    if gait == "hop":
        up = abs(np.sin(np.pi * phase))
        return 0.0, -0.3 * up, 0.9 + 0.14 * up, 1.06 - 0.1 * up
    if gait == "fly":
        return 0.0, 0.04 * np.sin(turn), 1.0, 0.86 + 0.14 * np.cos(turn)
    if gait == "swim":
        return 0.0, 0.025 * np.sin(turn / 2), 1.0, 1.0
    if gait == "roll":
        return 0.0, -0.012 * abs(np.sin(2 * turn)), 1.0, 1.0
    if gait == "hover":
        return 0.0, 0.035 * np.sin(turn), 1.0, 1.0
    return 0.0, 0.0, 1.0, 1.0


def puppet(sprite: np.ndarray, gait: str, phase: float, sided: bool) -> np.ndarray:
    """Bend a sprite (h w 4): legs swing by turns, wing tips beat, a body waves. `sided`: seen from the side.

    What comes back is larger by the same margin on opposite sides, so that a lifted wing is not cut off.
    """
    if gait not in ("walk", "run", "fly", "swim"):
        return sprite
    h, w = sprite.shape[:2]
    rim_x, rim_y = int(np.ceil(0.18 * w)), int(np.ceil(0.2 * h))
    u = ((np.arange(-rim_x, w + rim_x, dtype=np.float32) + 0.5) / w - 0.5)[None]
    v = ((np.arange(-rim_y, h + rim_y, dtype=np.float32) + 0.5) / h)[:, None]
    turn, dx, dy = 2 * np.pi * phase, 0.0, 0.0
    if gait in ("walk", "run"):
        amount = 0.11 if gait == "walk" else 0.17
        leg = np.clip((v - 0.6) / 0.4, 0, 1)
        dx = amount * leg * np.sin(turn) * np.tanh(7 * u)
        dy = 0.05 * leg * np.sign(np.cos(turn)) * np.tanh(7 * u) * abs(np.sin(turn))
    elif gait == "fly":
        dy = 0.16 * np.sin(turn) * (2 * np.abs(u)) ** 1.5 * np.clip(1.2 - v, 0, 1)
    elif sided:
        dy = 0.05 * (0.4 + np.abs(u + 0.5)) * np.sin(turn - 5 * u)
    else:
        dx = 0.07 * v * np.sin(turn + 6 * v)
    shape = (h + 2 * rim_y, w + 2 * rim_x)
    x = np.broadcast_to((u + 0.5 - dx) * w - 0.5, shape).astype(np.float32)
    y = np.broadcast_to((v - dy) * h - 0.5, shape).astype(np.float32)
    return cv2.remap(sprite, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
