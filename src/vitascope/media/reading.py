"""Reading video and picture files, upright, evenly spaced and eight bits deep."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from .files import MAX_BYTES, MAX_FPS, MAX_PIXELS, READABLE, ClipError, reason, sniff


def read_frames(
    path: str | os.PathLike, *, max_seconds: float | None = None, max_pixels: int = MAX_PIXELS
) -> tuple[np.ndarray, float]:
    """The frames (t h w 3, uint8 RGB) of a video or picture file, upright and evenly spaced, and their rate a second.

    Pictures give one frame (8 frames a second by convention), moving GIF, WebP, PNG and AVIF several. Rotation and
    non-square pixels are applied, transparency is laid on white, 10 bits become 8 (HDR is not tone mapped), a variable
    frame rate is resampled to a constant one. Raises ClipError.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise ClipError(f"{path} is not a file; give a video or picture file.")
        with open(path, "rb") as file:
            found = sniff(file.read(400))
            if found is None:
                empty = os.path.getsize(path) == 0
                raise ClipError(f"{path} is {'empty' if empty else f'no {READABLE} file'}.")
            file.seek(0)
            kind, name = found
            reader = _read_picture if kind == "picture" else _read_video
            return _evenly(reader(file, name, path, max_pixels), path, max_seconds)
    except OSError as error:
        raise ClipError(f"Cannot read {path}: {reason(error)}.") from error


def read_comment(path: str | os.PathLike) -> str:
    """The text that a video file carries as its comment; empty where there is none, or where it is no video that can be read."""
    import av

    try:
        with open(path, "rb") as file:
            found = sniff(file.read(400))
            file.seek(0)
            if found is None or found[0] != "video":
                return ""
            with av.open(file, format=found[1], container_options={"protocol_whitelist": "none"}, metadata_errors="ignore") as container:
                return str(container.metadata.get("comment", ""))
    except (OSError, ValueError):  # whoever reads the film itself says what is wrong with it
        return ""


def _read_picture(file, name: str, path: Path, max_pixels: int) -> Iterable[tuple[np.ndarray, float, float]]:
    """Yields (frame h w 3, start, seconds shown); one still frame lasts 1/8 s."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=(name,))
        _check_pixels(*picture.size, path, max_pixels)
        count = getattr(picture, "n_frames", 1) if name != "JPEG" else 1
        start = 0.0
        for index in range(count):
            picture.seek(index)
            frame = ImageOps.exif_transpose(picture)
            seconds = (picture.info.get("duration") or 100) / 1000 if count > 1 else 1 / 8
            if frame.mode.startswith("I"):  # 16 bits of grey: Pillow would clip instead of scaling
                frame = Image.fromarray((np.asarray(frame).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
            if "A" in frame.getbands() or "transparency" in frame.info:
                frame = frame.convert("RGBA")
                frame = Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame)
            yield np.asarray(frame.convert("RGB")), start, seconds
            start += seconds
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ClipError(f"{path} has more pixels than the {max_pixels:,} allowed; shrink it first.") from error
    except ClipError:
        raise
    except Exception as error:  # a damaged file makes decoders raise anything, IndexError and struct.error included
        raise ClipError(f"{path} is a damaged {name} file and cannot be decoded.") from error


def _read_video(file, demuxer: str, path: Path, max_pixels: int) -> Iterable[tuple[np.ndarray, float, float]]:
    """Yields (frame h w 3, start, seconds shown), start in seconds from the first frame."""
    import av

    # Two locks on the same door: the demuxer is named, and no protocol is left through which it could open a neighbour.
    options = {"protocol_whitelist": "none"}
    try:
        with av.open(file, format=demuxer, container_options=options, metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ClipError(f"{path} has no video in it.")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise ClipError(f"{path} is in a format that cannot be decoded.")
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = 2
            _check_pixels(stream.codec_context.width, stream.codec_context.height, path, max_pixels)
            rate = stream.average_rate or stream.guessed_rate
            usual = float(1 / rate) if rate else 1 / 25
            first = end = None
            for frame in _decoded(container, stream):
                time = frame.time if frame.time is not None else (0.0 if end is None else end)
                first = time if first is None else first
                seconds = float(frame.duration * frame.time_base) if frame.duration else usual
                end = time + seconds
                aspect = stream.sample_aspect_ratio or 1
                _check_pixels(round(frame.width * max(aspect, 1)), frame.height, path, max_pixels)  # it may be widened
                yield _upright(frame, aspect), time - first, seconds
            # A file cut off in the middle of a download still has its table of contents in front.
            if end is not None and stream.duration:
                promised = float(stream.duration * stream.time_base)
                if promised - (end - first) > max(4 * usual, 0.1 * promised):
                    raise ClipError(
                        f"{path} breaks off after {end - first:.1f} of {promised:.1f} seconds; fetch it again."
                    )
    except ClipError:
        raise
    except Exception as error:  # as above
        why = f" ({reason(error)})" if isinstance(error, OSError) else ""
        raise ClipError(f"{path} is damaged or in a format that cannot be decoded{why}.") from error


def _decoded(container, stream) -> Iterable:
    """The frames of a stream. FFmpeg's own VP8 and VP9 decoders leave transparency out; the one of their makers does not."""
    import av

    other = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.name)
    if other is None or stream.metadata.get("alpha_mode") != "1":
        yield from container.decode(stream)
        return
    decoder = av.CodecContext.create(other, "r")
    for packet in container.demux(stream):
        yield from decoder.decode(packet)


def _upright(frame, sample_aspect_ratio: Fraction) -> np.ndarray:
    """One decoded frame as RGB (h w 3): square pixels, transparency on white, rotated and mirrored as it asks."""
    if any(component.is_alpha for component in frame.format.components):
        rgba = frame.to_ndarray(format="rgba")
        alpha = rgba[..., 3:].astype(np.uint16)
        rgb = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    else:
        rgb = frame.to_ndarray(format="rgb24")
    if sample_aspect_ratio != 1 and 1 / 8 < sample_aspect_ratio < 8:
        import cv2

        size = max(1, round(rgb.shape[1] * sample_aspect_ratio)), rgb.shape[0]
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
    matrix = next((bytes(data) for data in frame.side_data if data.type.name == "DISPLAYMATRIX"), None)
    if matrix is None:
        return rgb
    # Column-major fixed point: where one step right (a, b) and one step down (c, d) in storage go on the screen.
    a, b, _, c, d = np.sign(np.frombuffer(matrix, np.int32)[:5]).tolist()
    if a == 0 and d == 0 and b and c:
        rgb, a, d = rgb.transpose(1, 0, 2), c, b
    return np.ascontiguousarray(rgb[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])


def _evenly(
    stream: Iterable[tuple[np.ndarray, float, float]], path: Path, max_seconds: float | None
) -> tuple[np.ndarray, float]:
    """Frames (t h w 3) at a constant rate out of frames with start times."""
    frames, times, seconds, total = [], [], 0.0, 0
    for frame, start, seconds in stream:
        if max_seconds is not None and frames and start >= max_seconds - 1e-6:
            break
        if frames and frame.shape != frames[0].shape:
            raise ClipError(f"{path} changes its picture size halfway; convert it to one size first.")
        total += frame.nbytes
        if total > MAX_BYTES:
            raise ClipError(f"{path} is too long to hold in memory; read fewer seconds of it or shrink it first.")
        frames.append(frame)
        times.append(start)
    if not frames:
        raise ClipError(f"{path} holds no frame that can be decoded.")
    end = times[-1] + seconds
    if len(frames) == 1:
        fps, order = 1 / seconds, [0]
    else:
        steps = np.diff(times)
        fps = (len(times) - 1) / (times[-1] - times[0]) if times[-1] > times[0] else 25.0
        if np.abs(np.asarray(times) - np.arange(len(times)) / fps).max() < 0.5 / fps:
            order = list(range(len(frames)))
        else:  # variable: at the pace of its quick parts, repeating frames in the slow ones
            fps = 1 / max(np.quantile(steps[steps > 0], 0.1, method="lower"), 1 / 60)
            ticks = (np.arange(max(1, round(end * fps))) + 1e-3) / fps
            order = (np.searchsorted(times, ticks, side="right") - 1).clip(0).tolist()
            if len(order) * frames[0].nbytes > MAX_BYTES:
                raise ClipError(f"{path} is too long to hold in memory; read fewer seconds of it or shrink it first.")
    fps = min(_tidy_rate(fps), MAX_FPS)
    out = np.empty((len(order), *frames[0].shape), np.uint8)
    for to, source in enumerate(order):
        out[to] = frames[source]
        if to + 1 == len(order) or order[to + 1] > source:
            frames[source] = None  # free as we go: never two copies of the film
    return out, fps


def _tidy_rate(fps: float) -> float:
    """The rate that was meant: measured times are rounded to the container's ticks, 29.98 stands for 30000/1001."""
    for usual in (8, 10, 12, 15, 16, 20, 24000 / 1001, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60, 120):
        if abs(fps - usual) < 4e-4 * usual:
            return float(usual)
    return float(fps)


def _check_pixels(width: int, height: int, path: Path, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ClipError(f"{path} is {width}x{height}, more than the {max_pixels:,} pixels allowed; shrink it first.")
