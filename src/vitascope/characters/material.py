"""From what the user has (files, arrays, clips) to the pictures that a character keeps."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from vitascope.clip import Clip
from vitascope.media import ClipError, read_frames

from .cutout import crop, cut_out, cut_out_clip, opaque

MOST_PICTURES, MOST_POSES, MOST_FRAMES = 4, 16, 64
ACTOR, PLACE = 512, 2048  # pixels of the longest side that is kept
LOOP_SECONDS = 8.0  # of a clip that are looked at


def material(name: str, given, whole: bool) -> tuple[tuple[np.ndarray, ...], float, tuple[str, ...]]:
    """(pictures RGBA, frames a second of their loop or 0, notes). `whole`: nothing is cut out, as of a scene or a style."""
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    if not 1 <= len(items) <= MOST_PICTURES:
        raise ValueError(f"@{name} is made of one to {MOST_PICTURES} pictures or one clip, not {len(items)}.")
    opened = [_open(item) for item in items]
    if any(len(frames) > 1 for frames, _ in opened):
        if len(items) > 1:
            raise ValueError(f"@{name} is made of pictures or of one clip, not of several clips.")
        return _from_clip(*opened[0], whole)
    pictures, notes = [], []
    for (frame,), _ in opened:
        if whole:
            pictures.append(shrink(_opaque(frame), PLACE))
            continue
        sprite, note = cut_out(shrink(frame, 2 * ACTOR))
        pictures.append(shrink(crop(sprite), ACTOR))
        notes.append(note)
    return tuple(pictures), 0.0, tuple(dict.fromkeys(notes))


def _from_clip(frames: list[np.ndarray], fps: float, whole: bool):
    most = MOST_FRAMES if whole else MOST_POSES
    step = max(1, -(-len(frames) // most))  # every frame of a short clip, fewer of a longer one
    kept = frames[::step]
    if whole:
        return tuple(shrink(_opaque(frame), ACTOR) for frame in kept), fps / step, ()
    sprites, note = cut_out_clip(np.stack([shrink(frame[..., :3], ACTOR) for frame in kept]))
    box = crop_box(np.max([sprite[..., 3] for sprite in sprites], axis=0))
    return tuple(np.ascontiguousarray(sprite[box]) for sprite in sprites), fps / step, (note,)


def crop_box(alpha: np.ndarray) -> tuple[slice, slice]:
    """The part of alpha (h w) where something can be seen, as slices; one box for all poses, so that they don't jump."""
    ys, xs = np.flatnonzero((alpha > 8).any(1)), np.flatnonzero((alpha > 8).any(0))
    return slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1)


def shrink(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture (h w c) whose longest side is at most `side` pixels, colours weighed by alpha where it has one."""
    h, w = picture.shape[:2]
    if max(h, w) <= side:
        return picture
    size = max(1, round(w * side / max(h, w))), max(1, round(h * side / max(h, w)))
    if picture.shape[2] == 3:
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    alpha = picture[..., 3:].astype(np.float32)
    small = cv2.resize(np.concatenate([picture[..., :3] * alpha, alpha], 2), size, interpolation=cv2.INTER_AREA)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-3)
    return small.round().clip(0, 255).astype(np.uint8)


def _opaque(frame: np.ndarray) -> np.ndarray:
    """RGBA (h w 4) without transparency: laid on white where it had some."""
    if frame.shape[2] == 3:
        return opaque(frame)
    alpha = frame[..., 3:].astype(np.float32) / 255
    rgb = (frame[..., :3] * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return _opaque(rgb)


def _open(item) -> tuple[list[np.ndarray], float]:
    """Frames (h w 3 or 4) of a path, an array or a clip, and their rate."""
    if isinstance(item, Clip):
        return list(item.cut(0, min(item.seconds, LOOP_SECONDS)).frames), item.fps
    if isinstance(item, (str, os.PathLike)):
        frames, fps = read_frames(item, max_seconds=LOOP_SECONDS)
        return ([with_alpha(item, frames[0])] if len(frames) == 1 else list(frames)), fps
    if isinstance(item, np.ndarray) and item.dtype == np.uint8 and item.ndim == 3 and item.shape[2] in (3, 4) and item.size:
        return [item], 0.0
    raise ValueError("A character is made of paths, clips, or pictures as uint8 arrays (h, w, 3) or (h, w, 4).")


def with_alpha(path, frame: np.ndarray) -> np.ndarray:
    """A still picture (h w 3), read safely before, with the transparency (h w 4) that its file has, if any."""
    from PIL import Image, ImageOps

    try:
        with Image.open(Path(path)) as picture:
            if "A" not in picture.getbands() and "transparency" not in picture.info:
                return frame
            rgba = np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))
    except Exception as error:  # decoders raise anything on a damaged file
        raise ClipError(f"{path} is a damaged picture and cannot be decoded.") from error
    return rgba if rgba.shape[:2] == frame.shape[:2] else frame
