"""The ledger as Croissant, MLCommons' description of data sets in JSON-LD (version 1.0)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from .ledger import FIELDS, check, lines, root_hash, write_whole

MEANING = {
    "item": "name of the item in this data set",
    "title": "what it shows",
    "source": "package and version that it comes from",
    "origin": "file inside that package",
    "file": "where it lies once packed or fetched",
    "sha256": "SHA-256 of its bytes",
    "author": "who made it",
    "credit": "the credit line that its licence asks for",
    "licence": "SPDX identifier, or public domain",
    "use": "what it is used for, and whether it is held out of training",
}
OUR_TERMS = (
    "citeAs column extract field fileProperty fileObject fileSet format includes isLiveDataset jsonPath key md5 parentField "
    "path recordSet references regex repeated replace samplingRate separator source subField transform equivalentProperty"
).split()  # the terms that version 1.0 of the format asks every document to define
CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in OUR_TERMS},
}  # fmt: skip


def croissant(rows: list[dict], contents: bytes, name: str) -> dict:
    """Metadata of the rows, whose JSON Lines `contents` lie in the file `name` beside the metadata."""
    fields = [
        {
            "@type": "cr:Field", "@id": f"items/{field}", "name": field, "description": MEANING[field], "dataType": "sc:Text",
            "source": {"fileObject": {"@id": "ledger"}, "extract": {"column": field}},
        }
        for field in FIELDS
    ]  # fmt: skip
    licences = sorted({row["licence"] for row in rows})
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "vitascope-corpus",
        "version": "0.1.0",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "datePublished": "2026-11-24",
        "description": f"The {len(rows)} openly licensed pictures, film shots and photographs that Vitascope trains on and "
        "draws from, each with its source, author, licence and use.",
        "license": [f"https://spdx.org/licenses/{licence}" for licence in licences if licence != "public domain"]
        + ["https://creativecommons.org/publicdomain/mark/1.0/"] * ("public domain" in licences),
        "citeAs": f"Vitascope corpus, root hash {root_hash(rows)}",
        "creator": {"@type": "sc:Organization", "name": "Vitascope"},
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": "ledger", "name": "ledger", "description": "the ledger, one item a line",
                "contentUrl": name, "encodingFormat": "application/jsonlines",
                "contentSize": f"{len(contents)} B", "sha256": hashlib.sha256(contents).hexdigest(),
            }
        ],
        "recordSet": [
            {"@type": "cr:RecordSet", "@id": "items", "name": "items", "description": "one record an item", "field": fields}
        ],
    }  # fmt: skip


def write_croissant(rows: Iterable[dict], path: Path) -> Path:
    """Write the metadata to `path` and the rows beside it, NAME.jsonl for NAME.json; returns the second path.

    Raises what `check` raises, and ValueError for a `path` whose folder does not exist.
    """
    rows, path = check(rows), Path(path)
    if not path.parent.is_dir() or path.is_dir():
        raise ValueError(f"{path} cannot be written: name a file in a folder that exists.")
    beside = path.with_suffix(".jsonl")
    if beside == path:
        raise ValueError(f"{path} is the name that the rows get: name a file that ends in .json.")
    contents = lines(rows)
    write_whole(beside, contents)
    write_whole(path, json.dumps(croissant(rows, contents, beside.name), ensure_ascii=False, indent=1).encode())
    return beside
