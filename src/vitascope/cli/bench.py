"""`vitascope bench WHAT`: what the films are worth and whether the promises are kept, measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

# name: (what its --help says, whether it fetches real clips the first time)
WHAT = {
    "quality": ("held-out prompts filmed and scored (needs the [train] extra)", False),
    "tasks": ("real footage filled, extended, animated; a minute's cost", True),
    "safety": ("what the prompt policy refuses, rightly and wrongly, disguises included", False),
    "frames": ("what the review of frames finds, and what it alarms about for nothing", True),
    "provenance": ("the watermark in copies that were cropped, scaled, turned, encoded anew", True),
    "flaws": ("flaws planted in films, and how many are found", False),
    "memorisation": ("how near films come to the footage that the painter learned from", True),
}


def add(verbs):
    top = verbs.add_parser("bench", help="measure quality, safety, provenance")
    sub = top.add_subparsers(title="what to measure", metavar="WHAT", required=True)
    for name, (said, fetches) in WHAT.items():
        p = sub.add_parser(name, help=said, description=f"{said[:1].upper()}{said[1:]}.")
        p.add_argument("--folder", default="bench", help="where reports are kept (default: bench)")
        p.add_argument("--last", action="store_true", help="print the latest report without running")
        p.add_argument("--json", action="store_true", help="print JSON")
        p.add_argument("--threads", type=int, help="cores to use (default: all)")
        p.add_argument("--quick", action="store_true", help="few cases of each part")
        if fetches:
            p.add_argument("--corpus", default="corpus-cache", metavar="FOLDER", help="where the clips are kept (default: corpus-cache)")
        p.set_defaults(run=run, what=name)
    sub.choices["quality"].add_argument("--films", type=int, default=60, help="how many prompts (default: 60)")
    sub.choices["tasks"].add_argument("--only", metavar="PARTS", help="some parts, as in fill,long (default: all)")
    sub.choices["safety"].add_argument("--data", default="../shared/safety", metavar="FOLDER", help="public prompts, val.jsonl, left out where they are not")


def run(options) -> int:
    from vitascope.evaluation.report import latest

    if options.threads is not None and options.threads < 1:
        raise ValueError(f"The bench needs at least 1 thread, not {options.threads}.")
    measure, table = PARTS[options.what]()
    folder = Path(options.folder)
    report = latest(folder, options.what) if options.last else measure(folder, options)
    print(json.dumps(report, ensure_ascii=False, indent=2) if options.json else table(report))
    return 0


Part = tuple[Callable, Callable]  # (measure(folder, options) -> report, table(report) -> text)


def _quality() -> Part:
    from vitascope.evaluation import quality, table

    return lambda folder, o: quality(folder, min(o.films, 8) if o.quick else o.films), table


def _tasks() -> Part:
    from vitascope.evaluation.tasks_report import table

    def measure(folder, o):
        from vitascope.evaluation.tasks import tasks

        return tasks(folder, o.only, o.quick, Path(o.corpus), o.threads)

    return measure, table


def _safety() -> Part:
    from vitascope.evaluation.safety_report import table

    def measure(folder, o):
        from vitascope.evaluation.safety import safety

        return safety(folder, Path(o.data), o.quick)

    return measure, table


def _frames() -> Part:
    from vitascope.evaluation.frames import frames, table

    return lambda folder, o: _keep(folder, "frames", frames(Path(o.corpus), o.quick, o.threads)), table


def _provenance() -> Part:
    from vitascope.evaluation.provenance_report import table

    def measure(folder, o):
        from vitascope.evaluation.provenance import provenance

        return provenance(folder, Path(o.corpus), o.quick, o.threads)

    return measure, table


def _flaws() -> Part:
    from vitascope.evaluation.flaws_report import table

    def measure(folder, o):
        from vitascope.evaluation.flaws import flaws

        return flaws(folder, o.quick, o.threads)

    return measure, table


def _memorisation() -> Part:
    from vitascope.evaluation.memorisation import memorisation, table

    return lambda folder, o: _keep(folder, "memorisation", memorisation(Path(o.corpus), folder, o.threads)), table


def _keep(folder: Path, kind: str, report: dict) -> dict:
    """The report, written to FOLDER/KIND-DATE.json with its date."""
    import datetime

    from vitascope.media import whole_file

    report = dict(date=datetime.date.today().isoformat()) | report
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(folder / f"{kind}-{report['date']}.json") as part:
        part.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return report


PARTS = dict(quality=_quality, tasks=_tasks, safety=_safety, frames=_frames, provenance=_provenance, flaws=_flaws, memorisation=_memorisation)
