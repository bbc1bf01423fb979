"""Data card, model card and the EU AI Act's public summary, filled in from the ledger, the weights that ship and the runs that made them.

The prose is in assets/cards/, with {names} where a figure goes, so that no figure is typed twice.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from pathlib import Path

from vitascope.footprint.grid import of_country, table
from vitascope.footprint.model import estimate
from vitascope.library import ASSETS

from .films import END
from .ledger import read_ledger, root_hash, write_whole
from .optout import listed
from .sources import SOURCES

RUNS = Path(__file__).parent / "runs.json"
MEMORISATION = ASSETS / "provenance" / "memorisation.json"
CARDS = ("data-card.md", "model-card.md", "ai-act-summary.md")
COLLECTED = "24 November 2026"  # when the last of the pinned sources was fetched for the shipped weights
TITLES = {"animations": "Fluent Emoji animated", "fluent-3d": "Fluent Emoji 3D", "fluent-flat": "Fluent Emoji flat", "noto": "Noto Emoji",
          "twemoji": "Twemoji", "openclipart": "Open Clip Art", "characters": "Kenney characters", "film": "Big Buck Bunny"}  # fmt: skip


def cards(version: str, figures: dict[str, str] | None = None) -> dict[str, str]:
    """The text of each of CARDS. version: of the package; figures: measured ones, name to value, for the model card; a layer above knows them."""
    rows = read_ledger()
    filled = facts(rows) | model_facts(rows) | memory_facts() | dict(version=version)
    filled["figures"] = markdown(("what", "measured"), (figures or {}).items()) if figures else "See the experiments."
    texts = {name: (ASSETS / "cards" / name).read_text(encoding="utf-8") for name in CARDS}
    return {name: text.format(**filled) for name, text in texts.items()}


def write_cards(folder: Path, version: str, figures: dict[str, str] | None = None) -> list[Path]:
    """Write the cards into a folder that exists. Raises ValueError for one that does not."""
    if not Path(folder).is_dir():
        raise ValueError(f"{folder} is no folder: make it first, or name another with -o.")
    texts = cards(version, figures)
    for name, text in texts.items():
        write_whole(Path(folder) / name, text.encode())
    return [Path(folder) / name for name in texts]


# --- what the ledger says ---------------------------------------------------------------------------------------------


def facts(rows: list[dict]) -> dict:
    """Counts, tables and licences."""
    held = [row for row in rows if "held out" in row["use"]]
    kinds = lambda some: Counter(kind_of(row) for row in some)
    all_, out, licences = kinds(rows), kinds(held), Counter(row["licence"] for row in rows)
    opted = len(listed().entries)
    return dict(
        items=f"{len(rows):,}", trained=f"{len(rows) - len(held):,}", root=root_hash(rows), sources=sources(rows),
        licences=", ".join(f"{name} {count:,}" for name, count in sorted(licences.items())), licences_short=", ".join(sorted(licences)),
        pictures=f"{all_['picture']:,}", pictures_held=out["picture"], photographs=all_["photograph"], shots=all_["shot"],
        shots_held=out["shot"], minutes=f"{END / 60:.1f}", collected=COLLECTED,
        optouts="Nobody has opted out so far." if not opted else f"{opted} entries have been made so far.",
    )  # fmt: skip


def kind_of(row: dict) -> str:
    return {"photograph": "photograph", "big-buck-bunny": "shot", "names": "names"}.get(row["item"].split(":")[0], "picture")


def sources(rows: list[dict]) -> str:
    """The table of sources; the four packages of animations share a row."""
    table_, done = [], set()
    for source in SOURCES:
        family = source.key.split("-")[0] if source.key.startswith("animations") else source.key
        if family in done:
            continue
        done.add(family)
        names = {s.name for s in SOURCES if s is source or (family == "animations" and s.key.startswith("animations"))}
        mine = [row for row in rows if row["source"] in names]
        held = sum("held out" in row["use"] for row in mine)
        package = f"`{source.package}`" + (f" to `-{len(names)}`" if len(names) > 1 else "")
        licences = ", ".join(f"{name}" for name in sorted({row["licence"] for row in mine} or {source.licence}))
        count = f"{len(mine):,}" + (" shots" if family == "film" else "")
        title = TITLES.get(family, family.replace("-", " "))
        table_.append((title, f"{source.registry} {package} {source.version.replace('1:', '', 1)}", f"{licences}; {source.author}", count, held or "", source.use))
    return markdown(("source", "package", "licence, author", "items", "held out", "used for"), table_)


def markdown(head: tuple, rows) -> str:
    line = lambda cells: "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


# --- the weights, and what they cost ----------------------------------------------------------------------------------


def model_facts(rows: list[dict]) -> dict:
    """Weights with hashes, runs with energy."""
    found = [weights_of(path) for path in sorted(ASSETS.rglob("*.safetensors"))]
    networks = markdown(
        ("network", "parameters", "MiB", "steps", "SHA-256"),
        [(w["name"], f"{w['parameters']:,}", f"{w['bytes'] / 2**20:.1f}", w["steps"], f"`{w['sha256']}`") for w in found],
    )
    other = [w["name"] for w in found if w["root"] and w["root"] != root_hash(rows)]
    named = "Every network whose header names a ledger names this one."
    return dict(
        weights=networks, parameters=f"{sum(w['parameters'] for w in found) / 1e6:.1f}",
        roots=f"Trained on an earlier state of it, by their headers: {', '.join(other)}." if other else named, **run_facts(),
    )  # fmt: skip


def weights_of(path: Path) -> dict:
    """Name, parameters, bytes, hash, and what the header of a safetensors file says of its training."""
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    about = header.pop("__metadata__", {})
    return dict(
        name=path.stem, parameters=sum(math.prod(tensor["shape"]) for tensor in header.values()), bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(), steps=about.get("steps", ""), root=about.get("ledger_root", ""),
    )  # fmt: skip


def run_facts() -> dict:
    """The runs of runs.json with their energy, and the total, each as a range."""
    said = json.loads(RUNS.read_text(encoding="utf-8"))
    span = lambda low, high: f"{float(f'{low:.2g}'):g} to {float(f'{high:.2g}'):g}"
    lines, total = [], [0.0, 0.0]
    for run in said["runs"]:
        seconds = 60 * run["core_minutes"]
        found = estimate(seconds, seconds, threads=2, memory_gb=24)
        low, high = found.low / 3600, found.high / 3600
        total = [total[0] + low, total[1] + high]
        lines.append((run["name"], run["network"] or "-", f"{run['core_minutes']:g}", span(low, high), "shipped" if run["kept"] else "not kept"))
    world, year, source = table()["world"]
    carbon = lambda grams: span(*(hours * grams / 1000 for hours in total))
    return dict(
        machine=said["machine"], runs=markdown(("run", "network", "core-minutes", "Wh", ""), lines),
        core_hours=f"{sum(run['core_minutes'] for run in said['runs']) / 60:.1f}", watt_hours=span(*total), grams=carbon(world),
        grid=f"{world} g a kWh, {year}, {source}", france=carbon(of_country("FR").grams),
    )  # fmt: skip


def memory_facts() -> dict:
    """What the memorisation bench found last."""
    found = json.loads(MEMORISATION.read_text(encoding="utf-8"))
    kinds = found["kinds"]
    names = ("pictures", "nearest", "5 %", "median", "95 %")
    lines = [(kind, *(row[name] for name in names), f"{row['near']:.0%}") for kind, row in kinds.items()]
    now = weights_of(ASSETS / "weights" / "transformer.safetensors")["sha256"]
    same = now == found.get("transformer")
    ours = sum(round(row["near"] * row["pictures"]) for kind, row in kinds.items() if not kind.startswith(("damaged", "held-out shots of")))
    held = next((row for kind, row in kinds.items() if kind.startswith("held-out shots of")), None)
    return dict(
        memorisation=markdown(("pictures", "how many", *names[1:], f"below {found['near']}"), lines), near=found["near"],
        memory_items=found["items"], held_near=f"{held['near']:.0%}" if held else "some",
        memory_verdict="No film of ours came near." if not ours else f"{ours} pictures of ours came near: look at them.",
        memory_weights="Measured with the weights that ship." if same else "Measured with earlier weights than those that ship.",
    )  # fmt: skip
