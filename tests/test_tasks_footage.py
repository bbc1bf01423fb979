"""Footage, on the shipped model: extend, fill, outpaint, loop, connect and edit. What is known comes back bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clips import check, moving, steps
from vitascope import api
from vitascope.clip import Clip
from vitascope.making import Making
from vitascope.tasks import Layout
from vitascope.timeline import Piece, Timeline

SMALL = (96, 64)


@pytest.fixture(scope="module")
def clip():
    return moving()


@pytest.fixture(scope="module")
def mask():
    mask = np.zeros((64, 96), bool)
    mask[18:44, 30:60] = True
    return mask


def lively(frames: np.ndarray, usual: np.ndarray):
    """No two frames are one, and the whole moves."""
    assert (frames[1:] != frames[:-1]).any((1, 2, 3)).all() and steps(frames).mean() > 0.15 * steps(usual).mean()


def measured(report):
    """The painter's share says what was found on hidden frames."""
    assert 0 <= report["painter"]["share"] <= 1
    psnr = report["painter"]["psnr"]
    assert not psnr or psnr["mix"] >= max(psnr["proposal"], psnr["painting"]) - 0.1


def test_a_clip_goes_on_twice_and_long_footage_is_handed_through(studio):
    clip = moving(29, 6.0, size=(64, 64), step=0.8)  # longer than what is looked at
    once = api.extend(clip, after=0.5, studio=studio)
    check(once, 32, (64, 64), 6)
    measured(once.report)
    twice = api.extend(once.clip, "it goes on", after=0.5, studio=studio)
    check(twice, 35, (64, 64), 6)
    assert (twice.clip.frames[:29] == clip.frames).all() and (twice.clip.frames[:32] == once.clip.frames).all()
    lively(twice.clip.frames[28:], clip.frames)


def test_what_came_before_a_clip(studio, clip):
    film = api.extend(clip, before=0.5, studio=studio)
    check(film, 17, SMALL, 8)
    assert (film.clip.frames[4:] == clip.frames).all()
    lively(film.clip.frames[:5], clip.frames)


def test_a_gap_is_filled_at_24_frames_a_second(studio):
    clip = moving(25, 24.0, size=(64, 64), step=1.0)
    hidden = clip.frames.copy()
    hidden[9:15] = 0  # nothing of what is missing is looked at
    film = api.fill(Clip(hidden, 24), spans=["0.375-0.625"], studio=studio)
    check(film, 25, (64, 64), 24)
    frames = film.clip.frames
    assert (frames[:9] == clip.frames[:9]).all() and (frames[15:] == clip.frames[15:]).all()
    lively(frames[8:16], clip.frames)
    held = np.abs(clip.frames[9:15].astype(int) - clip.frames[8]).mean()
    assert np.abs(frames[9:15].astype(int) - clip.frames[9:15]).mean() < 0.5 * held  # nearer the truth than a still
    (gap,) = film.report["gaps"]
    assert (gap["start"], gap["stop"]) == (0.375, 0.625) and gap["method"] and gap["psnr"]["mix"] > 20


def test_gaps_here_and_there_and_every_second_frame(studio, clip):
    film = api.fill(clip, spans=["0.25-0.5", (1.25, 1.375)], studio=studio)
    check(film, 13, SMALL, 8)
    known = [i for i in range(13) if i not in (2, 3, 10)]
    assert (film.clip.frames[known] == clip.frames[known]).all()
    assert [(g["start"], g["stop"]) for g in film.report["gaps"]] == [(0.25, 0.5), (1.25, 1.375)]
    film = api.fill(clip, spans=[(i / 8, (i + 1) / 8) for i in range(1, 13, 2)], studio=studio)
    assert (film.clip.frames[::2] == clip.frames[::2]).all() and len(film.report["gaps"]) == 6
    lively(film.clip.frames, clip.frames)


def test_the_end_of_a_clip_is_a_gap_as_well(studio, clip):
    film = api.fill(clip, spans=["1-1.625"], studio=studio)
    check(film, 13, SMALL, 8)
    assert (film.clip.frames[:8] == clip.frames[:8]).all()
    lively(film.clip.frames[7:], clip.frames)


def test_what_the_words_bring_in_stays_in_a_gap(studio, clip):
    film = api.fill(clip, "a red car drives in", spans=["0.5-1"], studio=studio)
    check(film, 13, SMALL, 8)
    assert film.report["presences"] and not film.report["gaps"]
    assert np.abs(film.clip.frames[4:8].astype(int) - clip.frames[4:8]).max() > 60  # not what was there, or lies between
    known = [*range(4), *range(8, 13)]
    assert (film.clip.frames[known] == clip.frames[known]).all()


def test_a_region_is_painted_anew_from_a_picture_and_within_a_span(studio, clip, mask, tmp_path):
    Clip(np.repeat(mask[None, ..., None] * np.uint8(255), 3, 3)).write(tmp_path / "mask.png")
    film = api.fill(clip, mask=tmp_path / "mask.png", studio=studio)
    check(film, 13, SMALL, 8)
    assert (film.clip.frames[:, ~mask] == clip.frames[:, ~mask]).all()
    lively(film.clip.frames * mask[..., None], clip.frames * mask[..., None])
    measured(film.report)
    film = api.fill(clip, mask=mask, spans=["0.5-1"], studio=studio)
    assert (film.clip.frames[4:8, ~mask] == clip.frames[4:8, ~mask]).all()
    assert all((film.clip.frames[a:b] == clip.frames[a:b]).all() for a, b in ((0, 4), (8, 13)))
    assert (film.clip.frames[4:8, mask] != clip.frames[4:8, mask]).any()


def test_a_region_that_moves_is_painted_anew_from_a_video(studio, clip, tmp_path):
    masks = np.zeros((13, 64, 96, 3), np.uint8)
    for i, picture in enumerate(masks):
        picture[16:40, 8 + 4 * i : 24 + 4 * i] = 255
    Clip(masks, 8).write(tmp_path / "mask.mp4", crf=0)
    broken = np.where(masks > 127, 0, clip.frames).astype(np.uint8)
    film = api.fill(Clip(broken, 8), mask=str(tmp_path / "mask.mp4"), studio=studio)
    check(film, 13, SMALL, 8)
    kept = masks[..., 0] == 0
    assert (film.clip.frames[kept] == clip.frames[kept]).all()
    error = lambda frames: np.abs(frames.astype(int) - clip.frames)[~kept].mean()
    assert error(film.clip.frames) < 0.35 * error(broken)


def test_damage_is_found_and_filled(studio):
    clip = moving(13, size=(64, 64))
    damaged = clip.frames.copy()
    damaged[6:8] = 0
    film = api.fill(Clip(damaged, 8), auto=True, studio=studio)
    check(film, 13, (64, 64), 8)
    whole = [*range(6), *range(8, 13)]
    assert (film.clip.frames[whole] == clip.frames[whole]).all()
    assert [(g["start"], g["stop"]) for g in film.report["gaps"]] == [(0.75, 1.0)]
    with pytest.raises(ValueError, match="Nothing in this clip looks damaged"):
        api.fill(clip, auto=True, studio=studio)


@pytest.mark.parametrize("size, became, at", [("21:9", (150, 64), (0, 27)), ((96, 96), (96, 96), (16, 0)), ("9:16", (96, 170), (53, 0))])
def test_a_clip_stands_in_the_middle_of_a_larger_picture(studio, size, became, at):
    clip = moving(5)
    film = api.outpaint(clip, size, studio=studio)
    check(film, 5, became, 8)
    top, left = at
    assert (film.clip.frames[:, top : top + 64, left : left + 96] == clip.frames).all()
    around = np.ones(became[::-1], bool)
    around[top : top + 64, left : left + 96] = False
    assert film.clip.frames[:, around].std() > 5 and (film.clip.frames[1:, around] != film.clip.frames[:-1, around]).any((1, 2)).all()


def test_a_clip_becomes_an_endless_loop(studio):
    clip = moving(6, size=(64, 64), step=0.7)
    film = api.loop(clip, seconds=0.25, studio=studio)
    check(film, 8, (64, 64), 8)
    assert (film.clip.frames[:6] == clip.frames).all()
    lively(np.concatenate([film.clip.frames[5:], clip.frames[:1]]), clip.frames)
    assert steps(film.clip.frames[[-1, 0]])[0] < steps(clip.frames[[-1, 0]])[0]  # no jump as without it


def test_two_clips_are_connected_the_second_as_the_first(studio):
    clip = moving(5)
    other = moving(6, 12.0, size=(128, 96), seed=4)
    film = api.connect(clip, other, seconds=0.5, studio=studio)
    brought = other.cover(*SMALL).frames[[0, 1, 3, 4]]  # 12 frames a second to 8
    check(film, 5 + 4 + 4, SMALL, 8)
    assert (film.clip.frames[:5] == clip.frames).all() and (film.clip.frames[9:] == brought).all()
    lively(film.clip.frames[4:10], clip.frames)
    (gap,) = film.report["gaps"]
    assert (gap["start"], gap["stop"]) == (0.625, 1.125)


def test_an_edit_goes_as_far_as_its_strength(studio, clip):
    much, same, little = (api.edit(clip, "at night", strength=s, studio=studio) for s in (0.5, 0.5, 0.1))
    check(much, 13, SMALL, 8)
    assert (much.clip.frames == same.clip.frames).all()
    change = [np.abs(film.clip.frames.astype(int) - clip.frames).mean() for film in (much, little)]
    assert change[0] > 2 * change[1] > 0 and change[0] > 5 and much.clip.frames.mean() < clip.frames.mean() - 5
    lively(much.clip.frames, clip.frames)


def test_an_edit_of_a_span_leaves_the_rest(studio, clip):
    film = api.edit(clip, "snow falls at night", span="0.5-1", studio=studio)
    check(film, 13, SMALL, 8)
    frames = film.clip.frames
    assert (frames[:4] == clip.frames[:4]).all() and (frames[8:] == clip.frames[8:]).all()
    assert np.abs(frames[4:8].astype(int) - clip.frames[4:8]).mean() > 3 and not film.report["gaps"]


def test_a_picture_is_edited_too(studio, clip):
    film = api.edit(Clip(clip.frames[:1]), "at night", studio=studio)
    check(film, 1, SMALL, 8)
    assert (film.clip.frames != clip.frames[:1]).any()


def test_footage_with_few_frames_a_second(studio):
    clip = moving(6, 4.0, size=(64, 64))
    film = api.fill(clip, spans=["0.5-1"], studio=studio)
    check(film, 6, (64, 64), 4)
    known = [0, 1, 4, 5]
    assert (film.clip.frames[known] == clip.frames[known]).all()


@settings(max_examples=5, deadline=None)
@given(st.integers(2, 20), st.sampled_from([4, 8, 12, 24, 30]), st.lists(st.tuples(st.floats(0, 0.99), st.floats(0, 1), st.booleans()), min_size=1, max_size=3))
def test_known_pixels_come_back_whatever_is_known(studio, count, fps, spans):
    clip, pieces = moving(count, float(fps), size=(64, 64)), []
    for begins, lasts, masked in spans:
        start = int(begins * count)
        stop = start + max(1, round(lasts * (count - start)))
        pieces.append(Piece(start, clip.frames[start:stop], mask=np.tri(64, dtype=bool) if masked else None))
    line = Timeline(count, (64, 64), float(fps), pieces=tuple(pieces))
    making = Making(studio, Layout(line), lambda *a, **k: None, share=1.0)
    frames = np.concatenate([segment.frames for segment in making])
    assert len(frames) == count and making.report["complete"]
    for i, frame in enumerate(frames):
        there = line.at(i)
        assert frame.std() > 3 and (there is None or (frame[there[1]] == there[0][there[1]]).all())
