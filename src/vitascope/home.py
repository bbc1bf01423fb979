"""The folder in which an installation keeps what is its own: keys, registers, queues."""

from __future__ import annotations

import os
from pathlib import Path


def folder(*parts: str) -> Path:
    """The data folder, or a folder in it, made if it is not there, for its owner alone (mode 0700).

    It is VITASCOPE_HOME, else vitascope in XDG_DATA_HOME, else ~/.local/share/vitascope. Raises ValueError where it cannot be made.
    """
    given = os.environ.get("VITASCOPE_HOME")
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    path = Path(given or os.path.join(share, "vitascope")).expanduser().joinpath(*parts)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"Cannot keep anything in {path}: {error.strerror}; name another folder with VITASCOPE_HOME.") from None
    return path
