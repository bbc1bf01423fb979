"""`vitascope corpus fetch | preview | ledger | pack`: where the training data come from."""

from __future__ import annotations

import sys
from pathlib import Path


def add(verbs):
    top = verbs.add_parser("corpus", help="where the training data come from")
    sub = top.add_subparsers(title="what to do", metavar="ACTION", required=True)
    p = sub.add_parser("fetch", help="download the sources, checked against their hashes")
    p.add_argument("--folder", default="corpus-cache", help="where to keep them (default: corpus-cache)")
    p.add_argument("--with", dest="groups", action="append", default=[], choices=("films", "animations", "characters", "photographs", "all"),
                   help="beyond the core of under 60 MB (repeatable)")  # fmt: skip
    p.set_defaults(run=fetch)
    p = sub.add_parser("preview", help="draw rendered films with their captions on one sheet")
    p.add_argument("-o", "--output", default="preview.png", metavar="FILE")
    p.add_argument("--count", type=int, default=12)
    p.add_argument("--seed", type=int, default=0)
    p.set_defaults(run=preview)
    p = sub.add_parser("ledger", help="every item with its source, author, licence and use")
    p.add_argument("--croissant", metavar="FILE", help="write it as Croissant JSON-LD")
    p.add_argument("--find", metavar="TEXT", help="only rows that contain this")
    p.set_defaults(run=ledger)
    p = sub.add_parser("pack", help="build the library that ships from the fetched sources")
    p.add_argument("--folder", default="corpus-cache")
    p.add_argument("-o", "--output", required=True, metavar="FOLDER")
    p.set_defaults(run=pack)


def fetch(options) -> int:
    from vitascope.corpus import fetch as get

    get(Path(options.folder), groups=("core", *options.groups), progress=lambda text: print(text, file=sys.stderr))
    return 0


def preview(options) -> int:
    from vitascope.corpus import preview as draw

    print(draw(Path(options.output), options.count, options.seed))
    return 0


def ledger(options) -> int:
    from vitascope.corpus import read_ledger, root_hash, write_croissant

    rows = read_ledger()
    if options.croissant:
        write_croissant(rows, Path(options.croissant))
    wanted = (options.find or "").lower()
    for row in rows:
        line = "  ".join(str(row[k]) for k in ("item", "licence", "author", "source", "use", "sha256"))
        if wanted in line.lower():
            print(line)
    print(f"{len(rows)} items, root hash {root_hash(rows)}", file=sys.stderr)
    return 0


def pack(options) -> int:
    from vitascope.corpus import fetched
    from vitascope.corpus import pack as build

    counts = build(fetched(Path(options.folder)), Path(options.output))
    print(", ".join(f"{style} {count}" for style, count in counts.items()))
    return 0
