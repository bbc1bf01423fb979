"""The secret of an installation, from which its watermark is drawn: without it the mark can be neither read, forged nor told apart from noise."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

import numpy as np

from vitascope import home

KEY_BYTES = 32


def load_key(folder: Path | None = None) -> bytes:
    """The 32 secret bytes of this installation, made on first use in `folder` (its own by default), for its owner alone (mode 0600).

    Two processes that come first at once end up with the same key. Raises ValueError where it cannot be read or made, or is damaged:
    a new one in its place would make every film marked so far a stranger's.
    """
    path = (Path(folder) if folder else home.folder("keys")) / "watermark.key"
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise ValueError(f"The watermark's key {path} cannot be used: {error.strerror}; make it readable, or name another VITASCOPE_HOME.") from None
    return checked(key, str(path))


def checked(key: bytes, name: str = "The key") -> bytes:
    """`key` if it is one. Raises ValueError."""
    if not isinstance(key, bytes | bytearray) or len(key) != KEY_BYTES:
        raise ValueError(f"{name} is no watermark key, which has {KEY_BYTES} bytes: bring the right one back from a backup.")
    return bytes(key)


def _make(path: Path):
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process came first: its key counts
        os.link(name, path)
    os.unlink(name)


def words(key: bytes, label: str, count: int) -> np.ndarray:
    """`count` 64-bit words (uint64) drawn from the key for one use, `label`: SHAKE-256 (FIPS 202), so that none tells anything of another."""
    block = hashlib.shake_256(b"vitascope watermark 1\0" + label.encode() + b"\0" + checked(key)).digest(8 * count)
    return np.frombuffer(block, "<u8")
