"""What a user says is to be painted anew: masks (white: anew) and time spans, read and checked."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable

import cv2
import numpy as np

from vitascope.clip import Clip, format_size

WHITE = 128  # grey level from which a pixel counts as white
SHAPE = 0.02  # relative difference of aspect ratios that is still one shape


def read_mask(source: str | os.PathLike | np.ndarray, size: tuple[int, int], num_frames: int) -> np.ndarray:
    """True where the film is to be painted anew: (h w) bool from a picture, (t h w) bool from a video.

    `source` is the path of a picture or video, or an array (h w), (h w 3), (t h w) or (t h w 3), bool or uint8; white
    means anew. `size` is (w, h) and `num_frames` the length of the film. A mask of another size but the same shape is
    resized. Raises ValueError with one sentence for another shape or length, and for one that is all black or white.
    """
    levels = _levels(source)
    t, h, w = levels.shape
    if t not in (1, num_frames):
        raise ValueError(f"The mask has {t} frames and the film {num_frames}: give one picture, or a frame for each.")
    width, height = size
    if abs(math.log(w / h / (width / height))) > SHAPE:
        raise ValueError(
            f"The mask is {format_size((w, h))} and the film {format_size(size)}: give a mask of the film's shape."
        )
    if (w, h) != (width, height):
        levels = np.stack([cv2.resize(level, (width, height), interpolation=cv2.INTER_NEAREST) for level in levels])
    mask = levels >= WHITE
    if not mask.any():
        raise ValueError("The mask is all black, so nothing would change: paint white what is to be made anew.")
    if mask.all():
        raise ValueError("The mask is all white, so nothing of the film would be left: paint black what is to stay.")
    return mask[0] if t == 1 else mask


def _levels(source) -> np.ndarray:
    """(t h w) uint8 grey levels of a mask in any of the forms that read_mask takes."""
    if not isinstance(source, np.ndarray):
        source = Clip.read(source).frames
    elif source.dtype == bool:
        source = source.astype(np.uint8) * 255
    if source.dtype != np.uint8 or not source.size:
        raise ValueError(f"A mask must be bool, or uint8 with values 0 to 255, not {source.dtype} {source.shape}.")
    if source.ndim in (3, 4) and source.shape[-1] == 3:
        source = source.max(-1)  # any colour counts as bright as its brightest part
    if source.ndim == 2:
        source = source[None]
    if source.ndim != 3:
        raise ValueError(f"A mask must have the shape (h, w), (h, w, 3), (t, h, w) or (t, h, w, 3), not {source.shape}.")
    return source


def spans(given: Iterable[str | tuple[float, float]], fps: float, num_frames: int) -> list[tuple[int, int]]:
    """Frame spans (start, stop) in rising order from times in seconds: "2.0-3.5", or (2.0, 3.5).

    Spans that touch are merged. Raises ValueError with one sentence for one that cannot be read, is empty, lies outside
    the film, or overlaps another, and when together they are the whole film.
    """
    found = sorted((_span(one, fps, num_frames) for one in given), key=lambda span: span[:2])
    merged: list[list] = []
    for start, stop, text in found:
        if merged and start < merged[-1][1]:
            raise ValueError(f"The spans {merged[-1][2]} and {text} overlap: give them as one.")
        if merged and start == merged[-1][1]:
            merged[-1][1:] = stop, text
        else:
            merged.append([start, stop, text])
    if not merged:
        raise ValueError("No span is given: name one in seconds, such as 2.0-3.5.")
    if merged[0][:2] == [0, num_frames]:
        raise ValueError("The spans are the whole film: leave some of it known.")
    return [(start, stop) for start, stop, _ in merged]


def _span(one, fps: float, num_frames: int) -> tuple[int, int, str]:
    """(start, stop, as it is shown)."""
    if isinstance(one, str):
        read = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*s?\s*[-–]\s*(\d+(?:\.\d*)?|\.\d+)\s*s?\s*", one)
        if not read:
            raise ValueError(f"The span {one[:40]!r} is not START-STOP in seconds, such as 2.0-3.5.")
        one = read.groups()
    try:
        start, stop = (float(value) for value in one)
    except (TypeError, ValueError):
        raise ValueError(f"The span {str(one)[:40]!r} is not two times in seconds, such as (2.0, 3.5).") from None
    text, seconds = f"{start:g}-{stop:g}", num_frames / fps
    if not (math.isfinite(start) and math.isfinite(stop) and start < stop):
        raise ValueError(f"The span {text} ends before it begins: give START-STOP in seconds, such as 2.0-3.5.")
    if start < 0 or stop > seconds + 0.5 / fps:
        raise ValueError(f"The span {text} is outside the film, which lasts {seconds:g} s.")
    first, last = round(start * fps), min(num_frames, round(stop * fps))
    if first >= last:
        raise ValueError(f"The span {text} is shorter than a frame, which lasts {1 / fps:.3g} s: make it longer.")
    return first, last, text
