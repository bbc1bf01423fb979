"""Who does not want their work trained on or drawn: a list that fetching, packing, training and the ledger leave out.

One entry a line, `KIND: VALUE`, `#` before a remark. KIND is one of
  author    a name as the work gives it, in any case and spacing
  url       an address: everything at it and below it
  sha256    the hash of a file: an archive, a photograph, a film, or a picture as it ships
  item      an item of the ledger, such as photograph:Wine_by_Jakkub_Mede
  package   a package of a registry, in any version, such as npm:@iconify-json/noto
The list that ships is corpus/optout.json (its "entries"); VITASCOPE_OPTOUT names a text file of one's own that is added to it.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .sources import SOURCES, Source

SHIPPED = Path(__file__).parent / "optout.json"
KINDS = ("author", "url", "sha256", "item", "package")


@dataclass(frozen=True)
class OptOut:
    """The entries: (kind, value), values brought to one form."""

    entries: frozenset[tuple[str, str]]

    def covers(self, *, author: str = "", url: str = "", sha256: str = "", item: str = "", package: str = "") -> str:
        """The entry that covers something, as "kind: value"; empty where none does."""
        told = dict(author=author, sha256=sha256, item=item, package=package)
        for kind, value in told.items():
            if value and (kind, plain(kind, value)) in self.entries:
                return f"{kind}: {value}"
        address = plain("url", url)
        for kind, value in self.entries:
            if kind == "url" and (address == value or address.startswith(value + "/")):
                return f"url: {value}"
        return ""

    def covers_source(self, source: Source) -> str:
        """The entry that covers a whole archive."""
        return self.covers(author=source.author, url=source.url, sha256=source.sha256, package=source.name)

    def covers_row(self, row: dict) -> str:
        """The entry that covers a row of the ledger or of the library's index."""
        named = str(row.get("source", ""))
        source = next((s for s in SOURCES if named == s.name or named.startswith(f"{s.name}:")), None)
        whole = self.covers_source(source) if source else ""
        return whole or self.covers(author=row.get("author", ""), sha256=row.get("sha256", ""), item=row.get("item") or row.get("id", ""))

    def without(self, rows: Iterable[dict]) -> list[dict]:
        """The rows that no entry covers."""
        return [row for row in rows if not self.covers_row(row)] if self.entries else list(rows)


def parse(lines: Iterable[str], where: str = "the opt-out list") -> OptOut:
    """Raises ValueError naming the first line that is no entry."""
    entries = set()
    for number, line in enumerate(lines, 1):
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if not text:
            continue
        kind, colon, value = text.partition(":")
        kind = kind.strip().lower()
        if kind not in KINDS or not plain(kind, value):
            raise ValueError(f"Line {number} of {where} is no entry: write one of {', '.join(KINDS)}, a colon and the value.")
        if kind == "sha256" and not re.fullmatch(r"[0-9a-f]{64}", plain(kind, value)):
            raise ValueError(f"Line {number} of {where} is no SHA-256: write its 64 hexadecimal digits.")
        entries.add((kind, plain(kind, value)))
    return OptOut(frozenset(entries))


def plain(kind: str, value: str) -> str:
    """A value in the one form in which it is compared."""
    value = " ".join(value.split())
    if kind == "url":
        return re.sub(r"^https?://(www\.)?", "", value.lower()).rstrip("/")
    if kind == "package":
        value = re.sub(r"(?<=.)@[^@/]*$", "", value)
    return value if kind == "item" else value.casefold()


def listed() -> OptOut:
    """The shipped list and that of VITASCOPE_OPTOUT. Raises ValueError where one cannot be read."""
    path = os.environ.get("VITASCOPE_OPTOUT", "")
    return _listed(path, os.stat(path).st_mtime_ns if path and os.path.isfile(path) else 0)


@cache
def _listed(path: str, changed: int) -> OptOut:
    entries = json.loads(SHIPPED.read_text(encoding="utf-8"))["entries"]
    found = parse(entries, SHIPPED.name).entries
    if path:
        try:
            found |= parse(Path(path).read_text(encoding="utf-8").splitlines(), path).entries
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"The opt-out list {path} cannot be read ({error}): correct VITASCOPE_OPTOUT.") from None
    return OptOut(found)


def prune(folder: Path, index: list[dict]) -> list[dict]:
    """The rows of a packed library that nobody opted out of; the pictures of the others are taken out of its archives, too."""
    kept = listed().without(index)
    gone = {row["id"] for row in index} - {row["id"] for row in kept}
    for style in sorted({name.split("/")[0] for name in gone}):
        path, objects = folder / f"{style}.zip", {name.split("/", 1)[1] for name in gone if name.startswith(f"{style}/")}
        part = path.with_suffix(".part")
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as new:
            for entry in old.infolist():
                if entry.filename.removesuffix(".webp").split("~")[0] not in objects:
                    new.writestr(entry, old.read(entry))
        os.replace(part, path)
    return kept
