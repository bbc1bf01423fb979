"""A folder with footage for the command line's tests."""

from pathlib import Path

import numpy as np

from vitascope.clip import Clip


def desk(folder: Path) -> Path:
    """`folder` with a clip of a ball that rolls (1 s, 128x80), its first frame, a small picture and a black one."""
    y, x = np.mgrid[:80, :128]
    frames = np.stack([np.stack([80 + y, 120 + 0 * y, 200 - y], -1) for _ in range(24)]).astype(np.uint8)
    for i, frame in enumerate(frames):
        frame[(y - 50) ** 2 + (x - 30 - 2 * i) ** 2 < 150] = 240, 60, 40
    Clip(frames, 24).write(folder / "ball.mp4")
    Clip(frames[:1]).write(folder / "ball.png")
    Clip(np.zeros((1, 10, 10, 3), np.uint8)).write(folder / "small.png")
    Clip(np.zeros((1, 80, 128, 3), np.uint8)).write(folder / "black.png")
    return folder
