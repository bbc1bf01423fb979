"""Mastering: whatever the layout, every frame comes once and what is known comes back bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.finishing import Interpolator
from vitascope.mastering import Master, membrane
from vitascope.timeline import Piece, Timeline

SIZE = (64, 48)


RATES = [1, 2.5, 5, 8, 10, 12, 15, 24, 25, 29.97, 30, 48, 60]
PIECES = st.tuples(st.floats(0, 0.99), st.floats(0, 1), st.sampled_from(["all", "all", "picture", "video"]), st.sampled_from([None, None, None, 0.5]))
LAYOUTS = st.integers(1, 30), st.sampled_from(RATES), st.lists(PIECES, min_size=1, max_size=3)


def layout(count: int, fps: float, pieces: list) -> Timeline:
    """Known spans, some of them masked, and sketches, which may overlap; each begins at a share of the film and lasts a share of the rest."""
    rng, laid = np.random.default_rng(count), []
    for begins, lasts, masked, strength in pieces:
        start = int(begins * count)
        length = max(1, round(lasts * (count - start)))
        mask = dict(all=None, picture=rng.random(SIZE[::-1]) < 0.5, video=rng.random((length, *SIZE[::-1])) < 0.5)[masked]
        laid.append(Piece(start, rng.integers(0, 256, (length, *SIZE[::-1], 3), dtype=np.uint8), mask, strength))
    return Timeline(count, SIZE, fps, pieces=tuple(laid))


def base(line: Timeline):
    w, h = line.base_size
    rng = np.random.default_rng(1)
    for _ in range(line.base_count):
        frame = rng.integers(60, 200, (h, w, 3), dtype=np.uint8)
        yield frame, frame


def known_stays(line: Timeline, frames: list[np.ndarray]):
    assert len(frames) == line.num_frames
    for i, frame in enumerate(frames):
        assert frame.shape == (SIZE[1], SIZE[0], 3) and frame.dtype == np.uint8
        there = line.at(i)
        if there is not None:
            assert (frame[there[1]] == there[0][there[1]]).all(), f"frame {i}"
        elif line.at(i, sketched=True) is None:
            assert frame.mean() > 20, f"frame {i} is black"


@settings(max_examples=50, deadline=None)
@given(*LAYOUTS)
def test_known_pixels_come_back_whatever_the_layout(count, fps, pieces):
    line = layout(count, fps, pieces)
    known_stays(line, list(Master(line).stream(base(line))))


@pytest.fixture(scope="module")
def interpolator():
    return Interpolator(1)


@settings(max_examples=8, deadline=None)
@given(*LAYOUTS)
def test_and_with_frames_in_between(interpolator, count, fps, pieces):
    line = layout(count, fps, pieces)
    known_stays(line, list(Master(line, interpolator=interpolator).stream(base(line))))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.integers(-60, 60))
def test_a_painted_picture_that_is_off_by_a_shade_meets_what_is_known(seed, shade):
    rng = np.random.default_rng(seed)
    known = rng.integers(80, 170, (48, 64, 3), dtype=np.uint8)
    counts = np.ones((48, 64), bool)
    counts[10:30, 20 : 20 + rng.integers(4, 30)] = False
    found = membrane((known.astype(int) + shade).astype(np.uint8), known, counts)
    assert np.abs(found.astype(int) - known)[~counts].max() <= 2
