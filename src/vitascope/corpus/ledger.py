"""The ledger: one row for every item that was trained on or that films are drawn from, and one hash over all of them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from vitascope.library import ASSETS

from .films import PHOTOGRAPHS
from .sources import BY_KEY, check_licence

LEDGER = ASSETS / "ledger.jsonl.gz"
FIELDS = ("item", "file", "source", "author", "licence", "credit", "use", "sha256")
KEY_OF_STYLE = {"3d": "fluent-3d", "flat": "fluent-flat", "noto": "noto", "twemoji": "twemoji", "clipart": "openclipart",
                "kenney": "characters"}  # fmt: skip


def row_hash(row: dict) -> str:
    """SHA-256 of a row's FIELDS as JSON with sorted keys and no spaces."""
    text = json.dumps({k: row[k] for k in FIELDS}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def root_hash(rows: Iterable[dict]) -> str:
    """SHA-256 of all row hashes, sorted and joined by newlines: it names exactly this set of items, in any order."""
    return hashlib.sha256("\n".join(sorted(row_hash(row) for row in rows)).encode()).hexdigest()


def check(rows: Iterable[dict]) -> list[dict]:
    """The rows, if every licence is allowed; raises ValueError naming the first item whose is not."""
    rows = list(rows)
    for row in rows:
        check_licence(row["item"], row["licence"])
    return rows


def build(index: Iterable[dict], corpus: Path) -> list[dict]:
    """Rows for the library's index and for the films and photographs in the corpus folder."""
    rows = []
    for picture in index:
        held = " (held out of training)" if picture["held_out"] else ""
        source = BY_KEY.get(KEY_OF_STYLE.get(picture["style"], ""), None)
        rows.append(dict(
            item=picture["id"], file=f"library/{picture['style']}.zip", source=picture["source"], author=picture["author"],
            licence=picture["licence"], credit=source.credit if source else f"© {picture['author']}, {picture['licence']}",
            use=f"reference library; training scenes{held}" if not held else f"reference library{held}", sha256=picture["sha256"],
        ))  # fmt: skip
    film = BY_KEY["film"]
    for path in sorted((corpus / "films").glob("*.json")):
        for shot in json.loads(path.read_text()):
            rows.append(dict(
                item=f"{path.stem}:{shot['start']}-{shot['stop']}", file="films/big-buck-bunny.mp4", source=film.name,
                author=film.author, licence=film.licence, credit=film.credit,
                use="test of the autoencoder" if shot["held_out"] else "training of the autoencoder", sha256=film.sha256,
            ))  # fmt: skip
    package = BY_KEY["photographs"]
    for name, (author, licence) in sorted(PHOTOGRAPHS.items()):
        path = corpus / "photographs" / f"{name}.jpg"
        if path.exists():
            rows.append(dict(
                item=f"photograph:{name}", file=f"photographs/{name}.jpg", source=package.name, author=author, licence=licence,
                credit=f"© {author}, {licence}", use="training of the autoencoder",
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            ))  # fmt: skip
    return check(sorted(rows, key=lambda row: row["item"]))


def write_ledger(rows: list[dict], path: Path = LEDGER) -> str:
    """Write the rows, one JSON object a line, gzipped without a date; returns the root hash."""
    text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in check(rows))
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return root_hash(rows)


def read_ledger(path: Path = LEDGER) -> list[dict]:
    """The shipped rows. Raises ValueError when the package was installed without them."""
    if not path.exists():
        raise ValueError(f"The ledger is missing from {path.parent}: install Vitascope again.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def croissant(rows: list[dict]) -> dict:
    """The ledger as Croissant 1.0 metadata (JSON-LD of MLCommons)."""
    context = {
        "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
        "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/", "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/", "extract": "cr:extract",
        "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
        "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
        "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
        "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
        "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
        "rai": "http://mlcommons.org/croissant/RAI/", "examples": {"@id": "cr:examples", "@type": "@json"},
    }  # fmt: skip
    fields = [
        {"@type": "cr:Field", "@id": f"items/{name}", "name": name, "dataType": "sc:Text",
         "source": {"fileObject": {"@id": "ledger"}, "extract": {"jsonPath": f"$.{name}"}}}
        for name in FIELDS
    ]  # fmt: skip
    return {
        "@context": context, "@type": "sc:Dataset", "name": "vitascope-corpus", "version": "0.1.0",
        "conformsTo": "http://mlcommons.org/croissant/1.0", "datePublished": "2026-11-24",
        "description": f"The {len(rows)} openly licensed pictures, film shots and photographs that Vitascope trains on and draws from.",
        "license": sorted({f"https://spdx.org/licenses/{row['licence']}" for row in rows if row["licence"] != "public domain"}),
        "url": "https://vitascope.example/corpus", "citeAs": f"Vitascope corpus, root hash {root_hash(rows)}",
        "creator": {"@type": "sc:Organization", "name": "Vitascope"},
        "distribution": [{"@type": "cr:FileObject", "@id": "ledger", "name": "ledger", "contentUrl": "ledger.jsonl.gz",
                          "encodingFormat": "application/jsonlines",
                          "sha256": hashlib.sha256(LEDGER.read_bytes()).hexdigest() if LEDGER.exists() else "0" * 64}],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "items", "name": "items", "field": fields}],
    }  # fmt: skip


def write_croissant(rows: list[dict], path: Path):
    path.write_text(json.dumps(croissant(rows), ensure_ascii=False, indent=1), encoding="utf-8")
