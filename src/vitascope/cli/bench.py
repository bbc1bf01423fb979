"""`vitascope bench quality`: what the films are worth, measured."""

from __future__ import annotations

import json
from pathlib import Path


def add(verbs):
    top = verbs.add_parser("bench", help="measure quality")
    sub = top.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    p = sub.add_parser("quality", help="render held-out prompts and score them (needs the [train] extra)")
    p.add_argument("--folder", default="bench", help="where reports are kept (default: bench)")
    p.add_argument("--films", type=int, default=60, help="how many prompts (default: 60)")
    p.add_argument("--last", action="store_true", help="print the latest report without running")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.set_defaults(run=quality)


def quality(options) -> int:
    from vitascope.evaluation import latest, table
    from vitascope.evaluation import quality as measure

    report = latest(Path(options.folder)) if options.last else measure(Path(options.folder), options.films)
    print(json.dumps(report, indent=2) if options.json else table(report))
    return 0
