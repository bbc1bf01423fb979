"""Timelines, windows and sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.tasks import text_to_video
from vitascope.timeline import NARROWEST, Piece, Timeline, base_size, check_size, frames_of
from vitascope.timeline import WIDEST as WIDEST_ASPECT
from vitascope.windows import WIDEST, windows


@settings(deadline=None)
@given(st.integers(1, 80), st.lists(st.tuples(st.integers(0, 79), st.integers(1, 30)), max_size=4), st.integers(1, 3))
def test_windows_paint_every_open_latent_frame_once_and_say_what_is_there(count, spans, overlap):
    known = np.zeros(count, bool)
    for start, length in spans:
        known[start : start + length] = True
    there, painted = known.copy(), np.zeros(count, int)
    for w in windows(count, known, overlap):
        assert 0 <= w.start < w.stop <= count and w.stop - w.start <= WIDEST
        assert w.given == tuple(there[w.start : w.stop]) and not all(w.given)
        painted[w.start : w.stop] += ~np.array(w.given)
        there[w.start : w.stop] = True
    assert (painted == ~known).all()


def test_a_short_gap_is_bridged_in_one_window_that_sees_both_sides():
    known = np.array([1] * 3 + [0] * 6 + [1] * 3, bool)
    (window,) = windows(len(known), known)
    assert window.given[0] and window.given[-1]


def test_a_film_extended_at_its_front_goes_backward():
    known = np.array([0] * 10 + [1] * 3, bool)
    plan = windows(len(known), known)
    assert [w.start for w in plan] == sorted((w.start for w in plan), reverse=True) and all(w.given[-1] for w in plan)


@settings(deadline=None)
@given(st.integers(64, 2048), st.floats(NARROWEST, WIDEST_ASPECT))
def test_base_sizes_are_multiples_of_16_and_near_in_shape(height, aspect):
    w, h = base_size(round(height * aspect), height)
    assert w % 16 == 0 and h % 16 == 0 and 0.7 <= w * h / 10_240 <= 1.35
    assert abs(np.log(w / h / (round(height * aspect) / height))) < 0.3


def test_usual_shapes_get_the_sizes_that_were_trained():
    assert base_size(512, 320) == (128, 80)
    assert base_size(384, 384) == (96, 96)
    assert base_size(320, 512) == (80, 128)


@settings(deadline=None)
@given(st.floats(0.05, 60), st.floats(1, 60))
def test_base_frames_cover_the_film(seconds, fps):
    line = Timeline(frames_of(seconds, fps), (512, 320), fps)
    assert line.base_count % 4 == 1 and 5 < line.base_fps < 14
    assert line.frame_of(line.base_count - 1) == line.num_frames - 1
    assert (line.base_count - 1) / line.base_fps >= (line.num_frames - 1) / fps - 1e-6


@pytest.mark.parametrize("seconds", (0, -1, 61, float("nan"), float("inf")))
def test_impossible_lengths_are_told(seconds):
    with pytest.raises(ValueError, match="choose another --seconds"):
        frames_of(seconds, 24)


@pytest.mark.parametrize(("size", "told"), (((32, 512), "pixels a side"), ((4000, 100), "pixels a side"), ((1024, 128), "too long a strip")))
def test_impossible_sizes_are_told(size, told):
    with pytest.raises(ValueError, match=told):
        check_size(*size)


def film(count=24, size=(64, 48), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, size[1], size[0], 3), dtype=np.uint8)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 39), st.integers(1, 40))
def test_what_is_known_is_there_and_the_rest_is_open(count, start, length):
    start, length = start % count, min(length, count - start % count)
    frames = film(length)
    line = Timeline(count, (64, 48), 24, pieces=(Piece(start, frames),))
    assert line.whole().sum() == length
    for i in range(count):
        there = line.at(i)
        if start <= i < start + length:
            assert (there[0] == frames[i - start]).all() and there[1].all()
        else:
            assert there is None


@settings(deadline=None)
@given(st.integers(0, 999))
def test_a_base_pixel_is_known_only_where_all_under_it_is(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros((96, 128), bool)
    mask[rng.integers(0, 40) :, rng.integers(0, 60) :] = True
    line = Timeline(13, (128, 96), 24, pieces=(Piece(0, film(13, (128, 96)), mask=mask),))
    frames, known, strength = line.base()
    assert frames.shape[:3] == known.shape == (5, *line.base_size[::-1])
    assert known[0].mean() <= mask.mean() and (strength == 1).all()
    ys, xs = np.nonzero(known[0])
    for y, x in list(zip(ys, xs))[::97]:
        h, w = known.shape[1:]
        assert mask[y * 96 // h : -(-(y + 1) * 96 // h), x * 128 // w : -(-(x + 1) * 128 // w)].all()


def test_a_piece_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="resize it first"):
        Timeline(24, (128, 96), pieces=(Piece(0, film()),))
    with pytest.raises(ValueError, match="outside"):
        Timeline(24, (64, 48), pieces=(Piece(10, film()),))
    with pytest.raises(ValueError, match="mask"):
        Timeline(24, (64, 48), pieces=(Piece(0, film(), mask=np.ones((5, 5), bool)),))


def test_text_to_video_lays_out_an_open_timeline():
    line = text_to_video("a cat", seconds=4, size=(512, 320), fps=24).timeline
    assert line.num_frames == 96 and line.base_count == 33 and not line.pieces and line.base_size == (128, 80)


@settings(deadline=None)
@given(st.integers(0, 999), st.floats(0, 1))
def test_settling_keeps_large_changes_and_takes_small_ones_back(seed, tremble):
    from vitascope.generators.embedded import settle

    rng = np.random.default_rng(seed)
    sketch, change = rng.standard_normal((2, 3, 24, 4, 4)).astype(np.float32)
    near, far = sketch + 0.02 * change, sketch + 9 * change
    size = np.full((3, 1, 1, 1), tremble, np.float32)
    assert np.abs(settle(near, sketch, size) - sketch).max() <= np.abs(near - sketch).max() + 1e-5
    assert np.abs(settle(far, sketch, size) - far).max() < 0.05 * np.abs(far - sketch).max()
    assert np.allclose(settle(near, sketch, 0 * size), near, atol=1e-5)
