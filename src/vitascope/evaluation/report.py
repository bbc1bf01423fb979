"""Reports of the bench, found and written out for people; needs no PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

POLICY = Path(__file__).with_name("policy.yaml")  # under which the benches make films of test clips

COLUMNS = {
    "films": "films from prompts alone",
    "sketched": "the animatics that those films were painted over",
    "painted": "painted over the true plan",
    "animatic": "the animatic of the true plan, unpainted",
    "real": "real renders (the ceiling)",
    "shuffled": "films against another prompt (the floor)",
}


def latest(folder: Path, kind: str = "quality") -> dict:
    """The newest report of a kind, "quality" or "tasks", in the folder, else the one that ships with the repository. Raises ValueError when there is none."""
    for place in (folder, Path(__file__).parent):
        if found := sorted(place.glob(f"{kind}-*.json")):
            return json.loads(found[-1].read_text(encoding="utf-8"))
    raise ValueError(f"Nothing was measured yet: run `vitascope bench {kind}` without --last.")


def table(report: dict) -> str:
    """The report for people."""
    names = sorted({name for column in report["columns"].values() for name in column})
    lines = [f"{report['films']} films, {report['date']}", f"{'':28}" + "".join(f"{c:>11}" for c in COLUMNS)]
    for name in names:
        cells = [report["columns"][c].get(name, {}).get("value") for c in COLUMNS]
        lines.append(f"{name:28}" + "".join(f"{'-' if v is None else format(v, '.0%'):>11}" for v in cells))
    if report.get("judge_cannot_answer"):
        lines.append("the judge does no better than guessing at, and is not asked: " + ", ".join(report["judge_cannot_answer"]))
    for title in ("judge_accuracy", "flicker", "frechet"):
        lines.append(f"{title}: " + ", ".join(f"{k} {v}" for k, v in report[title].items()))
    lines.append(f"{'nearness to the real render':28}{'painted':>11}{'animatic':>11}{'painted nearer in':>22}")
    for name, row in report["painting"]["psnr_to_real"].items():
        lines.append(f"{'dB, ' + name:28}{row['painted']:>11}{row['animatic']:>11}{nearer_in(row):>22}")
    row = report["painting"]["feature_distance"]
    lines.append(f"{row['features']:28}{row['painted']:>11}{row['animatic']:>11}{nearer_in(row):>22}")
    lines += [f"autoencoder, {name}: " + ", ".join(f"{k} {v}" for k, v in row.items()) for name, row in report["autoencoder"].items()]
    lines += [f"{c}: {text}" for c, text in COLUMNS.items()]
    return "\n".join(lines)


def nearer_in(row: dict) -> str:
    return "{value:.0%} of {n} films".format(**row["painted_nearer"])
