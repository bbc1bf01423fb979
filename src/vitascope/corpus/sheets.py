"""Pictures on their way into the library: cut, sized, coded and put into archives whose bytes never vary."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 128  # pixels on a picture's longer side


def key_of(code: str) -> str:
    """"1F43B-200D-2744-FE0F" to "1f43b-200d-2744": how an object is called in every style."""
    return "-".join(part for part in code.lower().split("-") if part != "fe0f")


def trim(picture: Image.Image, side: int = SIDE) -> Image.Image | None:
    """Cut to what is visible and bring the longer side to `side`; None for a picture with next to nothing on it."""
    return next(iter(trim_all([picture], side)), None)


def trim_all(pictures: list[Image.Image], side: int = SIDE) -> list[Image.Image]:
    """Cut the pictures of a loop by one common window, so that it does not jitter; empty where nothing is visible."""
    alpha = np.max([np.asarray(picture)[..., 3] for picture in pictures], axis=0)
    ys, xs = np.where(alpha > 8)
    if len(ys) < 64:
        return []
    window = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    scale = side / max(window[2] - window[0], window[3] - window[1])
    size = [max(1, round((window[i + 2] - window[i]) * scale)) for i in (0, 1)]
    return [picture.crop(window).resize(size, Image.Resampling.LANCZOS) for picture in pictures]


def webp(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=82, alpha_quality=90, method=6)
    return data.getvalue()


def digest(blobs: list[bytes]) -> str:
    """SHA-256 of a picture's file, or of all files of a loop one after another."""
    return hashlib.sha256(b"".join(blobs)).hexdigest()


class Archive:
    """A ZIP a style, stored, with fixed dates, so that the same pictures give the same file.

    It takes its final name only when whole: a run that reads the old one goes on undisturbed.
    """

    def __init__(self, path: Path):
        self.path, self.part = path, path.with_suffix(".part")
        self.file = zipfile.ZipFile(self.part, "w", zipfile.ZIP_STORED)

    def add(self, name: str, data: bytes):
        self.file.writestr(zipfile.ZipInfo(f"{name}.webp", (2024, 1, 1, 0, 0, 0)), data)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.file.close()
        if failure is None:
            os.replace(self.part, self.path)
        else:
            self.part.unlink(missing_ok=True)
