"""Where a picture's main thing and its camera go: both begin exactly at home, and neither stops before the end."""

from __future__ import annotations

import numpy as np

from vitascope.director.plan import PAN_X, PAN_Y, ROLL, ZOOM

FASTEST = 0.25  # widths a second


def thing_path(motion: str, num_frames: int, fps: float, amount: float, box, size, direction: str | None) -> np.ndarray:
    """(t 3): dx, dy in pixels and scale, from (0, 0, 1) on. box: x0, y0, x1, y1 of the thing; size: (w, h) of the picture."""
    (w, h), (x0, y0, x1, y1) = size, box
    seconds = np.arange(num_frames) / fps
    whole = max(seconds[-1], 1e-6)
    gone = eased(seconds, whole)
    path = np.zeros((num_frames, 3))
    path[:, 2] = 1
    middle = (x0 + x1) / 2
    way = {"left": -1.0, "right": 1.0}.get(direction) or (1.0 if middle < w / 2 else -1.0)
    if motion in ("crosses", "follows", "meets", "hides"):
        room = (w - middle if way > 0 else middle) + (0.3 * (x1 - x0) if direction else -0.4 * (x1 - x0))
        path[:, 0] = way * min(max(room, 0.12 * w), FASTEST * w * whole) * min(amount, 1.5) * gone
    elif motion == "rises":
        path[:, 1] = -min(y0 + 0.4 * (y1 - y0), FASTEST * h * whole) * min(amount, 1.5) * gone
    elif motion == "falls":
        path[:, 1] = min(h - y1 + 0.3 * (y1 - y0), FASTEST * h * whole) * min(amount, 1.5) * gone**1.5
    elif motion == "bounces":
        path[:, 1] = -0.22 * amount * min(y1 - y0, 1.5 * y0 + 8) * np.abs(np.sin(np.pi * 1.1 * seconds))
    elif motion == "circles":
        turn = 2 * np.pi * seconds / max(3.0, whole / max(1, round(whole / 5)))
        path[:, 0] = 0.12 * w * amount * np.sin(turn) * way
        path[:, 1] = 0.05 * h * amount * (np.cos(turn) - 1)
    elif motion in ("approaches", "leaves"):
        most = 1 + 0.45 * amount if motion == "approaches" else 1 / (1 + 0.45 * amount)
        path[:, 2] = np.exp(np.log(most) * gone)
        path[:, 1] = (0.06 if motion == "approaches" else -0.06) * h * amount * gone
    else:  # it stands or waits: it breathes, and shifts its weight
        path[:, 0] = 0.012 * amount * (x1 - x0) * np.sin(1.7 * seconds)
        path[:, 2] = 1 + 0.012 * amount * np.sin(2 * np.pi * 0.35 * seconds)
    if y1 >= h - 2:  # cut off by the lower border: it may not be lifted off it
        path[:, 1] = np.maximum(path[:, 1], 0)
    return path


def camera_path(name: str, num_frames: int, fps: float, amount: float, thing: np.ndarray | None) -> np.ndarray:
    """(t 4): pan in widths and heights, zoom, roll, like Shot.camera but from home on. thing: (t) dx of the main thing in widths.

    A pan also moves a little closer, so that less of what lies beyond the picture's edge comes into view.
    """
    seconds = np.arange(num_frames) / fps
    gone = eased(seconds, max(seconds[-1], 1e-6))
    path = np.zeros((num_frames, 4))
    path[:, ZOOM] = 1
    pans = {"pan left": (PAN_X, -1), "pan right": (PAN_X, 1), "tilt up": (PAN_Y, -1), "tilt down": (PAN_Y, 1)}
    if name in pans:
        column, sign = pans[name]
        path[:, column] = sign * 0.16 * amount * gone
        path[:, ZOOM] = 1 + 0.14 * amount * gone
    elif name in ("zoom in", "zoom out"):
        path[:, ZOOM] = np.exp((0.34 if name == "zoom in" else -0.18) * amount * gone)
    elif name == "orbit":
        turn = 2 * np.pi * seconds / max(4.0, seconds[-1])
        path[:, PAN_X], path[:, ZOOM] = 0.09 * amount * np.sin(turn), 1 + 0.1 * amount * eased(seconds, 1.5)
    elif name == "shake":
        grow = eased(seconds, 0.6)
        path[:, PAN_X] = 0.012 * amount * grow * (np.sin(7.3 * seconds) + 0.6 * np.sin(12.1 * seconds))
        path[:, PAN_Y] = 0.014 * amount * grow * (np.sin(8.9 * seconds) + 0.5 * np.sin(14.3 * seconds))
        path[:, ROLL], path[:, ZOOM] = 0.008 * amount * grow * np.sin(6.1 * seconds), 1 + 0.04 * amount * grow
    elif name == "follow" and thing is not None:
        path[:, PAN_X] = 0.7 * thing
        path[:, ZOOM] = 1 + 0.5 * np.abs(path[:, PAN_X])
    return path


def eased(seconds: np.ndarray, whole: float) -> np.ndarray:
    """0..1 over `whole` seconds: sets off within half a second, or a quarter of it, then goes evenly to the end, and stays there."""
    start = min(0.5, whole / 4)
    t = np.clip(seconds, 0, whole)
    ramp = np.where(t < start, t**2 / (2 * start), t - start / 2)
    return ramp / (whole - start / 2)
