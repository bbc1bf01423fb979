"""Every task as one function. Each takes the settings of `vitascope.studio.Settings` by name and returns a `Film`.

Clips and pictures are paths, `Clip`s, or arrays (h w c) uint8. A `studio` lends its loaded networks, and those of
its settings that are not given. With `stream=True` a function returns a `Making` instead, which makes the film while it is iterated
over. Every function raises ValueError with one sentence for what cannot be filmed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from . import tasks
from .clip import Clip, parse_size
from .reel import Reel
from .studio import Film, Studio
from .timeline import Piece, check_size, frames_of

__all__ = ["animate", "connect", "edit", "extend", "fill", "generate", "image", "loop", "outpaint", "storyboard"]


def generate(prompt: str, *, seconds: float = 4.0, size="512x320", fps: float = 24.0, negative_prompt: str = "", **settings):
    """A film from words.

    prompt: what should happen, in English, French, or with nouns of the library's other languages
    seconds: more than 0, at most 60; size: "WIDTHxHEIGHT" or (width, height), 64 to 2048 a side, 9:16 to 21:9; fps: 1 to 60
    seed: a whole number; the same seed on the same machine gives the same frames, bit for bit; None draws one
    on_event: called with each `vitascope.studio.Event`; an exception that it raises stops the work
    """
    return _make(lambda: tasks.text_to_video(prompt, seconds=seconds, size=_size(size), fps=fps, negative_prompt=negative_prompt), settings, "generate")


def image(prompt: str, *, size="512x320", negative_prompt: str = "", **settings):
    """One picture, up to 2048x2048: a film of one frame."""
    return _make(lambda: tasks.image(prompt, size=_size(size), negative_prompt=negative_prompt), settings, "image")


def animate(pictures, prompt: str = "", *, at: Sequence[float] | None = None, seconds: float = 4.0, size=None, fps: float = 24.0,
            negative_prompt: str = "", brushes=(), **settings):  # fmt: skip
    """A film in which one or more pictures are known frames: the first, first and last, or those at the seconds `at`.

    size: None takes the first picture's own. brushes: `vitascope.characters.Stroke`s, regions of the first picture that move.
    """

    def lay_out():
        shown = [_clip(p).frames[0] for p in _many(pictures)]
        if not shown:
            raise ValueError("There is nothing to animate: give at least one picture.")
        h, w = shown[0].shape[:2]
        wanted = _size(size) if size else _fitting(w, h)
        sketches = ()
        if brushes:
            from .characters import brush

            count = frames_of(seconds, fps)
            still = Clip(shown[0][None]).cover(*wanted).frames[0]
            moved = brush(still, list(brushes), num_frames=count, fps=fps)
            sketches = (Piece(0, moved.frames, strength=0.8), Piece(0, moved.frames, mask=moved.known))
        return tasks.animate(shown, prompt, at=at, seconds=seconds, size=wanted, fps=fps, negative_prompt=negative_prompt, sketches=sketches)

    return _make(lay_out, settings, "animate", *(("componentOf", picture) for picture in _many(pictures)))


def extend(clip, prompt: str = "", *, after: float = 0.0, before: float = 0.0, negative_prompt: str = "", **settings):
    """The clip and `after` more seconds behind it, or `before` more in front of it; up to 60 at a time, as often as you like.

    A film of ours (a `Film`, or its .mp4) goes on by its plan: the same subjects in the same place; `prompt` says what they do next.
    """

    def lay_out():
        footage = _clip(clip)
        plan, said = _plan_of(clip, footage)
        return tasks.extend(footage, prompt or said, after=after, before=before, negative_prompt=negative_prompt, plan=plan)

    return _make(lay_out, settings, "extend", ("parentOf", clip))


def fill(clip, prompt: str = "", *, spans=(), mask=None, auto: bool = False, negative_prompt: str = "", **settings):
    """The clip with what is missing filled in; every other pixel comes back bit for bit.

    spans: "2.0-3.5" or (2.0, 3.5), in seconds; mask: a picture, a video or an array, white where the clip is painted anew;
    auto: looks for black, frozen and damaged passages itself
    """

    def lay_out():
        from .footage import find_damage, read_mask
        from .footage import spans as parse

        footage = _clip(clip)
        found = parse(spans, footage.fps, len(footage)) if spans else []
        if auto:
            damaged = [(d[0], d[1]) for d in find_damage(footage.frames, footage.fps)]
            if not damaged and not found and mask is None:
                raise ValueError("Nothing in this clip looks damaged: say what is missing with --span or --mask.")
            found = _merged([*found, *damaged])
        region = read_mask(mask, footage.size, len(footage)) if mask is not None else None
        return tasks.fill(footage, prompt, spans=found, mask=region, negative_prompt=negative_prompt)

    return _make(lay_out, settings, "fill", ("parentOf", clip))


def outpaint(clip, size, prompt: str = "", *, negative_prompt: str = "", **settings):
    """The clip in the middle of a larger picture; size: "WIDTHxHEIGHT", or an aspect such as "21:9"."""

    def lay_out():
        footage = _clip(clip)
        w, h = footage.size
        if isinstance(size, str) and ":" in size:
            try:
                a, b = (float(part) for part in size.split(":"))
                wanted = (round(h * a / b / 2) * 2, h) if a / b > w / h else (w, round(w * b / a / 2) * 2)
            except (ValueError, ZeroDivisionError):
                raise ValueError(f"The aspect {size!r} is not WIDTH:HEIGHT, such as 21:9.") from None
        else:
            wanted = _size(size)
        return tasks.outpaint(footage, prompt, size=wanted, negative_prompt=negative_prompt)

    return _make(lay_out, settings, "outpaint", ("parentOf", clip))


def loop(clip, prompt: str = "", *, seconds: float | None = None, size="512x320", fps: float = 24.0, negative_prompt: str = "", **settings):
    """An endless loop: of a clip, with `seconds` (1) that lead from its end to its beginning, or from words, `seconds` (4) long."""

    def lay_out():
        if _words(clip):
            return tasks.text_to_video(clip, seconds=seconds or 4.0, size=_size(size), fps=fps, negative_prompt=negative_prompt, loop=True)
        return tasks.loop(_clip(clip), prompt, seconds=seconds or 1.0, negative_prompt=negative_prompt)

    return _make(lay_out, settings, "loop", *([] if _words(clip) else [("parentOf", clip)]))


def connect(first, second, prompt: str = "", *, seconds: float = 1.0, negative_prompt: str = "", **settings):
    """Two clips with `seconds` between them; the second is brought to the first's size and rate."""

    def lay_out():
        one, other = _clip(first), _clip(second)
        other = tasks.at_rate(other, one.fps)
        other = other if other.size == one.size else other.cover(*one.size)
        return tasks.connect(one, other, prompt, seconds=seconds, negative_prompt=negative_prompt)

    return _make(lay_out, settings, "connect", ("componentOf", first), ("componentOf", second))


def edit(clip, prompt: str, *, strength: float = 0.6, span=None, negative_prompt: str = "", **settings):
    """The clip painted anew by the words, the more freely the greater `strength` (0..1); only within `span`, if given."""

    def lay_out():
        from .footage import spans as parse

        footage = _clip(clip)
        within = parse([span], footage.fps, len(footage))[0] if span else None
        return tasks.edit(footage, prompt, strength=strength, span=within, negative_prompt=negative_prompt)

    return _make(lay_out, settings, "edit", ("parentOf", clip))


def storyboard(board, *, variations: int = 1, **settings):
    """A film from a storyboard: a path, a list of cards, or a `vitascope.storyboard.Storyboard`. With `variations` above 1: a list of films."""
    from .characters import Character, load
    from .storyboard_fields import as_storyboard

    board = as_storyboard(board)
    for name in ("seed", "style", "camera", "motion"):
        if settings.get(name) is None and getattr(board, name) is not None:
            settings[name] = getattr(board, name)
    cast = {name: load(given) if isinstance(given, str) else Character.make(name, list(given)) for name, given in board.characters.items()}
    settings["characters"] = {**cast, **settings.get("characters", {})}
    if variations > 1:
        first = settings.pop("seed", None) or 0
        return [storyboard(board.reseed(first + i), **dict(settings, seed=first + i)) for i in range(variations)]
    given = [("componentOf", path) for card in board.cards for path in (card.picture, card.clip) if path]
    shots = tasks.storyboard(board, read=Clip.read)
    if len(shots) == 1:
        return _make(lambda: shots[0], settings, "storyboard", *given)
    stream, folder, made = settings.pop("stream", False), settings.pop("resume", None), []
    for i, layout in enumerate(shots):
        kept = Path(folder) / f"shot-{i:03d}" if folder else None
        made.append(_make(lambda layout=layout: layout, dict(settings, stream=True, resume=kept), "storyboard", *given))
        made[-1].keep = True
    reel = Reel(made)
    return reel if stream else Studio.collect(reel)


def _make(lay_out, settings: dict, task: str, *inputs: tuple[str, object]):
    """inputs: (relationship, what was given) pairs; those that are files become ingredients of the film's credentials."""
    on_event, stream, studio = settings.pop("on_event", None), settings.pop("stream", False), settings.pop("studio", None)
    settings = {k: v for k, v in settings.items() if v is not None}
    try:
        studio = (studio or Studio()).with_(**settings)
    except TypeError as error:
        raise ValueError(f"There is no such setting: {str(error).split('argument ')[-1]}.") from None
    files = tuple((how, Path(given)) for how, given in inputs if isinstance(given, (str, os.PathLike)))
    return (studio.stream if stream else studio.make)(lay_out(), on_event, task=task, inputs=files)


def _plan_of(given, footage: Clip):
    """(plan, prompt) of a film that Vitascope made and nobody has cut since; (None, "") for any other."""
    from .director.continuation import from_note
    from .media import read_comment

    if isinstance(given, Film) and given.plan.shots:
        return given.plan, given.report.get("prompt", "")
    found = from_note(read_comment(given)) if isinstance(given, (str, os.PathLike)) else None
    return (found[0], found[2]) if found and found[1] == len(footage) and found[0].shots else (None, "")


def _words(given) -> bool:
    """Whether what is to be looped is a prompt, not the name of a file."""
    said = isinstance(given, str) and not re.fullmatch(r"\.\w{2,4}", Path(given).suffix)
    return said and not (given.strip() and os.path.exists(given))


def _clip(given) -> Clip:
    if isinstance(given, Clip):
        return given
    if isinstance(given, Film):
        return given.clip
    if isinstance(given, (str, os.PathLike)):
        return Clip.read(given)
    array = np.asarray(given)
    return Clip(array[None] if array.ndim == 3 else array)


def _many(pictures) -> list:
    alone = isinstance(pictures, (str, os.PathLike, Clip)) or (isinstance(pictures, np.ndarray) and pictures.ndim == 3)
    return [pictures] if alone else list(pictures)


def _size(size) -> tuple[int, int]:
    return parse_size(size) if isinstance(size, str) else (int(size[0]), int(size[1]))


def _fitting(w: int, h: int) -> tuple[int, int]:
    """A picture's own size, shrunk to what a film may have, its sides even."""
    scale = min(1.0, 1280 / max(w, h))
    size = max(2, round(w * scale / 2) * 2), max(2, round(h * scale / 2) * 2)
    check_size(*size)
    return size


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged
