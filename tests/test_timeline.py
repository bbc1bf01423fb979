"""Timelines, windows and sizes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.tasks import text_to_video
from vitascope.timeline import NARROWEST, WIDEST, Timeline, base_size, frames_for
from vitascope.windows import windows


@given(st.integers(1, 200), st.integers(2, 9), st.integers(1, 1))
def test_windows_paint_every_latent_frame_once(count, window, overlap):
    painted = np.zeros(count, int)
    plan = windows(count, window, overlap)
    for i, w in enumerate(plan):
        assert w.stop - w.start <= window
        assert w.overlap >= (overlap if i else 0)
        painted[w.start + w.overlap : w.stop] += 1
    assert (painted == 1).all()


@given(st.integers(64, 2048), st.floats(NARROWEST, WIDEST))
def test_base_sizes_are_multiples_of_16_and_near_in_shape(height, aspect):
    w, h = base_size(round(height * aspect), height)
    assert w % 16 == 0 and h % 16 == 0 and 0.7 <= w * h / 10_240 <= 1.35
    assert abs(np.log(w / h / (round(height * aspect) / height))) < 0.3


def test_usual_shapes_get_the_sizes_that_were_trained():
    assert base_size(512, 320) == (128, 80)
    assert base_size(384, 384) == (96, 96)
    assert base_size(320, 512) == (80, 128)


@given(st.floats(0.01, 60))
def test_lengths_are_one_and_four_times_k(seconds):
    frames = frames_for(seconds)
    assert frames % 4 == 1 and (frames - 1) / 8 >= min(seconds, 60) - 1e-6


@pytest.mark.parametrize("seconds", (0, -1, 61, float("nan"), float("inf")))
def test_impossible_lengths_are_told(seconds):
    with pytest.raises(ValueError, match="choose another --seconds"):
        frames_for(seconds)


@pytest.mark.parametrize(("size", "told"), (((32, 512), "pixels a side"), ((4000, 100), "pixels a side"), ((1024, 128), "too long a strip")))
def test_impossible_sizes_are_told(size, told):
    with pytest.raises(ValueError, match=told):
        Timeline(33, size)


def test_prompts_hold_until_the_next():
    line = Timeline(33, (512, 320), prompts=((0, "a cat"), (16, "a dog")))
    assert [line.prompt_at(f) for f in (0, 15, 16, 32)] == ["a cat", "a cat", "a dog", "a dog"]


def test_text_to_video_lays_out_an_open_timeline():
    line = text_to_video("a cat", seconds=4, size=(512, 320), fps=24)
    assert line.num_frames == 33 and line.known is None and line.sketch is None and line.base_size == (128, 80)


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
