"""Video and picture files in and out: what `Clip.read` and `Clip.write` stand on.

Reading trusts nothing. The first bytes say what a file is, never its name; the one demuxer or picture decoder that
they point to is named at the open, so that a playlist dressed up as an MP4 cannot make the decoder open its
neighbours; sizes are checked in the header, before anything is decoded. Writing is all or nothing: a file appears
under its final name whole, or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import secrets
import warnings
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

MAX_PIXELS = 40_000_000  # a picture or frame: 8K video (33 million) still goes through
MAX_BYTES = 3 << 30  # all decoded frames of a clip
MAX_FPS = 240.0
PICTURES = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF", ".jpg": "JPEG", ".jpeg": "JPEG"}
WRITABLE = (".mp4", *PICTURES)
READABLE = "MP4, MOV, WebM, MKV, AVI, MPEG, OGG, PNG, JPEG, WebP, AVIF or GIF"


class ClipError(ValueError):
    """A clip that cannot be read, written or cut as asked; the message is one sentence that says why."""


# --- what a file is ---------------------------------------------------------------------------------------------------


def sniff(head: bytes) -> tuple[str, str] | None:
    """What a file's first 400 bytes say it is: ("picture", Pillow format), ("video", FFmpeg demuxer) or None."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "picture", "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "picture", "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "picture", "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "picture", "WEBP"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "picture", "AVIF"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "video", "mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video", "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "video", "avi"
    if head.startswith(b"OggS"):
        return "video", "ogg"
    if head.startswith(b"\x00\x00\x01\xba"):
        return "video", "mpeg"
    if head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G":
        return "video", "mpegts"
    return None


# --- reading ----------------------------------------------------------------------------------------------------------


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
        raise ClipError(f"Cannot read {path}: {_reason(error)}.") from error


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
            for frame in container.decode(stream):
                _check_pixels(frame.width, frame.height, path, max_pixels)
                time = frame.time if frame.time is not None else (0.0 if end is None else end)
                first = time if first is None else first
                seconds = float(frame.duration * frame.time_base) if frame.duration else usual
                end = time + seconds
                yield _upright(frame, stream.sample_aspect_ratio), time - first, seconds
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
        why = f" ({_reason(error)})" if isinstance(error, OSError) else ""
        raise ClipError(f"{path} is damaged or in a format that cannot be decoded{why}.") from error


def _upright(frame, sample_aspect_ratio: Fraction | None) -> np.ndarray:
    """One decoded frame as RGB (h w 3): square pixels, transparency on white, rotated and mirrored as it asks."""
    if any(component.is_alpha for component in frame.format.components):
        rgba = frame.to_ndarray(format="rgba")
        alpha = rgba[..., 3:].astype(np.uint16)
        rgb = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    else:
        rgb = frame.to_ndarray(format="rgb24")
    if sample_aspect_ratio and sample_aspect_ratio != 1 and 1 / 8 < sample_aspect_ratio < 8:
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
            fps = 1 / max(np.quantile(steps[steps > 0], 0.1), 1 / 60)
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


def _reason(error: OSError) -> str:
    """The system's words for an error, lower case at the start, without the path."""
    code = getattr(error, "errno", None)
    text = os.strerror(code) if isinstance(code, int) and 0 < code < 200 else (error.strerror or str(error))
    return text[:1].lower() + text[1:]


# --- writing ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def whole_file(path: str | os.PathLike):
    """Gives the path of a temporary file in the same folder; renames it to `path` at the end, removes it on an error.

    Raises ClipError when the folder is missing, read-only or full, or when `path` is a folder.
    """
    path = Path(path)
    part = path.parent / f".{path.name[:80]}.{secrets.token_hex(4)}.part"
    try:
        if path.is_dir():
            raise ClipError(f"Cannot write {path}: it is a folder; give the name of a file.")
        if not path.parent.is_dir():
            raise ClipError(f"Cannot write {path}: there is no folder {path.parent}.")
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield part
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        if _reason(error) == os.strerror(errno.ENOSPC).lower():
            raise ClipError(f"Cannot write {path}: the disk is full.") from error
        raise ClipError(f"Cannot write {path}: {_reason(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes a rename last through a power cut, where the system lets a folder be opened (not on Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class VideoWriter:
    """An MP4 (H.264, yuv420p, BT.709, index in front), written frame by frame, that appears whole or not at all.

    >>> with VideoWriter("film.mp4", (512, 320), fps=24) as writer:
    ...     for frame in frames:
    ...         writer.append(frame)

    `size` is (w, h); an odd side is made even by repeating its last row or column, as yuv420p needs. `crf` is x264's
    constant rate factor, 0 (largest) to 51. The same frames give the same bytes: the thread count is fixed and no date
    or version is written. An exception inside the block leaves nothing behind. Raises ClipError.
    """

    def __init__(self, path: str | os.PathLike, size: tuple[int, int], fps: float, crf: float = 17):
        if Path(path).suffix.lower() != ".mp4":
            raise ClipError(f"Cannot write {path}: a video's name must end in .mp4.")
        if not 0 <= crf <= 51:
            raise ClipError(f"crf is {crf}, but must be from 0 (best) to 51 (smallest).")
        if not (math.isfinite(fps) and 0 < fps <= MAX_FPS):
            raise ClipError(f"fps is {fps}, but must be above 0 and at most {MAX_FPS:g}.")
        self.path, self.size, self.fps, self.crf = Path(path), size, fps, crf
        self.num_frames = 0

    def __enter__(self) -> VideoWriter:
        import av

        self._stack = contextlib.ExitStack()
        with contextlib.ExitStack() as stack:
            part = stack.enter_context(whole_file(self.path))
            options = {"movflags": "+faststart", "fflags": "+bitexact"}
            self._part = part
            self._container = av.open(str(part), "w", format="mp4", container_options=options)
            self._stack = stack.pop_all()
        rate = Fraction(self.fps).limit_denominator(1001)
        width, height = self.size
        stream = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        stream.options = {"crf": str(self.crf), "preset": "medium", "flags": "+bitexact"}
        context = stream.codec_context
        context.thread_count = 2  # frame threads of x264 give the same bytes for the same count
        context.gop_size = max(1, round(2 * self.fps))  # a key frame every two seconds: quick to seek in
        context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
        context.color_range = 1  # limited
        self._stream = stream
        return self

    def append(self, frame: np.ndarray) -> None:
        """Adds one frame (h w 3, uint8 RGB)."""
        import av
        from av.video.reformatter import ColorRange, Colorspace

        width, height = self.size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise ClipError(f"A frame is {frame.dtype} {frame.shape}, but must be uint8 ({height}, {width}, 3).")
        if width % 2 or height % 2:
            frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        picture.pts, picture.time_base = self.num_frames, 1 / self._stream.codec_context.framerate
        self._container.mux(self._stream.encode(picture))
        self.num_frames += 1

    def __exit__(self, kind, value, traceback) -> bool | None:
        try:
            if kind is None:
                if not self.num_frames:
                    raise ClipError(f"Cannot write {self.path}: it would hold no frame.")
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None:
                _check_boxes(self._part)
        except BaseException as error:
            with contextlib.suppress(Exception):
                self._container.close()
            if not self._stack.__exit__(type(error), error, error.__traceback__):
                raise
            return None
        return self._stack.__exit__(kind, value, traceback)


def _check_boxes(path: Path) -> None:
    """Raises OSError (disk full) unless the MP4's outer boxes end where the file does, with the index among them."""
    size, at, names = path.stat().st_size, 0, set()
    with open(path, "rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            names.add(head[4:8])
            at += max(length, 8)
    if at != size or not {b"moov", b"mdat"} <= names:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_picture(path: str | os.PathLike, frames: np.ndarray, fps: float) -> None:
    """Writes frames (t h w 3, uint8) as PNG or JPEG (one frame), or as WebP or GIF (one or more). Raises ClipError."""
    from PIL import Image

    name = PICTURES[Path(path).suffix.lower()]
    if len(frames) > 1 and name in ("PNG", "JPEG"):
        raise ClipError(f"Cannot write {path}: a {name} holds one frame and there are {len(frames)}; use .mp4.")
    pictures = [Image.fromarray(frame) for frame in frames]
    options = {"PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"quality": 92}, "GIF": {}}[name]
    if len(frames) > 1:
        tick = 10 if name == "GIF" else 1  # ms; a GIF counts in hundredths of a second
        marks = [round(index * 1000 / fps / tick) * tick for index in range(len(frames) + 1)]
        options |= {"save_all": True, "append_images": pictures[1:], "loop": 0}
        options["duration"] = [stop - start for start, stop in zip(marks, marks[1:])]
    with whole_file(path) as part:
        pictures[0].save(part, format=name, **options)
