"""What films cost, measured: the rows that forecasts are fitted to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from vitascope.footprint import Meter
from vitascope.footprint.forecast import MEASURED

FILMS = (  # prompt, size, seconds, fps, steps
    ("a red fox runs through a snowy forest", "256x160", 1, 24, 4), ("a boat on a lake", "256x160", 4, 24, 4),
    ("a rocket rises over a city at night", "256x160", 8, 8, 1), ("a cat walks in a garden, the camera pans right", "512x320", 2, 24, 4),
    ("a red fox runs through a snowy forest", "512x320", 4, 24, 4), ("a lighthouse by the sea, it rains", "512x320", 4, 12, 1),
    ("a dog jumps on a beach", "320x568", 2, 24, 4), ("a train crosses a desert", "640x360", 3, 24, 4),
    ("two birds fly over mountains", "128x80", 6, 8, 8), ("a whale swims", "512x320", 10, 24, 4),
)  # fmt: skip


def measure_costs(path: Path = MEASURED, threads: int | None = None) -> list[dict]:
    """Make FILMS, write what each cost to `path`, and return the rows. The networks are loaded before the first is measured."""
    from vitascope.studio import Settings, Studio
    from vitascope.tasks import text_to_video

    studio = Studio(Settings(seed=1, threads=threads))
    studio.make(text_to_video("a boat", seconds=1, size=(128, 80), fps=8))
    rows = []
    for prompt, size, seconds, fps, steps in FILMS:
        w, h = (int(side) for side in size.split("x"))
        with Meter() as meter:
            studio.with_(num_inference_steps=steps).make(text_to_video(prompt, seconds=seconds, size=(w, h), fps=fps))
        rows.append(dict(seconds=seconds, size=[w, h], fps=fps, steps=steps, core_seconds=round(meter.cpu_seconds, 2), took=round(meter.seconds, 2)))
        print(f"  {prompt}: {rows[-1]}", file=sys.stderr, flush=True)
    path.write_text('{"films": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n", encoding="utf-8")
    return rows
