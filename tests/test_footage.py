"""Footage: what is missing is proposed and carried on, damage found, joins measured, on moving pictures made here."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.clip import Clip
from vitascope.finishing import Interpolator
from vitascope.footage import (
    drift,
    examine,
    fill_gap,
    find_damage,
    flicker,
    guess,
    read_mask,
    seam_error,
    spans,
)
from vitascope.footage.holdouts import holdouts
from vitascope.footage.motion import camera, flow, similarity_flow, spread, warp
from vitascope.footage.onward import inverse
from vitascope.footage.stacking import least


@pytest.fixture(scope="module")
def interpolator():
    return Interpolator(threads=1)


def texture(h=200, w=500, seed=0):
    """A picture with detail of every size: (h w 3) uint8."""
    rng = np.random.default_rng(seed)
    out = np.zeros((h, w, 3), np.float32)
    for cell in (48, 16, 6, 2):
        grain = rng.normal(size=(h // cell + 2, w // cell + 2, 3)).astype(np.float32)
        out += cv2.resize(grain, (w, h), interpolation=cv2.INTER_CUBIC) * cell**0.7
    return np.clip(128 + out * 2.2, 8, 247).astype(np.uint8)


def pan(count=33, step=2, size=(128, 80), seed=0):
    """A camera that pans over a textured picture: (count h w 3)."""
    (w, h), picture = size, texture(seed=seed)
    return np.stack([picture[20 : 20 + h, 20 + round(i * step) :][:, :w] for i in range(count)])


def psnr(a, b):
    return 10 * np.log10(255**2 / max(1e-6, np.mean((a.astype(float) - b) ** 2)))


# --- guess


@settings(max_examples=9, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(["frames", "pixels", "holes"]), st.integers(1, 7))
def test_guess_keeps_what_is_known_reads_nothing_else_and_fills_the_rest(seed, kind, count):
    rng = np.random.default_rng(seed)
    film = pan(7, size=(48, 32))[:count]
    known = rng.random(count if kind == "frames" else film.shape[:3]) < 0.5
    if kind == "holes":
        known = np.ones(film.shape[:3], bool)
        known[:, 5:20, 10 : rng.integers(12, 40)] = False
    results = []
    for junk in (0, 255):
        given_frames = film.copy()
        given_frames[~known] = junk
        results.append(guess(given_frames, known))
    (sketch, strength), (again, other) = results
    assert np.array_equal(sketch, again) and np.array_equal(strength, other)
    assert sketch.shape == film.shape and sketch.dtype == np.uint8 and strength.dtype == np.float32
    assert np.array_equal(sketch[known], film[known]) and 0 <= strength.min() and strength.max() <= 1
    whole = known if known.ndim == 1 else known.all((1, 2))
    assert (strength[whole] == 1).all()


def test_guess_of_nothing_is_grey_and_not_trusted():
    sketch, strength = guess(pan(5), np.zeros(5, bool))
    assert (sketch == 128).all() and (strength == 0).all()


def test_guess_carries_a_pan_on_and_trusts_it_less_and_less():
    film, known = pan(17), np.arange(17) < 9
    sketch, strength = guess(film, known)
    assert psnr(sketch[9], film[9]) > psnr(film[8], film[9]) + 4
    moved = [np.abs(a.astype(float) - b).mean() for a, b in zip(sketch[8:], sketch[9:])]
    assert max(moved[-3:]) > 0.3 * moved[0] and sketch.min() >= film.min() - 20, "it goes on, without black borders"
    assert strength[9] == pytest.approx(0.9) and (np.diff(strength[9:]) < 0).all() and strength[-1] >= 0.4
    back, trusted = guess(film[::-1], known[::-1])
    assert np.abs(back[::-1].astype(int) - sketch).mean() < 0.5 and np.allclose(trusted[::-1], strength)


def test_guess_between_follows_the_motion(interpolator):
    film, known = pan(9), np.ones(9, bool)
    known[3:6] = False
    faded = (film[2].astype(float) + film[6]) / 2
    for network in None, interpolator:
        sketch, strength = guess(film, known, network)
        assert psnr(sketch[4], film[4]) > psnr(faded, film[4]) + 5
        assert strength[4] < strength[3] < 1


def test_guess_shows_the_true_background_behind_a_hole_when_the_camera_moves():
    film = pan(17, step=4)
    known = np.ones(film.shape[:3], bool)
    known[:, 20:50, 50:75] = False
    sketch, strength = guess(film, known)
    assert psnr(sketch[~known], film[~known]) > 25 and strength.min() > 0.6


def test_guess_varies_only_with_the_generator_it_is_given():
    film, known = pan(9), np.arange(9) < 4
    one, two, other = (guess(film, known, rng=np.random.default_rng([seed, 1]))[0] for seed in (1, 1, 2))
    assert np.array_equal(one, two) and not np.array_equal(one, other)


def test_guess_says_what_does_not_fit():
    with pytest.raises(ValueError, match="give"):
        guess(pan(3), np.ones(4, bool))


# --- gaps


def test_a_gap_is_filled_no_worse_than_by_the_best_candidate_and_never_read(interpolator):
    film, start, stop = pan(26, size=(64, 48)), 12, 15
    fills = []
    for junk in (0, 200):
        hidden = film.copy()
        hidden[start:stop] = junk
        fills.append(fill_gap(hidden, start, stop, interpolator))
    (frames, report), (again, _) = fills
    assert np.array_equal(frames, again) and frames.shape == film[start:stop].shape
    assert report["gaps"] == dict(number=6, frames=3) and report["method"] in ("mix", "rife", "steady")
    assert report["psnr"][report["method"]] == max(report["psnr"].values()), "what measured best was taken"
    middle = interpolator.between(film[start - 1], film[stop], 0.5)
    assert psnr(frames[1], film[13]) > psnr(middle, film[13]) - 0.5
    assert sum(report["weights"].values()) == pytest.approx(1, abs=0.01)


def test_a_model_that_paints_the_truth_is_measured_and_chosen(interpolator):
    film = pan(24, size=(64, 48), step=1.5)
    asked = []

    def model(frames, start, stop):
        asked.append((start, stop))
        assert (frames[start:stop] == 0).all()
        return film[start:stop]

    frames, report = fill_gap(film, 10, 14, interpolator, model)
    assert len(asked) == 3 and asked[-1] == (10, 14) and report["psnr"]["model"] > report["psnr"]["rife"]
    assert report["weights"]["model"] > 0.9 and psnr(frames, film[10:14]) > 35
    with pytest.raises(ValueError, match="model's frames"):
        fill_gap(film, 10, 14, interpolator, film[:2])


def test_gaps_at_an_end_or_at_a_cut_are_not_mixed(interpolator):
    one, other = pan(12, seed=1, size=(96, 64)), 255 - pan(12, seed=2, size=(96, 64)) // 3
    film = np.concatenate([one, other])
    frames, report = fill_gap(film, 10, 14, interpolator)
    assert report["method"] == "cut" and psnr(frames[0], one[10]) > 18 and psnr(frames[-1], other[1]) > 18
    assert fill_gap(film, 10, 14, interpolator, film[10:14])[1]["method"] == "model", "who painted knows better"
    frames, report = fill_gap(one, 8, 12, interpolator)
    assert report["method"] == "onward" and psnr(frames[0], one[8]) > psnr(one[7], one[8])
    with pytest.raises(ValueError, match="span inside"):
        fill_gap(one, 5, 13, interpolator)


@given(st.integers(2, 60), st.data())
@settings(max_examples=25, deadline=None)
def test_held_out_gaps_lie_in_known_footage(count, data):
    start = data.draw(st.integers(1, count - 1))
    stop = data.draw(st.integers(start + 1, count)) if start < count else count
    places, length = holdouts(np.zeros((count, 4, 4, 3), np.uint8), start, stop)
    assert length <= stop - start and len(places) <= 6
    for place in places:
        assert place >= 1 and place + length < count
        assert place + length < start or place > stop, "neither it nor its neighbours are in the gap"


def test_least_weights_are_those_of_an_error_covariance():
    assert least(np.diag([1.0, 4.0])) == pytest.approx([0.8, 0.2])
    assert least(np.array([[1.0, 2.0], [2.0, 8.0]])) == pytest.approx([1.0, 0.0]), "never below zero"


# --- motion


def test_the_camera_is_found_and_undone():
    true = np.array([3.0, -2.0, 0.03, 0.02])
    before = texture()[:96, :128]
    after = warp(before, similarity_flow(inverse(true), 96, 128))
    assert camera(flow(before, after, fine=True)) == pytest.approx(true, abs=0.3)
    there, back = similarity_flow(true, 96, 128), similarity_flow(inverse(true), 96, 128)
    assert np.abs(there + warp(back, there))[8:-8, 8:-8].max() < 0.05


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_spreading_keeps_what_is_there_and_stays_in_range(h, w, seed):
    rng = np.random.default_rng(seed)
    values, weight = rng.random((h, w, 2), np.float32), (rng.random((h, w)) < 0.3).astype(np.float32)
    out = spread(values, weight)
    assert np.allclose(out[weight == 1], values[weight == 1]) and out.min() >= -1e-5 and out.max() <= 1 + 1e-5


# --- damage


def test_damage_is_found_where_it_is():
    film = pan(40)
    rng = np.random.default_rng(0)
    grain = np.repeat(np.repeat(rng.integers(0, 256, (5, 10, 16, 3), dtype=np.uint8), 8, 1), 8, 2)
    for name, what in dict(black=0, red=(200, 30, 30), stuck=film[19], blocks=grain).items():
        broken = film.copy()
        broken[20:25] = what
        (found,) = examine(broken, 8)
        assert found[:2] == (20, 25), name
        assert found.why.endswith(".") and "2.50 s" in found.why
    broken = film.copy()
    broken[20:23, 40:] = (0, 135, 0)
    broken[30] = rng.integers(0, 256, broken[30].shape)
    assert find_damage(broken, 8) == [(20, 23), (30, 31)]


def test_healthy_films_have_no_damage():
    film = pan(40).astype(float)
    ramp = lambda levels: (film[: len(levels)] * np.clip(levels, 0, 1)[:, None, None, None]).astype(np.uint8)
    dip = np.maximum(np.abs(np.arange(40) - 20) - 3, 0) / 16
    film = film.astype(np.uint8)
    healthy = dict(
        pan=film,
        still=np.repeat(film[:1], 30, 0),
        fade_in=ramp((np.arange(40) - 5) / 20),
        fade_out=ramp(1.2 - np.arange(40) / 25),
        dip_to_black=ramp(dip),
        black_start=np.concatenate([np.zeros_like(film[:5]), film]),
        still_then_cut=np.concatenate([film[:10], np.repeat(film[10:11], 20, 0), 255 - pan(20, seed=4) // 3]),
        on_threes=np.repeat(film[:14], 3, 0),
        cuts=np.concatenate([film[:12], pan(12, seed=5), film[12:24]]),
        black_film=np.zeros_like(film),
        flash=np.concatenate([film[:20], np.clip(film[20:21].astype(int) + 90, 0, 255).astype(np.uint8), film[21:]]),
    )
    assert {name: examine(frames, 8) for name, frames in healthy.items()} == {name: [] for name in healthy}


# --- masks and spans


def test_masks_are_read_from_pictures_videos_and_arrays(tmp_path):
    mask = np.zeros((40, 64), np.uint8)
    mask[10:30, 20:40] = 255
    Clip(np.repeat(mask[None, ..., None], 3, -1)).write(tmp_path / "mask.png")
    film_mask = np.stack([np.roll(mask, i * 4, 1) for i in range(5)])
    Clip(np.repeat(film_mask[..., None], 3, -1)).write(tmp_path / "mask.mp4")
    assert np.array_equal(read_mask(tmp_path / "mask.png", (64, 40), 9), mask > 0)
    assert np.array_equal(read_mask(mask > 0, (64, 40), 9), mask > 0)
    read = read_mask(tmp_path / "mask.mp4", (128, 80), 5)
    assert read.shape == (5, 80, 128) and (read[:, ::2, ::2] == (film_mask > 0)).mean() > 0.99


@pytest.mark.parametrize(
    "mask, said",
    [
        (np.zeros((40, 64), np.uint8), "all black"),
        (np.ones((40, 64), bool), "all white"),
        (np.eye(40, dtype=bool), "40x40.*64x40"),
        (np.ones((3, 40, 64), bool), "3 frames.*5"),
        (np.ones((40, 64)), "bool"),
        (np.ones(40, bool), "shape"),
    ],
)
def test_a_mask_that_cannot_be_used_is_refused_in_a_sentence(mask, said):
    with pytest.raises(ValueError, match=said):
        read_mask(mask, (64, 40), 5)


def test_spans_are_sorted_and_merged_where_they_touch():
    assert spans(["2.0-3.5", (0.5, 1), "3.5 - 4s"], 24, 240) == [(12, 24), (48, 96)]
    assert spans(["9-10"], 24, 240) == [(216, 240)]


@pytest.mark.parametrize(
    "wrong, said",
    [
        (["1-2", "1.5-3"], "overlap"),
        (["9-11"], "outside.*10 s"),
        (["3-2"], "ends before"),
        (["two-3"], "START-STOP"),
        ([(1, "x")], "two times"),
        ([(1, float("nan"))], "ends before"),
        (["1-1.001"], "shorter than a frame"),
        ([], "No span"),
        (["0-10"], "whole film"),
    ],
)
def test_spans_that_make_no_sense_are_refused_in_a_sentence(wrong, said):
    with pytest.raises(ValueError, match=said):
        spans(wrong, 24, 240)


# --- measures


def test_a_seam_is_measured_against_the_change_around_it():
    film = pan(24)
    assert seam_error(film, [12]) < 1.3 and seam_error(film, []) == 1
    assert seam_error(np.concatenate([film[:12], pan(12, seed=3)]), [12]) > 3
    with pytest.raises(ValueError, match="no join"):
        seam_error(film, [24])


def test_flicker_and_drift_tell_what_changed():
    film = pan(24)
    light = np.where(np.arange(24) % 2, 0.85, 1.0)[:, None, None, None]
    assert flicker((film * light).astype(np.uint8)) > 3 * flicker(film) + 5 and flicker(film[:2]) == 0
    assert drift(film[::-1], film) == pytest.approx(dict(colour=0, sharpness=1, motion=1, frozen=0), abs=1e-3)
    tail = np.concatenate([film[12:16], np.repeat(film[16:17], 8, 0)])
    assert drift(tail, film[:12])["frozen"] == pytest.approx(7 / 11, abs=0.15)
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), 2) for frame in film[12:]])
    assert drift(soft, film[:12])["sharpness"] < 0.7
    assert drift(film[12:] // 2, film[:12])["colour"] > 10


def test_what_is_hidden_is_known_and_something_stays():
    from vitascope.footage import hide

    for known in (np.arange(33) < 20, np.arange(33) > 12, (np.arange(33) < 10) | (np.arange(33) > 20)):
        there = np.broadcast_to(known[:, None, None], (33, 16, 24))
        (start, stop), hidden = hide(there)
        part = there[start:stop]
        assert (stop - start) % 4 == 1 and hidden.any() and (part[hidden]).all() and (part & ~hidden).any()
    region = np.ones((13, 16, 24), bool)
    region[:, 2:9, 3:8] = False
    (start, stop), hidden = hide(region)
    assert hidden.any() and region[start:stop][hidden].all()
    assert hide(np.zeros((9, 8, 8), bool))[0] is None


def test_a_region_is_filled_by_what_measures_better():
    from vitascope.footage import fill_region

    ramp = np.broadcast_to(np.linspace(0, 255, 64).astype(np.uint8)[None, None, :, None], (9, 48, 64, 3)).copy()
    known = np.ones((9, 48, 64), bool)
    known[:, 10:24, 8:24] = False
    filled, trust, way = fill_region(ramp, known)
    assert way in ("guess", "inpaint") and (filled[known] == ramp[known]).all() and trust.shape == (9,)
    assert np.abs(filled.astype(int) - ramp).mean() < 6
