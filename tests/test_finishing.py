"""Upscaling and interpolation on real weights, and their checks."""

import numpy as np
import pytest

from vitascope.finishing import Interpolator, Upscaler, fit, weights
from vitascope.library import Library, picture


@pytest.fixture(scope="module")
def interpolator():
    return Interpolator(threads=1)


@pytest.fixture(scope="module")
def upscaler():
    return Upscaler(threads=1)


def pan(count=7, step=3, seed=0):
    """A window sliding over a smooth random picture: (t 64 96 3)."""
    import cv2

    rng = np.random.default_rng(seed)
    picture = cv2.resize(rng.integers(0, 256, (12, 30, 3), dtype=np.uint8), (240, 64), interpolation=cv2.INTER_CUBIC)
    return np.stack([picture[:, i * step : i * step + 96] for i in range(count)])


def psnr(a, b):
    return 10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2))


def test_given_frames_come_back_and_the_count_is_right(interpolator):
    frames = pan(3)
    out = interpolator.interpolate(frames, 3)
    assert len(out) == 7 and np.array_equal(out[::3], frames)


def test_interpolation_beats_blending_on_a_pan(interpolator):
    frames = pan(5)
    out = interpolator.interpolate(frames[::2], 2)
    blended = np.stack([(frames[i].astype(float) + frames[i + 2]) / 2 for i in (0, 2)])
    assert psnr(out[1::2], frames[1::2]) > psnr(blended, frames[1::2]) + 6


def test_frames_are_repeated_across_a_cut_never_mixed(interpolator):
    a, b = np.full((40, 48, 3), 20, np.uint8), np.full((40, 48, 3), 40, np.uint8)
    told = interpolator.interpolate(np.stack([a, b]), 4, cuts=[1])
    assert all(np.array_equal(f, a) or np.array_equal(f, b) for f in told)
    seen = interpolator.interpolate(np.stack([a, np.full_like(a, 230)]), 3)
    assert set(np.unique(seen)) == {20, 230}


def test_any_size_and_factor_one(interpolator):
    frames = pan(2)[:, :37, :51]
    assert np.array_equal(interpolator.interpolate(frames, 1), frames)
    assert interpolator.interpolate(frames, 2).shape == (3, 37, 51, 3)
    with pytest.raises(ValueError, match="1 or more"):
        interpolator.interpolate(frames, 0)


def test_upscaling_is_four_times_sharp_and_repeatable(upscaler):
    import cv2

    frame = picture(Library(), "3d/1f419")
    big = upscaler.upscale(frame)
    assert big.shape == (256, 256, 3) and np.array_equal(big, upscaler.upscale(frame))
    assert psnr(cv2.resize(big, (64, 64), interpolation=cv2.INTER_AREA), frame) > 25


def test_fit_crops_instead_of_stretching():
    frame = np.zeros((80, 128, 3), np.uint8)
    frame[:, 40:88] = 255
    square = fit(frame, (40, 40))
    assert square.shape == (40, 40, 3) and abs(int(square[20, 20, 0]) - 255) < 3


def test_damaged_weights_are_told(tmp_path, monkeypatch):
    (tmp_path / "rife.onnx").write_bytes(b"not what was shipped")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="missing or damaged"):
        weights.checked.__wrapped__("rife.onnx")
