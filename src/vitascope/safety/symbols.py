"""Hooked crosses (swastikas) in frames: blots of one brightness are cut out, and a small network of ours says what they are.

The network saw shapes drawn for it, bent, blurred and covered in part, beside harmless look-alikes (training/symbols.py). It
knows no other symbol, and it cannot know what is meant: a temple's is found like any other. How far it goes is measured by
`vitascope bench safety` and said in docs/safety.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vitascope.library import ASSETS

WEIGHTS = ASSETS / "safety" / "frames-symbols.safetensors"
SIDE = 256  # pixels of the longer side of a frame in which blots are looked for
CROP = 24  # pixels a side of a blot as the network sees it
LEVELS = (40, 75, 110, 145, 180, 215)  # of brightness, at which a frame is cut into blots
LEAST = 12  # pixels a side of a blot
MOST = 64  # blots a frame, the largest ones


class Symbols:
    """How likely a frame shows a hooked cross."""

    def __init__(self, path: Path = WEIGHTS):
        """Raises ValueError with one sentence where the weights are missing or damaged."""
        from safetensors.numpy import load_file

        try:
            self._weights = {name: array.astype(np.float32) for name, array in load_file(path).items()}
            self._weights["out.weight"]
        except Exception as error:
            raise ValueError(f"The network that looks for symbols, {path}, is missing or damaged: install Vitascope again.") from error

    def __call__(self, frame: np.ndarray) -> tuple[float, bool]:
        """(score 0 to 1, whether it turns to the right, as that of the Nazis does) of a frame (h w 3) uint8."""
        crops = blots(frame)
        if not len(crops):
            return 0.0, False
        chances = self.judge(crops)
        best = int(chances[:, 1:].max(1).argmax())
        return float(chances[best, 1:].max()), bool(chances[best, 1] >= chances[best, 2])

    def judge(self, crops: np.ndarray) -> np.ndarray:
        """Chances (n 3) of something else, a cross that turns right, one that turns left, of blots (n CROP CROP) 0..1."""
        x = crops[:, None].astype(np.float32)
        for name in ("first", "second", "third"):
            x = _halved(np.maximum(_convolved(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]), 0))
        x = np.maximum(x.reshape(len(x), -1) @ self._weights["middle.weight"].T + self._weights["middle.bias"], 0)
        x = x @ self._weights["out.weight"].T + self._weights["out.bias"]
        x = np.exp(x - x.max(1, keepdims=True))
        return x / x.sum(1, keepdims=True)


def blots(frame: np.ndarray) -> np.ndarray:
    """Blots (n CROP CROP) float32 0..1 of a frame (h w 3) uint8: connected, of one brightness, about as wide as high."""
    import cv2

    h, w = frame.shape[:2]
    scale = SIDE / max(h, w)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    grey = cv2.cvtColor(cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), cv2.COLOR_RGB2GRAY)
    found = []
    for level in LEVELS:
        for dark in (True, False):
            mask = cv2.threshold(grey, level, 1, cv2.THRESH_BINARY_INV if dark else cv2.THRESH_BINARY)[1]
            count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
            wide, high, area = stats[:, 2], stats[:, 3], stats[:, 4]
            filled = area / np.maximum(wide * high, 1)
            whole = (np.minimum(wide, high) >= LEAST) & (np.maximum(wide, high) <= 2 * np.minimum(wide, high)) & (filled > 0.2) & (filled < 0.72)
            for index in np.flatnonzero(whole):
                x, y, wide_, high_ = stats[index, :4]
                if index:
                    found.append((stats[index, 4], (labels[y : y + high_, x : x + wide_] == index).astype(np.float32)))
    found.sort(key=lambda pair: -pair[0])
    crops = [cv2.resize(mask, (CROP, CROP), interpolation=cv2.INTER_AREA) for _, mask in found[:MOST]]
    return np.stack(crops) if crops else np.zeros((0, CROP, CROP), np.float32)


def _convolved(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """3 x 3 convolution of (n c h w) with zeros around."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    return np.tensordot(windows, weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + bias[:, None, None]


def _halved(x: np.ndarray) -> np.ndarray:
    """The largest of every 2 x 2 pixels of (n c h w)."""
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))
