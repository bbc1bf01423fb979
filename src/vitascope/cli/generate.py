"""`vitascope generate "PROMPT"`: a film from words. `vitascope image "PROMPT"`: a picture."""

from __future__ import annotations

from .deliver import deliver
from .making import add_draft, add_options, add_shape, add_sketch, draft_of, verb


def add(verbs):
    p = verb(verbs, "generate", "a film from words",
             'vitascope generate "a red fox runs through a snowy forest, the camera pans right" -o fox.mp4 --seconds 4 --size 512x320 --seed 7')  # fmt: skip
    p.add_argument("prompt", metavar="PROMPT", help="what should happen, in English or French")
    p.add_argument("--seconds", type=float, default=4.0, help="length, up to 60 (default: 4)")
    p.add_argument("--variations", type=int, default=1, metavar="N", help="N films, under the seed and the ones after it")
    p.add_argument("--plan", metavar="FILE", help="also write the director's plan, as JSON")
    add_options(p)
    add_shape(p)
    add_sketch(p)
    add_draft(p)
    p.set_defaults(run=generate)
    p = verb(verbs, "image", "a picture from words", 'vitascope image "a lighthouse at night" -o lighthouse.png --size 1024x1024')
    p.add_argument("prompt", metavar="PROMPT", help="what should be seen, in English or French")
    p.add_argument("--variations", type=int, default=1, metavar="N", help="N pictures, under the seed and the ones after it")
    add_options(p, "image.png", stream=False)
    add_shape(p, fps=False)
    add_sketch(p)
    add_draft(p)
    p.set_defaults(run=image)


def generate(options) -> int:
    from vitascope import api

    shape = draft_of(options)
    return deliver(options, lambda **how: api.generate(options.prompt, seconds=options.seconds, fps=options.fps, **shape, **how))


def image(options) -> int:
    from vitascope import api

    shape = draft_of(options)
    return deliver(options, lambda **how: api.image(options.prompt, **shape, **how))
