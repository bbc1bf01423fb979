"""What a file is by its bytes, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

MAX_PIXELS = 40_000_000  # a picture or frame: 8K video (33 million) still goes through
MAX_BYTES = 3 << 30  # all decoded frames of a clip
MAX_FPS = 240.0
PICTURES = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF", ".jpg": "JPEG", ".jpeg": "JPEG"}
WRITABLE = (".mp4", *PICTURES)
READABLE = "MP4, MOV, WebM, MKV, AVI, MPEG, OGG, PNG, JPEG, WebP, AVIF or GIF"


class ClipError(ValueError):
    """A clip that cannot be read, written or cut as asked; the message is one sentence that says why."""


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


def reason(error: OSError) -> str:
    """The system's words for an error, lower case at the start, without the path."""
    code = getattr(error, "errno", None)
    text = os.strerror(code) if isinstance(code, int) and 0 < code < 200 else (error.strerror or str(error))
    return text[:1].lower() + text[1:]


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
        if reason(error) == os.strerror(errno.ENOSPC).lower():
            raise ClipError(f"Cannot write {path}: the disk is full.") from error
        raise ClipError(f"Cannot write {path}: {reason(error)}.") from error
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
