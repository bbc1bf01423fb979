"""`vitascope storyboard FILE`: a film from cards on a time axis."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from .deliver import deliver
from .making import add_options, add_sketch, verb


def add(verbs):
    p = verb(verbs, "storyboard", "a film from cards on a time axis, in YAML or JSON", "vitascope storyboard docs/tasks/storyboard.yaml -o story.mp4")
    p.add_argument("file", metavar="FILE", help="the storyboard (see docs/tasks/storyboard.md)")
    p.add_argument("--recut", metavar="ORDER", help="the cards that stay in their new order, by number or id, as in 3,1,2")
    p.add_argument("--length", dest="lengths", action="append", default=[], metavar="CARD=SECONDS", help="another length of a card (repeatable)")
    p.add_argument("--write", metavar="FILE", help="write the storyboard as it is now, as YAML")
    p.add_argument("--only-write", action="store_true", help="with --write: make no film")
    p.add_argument("--variations", type=int, default=1, metavar="N", help="N films, under the seed and the ones after it")
    p.add_argument("--draft", action="store_true", help="low resolution first: the film at the size it is painted at")
    p.add_argument("--plan", metavar="FILE", help="also write the director's plan, as JSON")
    add_options(p)
    add_sketch(p)
    p.set_defaults(run=run)


def run(options) -> int:
    from vitascope import api
    from vitascope.storyboard import read_storyboard
    from vitascope.timeline import base_size, check_size

    board = read_storyboard(options.file)
    if options.recut or options.lengths:
        board = cut(board, options)
    if options.write:
        save(board, Path(options.write))
    if options.only_write:
        return 0
    check_size(*board.size)
    if options.draft:
        options.upscale = False
        board = replace(board, size=base_size(*board.size))
    options.negative_prompt = options.negative_prompt or board.negative_prompt
    if options.seed is None:
        options.seed = board.seed

    def make(seed, negative_prompt, **how):
        here = replace(board, negative_prompt=negative_prompt).reseed(seed)
        return api.storyboard(here, seed=seed, **how)

    return deliver(options, make)


def cut(board, options):
    """The board in the order and with the lengths that were asked for."""
    from vitascope.storyboard import recut

    lengths = {}
    for text in options.lengths:
        name, _, seconds = text.rpartition("=")
        try:
            lengths[name] = float(seconds)
        except ValueError:
            raise ValueError(f"The length {text!r} is not CARD=SECONDS, such as 2=3.5.") from None
    order = [name.strip() for name in options.recut.split(",")] if options.recut else None
    new = recut(board, order=order, lengths=lengths)
    old = {shot.key() for shot in board.shots()}
    shots = new.shots()
    same = sum(shot.key() in old for shot in shots)
    print(f"  recut: {same} of {len(shots)} shots are as they were, {new.seconds:g} s in all", file=sys.stderr)
    return new


def save(board, path: Path) -> None:
    from vitascope.media import whole_file

    if path.suffix.lower() not in (".yaml", ".yml"):
        raise ValueError(f"Cannot write the storyboard {path}: its name must end in .yaml.")
    with whole_file(path) as part:
        part.write_text(board.to_yaml(path.parent), encoding="utf-8")
