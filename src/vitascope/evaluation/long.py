"""What a minute costs, and whether it hangs together: films by our own model, each made in a process of its own (one_film.py)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from .one_film import SHORT
from .tasks import Bench, Case

PROMPT = "a red fox walks through a snowy forest, then it runs along a river, then it rests in a meadow"
BASE, FULL = dict(size="128x80", fps=8, upscale=False, interpolate=False), dict(size="512x320", fps=24)
MINUTE = 60.0
WINDOW = 16  # base frames that each window adds to the film: see windows.py


def spawn(bench: Bench, **order) -> subprocess.Popen:
    order = dict(prompt=PROMPT, seed=1, threads=bench.threads, born=time.time()) | order
    return subprocess.Popen([sys.executable, "-m", f"{__package__}.one_film", json.dumps(order)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def made(bench: Bench, **order) -> dict:
    """A film made in its own process. Raises ValueError with that process's last words when it fails."""
    process = spawn(bench, **order)
    try:
        said, wrong = process.communicate()
    finally:
        process.kill()
    if process.returncode:
        raise ValueError(f"A film of the bench failed: {(wrong.strip().splitlines() or ['no message'])[-1]}")
    return json.loads(said.splitlines()[-1])


def cases(bench: Bench) -> list[Case]:
    minute = 12.0 if bench.quick else MINUTE
    return [
        Case("long", "base size, 8 fps", lambda: minute_of(bench, "base size, 8 fps", BASE, minute)),
        Case("long", "512x320, 24 fps", lambda: minute_of(bench, "512x320, 24 fps", FULL, minute)),
        Case("long", "resumed after kill -9", lambda: resumed(bench)),
    ]


def minute_of(bench: Bench, name: str, kind: dict, seconds: float) -> dict:
    """A minute's seconds and memory beside those of 4 s films, and the seams at its window joins."""
    elsewhere = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        keep = dict(keep=f"{folder}/film.npy") if kind is BASE else dict(write=f"{folder}/film.mp4")
        long = made(bench, seconds=seconds, **kind, **keep)
        again = 2 if bench.quick or kind is FULL else 5
        short = made(bench, seconds=SHORT, again=again, **kind)
        row = dict(
            seconds=seconds, took=round(long["whole"], 1), first=round(short["first"], 2), first_of_long=round(long["first"], 2),
            memory=round(long["memory"]), memory_short=round(short["memory"]), memory_ratio=round(long["memory"] / short["memory"], 3),
            core_seconds=round(long["cpu"], 1), core_seconds_shorts=round(short["again_cpu"] / again * seconds / SHORT, 1), measured_shorts=again,
            busy_elsewhere=round(elsewhere, 1), marks=long["marks"],
        )  # fmt: skip
        row["cost_ratio"] = round(row["core_seconds"] / row["core_seconds_shorts"], 3)  # other work on the machine does not change it much
        if kind is BASE:
            from .continuity import seams_inside

            frames = np.load(f"{folder}/film.npy")
            row["seams"] = seams_inside(frames, list(range(WINDOW + 1, len(frames), WINDOW)))
            row["film"] = bench.film("long", name, {"a minute": frames}, 8.0)
        return row


def resumed(bench: Bench) -> dict:
    """A film killed once some windows are kept, and made again with the same folder, against one that nobody stopped."""
    with tempfile.TemporaryDirectory() as folder:
        whole = made(bench, seconds=12, **BASE)
        keep = Path(folder) / "kept"
        process = spawn(bench, seconds=12, resume=str(keep), **BASE)
        while process.poll() is None and len(list(keep.glob("*.npy"))) < 2:
            time.sleep(0.02)
        alive = process.poll() is None
        if alive:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        found = len(list(keep.glob("*.npy")))
        again = made(bench, seconds=12, resume=str(keep), **BASE)
    return dict(killed=alive, windows_kept=found, identical=again["digest"] == whole["digest"],
                made=round(whole["making"], 1), made_again=round(again["making"], 1))  # fmt: skip

