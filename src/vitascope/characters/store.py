"""Characters on disk: one file each, `<name>.zip` with PNGs and `character.json`, written whole or not at all."""

from __future__ import annotations

import io
import json
import os
import secrets
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from vitascope.home import place

from .character import Character, check_name

FIELDS = ("name", "kind", "fps", "heading", "gait", "words", "label", "author", "licence", "consent")
MOST_BYTES, MOST_PICTURES, MOST_SIDE = 256 << 20, 64, 4096


def save(character: Character, folder: str | os.PathLike | None = None) -> Path:
    """Write a character for later films and return its file; one of the same name is replaced. The same character, the same bytes."""
    folder = Path(folder) if folder is not None else place("characters")
    about = {key: getattr(character, key) for key in FIELDS}
    about |= {"version": 1, "notes": list(character.notes), "pictures": len(character.pictures), "sha256": character.sha256}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as file:
        _put(file, "character.json", json.dumps(about, indent=1, ensure_ascii=False).encode())
        for i, picture in enumerate(character.pictures):
            png = io.BytesIO()
            Image.fromarray(picture).save(png, "PNG")
            _put(file, f"{i:02d}.png", png.getvalue())
    target = folder / f"{check_name(character.name)}.zip"
    partial = folder / f".{character.name}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data.getvalue())
        os.replace(partial, target)
    except OSError as error:
        raise ValueError(f"Cannot write @{character.name} to {folder}: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return target


def load(name: str, folder: str | os.PathLike | None = None) -> Character:
    """The character of that name. ValueError with one sentence when there is none, or its file is damaged."""
    folder = Path(folder) if folder is not None else place("characters")
    path = folder / f"{check_name(name)}.zip"
    try:
        with zipfile.ZipFile(path) as file:
            if sum(entry.file_size for entry in file.infolist()) > MOST_BYTES:
                raise ValueError("too large")
            about = json.loads(file.read("character.json"))
            count = int(about["pictures"])
            if not 1 <= count <= MOST_PICTURES:
                raise ValueError("too many pictures")
            pictures = tuple(_picture(file.read(f"{i:02d}.png")) for i in range(count))
        character = Character(pictures=pictures, notes=tuple(about["notes"]), **{key: about[key] for key in FIELDS})
        if character.sha256 != about["sha256"] or character.name != name:
            raise ValueError("not what was written")
        return character
    except FileNotFoundError:
        known = ", ".join(f"@{other}" for other in names(folder)) or "none yet"
        raise ValueError(f"There is no character @{name} in {folder}; saved there: {known}.") from None
    except Exception as error:  # a damaged file makes ZIP, JSON and PNG readers raise anything
        raise ValueError(f"The character file {path} cannot be read: make @{name} again.") from error


def names(folder: str | os.PathLike | None = None) -> list[str]:
    """The names of all saved characters, sorted."""
    folder = Path(folder) if folder is not None else place("characters")
    return sorted(path.stem for path in folder.glob("*.zip") if not path.name.startswith("."))


def _put(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


def _picture(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        if max(picture.size) > MOST_SIDE:
            raise ValueError("a picture is too large")
        return np.asarray(picture.convert("RGBA"))
