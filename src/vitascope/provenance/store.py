"""Manifests kept by the id in the watermark, so that the credentials of a film that lost its metadata can be found again.

One file a film under manifests/ of the data folder, `0123456789abcdef.c2pa`: the signed manifest store itself. Where a film left
without one, `.json`: what it would have said, unsigned. 256 folders by the id's first two digits share the budget, so keeping one more
looks through one folder; in a full one the oldest go first.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitascope.home import folder, place
from vitascope.media import whole_file

if TYPE_CHECKING:
    from .credentials import Credentials

BUDGET = 1 << 30  # bytes: some 150,000 films
FOLDERS = 256


@dataclass(frozen=True)
class Kept:
    """`manifests`: a signed manifest store; else `facts`: what the film would have said, which nobody signed. `kept_at`: Unix time."""

    film_id: int
    manifests: bytes | None
    facts: dict | None
    kept_at: float


def keep(credentials: Credentials, manifests: bytes | None = None, budget: int = BUDGET) -> Path | None:
    """Keep the manifests of a film, or without any its facts, by its film_id; None when it has no id. Raises ValueError."""
    from .manifest import generation, hexadecimal, plain

    if credentials.film_id is None:
        return None
    name = hexadecimal(credentials.film_id)
    shelf = folder("manifests", name[:2])
    path = shelf / f"{name}.{'json' if manifests is None else 'c2pa'}"
    if manifests is None:
        sources = [vars(source) for source in credentials.sources]
        manifests = json.dumps(plain(dict(title=credentials.title, generation=generation(credentials), sources=sources))).encode()
    with whole_file(path) as part:
        part.chmod(0o600)
        part.write_bytes(manifests)
    _fit(shelf, path, budget // FOLDERS)
    return path


def recover(film_id: int) -> Kept | None:
    """What is kept of the film with this id: the signed manifests if there are any."""
    from .manifest import hexadecimal

    name = hexadecimal(film_id)
    for ending in ("c2pa", "json"):
        path = place("manifests", name[:2], f"{name}.{ending}")
        with contextlib.suppress(OSError, ValueError):
            data, at = path.read_bytes(), path.stat().st_mtime
            return Kept(film_id, data, None, at) if ending == "c2pa" else Kept(film_id, None, json.loads(data), at)
    return None


def ids() -> Iterator[int]:
    """The ids of all films that are kept, in order."""
    found = {path.stem for path in place("manifests").glob("??/*.*") if re.fullmatch(r"[0-9a-f]{16}", path.stem)}
    return (int(name, 16) for name in sorted(found))


def _fit(shelf: Path, newest: Path, budget: int) -> None:
    """Remove the oldest on a shelf until it is within `budget` bytes; the newest stays."""
    with contextlib.suppress(OSError):  # somebody else may be at it
        entries = [(entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in os.scandir(shelf)]
        over = sum(size for _, size, _ in entries) - budget
        for _, size, path in sorted(entries):
            if over <= 0:
                return
            if path != str(newest):
                os.unlink(path)
                over -= size
