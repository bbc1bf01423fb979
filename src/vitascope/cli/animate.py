"""`vitascope animate PICTURE...`: a film in which pictures are known frames."""

from __future__ import annotations

import re

from .deliver import deliver
from .making import add_options, add_shape, add_sketch, verb


def add(verbs):
    p = verb(verbs, "animate", "a film that goes through one or more pictures",
             'vitascope image "a boat on a lake" -o boat.png && vitascope animate boat.png --prompt "the boat sails to the left" -o boat.mp4')  # fmt: skip
    p.add_argument("pictures", nargs="+", metavar="PICTURE", help="one: the first frame; two: first and last; more: between them")
    p.add_argument("--at", type=float, action="append", metavar="SECONDS", help="when a picture is shown, once for each of them in turn")
    p.add_argument("--seconds", type=float, default=4.0, help="length, up to 60 (default: 4)")
    p.add_argument("--brush", action="append", default=[], metavar="REGION:WAY[:SPEED]",
                   help="what moves in the first picture: a mask (a picture file) or X,Y,WIDTH,HEIGHT in pixels; left, right, up, down "
                        "or degrees; in picture widths a second (repeatable)")  # fmt: skip
    add_options(p, prompt=True)
    add_shape(p, size=None)
    add_sketch(p)
    p.set_defaults(run=run)


def run(options) -> int:
    from vitascope import api

    brushes = [brush_of(text, options.pictures[0]) for text in options.brush]
    return deliver(options, lambda **how: api.animate(
        options.pictures, options.prompt, at=options.at, seconds=options.seconds, size=options.size, fps=options.fps, brushes=brushes, **how,
    ))  # fmt: skip


def brush_of(text: str, picture: str):
    """A motion brush out of REGION:WAY[:SPEED]. Raises ValueError."""
    import numpy as np

    from vitascope.characters import Stroke
    from vitascope.clip import Clip

    region, *rest = text.split(":")
    if not 1 <= len(rest) <= 2:
        raise ValueError(f"The brush {text!r} is not REGION:WAY or REGION:WAY:SPEED, such as 40,30,100,60:left.")
    try:
        way = float(rest[0])
    except ValueError:
        way = rest[0]
    try:
        speed = float(rest[1]) if rest[1:] else None
    except ValueError:
        raise ValueError(f"The brush {text!r} has the speed {rest[1]!r}, which is no number.") from None
    if not re.fullmatch(r"\d+(,\d+){3}", region):
        mask = Clip.read(region).frames[0].mean(-1) > 127
    else:
        x, y, width, height = map(int, region.split(","))
        mask = np.zeros(Clip.read(picture).frames.shape[1:3], bool)
        mask[y : y + height, x : x + width] = True
    stroke = Stroke(mask, way, speed)
    stroke.velocity()  # says now what is wrong with it
    return stroke
