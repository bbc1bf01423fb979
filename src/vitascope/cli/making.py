"""What all verbs that make a film share: their options, and what is checked before the work."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from pathlib import Path

STYLES = ("3d", "flat", "noto", "twemoji", "clipart")


def verb(verbs, name: str, help: str, example: str):
    """A parser for one verb; its --help ends with the example, which works as it stands."""
    return verbs.add_parser(
        name, help=help, description=f"{help[:1].upper()}{help[1:]}.", epilog=f"example:\n  {example}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def add_options(p, output: str = "film.mp4", *, prompt: bool = False, stream: bool = True) -> None:
    """What all verbs have in common. prompt: --prompt too; stream: standard output can be given."""
    what = "an .mp4, .webp or .gif file, or - for a fragmented MP4 on standard output" if stream else "a .png, .jpg or .webp file"
    g = p.add_argument_group("what comes out")
    g.add_argument("-o", "--output", default=output, metavar="FILE", help=f"{what} (default: {output})")
    g.add_argument("--preview", metavar="FILE", help="a picture (.png, .jpg, .webp) of what is being painted, replaced as it goes")
    g.add_argument("--resume", action="store_true", help="go on where a run was stopped or killed, to the same pictures; give it the same options")
    g.add_argument("--json", action="store_true", help="print the report as JSON")
    g = p.add_argument_group("how it is made")
    if prompt:
        g.add_argument("--prompt", default="", metavar="TEXT", help="what should happen")
    g.add_argument("--negative-prompt", default="", metavar="TEXT", help="what should not be seen")
    g.add_argument("--seed", type=int, help="a whole number: the same film again (default: a new one)")
    g.add_argument("--steps", type=int, help="denoising steps (default: 4; beyond that little gets better)")
    g.add_argument("--guidance-scale", type=float, default=1.0, help="how closely to follow the words, 1 to 10 (default: 1, no guidance)")
    g.add_argument("--character", dest="characters", action="append", default=[], metavar="NAME[=FILE]",
                   help="@NAME in the prompt: a picture or clip of yours, or a character saved before (repeatable)")  # fmt: skip
    g.add_argument("--no-expand", dest="expand", action="store_false", help="take a short prompt as it is")
    g.add_argument("--threads", type=int, help="cores to use (default: all)")
    g.add_argument("--policy", metavar="FILE", help="the operator's policy (default: VITASCOPE_POLICY, else the shipped one)")


def add_shape(p, fps: bool = True, size: str | None = "512x320") -> None:
    """--size and --fps, for verbs that begin from nothing; size None: that of what is given."""
    p.add_argument("--size", default=size, metavar="WIDTHxHEIGHT", help=f"in pixels, 9:16 to 21:9 (default: {size or 'that of what is given'})")
    if fps:
        p.add_argument("--fps", type=float, default=24.0, help="frames a second (default: 24)")


def add_sketch(p) -> None:
    """How a film drawn from words looks and moves."""
    p.add_argument("--style", choices=STYLES, help="drawing style (default: what the prompt says)")
    p.add_argument("--camera", metavar="MOVE",
                   help="static, pan left, tilt up, zoom in, orbit, follow and so on (default: what the prompt says)")  # fmt: skip
    p.add_argument("--motion", type=float, help="how lively, 0 (nothing moves) to 2 (default: 1)")
    p.add_argument("--no-upscale", dest="upscale", action="store_false", help="resize instead of Real-ESRGAN")
    p.add_argument("--no-interpolate", dest="interpolate", action="store_false", help="no frames in between (8 a second)")
    p.add_argument("--best-of", type=int, default=1, metavar="N", help="make it N times, each time anew from the worst passage, and keep the best")
    p.add_argument("--sketch-strength", type=float, default=1.0, help="how far to trust the director's animatic, 0 to 1 (default: 1)")


def add_draft(p) -> None:
    p.add_argument("--draft", action="store_true", help="low resolution first: the film at the size it is painted at; the same seed makes it whole")


def draft_of(options) -> dict:
    """{"size": ...} that was asked for, or the one that the model paints at, without finishing, for --draft."""
    from vitascope.clip import parse_size
    from vitascope.timeline import base_size, check_size

    size = parse_size(options.size)
    check_size(*size)
    if options.draft:
        options.upscale = options.interpolate = False
        size = base_size(*size)
    return {"size": size}


def settings_of(options) -> dict:
    """Keyword arguments of `vitascope.studio.Settings`. Raises ValueError before any work."""
    if options.threads is not None and options.threads < 1:
        raise ValueError(f"A film needs at least 1 thread, not {options.threads}.")
    named = ("style", "camera", "motion", "best_of", "sketch_strength", "upscale", "interpolate")
    return dict(
        seed=options.seed, negative_prompt=options.negative_prompt, num_inference_steps=options.steps, guidance_scale=options.guidance_scale, expand=options.expand,
        threads=options.threads, policy=options.policy, characters=characters_of(options.characters, getattr(options, "prompt", "")),
        **{name: getattr(options, name) for name in named if hasattr(options, name)},
    )  # fmt: skip


def characters_of(given: list[str], prompt: str) -> dict:
    """{name: Character} out of NAME=FILE (several files with commas), the NAME of a saved one, or "@name" in the prompt."""
    said = re.findall(r"@([A-Za-z0-9][A-Za-z0-9_-]*)", prompt)
    if not given and not said:
        return {}
    from vitascope import characters

    found, saved = {}, characters.names()
    for text in [*given, *(name for name in said if name in saved)]:
        name, _, files = text.partition("=")
        name = name.removeprefix("@")
        if name not in found:
            paths = [part for part in files.split(",") if part]
            found[name] = characters.Character.make(name, paths) if files else characters.load(name)
    return found


def check_output(path: Path) -> None:
    """Find out before the work whether the film can be written. Raises ValueError."""
    from vitascope.media import WRITABLE

    if str(path) == "-":
        if sys.stdout.isatty():
            raise ValueError("A film on standard output needs a pipe: add `| ffplay -` or the like, or give -o a file.")
        return
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
