"""Verbs for films that are there already: extend, fill, outpaint, loop, connect, edit."""

from __future__ import annotations

from pathlib import Path

from .deliver import deliver
from .making import STYLES, add_options, add_shape, verb

FOX = 'vitascope generate "a red fox runs through a snowy forest" -o fox.mp4 && '


def add(verbs):
    p = verb(verbs, "extend", "a clip that goes on, or begins earlier", FOX + "vitascope extend fox.mp4 --after 2 -o longer.mp4")
    p.add_argument("clip", metavar="CLIP")
    way = p.add_mutually_exclusive_group(required=True)
    way.add_argument("--after", type=float, default=0.0, metavar="SECONDS", help="how much longer, up to 60 at a time")
    way.add_argument("--before", type=float, default=0.0, metavar="SECONDS", help="how much earlier")
    add_options(p, "extended.mp4", prompt=True)
    p.set_defaults(run=extend)

    p = verb(verbs, "fill", "a clip with what is missing filled in", FOX + "vitascope fill fox.mp4 --span 1.5-2.2 -o filled.mp4")
    p.add_argument("clip", metavar="CLIP")
    p.add_argument("--span", dest="spans", action="append", default=[], metavar="FROM-TO", help="a missing passage, in seconds (repeatable)")
    p.add_argument("--mask", metavar="FILE", help="a picture or video, white where the clip is painted anew")
    p.add_argument("--auto", action="store_true", help="look for black, frozen and damaged passages")
    add_options(p, "filled.mp4", prompt=True)
    p.set_defaults(run=fill)

    p = verb(verbs, "outpaint", "a clip in a wider or taller picture", FOX + "vitascope outpaint fox.mp4 --size 21:9 -o wide.mp4")
    p.add_argument("clip", metavar="CLIP")
    p.add_argument("--size", required=True, metavar="SIZE", help="WIDTHxHEIGHT in pixels, or an aspect such as 21:9")
    add_options(p, "outpainted.mp4", prompt=True)
    p.set_defaults(run=outpaint)

    p = verb(verbs, "loop", "a film without end, from a clip or from words", 'vitascope loop "a jellyfish swims" --seconds 3 -o loop.webp')
    p.add_argument("source", metavar="CLIP|PROMPT", help="a clip, whose end is led back to its beginning, or what should happen")
    p.add_argument("--seconds", type=float, help="of the way back (default: 1), or of the film from words (default: 4)")
    add_options(p, "loop.mp4", prompt=True)
    add_shape(p)
    p.set_defaults(run=loop)

    p = verb(verbs, "connect", "two clips with a bridge between them",
             'vitascope generate "a cat walks" -o a.mp4 && vitascope generate "a dog walks" -o b.mp4 && vitascope connect a.mp4 b.mp4 -o ab.mp4')  # fmt: skip
    p.add_argument("first", metavar="CLIP")
    p.add_argument("second", metavar="CLIP")
    p.add_argument("--seconds", type=float, default=1.0, help="length of the bridge (default: 1)")
    add_options(p, "connected.mp4", prompt=True)
    p.set_defaults(run=connect)

    p = verb(verbs, "edit", "a clip painted anew by words", FOX + 'vitascope edit fox.mp4 --prompt "a red fox runs at night" -o night.mp4')
    p.add_argument("clip", metavar="CLIP")
    p.add_argument("--strength", type=float, default=0.6, help="how freely, above 0 (hardly) to 1 (from the words alone) (default: 0.6)")
    p.add_argument("--span", metavar="FROM-TO", help="only this part, in seconds")
    p.add_argument("--style", choices=STYLES, help="drawing style (default: what the prompt says)")
    add_options(p, "edited.mp4", prompt=True)
    p.set_defaults(run=edit)


def extend(options) -> int:
    from vitascope import api

    return deliver(options, lambda **how: api.extend(options.clip, options.prompt, after=options.after, before=options.before, **how))


def fill(options) -> int:
    from vitascope import api

    return deliver(options, lambda **how: api.fill(
        options.clip, options.prompt, spans=options.spans, mask=options.mask, auto=options.auto, **how,
    ))  # fmt: skip


def outpaint(options) -> int:
    from vitascope import api

    return deliver(options, lambda **how: api.outpaint(options.clip, options.size, options.prompt, **how))


def loop(options) -> int:
    from vitascope import api

    if options.prompt and not Path(options.source).exists():
        raise ValueError(f"There is no clip {options.source}: --prompt goes with a clip; for words alone give them in its place.")
    return deliver(options, lambda **how: api.loop(
        options.source, options.prompt, seconds=options.seconds, size=options.size, fps=options.fps, **how,
    ))  # fmt: skip


def connect(options) -> int:
    from vitascope import api

    return deliver(options, lambda **how: api.connect(options.first, options.second, options.prompt, seconds=options.seconds, **how))


def edit(options) -> int:
    from vitascope import api

    if not options.prompt.strip():
        raise ValueError("An edit needs --prompt: say what the clip should show instead.")
    return deliver(options, lambda **how: api.edit(options.clip, options.prompt, strength=options.strength, span=options.span, **how))
