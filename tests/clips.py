"""Small clips and what is true of every film, for the tests of the tasks."""

import signal

import cv2
import numpy as np

from vitascope.clip import Clip
from vitascope.provenance.boxes import boxes


def moving(count: int = 13, fps: float = 8.0, size: tuple[int, int] = (96, 64), seed: int = 0, step: float = 1.5) -> Clip:
    """A camera that goes over soft textures, `step` pixels a frame; each seed is another place."""
    (w, h), rng = size, np.random.default_rng(seed)
    ground = cv2.GaussianBlur(rng.integers(0, 256, (h + 40, w + 160, 3)).astype(np.float32), (0, 0), 4)
    ground = (ground - ground.min()) / np.ptp(ground) * 200 + 30
    shift = lambda i: np.float32([[1, 0, -8 - step * i], [0, 1, -8 - step * i / 3]])
    return Clip(np.stack([cv2.warpAffine(ground, shift(i), (w, h)) for i in range(count)]).round().astype(np.uint8), fps)


def steps(frames: np.ndarray) -> np.ndarray:
    """Mean change (t - 1) in grey levels from each frame (t h w c) to the next."""
    return np.abs(np.diff(frames.astype(np.int16), axis=0)).mean((1, 2, 3))


def check(film, count: int, size: tuple[int, int], fps: float):
    """A whole film: so many frames of this size and rate, none of them blank, and a report that says so."""
    clip, report = film.clip, film.report
    assert (len(clip), clip.size, clip.fps) == (count, size, fps)
    assert report["complete"] and report["size"] == "x".join(map(str, size)) and report["fps"] == fps
    assert abs(report["seconds"] - count / fps) < 1e-3 and report["seed"] is not None and report["num_inference_steps"] >= 1
    assert (clip.frames.std((1, 2, 3)) > 3).all() and (clip.frames.mean((1, 2, 3)) > 8).all()
    assert {"made_in_seconds", "footprint", "sources", "gaps", "model"} <= set(report)


def payload(path) -> bytes:
    """What an encoder wrote of an MP4's pictures: files of the same film differ, as what is signed has its time and random numbers."""
    data = open(path, "rb").read()
    return b"".join(data[box.start + 8 : box.stop] for box in boxes(path) if box.name == "mdat")


def interruptible() -> None:
    """For a child process: Ctrl-C counts, even where the tests themselves run in a background that ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
