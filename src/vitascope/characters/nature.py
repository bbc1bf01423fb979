"""The small movements of a picture's background: sky drifts, water ripples, what is textured sways. No frame is frozen."""

from __future__ import annotations

import cv2
import numpy as np

from .saliency import lab

TURN = 4.0  # seconds after which a drift begins again, unseen: two phases of it are cross-faded


class Nature:
    """Moves a picture uint8 (h w 3). `at(0)` is the picture, bit-exact; the same seed moves it the same way."""

    def __init__(self, picture: np.ndarray, amount: float = 1.0, seed: int = 0):
        self.picture, self.amount = picture, amount
        h, w = picture.shape[:2]
        self.x, self.y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        self.sky, self.water, self.plants = regions(picture)
        rng = np.random.default_rng([seed, 41])
        coarse = rng.uniform(0, 2 * np.pi, (4, 6)).astype(np.float32)
        self.phase = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)
        self.way = 1.0 if rng.random() < 0.5 else -1.0

    def at(self, seconds: float) -> np.ndarray:
        """The picture so many seconds later."""
        if seconds <= 0 or self.amount <= 0:
            return self.picture.copy()
        h, w = self.picture.shape[:2]
        grow = min(1.0, seconds / 0.5)  # it begins at rest
        dx = grow * 0.007 * w * self.plants * (np.sin(2.0 * seconds + self.phase) - np.sin(self.phase))
        dy = grow * 0.003 * w * self.plants * np.sin(1.3 * seconds + 1.7 * self.phase)
        rows = self.y * (2 * np.pi * 9 / h)
        dx = dx + grow * 0.009 * w * self.water * np.sin(2.4 * seconds + rows)
        dy = dy + grow * 0.004 * w * self.water * np.sin(1.9 * seconds + 1.3 * rows + self.phase)
        if self.sky.max() < 0.05:
            return self._moved(dx, dy, 0.0)
        # A drift cannot go on for ever: while one phase of it is stretched the other begins, each unseen when it jumps.
        first, second = seconds % TURN, (seconds + TURN / 2) % TURN
        share = 1 - abs(2 * first / TURN - 1) if seconds >= TURN / 2 else 1.0
        shown = self._moved(dx, dy, first)
        if share >= 1:
            return shown
        return cv2.addWeighted(shown, share, self._moved(dx, dy, second), 1 - share, 0)

    def _moved(self, dx: np.ndarray, dy: np.ndarray, drifted: float) -> np.ndarray:
        w = self.picture.shape[1]
        x = self.x - self.amount * (dx + self.way * 0.012 * w * drifted * self.sky)
        return cv2.remap(self.picture, x.astype(np.float32), (self.y - self.amount * dy).astype(np.float32),
                         cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)  # fmt: skip


def regions(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (h w) 0..1 of sky, water and what sways, by colour, texture and place; soft, so that nothing tears."""
    h, w = picture.shape[:2]
    colors, soft = lab(picture), max(1.0, 0.02 * h)
    light = cv2.GaussianBlur(colors, (0, 0), max(1.0, 0.01 * h))
    grey = colors[..., 0]
    rough = cv2.GaussianBlur(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), max(1.0, 0.012 * h))), (0, 0), soft)
    high = np.linspace(1, 0, h, dtype=np.float32)[:, None] * np.ones((1, w), np.float32)
    airy = ((light[..., 2] < 4) | (light[..., 0] > 82)) & (light[..., 0] > 35) & (rough < 6) & (high > 0.25)
    count, labels = cv2.connectedComponents(cv2.erode(airy.astype(np.uint8), np.ones((3, 3), np.uint8)))
    top = np.setdiff1d(np.unique(labels[:2]), [0])
    sky = np.isin(labels, top)
    blue = (light[..., 2] < -4) & (light[..., 1] < 12) & ~sky & (high < 0.65)
    sky_weight = cv2.GaussianBlur(cv2.erode(sky.astype(np.float32), np.ones((3, 3))), (0, 0), soft) * sky
    sky_weight = cv2.GaussianBlur(sky_weight.astype(np.float32), (0, 0), soft)
    water = cv2.GaussianBlur(blue.astype(np.float32), (0, 0), soft)
    plants = cv2.GaussianBlur(((rough / 5).clip(0, 1) * (1 - sky)).astype(np.float32), (0, 0), 2 * soft)
    return sky_weight, water, np.maximum(plants * (1 - water) * (1 - sky_weight), 0.12 * (1 - sky_weight))
