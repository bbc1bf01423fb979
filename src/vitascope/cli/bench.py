"""`vitascope bench quality`, `vitascope bench tasks`: what the films are worth, measured."""

from __future__ import annotations

import json
from pathlib import Path


def add(verbs):
    top = verbs.add_parser("bench", help="measure quality")
    sub = top.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    p = common(sub.add_parser("quality", help="render held-out prompts and score them (needs the [train] extra)"))
    p.add_argument("--films", type=int, default=60, help="how many prompts (default: 60)")
    p.set_defaults(run=quality)
    p = common(sub.add_parser("tasks", help="fill, extend, animate real footage; a minute's cost (fetches clips the first time)"))
    p.add_argument("--only", metavar="PARTS", help="some parts, as in fill,long (default: all)")
    p.add_argument("--quick", action="store_true", help="few cases of each part")
    p.add_argument("--corpus", default="corpus-cache", metavar="FOLDER", help="where the clips are kept (default: corpus-cache)")
    p.add_argument("--threads", type=int, help="cores to use (default: all)")
    p.set_defaults(run=tasks)


def common(p):
    p.add_argument("--folder", default="bench", help="where reports are kept (default: bench)")
    p.add_argument("--last", action="store_true", help="print the latest report without running")
    p.add_argument("--json", action="store_true", help="print JSON")
    return p


def quality(options) -> int:
    from vitascope.evaluation import latest, table
    from vitascope.evaluation import quality as measure

    report = latest(Path(options.folder)) if options.last else measure(Path(options.folder), options.films)
    print(json.dumps(report, indent=2) if options.json else table(report))
    return 0


def tasks(options) -> int:
    from vitascope.evaluation.report import latest
    from vitascope.evaluation.tasks_report import table

    if options.threads is not None and options.threads < 1:
        raise ValueError(f"The bench needs at least 1 thread, not {options.threads}.")
    if options.last:
        report = latest(Path(options.folder), "tasks")
    else:
        from vitascope.evaluation.tasks import tasks as measure

        report = measure(Path(options.folder), options.only, options.quick, Path(options.corpus), options.threads)
    print(json.dumps(report, indent=2) if options.json else table(report))
    return 0
