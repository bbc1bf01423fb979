"""The library of licensed pictures that ships with the package: what the director draws its references from.

On disk (`assets/library/`): one ZIP a style (stored, entries `<object>.webp` RGBA; animated objects have frames
`<object>~00.webp`, `<object>~01.webp`, ...) and `index.json.gz`, one row a picture. Nothing is decoded before it is asked for.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

ASSETS = Path(__file__).parent / "assets"
PICTURE = 64  # pixels a side of a picture that the transformer sees


@dataclass(frozen=True)
class Reference:
    """One picture of the library, or one short loop of pictures.

    `id` is "STYLE/OBJECT"; `object` joins the same thing over styles; `heading` says which way the picture looks, in
    degrees counter-clockwise from "right" (180 = left, 90 = up, 45 = up right), or None when it has no side; `gait` is
    how the thing moves by itself (one of plan.GAITS); `frames` above 1 is a loop at `fps`; `aspect` is width / height of
    the visible part. The rest is what its credit line needs.
    """

    id: str
    object: str
    style: str
    label: str
    kind: str
    heading: float | None
    gait: str
    frames: int
    fps: float
    aspect: float
    author: str
    licence: str
    source: str
    sha256: str
    held_out: bool = False


class Library:
    """Pictures by id. `sprite` returns RGBA uint8 (h w c), cropped to what is visible, straight (not premultiplied) alpha.

    `characters` are the user's own pictures by name: none here, see `with_characters`. `base` is the library on disk.
    """

    characters: dict = {}

    def __init__(self, folder: Path = ASSETS / "library"):
        self.folder = folder
        with gzip.open(folder / "index.json.gz", "rt", encoding="utf-8") as file:
            self.references = {row["id"]: Reference(**row) for row in json.load(file)}
        self.styles: dict[str, dict[str, Reference]] = {}
        for reference in self.references.values():
            self.styles.setdefault(reference.style, {})[reference.object] = reference
        self._zips: dict[str, zipfile.ZipFile] = {}
        self.sprite = lru_cache(maxsize=4096)(self._sprite)

    @property
    def base(self) -> Library:
        return self

    def with_characters(self, characters: dict) -> Library:
        """This library and the user's own pictures (name to characters.Character) over it; the library itself stays as it is.

        A character "milo" is found as object "@milo", its picture has the id "user/milo".
        """
        return Overlay(self.base, {**self.characters, **characters})

    def __getitem__(self, reference_id: str) -> Reference:
        try:
            return self.references[reference_id]
        except KeyError:
            raise KeyError(f"The library has no picture {reference_id!r}.") from None

    def find(self, object_: str, style: str) -> Reference | None:
        """The picture of an object in a style, or in the nearest style that has one."""
        for name in (style, "3d", "noto", "twemoji", "flat", *self.styles):
            if reference := self.styles.get(name, {}).get(object_):
                return reference
        return None

    def _sprite(self, reference_id: str, frame: int = 0) -> np.ndarray:
        reference = self[reference_id]
        name = reference.object if reference.frames == 1 else f"{reference.object}~{frame % reference.frames:02d}"
        if reference.style not in self._zips:
            self._zips[reference.style] = zipfile.ZipFile(self.folder / f"{reference.style}.zip")
        data = self._zips[reference.style].read(f"{name}.webp")
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


class Overlay(Library):
    """A library with the user's own pictures over it: the same pictures over the same library are equal, so caches hold."""

    def __init__(self, base: Library, characters: dict):
        self._base, self.folder, self.characters = base, base.folder, dict(characters)
        self._user = {f"user/{name}": character for name, character in self.characters.items()}
        mine = {id_: character.reference(id_.removeprefix("user/")) for id_, character in self._user.items()}
        self.references = base.references | mine
        self.styles = base.styles | {"user": {reference.object: reference for reference in mine.values()}}
        self._key = (base, tuple(mine.values()))  # a reference has the hash of its pictures

    @property
    def base(self) -> Library:
        return self._base

    def __eq__(self, other) -> bool:
        return isinstance(other, Overlay) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def sprite(self, reference_id: str, frame: int = 0) -> np.ndarray:
        if reference_id not in self._user:
            return self._base.sprite(reference_id, frame)
        pictures = self._user[reference_id].pictures
        return pictures[frame % len(pictures)]


def picture(library: Library, reference_id: str, frame: int = 0) -> np.ndarray:
    """A reference as the transformer sees it: (PICTURE PICTURE 3) uint8, centred on middle grey."""
    sprite = Image.fromarray(library.sprite(reference_id, frame))
    sprite.thumbnail((PICTURE, PICTURE), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (PICTURE, PICTURE), (128, 128, 128))
    canvas.paste(sprite, ((PICTURE - sprite.width) // 2, (PICTURE - sprite.height) // 2), sprite)
    return np.asarray(canvas)
