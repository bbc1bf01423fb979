"""Replay: a film is made again from what was recorded of it, and a copy is held against it.

A copy may be cut, scaled, re-encoded or of another frame rate, so each of its frames is held against the frame of the remade film
that looks most like it, in order of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import cv2
import numpy as np

SMALL = (32, 20)  # width and height at which frames are matched
# Measured (docs/provenance.md): whole copies down to half size and CRF 35 have 0.20 and 24.6 dB at worst, the same words under another
# seed 0.29 and 21.8 dB at best; a copy cropped by a tenth lies between (0.22 to 0.30).
SAME_HASH, SAME_PSNR = 0.23, 23.5
OTHER_HASH = 0.30
CHECKED = 24  # frames of the copy, spread evenly


@dataclass(frozen=True)
class Replay:
    """`psnr` in dB, the median over frames of the copy at its own size; `hash` the share of differing bits of difference hashes
    (0 alike, 0.5 unrelated); `same` whether it is the same film, None where that cannot be said, and then `why`."""

    same: bool | None
    psnr: float | None = None
    hash: float | None = None
    frames: int = 0
    why: str = ""

    def to_dict(self) -> dict:
        return asdict(self)


def settings_of(about: dict) -> dict:
    """What `vitascope.generate` is asked for to make a recorded film again. Raises ValueError for a film that words alone don't make."""
    if not about.get("prompt") or about.get("seed") is None:
        raise ValueError("What was recorded of this film is too little to make it again.")
    if about.get("task", "generate") not in ("generate", "text_to_video", "text to video"):
        raise ValueError("This film was made from its maker's own pictures or clips, which are not kept, so it cannot be made again.")
    if any(str(source.get("id", "")).startswith("user/") for source in about.get("sources", ())):
        raise ValueError("This film shows its maker's own characters, which may have changed since, so it is not made again.")
    names = ("seed", "size", "seconds", "fps", "style", "camera", "motion", "num_inference_steps", "guidance_scale", "sketch_strength", "negative_prompt")
    settings = {name: about[name] for name in names if about.get(name) is not None}
    if about.get("best_of"):
        settings["best_of"] = len(about["best_of"]["tries"])
    return settings | dict(
        prompt=about["prompt"], expand=bool(about.get("added")), upscale=about.get("upscaled", True), interpolate=about.get("interpolated", True),
    )  # fmt: skip


def replay(copy: np.ndarray, about: dict, make: Callable[[dict], np.ndarray]) -> Replay:
    """Hold `copy` (t h w 3) uint8 against the film that `make(settings)` makes again, frames (t h w 3) uint8."""
    try:
        again = make(settings_of(about))
    except ValueError as error:
        return Replay(None, why=str(error))
    return compare(copy, again)


def compare(copy: np.ndarray, film: np.ndarray) -> Replay:
    """How alike a copy and a film are, both (t h w 3) uint8 of any length and size."""
    copy = copy[np.unique(np.linspace(0, len(copy) - 1, CHECKED).round().astype(int))]
    a, b = _small(copy), _small(film)
    order = _in_order(((a[:, None] - b[None]) ** 2).mean((2, 3)))
    size = copy.shape[2], copy.shape[1]
    psnrs, hashes = [], []
    for frame, k in zip(copy, order):
        other = cv2.resize(film[k], size, interpolation=cv2.INTER_AREA if size[0] < film.shape[2] else cv2.INTER_CUBIC)
        error = float(((frame.astype(np.float32) - other) ** 2).mean())
        psnrs.append(99.0 if not error else min(99.0, 10 * np.log10(255**2 / error)))
        hashes.append(float((difference_hash(frame) != difference_hash(other)).mean()))
    psnr, away = float(np.median(psnrs)), float(np.median(hashes))
    same = True if away <= SAME_HASH and psnr >= SAME_PSNR else None if away <= OTHER_HASH else False
    why = "" if same is not None else "It looks like a part of the film that comes out of what was recorded, too different to be sure."
    return Replay(same, round(psnr, 1), round(away, 3), len(copy), why)


def difference_hash(frame: np.ndarray) -> np.ndarray:
    """(240,) bool of a picture (h w 3) uint8: whether each cell of a grid of 17 x 15 is brighter than its left neighbour."""
    grey = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (17, 15), interpolation=cv2.INTER_AREA)
    return (grey[:, 1:] > grey[:, :-1]).ravel()


def _small(frames: np.ndarray) -> np.ndarray:
    """(t h w 3) to normalised grey (t SMALL), so that brightness and contrast don't count."""
    grey = np.stack([cv2.resize(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY), SMALL, interpolation=cv2.INTER_AREA) for f in frames]).astype(np.float32)
    return (grey - grey.mean((1, 2), keepdims=True)) / (grey.std((1, 2), keepdims=True) + 4)


def _in_order(cost: np.ndarray) -> list[int]:
    """For each row of (n m) costs a column, never going back, of the least total cost (dynamic programming)."""
    total, steps = cost[0].copy(), []
    for row in cost[1:]:
        best = np.minimum.accumulate(total)
        steps.append(np.maximum.accumulate(np.where(total == best, np.arange(len(total)), 0)))
        total = row + best
    k = int(total.argmin())
    order = [k]
    for step in reversed(steps):
        k = int(step[k])
        order.append(k)
    return order[::-1]
