"""The folder in which an installation keeps what is its own: keys, registers, queues, saved characters."""

from __future__ import annotations

import os
from pathlib import Path


def place(*parts: str) -> Path:
    """Where something is kept, there or not: in VITASCOPE_HOME, else in vitascope under XDG_DATA_HOME, else ~/.local/share/vitascope."""
    given = os.environ.get("VITASCOPE_HOME")
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(given or os.path.join(share, "vitascope")).expanduser().joinpath(*parts)


def folder(*parts: str) -> Path:
    """`place`, as a folder that is made if it is not there, for its owner alone (mode 0700). Raises ValueError where it cannot be."""
    path = place(*parts)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"Cannot keep anything in {path}: {error.strerror}; name another folder with VITASCOPE_HOME.") from None
    return path
