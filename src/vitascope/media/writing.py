"""Writing video and picture files: whole or not at all, in fragments as they come, or in fragments and then whole."""

from __future__ import annotations

import contextlib
import errno
import functools
import math
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .files import MAX_FPS, PICTURES, ClipError, reason, whole_file

WHOLE = {"movflags": "+faststart", "write_btrt": "0", "fflags": "+bitexact"}  # a bit rate would only be an estimate
AVX_512F = 13  # of cv::CpuFeatures, which cv2 has no name for
FRAGMENTED = WHOLE | {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "1000000"}  # microseconds


class VideoWriter:
    """An MP4 (H.264, yuv420p, BT.709), written frame by frame.

    >>> with VideoWriter("film.mp4", (512, 320), fps=24) as writer:
    ...     for frame in frames:
    ...         writer.append(frame)

    To a path: the index is in front, and the file appears whole or not at all; an exception leaves nothing behind.
    To a path with `partial=True`: while it is being made, what is done is in a fragmented MP4 under `writer.part`
    ("film.partial.mp4"), which plays after an exception and even after a kill, to within a second and the encoder's
    few frames; when all went well the film appears whole under its own name and the part is removed. The finished
    bytes are the same either way. To a binary file object, such as sys.stdout.buffer: a fragmented MP4, flushed at
    the end of each fragment (at most one second), that plays from the first one.

    `size` is (w, h); an odd side is made even by repeating its last row or column, as yuv420p needs. `crf` is x264's
    constant rate factor, 0 (largest) to 51. The same frames give the same bytes: the thread count is fixed and no date
    or version is written. `comment` is text that the file carries; `seal` is called with the path of the whole file, under a
    name of its own still, as the last that writes to it. Raises ClipError; a file object's own errors pass through.
    """

    def __init__(
        self, path: str | os.PathLike | BinaryIO, size: tuple[int, int], fps: float, crf: float = 17, partial: bool = False,
        comment: str = "", seal: Callable[[Path], None] | None = None,
    ):  # fmt: skip
        self._file = path if hasattr(path, "write") else None
        self.path = None if self._file else Path(path)
        if self.path and self.path.suffix.lower() != ".mp4":
            raise ClipError(f"Cannot write {self.path}: a video's name must end in .mp4.")
        if not 0 <= crf <= 51:
            raise ClipError(f"crf is {crf}, but must be from 0 (best) to 51 (smallest).")
        if not (math.isfinite(fps) and 0 < fps <= MAX_FPS):
            raise ClipError(f"fps is {fps}, but must be above 0 and at most {MAX_FPS:g}.")
        self.part = part_of(self.path) if self.path and partial else None
        self.size, self.fps, self.crf, self.comment, self.seal = size, fps, crf, comment, seal
        self.num_frames = 0

    def __enter__(self) -> VideoWriter:
        import av

        with contextlib.ExitStack() as stack:
            if self._file:
                self._sink, options = _Fragments(self._file), FRAGMENTED
            elif self.part:
                stack.enter_context(_told(self.path))
                self._sink, options = _Fragments(stack.enter_context(open(self.part, "wb", buffering=0))), FRAGMENTED
            else:
                self._sink, options = str(stack.enter_context(whole_file(self.path))), WHOLE
            self._container = av.open(self._sink, "w", format="mp4", container_options=options)
            self._stack = stack.pop_all()
        if self.comment:
            self._container.metadata["comment"] = self.comment
        rate = Fraction(self.fps).limit_denominator(1001)
        width, height = self.size
        stream = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        # A short look ahead: a frame leaves the encoder some ten frames after it came, so streams keep up.
        stream.options = {"crf": str(self.crf), "preset": "medium", "x264-params": _x264(), "flags": "+bitexact"}
        context = stream.codec_context
        context.thread_count = 1  # with two, one film in some hundreds had other bytes on a busy machine
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
        # Padded to whole blocks, converted, and cut again: what lies in a row's unused memory would tinge the last pixels.
        even = width + width % 2, height + height % 2
        frame = np.pad(frame, ((0, -height % 32), (0, -width % 32), (0, 0)), mode="edge")
        whole = av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        picture = av.VideoFrame.from_ndarray(_cut_planes(whole.to_ndarray(), *even), format="yuv420p")
        picture.pts, picture.time_base = self.num_frames, 1 / self._stream.codec_context.framerate
        self._container.mux(self._stream.encode(picture))
        self.num_frames += 1

    def __exit__(self, kind, value, traceback) -> bool | None:
        keeps = self._file is not None or self.part is not None  # what is done is kept, whatever happened
        try:
            if kind is None and not self.num_frames:
                raise ClipError(f"Cannot write {self.path or 'the film'}: it would hold no frame.")
            if self.num_frames and (kind is None or keeps and not issubclass(kind, OSError)):
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None and self.path:
                self._finish()
        except BaseException as error:
            with contextlib.suppress(Exception):
                self._container.close()
            self._drop_empty()
            if not self._stack.__exit__(type(error), error, error.__traceback__):
                raise
            return None
        self._drop_empty()
        return self._stack.__exit__(kind, value, traceback)

    def _finish(self) -> None:
        if self.part:
            with whole_file(self.path) as whole:
                _remux(self.part, whole)
                self._close(whole)
            self.part.unlink()
        else:
            self._close(Path(self._sink))

    def _close(self, whole: Path) -> None:
        _check_boxes(whole)
        if self.seal:
            self.seal(whole)

    def _drop_empty(self) -> None:
        if self.part and not self.num_frames:
            self.part.unlink(missing_ok=True)


@functools.cache
def _x264() -> str:
    """Its parameters. Its code for AVX-512 does not always repeat itself (once in three to some hundreds of small films), that for AVX2 does."""
    import cv2

    return "rc-lookahead=8:sync-lookahead=0" + (":asm=AVX2" if cv2.checkHardwareSupport(AVX_512F) else "")


def _cut_planes(planes: np.ndarray, width: int, height: int) -> np.ndarray:
    """The first width x height pixels of yuv420p planes as PyAV stacks them, (3h/2 w) to (3 height/2 width)."""
    rows, columns = planes.shape[0] * 2 // 3, planes.shape[1]
    luma, chroma = planes[:rows, :columns], planes[rows:].reshape(2, rows // 2, columns // 2)
    cut = [luma[:height, :width].ravel(), *(plane[: height // 2, : width // 2].ravel() for plane in chroma)]
    return np.concatenate(cut).reshape(height * 3 // 2, width)


def part_of(path: Path) -> Path:
    """Where a film that is being made is kept until it is whole: "film.partial.mp4" beside "film.mp4"."""
    return path.with_name(f"{path.stem}.partial.mp4")


class _Fragments:
    """Passes an MP4 on in whole boxes only (ftyp with moov, each moof with its mdat), so that a kill tears none."""

    def __init__(self, file: BinaryIO):
        self._file, self._waiting = file, bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        end = at = 0
        while at + 8 <= len(self._waiting):
            length = int.from_bytes(self._waiting[at : at + 4], "big")
            name = bytes(self._waiting[at + 4 : at + 8])
            if at + length > len(self._waiting):
                break
            at += max(8, length)
            end = at if name in (b"moov", b"mdat", b"mfra") else end
        if end:
            whole, self._waiting = memoryview(bytes(self._waiting[:end])), self._waiting[end:]
            while whole:
                whole = whole[self._file.write(whole) :]
            self._file.flush()
        return len(data)


@contextlib.contextmanager
def _told(path: Path):
    """Turns the system's errors into ClipErrors about `path`."""
    try:
        yield
    except OSError as error:
        full = reason(error) == os.strerror(errno.ENOSPC).lower()
        raise ClipError(f"Cannot write {path}: {'the disk is full' if full else reason(error)}.") from error


def _remux(source: Path, target: Path) -> None:
    """Copies the packets of a fragmented MP4 into one with its index in front; the encoder's times come back."""
    import av

    with av.open(str(source)) as old, av.open(str(target), "w", format="mp4", container_options=WHOLE) as new:
        stream = old.streams.video[0]
        if comment := old.metadata.get("comment"):
            new.metadata["comment"] = comment
        copy = new.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        packets = [packet for packet in old.demux(stream) if packet.dts is not None]
        first = min(packet.pts for packet in packets)  # fragments cannot say that decoding starts before zero
        for packet in packets:
            packet.pts, packet.dts, packet.stream = packet.pts - first, packet.dts - first, copy
            new.mux(packet)


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


def write_picture(path: str | os.PathLike, frames: np.ndarray, fps: float, seal: Callable[[Path], None] | None = None) -> None:
    """Writes frames (t h w 3, uint8) as PNG or JPEG (one frame), or as WebP or GIF (one or more). `seal` is called with the path of
    the whole file, the last that writes to it. Raises ClipError."""
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
        if seal:
            seal(part)
