"""Finished windows on disk: a film that was killed goes on from the last whole one, to the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np


class LatentStore:
    """A folder of `window-00000.npy` and `film.json`, which says what film they belong to.

    `about` is whatever makes the film what it is: settings, seed, weights, and hashes of the user's pixels. Raises ValueError
    when the folder holds the windows of another film, or something else.
    """

    def __init__(self, folder: Path, about: dict):
        self.folder, text = Path(folder), json.dumps(about, sort_keys=True)
        record = self.folder / "film.json"
        if record.exists():
            if record.read_text(encoding="utf-8") != text:
                raise ValueError(f"{folder} holds the beginning of another film: give its own settings, or remove the folder.")
            return
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise ValueError(f"{folder} is no folder of a film to resume: give another.")
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(record, text.encode())

    def _path(self, window: int) -> Path:
        return self.folder / f"window-{window:05d}.npy"

    def get(self, window: int) -> np.ndarray | None:
        try:
            return np.load(self._path(window), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def put(self, window: int, latents: np.ndarray) -> None:
        part = self._path(window).with_suffix(".part")
        with open(part, "wb") as file:
            np.save(file, latents)
        os.replace(part, self._path(window))

    def clear(self) -> None:
        """Remove it all, once the film is finished."""
        for path in (*self.folder.glob("window-*.npy"), *self.folder.glob("*.part"), self.folder / "film.json"):
            path.unlink(missing_ok=True)
        if self.folder.exists() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def digest(*arrays: np.ndarray) -> str:
    """SHA-256 of arrays' bytes, for `about`."""
    hasher = hashlib.sha256()
    for array in arrays:
        hasher.update(str(array.shape).encode())
        hasher.update(np.ascontiguousarray(array).data)
    return hasher.hexdigest()


def _replace(path: Path, data: bytes):
    part = path.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, path)
