"""Footage that goes on by its own motion: nothing freezes, nothing jumps, what was given is what is seen."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.footage import drift, fill_gap, guess, seam_error
from vitascope.footage.holdouts import holdouts, spread_out
from vitascope.footage.textures import carried, distinct, moment, schedule, signatures
from vitascope.holdout import painter_share


def scene(count: int, x, seed: int = 0, size=(96, 64)) -> np.ndarray:
    """(count h w 3) uint8: a bright disc at x(i) before a still background."""
    w, h = size
    rng = np.random.default_rng(seed)
    behind = np.kron(rng.integers(60, 140, (h // 8, w // 8, 3)), np.ones((8, 8, 1)))
    across, down = np.meshgrid(np.arange(w), np.arange(h))
    film = np.stack([behind] * count)
    for i, frame in enumerate(film):
        frame[np.hypot(across - x(i), down - h / 2) < 10] = 235, 215, 60
    return film.astype(np.uint8)


def swing(i: int) -> float:
    return 48 + 26 * np.sin(i * 2 * np.pi / 16)


def test_what_swings_goes_on_swinging_without_a_seam():
    film = scene(60, swing)
    given_, truth = film[:40], film[40:]
    more = carried(given_, 20)
    assert np.abs(more.astype(float) - truth).mean() < 4, "the moment that looks and moves alike is found"
    whole = np.concatenate([given_, more])
    assert seam_error(whole, [40]) < 1.3 and drift(more, given_)["frozen"] == 0


def test_what_moves_on_slows_down_and_comes_back_but_never_freezes():
    film = scene(24, lambda i: 20 + 2 * i)
    more = carried(film, 48)
    found = drift(more, film)
    assert found["frozen"] < 0.1 and found["motion"] > 0.4 and found["colour"] < 2 and found["sharpness"] > 0.8
    assert seam_error(np.concatenate([film, more]), [24]) < 1.4


def test_extended_again_and_again_it_goes_through_the_same_film():
    film = scene(24, lambda i: 20 + 2 * i)
    joins = []
    for _ in range(6):
        joins.append(len(film))
        film = np.concatenate([film, carried(film[-48:], 12)])
    assert seam_error(film, joins) < 1.2 and drift(film[-12:], film[:24])["frozen"] == 0


def test_still_and_single_frames_stay():
    still = np.repeat(scene(1, lambda i: 40), 9, 0)
    assert (carried(still, 5) == still[:5]).all() and (carried(still[:1], 3) == still[:3]).all()
    assert carried(still, 0).shape == (0, 64, 96, 3)
    stuttering = np.repeat(scene(6, lambda i: 20 + 4 * i), 2, 0)
    assert (distinct(stuttering) == stuttering[1::2]).all()


@given(st.integers(2, 30), st.integers(1, 60), st.sampled_from([1, 2, 4, 8, 16]), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_every_step_is_a_known_frame_or_close_to_one(count, more, turn, seed):
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.normal(0, 3, count)) + 48
    film = scene(count, lambda i: x[i], size=(48, 32))
    steps = schedule(film, more, turn)
    assert len(steps) == more and all(0 <= s.number < count and 0 <= s.ahead <= turn / 4 for s in steps)
    for one, other in zip(steps, steps[1:]):
        jump = abs(one.number - other.number)
        assert jump <= 1 or moment(signatures(film), one.number, 1) or moment(signatures(film), one.number, -1)


def test_a_bridge_between_unlike_clips_moves_on_both_sides():
    one, other = scene(12, lambda i: 20 + 3 * i), 255 - scene(12, lambda i: 76 - 3 * i, seed=3)
    frames = np.concatenate([one, np.zeros((12, *one.shape[1:]), np.uint8), other])
    known = np.r_[np.ones(12, bool), np.zeros(12, bool), np.ones(12, bool)]
    bridge = guess(frames, known)[0][12:24].astype(float)
    fade = (np.arange(12) + 1)[:, None, None, None] / 13
    still = one[-1] * (1 - fade) + other[0] * fade
    assert np.abs(bridge - still).max((1, 2, 3)).min() > 60, "the discs are elsewhere than in a cross-fade of stills"


class Middle:
    """What an interpolator is asked; its answer is the mean."""

    def between(self, before, after, time):
        return (before * (1 - time) + after * time).astype(np.uint8)


def test_every_second_frame_missing_is_measured_on_frames_that_stand_alone():
    film = scene(15, lambda i: 20 + 4 * i)
    known = np.arange(15) % 2 == 0
    assert holdouts(film, 7, 8, known) == ([], 0) and spread_out(film, 7, 8, known)[0] in ((4, 6, 8), (6, 8, 10))
    hidden = np.where(known[:, None, None, None], film, 0).astype(np.uint8)
    frames, report = fill_gap(hidden, 7, 8, Middle(), known=known)
    assert report["gaps"] == dict(number=6, frames=1) and report["psnr"]["steady"] > report["psnr"]["blend"]
    mean = lambda a: np.square(a.astype(float) - film[7]).mean()
    assert mean(frames[0]) < mean(Middle().between(film[6], film[8], 0.5))


def test_known_frames_beyond_other_gaps_are_used_and_cuts_are_not_crossed():
    film = scene(40, lambda i: 10 + 2 * i)
    known = np.ones(40, bool)
    known[[5, 7, 9]] = False
    places, length = holdouts(film, 7, 8, known)
    assert length == 1 and len(places) == 6 and all(known[i - 1 : i + 2].all() for i in places)
    cut = np.concatenate([film[:14], 255 - scene(26, lambda i: 70 - i, seed=5)])
    places, _ = holdouts(cut, 7, 8, known)
    assert places and max(places) < 13


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_few_frames_are_enough(count):
    film = scene(count, lambda i: 20 + 3 * i)
    assert carried(film, 7).shape == (7, 64, 96, 3)


class Painter:
    """Paints by a function of the sketch's frames and the frames' places in the film."""

    def __init__(self, brush):
        self.brush = brush

    def paint(self, conditions, **settings):
        sketch = conditions.sketch
        yield SimpleNamespace(frames=np.stack([self.brush(i, f) for i, f in enumerate(sketch)]), plain=sketch)


@pytest.mark.parametrize("name, share", [("softer", 0), ("truer", 1)])
def test_a_painter_who_only_makes_it_softer_is_not_believed(name, share):
    rng = np.random.default_rng(4)
    film = scene(33, lambda i: 20 + 2 * i) // 2 + rng.integers(0, 120, (33, 64, 96, 3), dtype=np.uint8)
    known = np.broadcast_to((np.arange(33) < 20)[:, None, None], film.shape[:3])
    brushes = dict(softer=lambda i, frame: cv2.GaussianBlur(frame, (0, 0), 1.5), truer=lambda i, frame: film[i + 3])
    found, psnr = painter_share(film, known, Painter(brushes[name]), None, None, seed=0, steps=1)
    assert found == pytest.approx(share, abs=0.02) and psnr["painting"] > psnr["proposal"]
