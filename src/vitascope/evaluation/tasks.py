"""`vitascope bench tasks`: what each task is worth, measured on work that nobody here made, and what a minute costs.

The bench is a list of cases. Each is measured on its own and kept in FOLDER/tasks/ as soon as it is done, so a run that was
stopped goes on where it was; cases measured with other weights or other code are measured anew.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import importlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitascope import api
from vitascope.clip import Clip
from vitascope.finishing import Interpolator
from vitascope.library import ASSETS
from vitascope.studio import Settings, Studio

from .real_footage import SHOTS, Shot, fetch_footage, read_shot
from .report import POLICY
from .tasks_page import side_by_side, write_page

VERSION = 1  # of what is measured and how: another one makes kept results worthless
SEED = 1
PARTS = {  # where the cases of each part come from: a module and its function
    "fill": ("filling", "cases"), "region": ("regions", "cases"), "extend": ("growing", "extend_cases"),
    "animate": ("growing", "animate_cases"), "bridge": ("growing", "bridge_cases"), "long": ("long", "cases"),
    "subject": ("staying", "cases"), "steps": ("dial", "cases"),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One thing to measure: `measure()` returns its row of the report, a dict that JSON can hold."""

    part: str
    name: str
    measure: Callable[[], dict]


@dataclass
class Bench:
    """Where results go, and what cases share."""

    folder: Path
    corpus: Path = Path("corpus-cache")
    quick: bool = False
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def kept(self) -> Path:
        """Where results and films of single cases lie; quick ones apart."""
        return self.folder / ("tasks-quick" if self.quick else "tasks")

    @property
    def shots(self) -> tuple[Shot, ...]:
        return SHOTS[:2] if self.quick else SHOTS

    @functools.cached_property
    def files(self) -> dict[str, Path]:
        return fetch_footage(self.corpus)

    @functools.lru_cache(maxsize=16)  # noqa: B019
    def clip(self, shot: Shot) -> Clip:
        return read_shot(shot, self.files)

    @functools.cached_property
    def interpolator(self) -> Interpolator:
        return Interpolator(self.threads)

    @functools.cached_property
    def studio(self) -> Studio:
        return Studio(Settings(seed=SEED, threads=self.threads, policy=POLICY))

    def fill(self, clip: Clip, spans: list[tuple[int, int]]) -> tuple[np.ndarray, list[dict]]:
        """The clip's frames (t h w 3) with those of the spans filled in as anybody's would be, and how each gap was done."""
        film = api.fill(clip, spans=[(a / clip.fps, b / clip.fps) for a, b in spans], studio=self.studio)
        return film.clip.frames, film.report["gaps"]

    def film(self, part: str, name: str, films: dict[str, np.ndarray], fps: float, marked: np.ndarray | None = None) -> str:
        """Write films side by side for the page and return the file's path from `folder`."""
        path = self.kept / f"{part}-{slug(name)}.mp4"
        Clip(side_by_side(films, marked), fps).write(path, crf=23)
        return str(path.relative_to(self.folder))

    __hash__ = object.__hash__


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


@functools.cache
def stamp() -> str:
    """What results depend on besides the case: the weights, the code that makes films, and the bench's version."""
    whole = hashlib.sha256(str(VERSION).encode())
    package = ASSETS.parent
    code = [path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in ("evaluation", "cli", "training")]
    weights = [path for path in (ASSETS / "weights").iterdir() if path.is_file() and not path.name.startswith("judge")]
    for path in sorted(code + weights):
        whole.update(str(path.relative_to(package)).encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def run_case(case: Case, kept: Path, wanted: str) -> dict:
    """The case's row: the kept one if it was measured with the same weights and code, else measured now and kept."""
    path = kept / f"{case.part}-{slug(case.name)}.json"
    if path.exists():
        row = json.loads(path.read_text(encoding="utf-8"))
        if row.get("stamp") == wanted:
            return row
    start = time.perf_counter()
    row = case.measure() | dict(part=case.part, case=case.name, stamp=wanted)
    row |= dict(measured=now(), took=round(time.perf_counter() - start, 1))
    part = path.with_suffix(".part")
    part.write_text(json.dumps(row, indent=1), encoding="utf-8")
    os.replace(part, path)
    return row


def now() -> str:
    return datetime.datetime.now().isoformat(timespec="seconds")


def chosen(only: str | None) -> list[str]:
    """The parts named in "fill,long"; all for None. Raises ValueError for one that there is not."""
    names = [name.strip() for name in only.split(",") if name.strip()] if only else list(PARTS)
    for name in names:
        if name not in PARTS:
            raise ValueError(f"There is no part {name!r} of the bench: choose --only from {', '.join(PARTS)}.")
    return names


def tasks(folder: Path, only: str | None = None, quick: bool = False, corpus: Path = Path("corpus-cache"), threads: int | None = None) -> dict:
    """Measure, write FOLDER/tasks-DATE.json and .html, and return the report. Raises ValueError in one sentence."""
    parts = chosen(only)
    bench = Bench(folder, corpus, quick, threads or os.cpu_count() or 1)
    bench.kept.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[dict]] = {}
    for part in parts:
        module, function = PARTS[part]
        found = getattr(importlib.import_module(f".{module}", __package__), function)(bench)
        for i, case in enumerate(found):
            print(f"  {part} {i + 1}/{len(found)}: {case.name}", file=sys.stderr, flush=True)
            rows.setdefault(part, []).append(run_case(case, bench.kept, stamp()))
    report = dict(date=now(), quick=quick, cores=bench.threads, rows=rows)
    stem = folder / f"tasks-{report['date'].replace(':', '')}"
    stem.with_suffix(".json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(write_page(stem.with_suffix(".html"), report), file=sys.stderr)
    return report
