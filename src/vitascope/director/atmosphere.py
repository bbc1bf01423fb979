"""Weather and the small movements of nature: rain, snow, fog, wind, water, clouds, trees. Continuous in time."""

from __future__ import annotations

import cv2
import numpy as np

from .plan import Scene


def stir(motion: str, seconds: float, w: int, h: int, foot: float, depth: float) -> np.ndarray:
    """A (3 3) map of home pixels for a layer that moves by itself."""
    matrix = np.eye(3)
    if motion == "cloud":
        matrix[0, 2] = 0.012 * w * seconds
    if motion == "plant":  # a shear about the roots
        lean = 0.025 * np.sin(1.9 * seconds + 5 * depth)
        matrix[0, 1], matrix[0, 2] = -lean, lean * foot * h
    return matrix


def ripple(picture: np.ndarray, seconds: float) -> np.ndarray:
    """Slide the rows of a water layer (h w 4) to and fro, each a little later than the one above."""
    h, w = picture.shape[:2]
    rows = np.arange(h, dtype=np.float32)
    shift = 0.012 * w * np.sin(2.2 * seconds + rows * (40 / h))
    x = np.arange(w, dtype=np.float32)[None] + shift[:, None]
    return cv2.remap(picture, x, np.repeat(rows[:, None], w, 1), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def fall(canvas: np.ndarray, scene: Scene, view, seconds: float) -> None:
    """Draw the weather over a frame, in place. Nearer drops slide more under the camera."""
    if scene.kind in ("room", "underwater", "space") or scene.weather == "clear":
        return
    h, w = canvas.shape[:2]
    rng = np.random.default_rng([scene.seed & 0xFFFFFFFF, 77])
    if scene.weather == "fog":
        return fog(canvas, rng, view, seconds)
    count = {"rain": 70, "snow": 90, "wind": 16}[scene.weather] * w // h
    x, y, near = rng.random(count), rng.random(count), rng.uniform(0.35, 1, count)
    speed_x, speed_y = {"rain": (-0.12, 1.9), "snow": (0.05, 0.28), "wind": (0.7, 0.12)}[scene.weather]
    reach, pace = {"rain": (0.0, 0), "snow": (0.03, 2), "wind": (0.1, 3)}[scene.weather]
    drift = reach * np.sin(pace * seconds + 20 * x)
    x = ((x + speed_x * near * seconds * h / w + drift - view.pan_x * near) % 1.1 - 0.05) * w
    y = ((y + speed_y * near * seconds - view.pan_y * near) % 1.1 - 0.05) * h
    unit = 16  # sub-pixel steps of OpenCV's drawing
    if scene.weather == "rain":
        overlay = canvas.copy()
        for px, py, k in zip(x, y, near):
            start = int(px * unit), int(py * unit)
            end = int((px + 0.012 * h * k) * unit), int((py - 0.11 * h * k) * unit)
            cv2.line(overlay, start, end, (214, 226, 240), max(1, round(h * 0.006)), cv2.LINE_AA, 4)
        cv2.addWeighted(overlay, 0.5, canvas, 0.5, 0, canvas)
    elif scene.weather == "snow":
        for px, py, k in zip(x, y, near):
            at, radius = (int(px * unit), int(py * unit)), int(max(0.6, 0.011 * h * k) * unit)
            cv2.circle(canvas, at, radius, (250, 252, 255), -1, cv2.LINE_AA, 4)
    else:
        colors = ((196, 120, 50), (120, 150, 60), (220, 180, 80))
        for n, (px, py, k) in enumerate(zip(x, y, near)):
            angle = float(200 * seconds + 360 * k)
            at = int(px * unit), int(py * unit)
            axes = int(max(1, 0.02 * h * k) * unit), int(max(0.6, 0.01 * h * k) * unit)
            cv2.ellipse(canvas, at, axes, angle, 0, 360, colors[n % 3], -1, cv2.LINE_AA, 4)


def fog(canvas: np.ndarray, rng, view, seconds: float) -> None:
    h, w = canvas.shape[:2]
    coarse = rng.random((5, 16)).astype(np.float32)
    coarse = np.concatenate([coarse, coarse[:, :1]], 1)  # so that it can be scrolled round
    at = (np.arange(w) / w * 8 + seconds * 0.5 + view.pan_x * 8) % 16
    i = at.astype(int)
    f = (at - i).astype(np.float32)
    f = f * f * (3 - 2 * f)
    rows = coarse[:, i] * (1 - f) + coarse[:, i + 1] * f
    mist = cv2.resize(rows, (w, h), interpolation=cv2.INTER_CUBIC).clip(0, 1)[..., None]
    mist = (0.25 + 0.5 * mist) * np.linspace(0.45, 1, h, dtype=np.float32)[:, None, None]
    mean = canvas.mean()
    glow = 0.55 + 0.45 * mean / 140 if mean < 140 else 1  # fog over a dark scene is itself dark
    veiled = canvas * (1 - mist) + np.float32((226, 232, 238)) * mist * glow
    canvas[:] = veiled.clip(0, 255).astype(np.uint8)
