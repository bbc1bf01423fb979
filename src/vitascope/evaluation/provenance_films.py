"""What the watermark is measured on: our own films and real footage.

Seen while it was tuned: the first shot of bikes.mp4, tree.avi, one shot of Big Buck Bunny (from 125 s), and a dozen films of ours of other prompts
and seeds; for the cells of small pictures also carphone.mp4 and the beginning of vtest.avi at 176x144, which so flatter that size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vitascope import api

from .real_footage import fetch_footage

FPS, SECONDS = 15, 4
SEED = 903
PROMPTS = (
    "two penguins dance on the ice at night", "un chat noir dort sur un toit, la neige tombe", "a hot air balloon rises over mountains at sunset",
    "a whale swims past a sailing boat",
)  # fmt: skip
SHOTS = (  # file, first frame, step between frames
    ("box.mp4", 20, 2), ("cup.mp4", 40, 2), ("vtest.avi", 100, 1), ("bikes.mp4", 140, 1), ("carphone.mp4", 0, 2),
)  # fmt: skip
BUNNY = 1200, 6500  # first frames of shots, every second one taken


@dataclass(frozen=True)
class Source:
    """`read(size)` gives frames (60 h w 3) at 15 a second, `kind` is "ours" or "filmed"; `width`: of the file, above which it has nothing to show."""

    name: str
    kind: str
    read: Callable[[tuple[int, int]], np.ndarray]
    width: int = 640

    def fits(self, size: tuple[int, int]) -> bool:
        return size[0] <= self.width

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def sources(folder: Path, corpus: Path, quick: bool = False, threads: int | None = None) -> list[Source]:
    """The films, ours made once and kept in `folder`. Big Buck Bunny only where the corpus holds it."""
    found = [Source(prompt, "ours", _ours(folder, k, prompt, threads), 512) for k, prompt in enumerate(PROMPTS[: 1 if quick else None])]
    files = fetch_footage(corpus)
    for name, first, step in SHOTS[: 1 if quick else None]:
        found.append(Source(f"{name} from frame {first}", "filmed", _filmed(files[name], first, step), 176 if name == "carphone.mp4" else 640))
    bunny = corpus / "films" / "big-buck-bunny.mp4"
    if bunny.exists() and not quick:
        found += [Source(f"Big Buck Bunny from frame {first}", "filmed", _filmed(bunny, first, 2)) for first in BUNNY]
    return found


def _ours(folder: Path, index: int, prompt: str, threads: int | None) -> Callable[[tuple[int, int]], np.ndarray]:
    def read(size: tuple[int, int]) -> np.ndarray:
        path = folder / f"film-{SEED + index}.npy"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            film = api.generate(prompt, seconds=SECONDS, size="512x320", fps=FPS, seed=SEED + index, threads=threads)
            np.save(path, film.clip.frames)
        return fitted(np.load(path), size)

    return read


def _filmed(path: Path, first: int, step: int) -> Callable[[tuple[int, int]], np.ndarray]:
    return lambda size: fitted(np.stack(list(_frames(path, first, step, FPS * SECONDS))), size)


def _frames(path: Path, first: int, step: int, count: int) -> Iterator[np.ndarray]:
    """Every `step`-th frame from `first`, as many as there are up to `count`."""
    film = cv2.VideoCapture(str(path))
    film.set(cv2.CAP_PROP_POS_FRAMES, first)
    try:
        for index in range(count * step):
            there, frame = film.read()
            if not there:
                return
            if index % step == 0:
                yield frame[:, :, ::-1]
    finally:
        film.release()


def fitted(frames: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Frames (t h w 3) filling a picture of size (w, h), what is too much cut off on both sides."""
    height, width = frames.shape[1:3]
    scale = max(size[0] / width, size[1] / height)
    w, h = min(width, round(size[0] / scale)), min(height, round(size[1] / scale))
    x, y = (width - w) // 2, (height - h) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.stack([cv2.resize(np.ascontiguousarray(f[y : y + h, x : x + w]), size, interpolation=how) for f in frames])
