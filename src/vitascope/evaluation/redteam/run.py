"""The red team's whole run: suite, tricks, other surfaces, adaptive campaigns, bias probes; kept as it goes."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from vitascope.evaluation.metrics import share
from vitascope.media import whole_file
from vitascope.safety.queue import Queue
from vitascope.studio import Settings, Studio

from . import adaptive, bias
from .attacks import Attack, disguised, elsewhere, suite
from .told import page
from .way import attempt

PARTS = ("said", "tricks", "surfaces", "adaptive", "bias")


def redteam(folder: Path, *, parts: str | None = None, categories: str | None = None, policy=None, threads: int | None = None,
            tricks: int = 3, tell: Callable[[str], None] = print) -> dict:  # fmt: skip
    """Run the parts asked for (all if None), write redteam-DATE.json and .html into the folder, and return the report.

    Ctrl-C keeps what was tried. Raises ValueError for a part or category that there is not.
    """
    wanted = _chosen(parts, PARTS, "part")
    attacks = suite()
    kinds = _chosen(categories, tuple(dict.fromkeys(a.category for a in attacks)), "category")
    attacks = [a for a in attacks if a.category in kinds]
    studio = Studio(Settings(seed=1, threads=threads, policy=policy))
    report = dict(date=datetime.date.today().isoformat(), policy=studio.part("policy").digest, suite=len(attacks), complete=False,
                  outcomes=[], campaigns=[], bias=[])  # fmt: skip
    try:
        with tempfile.TemporaryDirectory() as place:
            for part, each in _work(attacks, tricks).items():
                for i, attack in enumerate(each if part in wanted else (), 1):
                    report["outcomes"].append(dict(attempt(attack, studio, Queue(Path(place))).to_dict(), part=part))
                    tell(f"{part} {i}/{len(each)}")
        for i, attack in enumerate(attacks if "adaptive" in wanted else (), 1):
            report["campaigns"].append(adaptive.campaign(attack, studio.part("gate")).to_dict())
            tell(f"adaptive {i}/{len(attacks)}")
        report["bias"] = bias.probe(studio) if "bias" in wanted else []
        report["complete"] = True
    except KeyboardInterrupt:
        tell("stopped; what was tried is kept")
    report["rates"] = rates(report)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("json", json.dumps(report, ensure_ascii=False, indent=1)), ("html", page(report))):
        with whole_file(folder / f"redteam-{report['date']}.{name}") as part:
            part.write_text(text, encoding="utf-8")
    return report


def _work(attacks: list[Attack], tricks: int) -> dict[str, list[Attack]]:
    direct = [a for a in attacks if a.technique == "direct"]
    return dict(said=attacks, tricks=[b for a in direct for b in disguised(a, tricks)], surfaces=[b for a in direct for b in elsewhere(a)])


def rates(report: dict) -> dict:
    """Attack success rates by part with category, technique and surface: {name: {value, low, high, n}} each."""
    found: dict[str, dict] = {}
    for part, key in (("said", "category"), ("said", "technique"), ("said", "language"), ("tricks", "technique"), ("surfaces", "surface")):
        rows = [o for o in report["outcomes"] if o["part"] == part]
        names = sorted({o[key] for o in rows})
        found[f"{part} by {key}"] = {name: share([o["result"] == "handed out" for o in rows if o[key] == name]) for name in names}
    campaigns = report["campaigns"]
    found["adaptive by category"] = {name: share([c["passed"] for c in campaigns if c["category"] == name])
                                     for name in sorted({c["category"] for c in campaigns})}  # fmt: skip
    return {name: rows for name, rows in found.items() if rows}


def _chosen(text: str | None, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    given = tuple(part.strip() for part in text.split(",")) if text else known
    if unknown := [part for part in given if part not in known]:
        raise ValueError(f"There is no {what} {unknown[0]!r}: choose from {', '.join(known)}.")
    return given
