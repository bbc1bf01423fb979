"""What cannot be filmed is told in one sentence, before any work, whatever the task."""

import numpy as np
import pytest

from clips import moving
from vitascope import api
from vitascope.characters import Stroke
from vitascope.clip import Clip
from vitascope.timeline import Piece, Timeline

CLIP = moving(9)
PICTURE = CLIP.frames[0]
ALL, NONE = np.ones((64, 96), bool), np.zeros((64, 96), bool)
SMALL = dict(seconds=0.5, size=(96, 64))
CARD = dict(at=0, prompt="a dog")

MISTAKES = {
    "The prompt is empty": [lambda **how: api.generate("", **how), lambda **how: api.generate(" \n\u200b", **how), lambda **how: api.image("", **how),
                            lambda **how: api.loop("", **how), lambda **how: api.edit(CLIP, " ", **how)],
    "must be text": [lambda **how: api.generate(None, **how), lambda **how: api.generate(7, **how), lambda **how: api.extend(CLIP, 7, after=1, **how)],
    "shorten it": [lambda **how: api.generate("x" * 3000, **how), lambda **how: api.loop("a dog runs " * 300, **how),
                   lambda **how: api.fill(CLIP, "x" * 3000, spans=["0-0.5"], **how)],
    "choose another --size": [lambda **how: api.generate("a dog", size=(32, 32), **how), lambda **how: api.image("a dog", size="2050x2050", **how),
                              lambda **how: api.animate(PICTURE[:40, :40], **how)],
    "choose a --size": [lambda **how: api.generate("a dog", size=(1000, 100), **how), lambda **how: api.animate(PICTURE, size="64x600", **how)],
    "not WIDTHxHEIGHT": [lambda **how: api.generate("a dog", size="big", **how), lambda **how: api.outpaint(CLIP, "wide", **how)],
    "choose another --seconds": [lambda s=s, **how: api.generate("a dog", seconds=s, **how) for s in (0, -1, 61, float("nan"))]
    + [lambda **how: api.extend(CLIP, after=-1, **how), lambda **how: api.extend(CLIP, after=61, **how), lambda **how: api.connect(CLIP, CLIP, seconds=0, **how),
       lambda **how: api.animate(PICTURE, seconds=-1, **how), lambda **how: api.animate(PICTURE, seconds=-1, brushes=[Stroke(ALL)], **how)],
    "choose another --fps": [lambda **how: api.generate("a dog", fps=0, **how), lambda **how: api.generate("a dog", fps=61, **how)],
    "how many seconds to add": [lambda **how: api.extend(CLIP, **how), lambda **how: api.extend(CLIP, after=1, before=1, **how)],
    "overlap": [lambda **how: api.fill(CLIP, spans=["0.1-0.5", "0.4-0.9"], **how)],
    "outside the film": [lambda **how: api.fill(CLIP, spans=["0.5-9"], **how), lambda **how: api.edit(CLIP, "at night", span="7-8", **how)],
    "ends before it begins": [lambda **how: api.fill(CLIP, spans=["0.5-0.2"], **how), lambda **how: api.fill(CLIP, spans=[(0.5, 0.5)], **how)],
    "in seconds": [lambda **how: api.fill(CLIP, spans=["soon"], **how), lambda **how: api.fill(CLIP, spans=[7], **how)],
    "whole film": [lambda **how: api.fill(CLIP, spans=["0-1.125"], **how)],
    "Say what is missing": [lambda **how: api.fill(CLIP, **how)],
    "film's shape": [lambda **how: api.fill(CLIP, mask=ALL[:50], **how)],
    "mask has 4 frames": [lambda **how: api.fill(CLIP, mask=np.stack([ALL] * 4), **how)],
    "all black": [lambda **how: api.fill(CLIP, mask=NONE, **how)],
    "all white": [lambda **how: api.fill(CLIP, mask=ALL, **how)],
    "leaves no room": [lambda **how: api.outpaint(CLIP, (96, 64), **how), lambda **how: api.outpaint(CLIP, (64, 64), **how)],
    "WIDTH:HEIGHT": [lambda s=s, **how: api.outpaint(CLIP, s, **how) for s in ("21:0", "a:b", "1:2:3", ":")],
    "more than 0 and at most 1": [lambda s=s, **how: api.edit(CLIP, "at night", strength=s, **how) for s in (0, -0.5, 1.5)],
    "one time for each": [lambda **how: api.animate([PICTURE, PICTURE], at=[0.0], **SMALL, **how)],
    "lies outside a film": [lambda **how: api.animate(PICTURE, at=[9.0], **SMALL, **how), lambda **how: api.animate(PICTURE, at=[-1.0], **SMALL, **how)],
    "Two pictures stand": [lambda **how: api.animate([PICTURE, PICTURE], at=[0.2, 0.21], **SMALL, **how)],
    "at least one picture": [lambda **how: api.animate([], **SMALL, **how)],
    "one of its masks is empty": [lambda **how: api.animate(PICTURE, brushes=[Stroke(NONE)], **how)],
    "up to four characters": [lambda **how: api.generate("a dog", characters=dict.fromkeys("abcde"), **how)],
    "no such setting": [lambda **how: api.generate("a dog", stepz=3, **how)],
    "1 to 100 steps": [lambda **how: api.generate("a dog", **how | dict(num_inference_steps=0))],
    "A seed is a whole number": [lambda **how: api.generate("a dog", seed=-1, **how)],
    "no such file": [lambda **how: api.extend("none.mp4", after=1, **how), lambda **how: api.animate("none.png", **how), lambda **how: api.loop("none.mp4", **how)],
    "needs a list of": [lambda **how: api.storyboard([], **how), lambda **how: api.storyboard({}, **how)],
    "has an unknown field": [lambda **how: api.storyboard([CARD | dict(promt="a")], **how)],
}  # fmt: skip


@pytest.mark.parametrize("told, wrong", [(told, wrong) for told, all_ in MISTAKES.items() for wrong in all_])
def test_mistakes_are_told_in_one_sentence(studio, told, wrong):
    with pytest.raises(ValueError) as error:
        wrong(studio=studio)
    assert told in str(error.value) and "\n" not in str(error.value)


def test_a_timeline_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="outside a film"):
        Timeline(4, CLIP.size, pieces=(Piece(0, CLIP.frames),))
    with pytest.raises(ValueError, match="does not fit"):
        Timeline(9, (64, 64), pieces=(Piece(0, CLIP.frames),))


def test_a_film_for_slow_motion_is_extended_at_its_own_rate(studio):
    film = api.extend(Clip(CLIP.frames, 120), after=0.1, studio=studio)
    assert film.clip.fps == 120 and len(film.clip) == len(CLIP) + 12 and (film.clip.frames[: len(CLIP)] == CLIP.frames).all()


def test_a_film_is_made_at_60_frames_a_second_at_most(studio):
    with pytest.raises(ValueError, match="1 to 60 frames a second"):
        api.generate("a cat", fps=61, studio=studio)
