"""`vitascope generate "PROMPT"`: a film from words."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

EXAMPLE = """example:
  vitascope generate "a red fox runs through a snowy forest, the camera pans right" -o fox.mp4 --seconds 4 --size 512x320 --seed 7
"""


def add(verbs):
    import argparse

    p = verbs.add_parser("generate", help="a film from words", epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("prompt", metavar="PROMPT", help="what should happen, in English or French")
    p.add_argument("-o", "--output", default="film.mp4", metavar="FILE", help="an .mp4, .webp or .gif file (default: film.mp4)")
    p.add_argument("--seconds", type=float, default=4.0, help="length, up to 60 (default: 4)")
    p.add_argument("--size", default="512x320", metavar="WIDTHxHEIGHT", help="in pixels, 9:16 to 21:9 (default: 512x320)")
    p.add_argument("--fps", type=float, default=24.0, help="frames a second (default: 24)")
    p.add_argument("--seed", type=int, help="a whole number: the same film again (default: a new one)")
    p.add_argument("--steps", type=int, default=2, help="denoising steps (default: 2)")
    p.add_argument("--guidance-scale", type=float, default=1.0, help="how closely to follow the words, 1 to 10 (default: 1, no guidance)")
    p.add_argument("--negative-prompt", default="", metavar="TEXT", help="what should not be seen")
    p.add_argument("--style", choices=("3d", "flat", "noto", "twemoji"), help="drawing style (default: what the prompt says)")
    p.add_argument("--sketch-strength", type=float, default=1.0, help="how far to trust the director's animatic, 0 to 1 (default: 1)")
    p.add_argument("--no-upscale", dest="upscale", action="store_false", help="resize instead of Real-ESRGAN")
    p.add_argument("--no-interpolate", dest="interpolate", action="store_false", help="no frames in between (8 a second)")
    p.add_argument("--threads", type=int, help="cores to use (default: all)")
    p.add_argument("--plan", metavar="FILE", help="also write the director's plan, as JSON")
    p.add_argument("--json", action="store_true", help="print the report as JSON")
    p.set_defaults(run=run)


def check_output(path: Path):
    """Find out before the work whether the film can be written. Raises ValueError."""
    from vitascope.media import WRITABLE

    if path.suffix.lower() not in WRITABLE:
        raise ValueError(f"Cannot write {path}: its name must end in one of {', '.join(WRITABLE)}.")
    folder = path.absolute().parent
    if path.is_dir():
        raise ValueError(f"Cannot write {path}: it is a folder.")
    if not folder.is_dir():
        raise ValueError(f"Cannot write {path}: there is no folder {folder}.")
    if not os.access(folder, os.W_OK):
        raise ValueError(f"Cannot write {path}: the folder {folder} is not yours to write in.")
    if shutil.disk_usage(folder).free < 8 << 20:
        raise ValueError(f"Cannot write {path}: the disk is full.")


def run(options) -> int:
    import vitascope

    from .progress import Progress

    path = Path(options.output)
    check_output(path)
    if options.threads is not None and options.threads < 1:
        raise ValueError(f"A film needs at least 1 thread, not {options.threads}.")
    progress = Progress()
    film = vitascope.generate(
        options.prompt, seconds=options.seconds, size=options.size, fps=options.fps, seed=options.seed,
        num_inference_steps=options.steps, guidance_scale=options.guidance_scale, negative_prompt=options.negative_prompt,
        style=options.style, sketch_strength=options.sketch_strength, upscale=options.upscale,
        interpolate=options.interpolate, threads=options.threads, on_event=progress,
    )  # fmt: skip
    film.save(path)
    if options.plan:
        Path(options.plan).write_text(film.plan.to_json(), encoding="utf-8")
    report = film.report | {"file": str(path.absolute()), "took_seconds": round(progress.seconds, 1)}
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        used = ", ".join(sorted({f"{s['label']} ({s['author']}, {s['licence']})" for s in report["sources"]})) or "no picture of the library"
        print(f"{report['file']}\n  seed {report['seed']}, {report['size']}, {report['seconds']:g} s at {report['fps']:g} fps, "
              f"made in {report['took_seconds']:g} s\n  drawn from: {used}", file=sys.stdout)  # fmt: skip
    return 0
