"""Footage under another light, weather or hand: what an edit's words ask for, done to its sketch before it is painted."""

from __future__ import annotations

import cv2
import numpy as np

from .plan import Scene
from .scenery import palette

STYLES = {"flat": 24, "clipart": 20, "twemoji": 16, "noto": 28}  # colours that a drawing style leaves of a film


def relight(frames: np.ndarray, time: str | None, weather: str | None = None) -> np.ndarray:
    """frames uint8 (t h w 3) at another time of day (plan.TIMES) or in fog, rain or snow (plan.WEATHERS): surfaces take its tint,
    and in haze what is high in the frame, mostly far, loses contrast. None changes nothing."""
    if time is None and weather in (None, "clear", "wind"):
        return frames
    day, then = palette(Scene()), palette(Scene(time=time or "day", weather=weather or "clear"))
    gain = (then.tint / np.maximum(day.tint, 1e-3)) ** 0.85
    out = frames.astype(np.float32) * gain
    thick = max(0.0, then.thick - day.thick) + (0.12 if time == "night" else 0.0)
    if thick:
        far = np.linspace(0.8, 0.25, frames.shape[1], dtype=np.float32)[:, None, None] * thick
        out = out * (1 - far) + then.haze * far
    return out.clip(0, 255).astype(np.uint8)


def restyle(frames: np.ndarray, style: str | None) -> np.ndarray:
    """frames uint8 (t h w 3) as a drawing: even faces with firm edges, in the few colours of `style` (STYLES), one set for all frames."""
    if style not in STYLES:
        return frames
    smooth = np.stack([cv2.bilateralFilter(cv2.bilateralFilter(f, 7, 40, 7), 7, 40, 7) for f in frames])
    sample = cv2.cvtColor(smooth[:: max(1, len(smooth) // 8), ::4, ::4].reshape(1, -1, 3), cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0)
    _, _, colours = cv2.kmeans(sample, min(STYLES[style], len(sample)), None, stop, 2, cv2.KMEANS_PP_CENTERS)
    cube = np.stack(np.meshgrid(*[np.arange(0, 256, 8)] * 3, indexing="ij"), -1).reshape(1, -1, 3).astype(np.uint8)
    lab = cv2.cvtColor(cube, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    nearest = np.square(lab[:, None] - colours[None]).sum(-1).argmin(1)
    shown = cv2.cvtColor(colours[nearest].clip(0, 255).astype(np.uint8)[None], cv2.COLOR_LAB2RGB)[0].reshape(32, 32, 32, 3)
    out = np.empty_like(frames)
    for i, frame in enumerate(smooth):
        r, g, b = np.minimum((frame.astype(int) + 4) // 8, 31).transpose(2, 0, 1)
        edges = cv2.GaussianBlur(cv2.Canny(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), 60, 140), (0, 0), 0.8)[..., None] / 255 * 0.6
        out[i] = (cv2.bilateralFilter(shown[r, g, b], 5, 25, 5) * (1 - edges)).astype(np.uint8)
    return out
