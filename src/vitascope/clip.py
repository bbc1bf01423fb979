"""A clip: frames and a rate. The one form in which moving pictures travel through Vitascope."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vitascope.media import MAX_FPS, MAX_PIXELS, PICTURES, WRITABLE, ClipError, VideoWriter, read_frames, write_picture

__all__ = ["MIN_SIDE", "MAX_SIDE", "Clip", "ClipError", "format_size", "parse_size"]

MIN_SIDE, MAX_SIDE = 16, 4096  # pixels, of a size that can be asked for


def parse_size(text: str) -> tuple[int, int]:
    """(w, h) in pixels from "512x320". Raises ValueError unless both are whole numbers from 16 to 4096."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*[xX×]\s*([0-9]{1,6})\s*", text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"The size {str(text)[:40]!r} is not WIDTHxHEIGHT in pixels, such as 512x320.")
    width, height = int(found[1]), int(found[2])
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise ValueError(
            f"The size {format_size((width, height))} is out of range: each side must be {MIN_SIDE} to {MAX_SIDE}."
        )
    return width, height


def format_size(size: tuple[int, int]) -> str:
    """ "512x320" from (512, 320), which are (w, h)."""
    return f"{size[0]}x{size[1]}"


@dataclass(frozen=True, eq=False)
class Clip:
    """`frames` is (t h w c=3), uint8 sRGB, at least one frame; `fps` is above 0 and at most 240.

    A picture is a clip of one frame. Methods return new clips; `cut` shares memory with the clip that it was cut from.
    Raises ClipError, a ValueError, when the frames or the rate are anything else.
    """

    frames: np.ndarray
    fps: float = 8.0

    def __post_init__(self):
        frames = self.frames
        if not isinstance(frames, np.ndarray) or frames.dtype != np.uint8:
            kind = frames.dtype if isinstance(frames, np.ndarray) else type(frames).__name__
            raise ClipError(f"A clip's frames must be a uint8 array with values 0 to 255, not {kind}.")
        if frames.ndim != 4 or frames.shape[-1] != 3:
            raise ClipError(f"A clip's frames must have the shape (t, h, w, 3), not {frames.shape}.")
        if 0 in frames.shape:
            raise ClipError(f"A clip needs at least one frame of one pixel; its shape is {frames.shape}.")
        if not (isinstance(self.fps, (int, float, np.number)) and math.isfinite(self.fps) and 0 < self.fps <= MAX_FPS):
            raise ClipError(f"A clip's fps must be a number above 0 and at most {MAX_FPS:g}, not {self.fps!r}.")
        object.__setattr__(self, "fps", float(self.fps))

    def __len__(self) -> int:
        return len(self.frames)

    def __repr__(self) -> str:
        return f"Clip({len(self)} frames, {format_size(self.size)}, {self.fps:g} fps)"

    @property
    def size(self) -> tuple[int, int]:
        """(w, h) in pixels."""
        return self.frames.shape[2], self.frames.shape[1]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return len(self) / self.fps

    @classmethod
    def read(cls, path: str | os.PathLike, *, max_seconds: float | None = None, max_pixels: int = MAX_PIXELS) -> Clip:
        """Reads a video or a picture, whatever its name says it is.

        At most `max_seconds` from the start, and no picture of more than `max_pixels` (w times h). Frames come out
        upright, with square pixels, on white where they are transparent, 8 bits deep and evenly spaced. Sound is left.
        Raises ClipError with one sentence when the file is missing, damaged, too large or of another kind.
        """
        return cls(*read_frames(path, max_seconds=max_seconds, max_pixels=max_pixels))

    def write(self, path: str | os.PathLike, crf: float = 17, comment: str = "") -> Path:
        """Writes .mp4 (H.264, `crf` from 0, best, to 51), .webp or .gif, or one frame as .png or .jpg; returns `path`.

        `comment` is text that an .mp4 carries. The file appears whole or not at all, and the same clip gives the same bytes. An odd side of an .mp4 is made
        even by repeating its last row or column. Raises ClipError with one sentence.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in WRITABLE:
            raise ClipError(f"Cannot write {path}: its name must end in one of {', '.join(WRITABLE)}.")
        if suffix in PICTURES:
            write_picture(path, self.frames, self.fps)
        else:
            with VideoWriter(path, self.size, self.fps, crf, comment=comment) as writer:
                for frame in self.frames:
                    writer.append(frame)
        return Path(path)

    def cut(self, start: float = 0.0, stop: float | None = None) -> Clip:
        """The part from `start` to `stop` seconds (to the end if None), rounded to whole frames.

        Raises ClipError when no frame would be left.
        """
        stop = self.seconds if stop is None else stop
        first, last = round(max(0.0, start) * self.fps), min(len(self), round(stop * self.fps))
        if first >= last:
            raise ClipError(f"Nothing is left between {start:g} s and {stop:g} s of a clip of {self.seconds:g} s.")
        return replace(self, frames=self.frames[first:last])

    def join(self, *others: Clip) -> Clip:
        """This clip and then the others: `a.join(b, c)` or `Clip.join(a, b, c)`. Raises ClipError unless alike."""
        for other in others:
            if other.size != self.size or not math.isclose(other.fps, self.fps, rel_tol=1e-3):
                raise ClipError(f"Cannot join {self!r} and {other!r}: they need one size and one fps.")
        return replace(self, frames=np.concatenate([self.frames, *(other.frames for other in others)]))

    def resize(self, width: int, height: int) -> Clip:
        """Every frame stretched to width x height pixels: by area when it shrinks, by Lanczos when it grows."""
        if width < 1 or height < 1:
            raise ClipError(f"Cannot resize to {width}x{height}: each side must be at least 1 pixel.")
        if (width, height) == self.size:
            return self
        import cv2

        shrinks = width * height < self.size[0] * self.size[1]
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
        frames = np.stack([cv2.resize(frame, (width, height), interpolation=method) for frame in self.frames])
        return replace(self, frames=frames)

    def cover(self, width: int, height: int) -> Clip:
        """Fills width x height pixels without distortion: scaled, and what stands out on two sides cropped evenly."""
        if width < 1 or height < 1:
            raise ClipError(f"Cannot resize to {width}x{height}: each side must be at least 1 pixel.")
        w, h = self.size
        crop_w, crop_h = min(w, max(1, round(h * width / height))), min(h, max(1, round(w * height / width)))
        x, y = (w - crop_w) // 2, (h - crop_h) // 2
        return replace(self, frames=self.frames[:, y : y + crop_h, x : x + crop_w]).resize(width, height)
