"""Upscaling and interpolation on real weights, and their checks."""

import numpy as np
import pytest

from vitascope.finishing import Interpolator, Upscaler, find_cuts, fit, is_cut, weights
from vitascope.finishing.interpolate import prepare
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
    a, b = pan(1, seed=1)[0], pan(1, seed=2)[0]
    for cuts in [2], None:
        out = interpolator.interpolate(np.stack([a, a, b, b]), 4, cuts)
        assert all(np.array_equal(f, a) or np.array_equal(f, b) for f in out[4:9])
    mixed = interpolator.interpolate(np.stack([a, b]), 2, cuts=[])[1]
    assert not np.array_equal(mixed, a) and not np.array_equal(mixed, b)


def test_cuts_are_told_from_motion():
    first, second = pan(8, step=6, seed=1), pan(8, step=6, seed=2)
    assert find_cuts(np.concatenate([first, second, first])) == [8, 16]
    brighter = np.stack([np.clip(first[0].astype(int) + 10 * i, 0, 255).astype(np.uint8) for i in range(6)])
    assert find_cuts(brighter) == []
    assert not is_cut(first[0, :9, :9], first[1, :9, :9])


def test_large_frames_move_along_small_flows(interpolator, upscaler):
    frames = pan(5)
    out = np.stack(list(interpolator.stream(frames[::2], 2, None, upscaler.upscale)))
    every = np.stack([upscaler.upscale(frame) for frame in frames])
    assert out.shape == (5, 256, 384, 3) and np.array_equal(out[::2], every[::2])
    inside = (slice(1, None, 2), slice(16, -16), slice(32, -32))  # what enters at the edge nobody can know
    assert psnr(out[inside], every[inside]) > 30
    cut = np.stack([frames[0], pan(1, seed=3)[0]])
    big = [upscaler.upscale(frame) for frame in cut]
    assert all(any(np.array_equal(f, b) for b in big) for f in interpolator.stream(cut, 3, [1], upscaler.upscale))


def test_frames_side_by_side_come_out_in_order_and_the_same(upscaler):
    frames = pan(6)
    one, many = Interpolator(threads=1), Interpolator(threads=4)
    assert np.array_equal(one.interpolate(frames, 3), many.interpolate(frames, 3))
    few, several = (list(i.stream(frames, 2, (), Upscaler(n).upscale)) for i, n in ((one, 1), (many, 4)))
    assert all(np.array_equal(a, b) for a, b in zip(few, several, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(Upscaler(3).stream(iter(frames)), map(upscaler.upscale, frames)))


def test_frames_come_before_all_are_done_and_one_may_stop_early(upscaler):
    taken = []

    def source():
        for frame in pan(40):
            taken.append(frame)
            yield frame

    stream = upscaler.stream(source())
    next(stream)
    stream.close()
    assert len(taken) < 8


def test_an_error_in_a_frame_is_told(upscaler):
    with pytest.raises(AttributeError):
        list(upscaler.stream([np.zeros((4, 4, 3), np.uint8), None]))


def test_the_graph_agrees_with_the_network(interpolator):
    torch = pytest.importorskip("torch")
    from vitascope.nn.rife import Rife

    network = Rife().eval()
    network.load_state_dict({name: torch.from_numpy(array) for name, array in interpolator._arrays.items()})
    for shape, time in ((64, 96), 0.5), ((32, 64), 1 / 3):
        a, b = (prepare(frame[: shape[0], : shape[1]]) for frame in pan(2))
        when = np.full((1, 1, 1, 1), time, np.float32)
        with torch.no_grad():
            expected = [x.numpy() for x in network(*map(torch.from_numpy, (a, b, when)))]
        got = interpolator.session.run(["frame", "flow", "share"], dict(before=a, after=b, time=when))
        for name, x, y in zip(("frame", "flow", "share"), expected, got):
            assert np.abs(x - y).max() < 1e-4 * max(1, np.abs(x).max()), name


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
