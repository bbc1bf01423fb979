"""Films from words and pictures, on the shipped model: generate, image, animate, storyboards, characters, loops of words."""

import numpy as np
import pytest

from clips import check, moving, steps
from vitascope import api
from vitascope.characters import Character, Stroke
from vitascope.clip import Clip
from vitascope.library import Library

SMALL = (96, 64)


@pytest.fixture(scope="module")
def place():
    """A clip of 13 frames at 8 fps, whose frames serve as pictures."""
    return moving()


def test_words_become_a_film_and_the_seed_decides_which(studio):
    ask = dict(seconds=0.5, size=SMALL, studio=studio)
    one, same = (api.generate("a red car drives through a city", **ask) for _ in range(2))
    check(one, 12, SMALL, 24)
    assert (one.clip.frames == same.clip.frames).all() and steps(one.clip.frames).mean() > 0.5
    assert one.report["upscaled"] and one.report["interpolated"] and one.report["painter"] is None and not one.report["gaps"]
    assert {s["author"] and s["licence"] and len(s["sha256"]) for s in one.report["sources"]} == {64}
    assert one.report["seed"] == 1 and one.report["presences"]
    other = api.generate("a red car drives through a city", **ask, seed=2, upscale=False, interpolate=False)
    assert other.report["seed"] == 2 and not other.report["upscaled"] and (other.clip.frames != one.clip.frames).any()
    assert (other.clip.frames[0] == other.clip.frames[1]).all()  # without interpolation base frames are held


def test_an_image_is_one_frame_with_the_detail_of_its_size(studio):
    film = api.image("a castle on a hill", size="1024x640", studio=studio)
    check(film, 1, (1024, 640), 8)
    blurred = film.clip.resize(128, 80).resize(1024, 640)
    assert np.abs(film.clip.frames.astype(int) - blurred.frames).mean() > 1


@pytest.mark.parametrize("at, frames", [(None, [0, 6, 12]), ([0.25, 1.0], [2, 8]), ([1.4], [11])])
def test_pictures_are_known_frames_wherever_they_stand(studio, place, at, frames):
    pictures = [place.frames[i] for i in (0, 4, 8)[: len(frames)]]
    film = api.animate(pictures, at=at, seconds=13 / 8, fps=8, studio=studio)
    check(film, 13, SMALL, 8)
    same = [[i for i in range(13) if (film.clip.frames[i] == picture).all()] for picture in pictures]
    assert same == [[frame] for frame in frames]
    assert (steps(film.clip.frames) > 0.05).all()


def test_one_picture_comes_alive_at_its_own_size_from_a_file(studio, place, tmp_path):
    Clip(place.frames[:1]).write(tmp_path / "a.png")
    film = api.animate(tmp_path / "a.png", "the camera zooms in", seconds=0.5, studio=studio)
    check(film, 12, SMALL, 24)
    assert (film.clip.frames[0] == place.frames[0]).all() and steps(film.clip.frames).mean() > 0.2
    wide = api.animate(place.frames[0], seconds=0.25, size=(128, 64), fps=8, studio=studio)
    check(wide, 2, (128, 64), 8)


def test_a_brush_moves_what_it_painted_and_nothing_else(studio, place):
    mask = np.zeros((64, 96), bool)
    mask[20:36, 14:30] = True
    film = api.animate(place.frames[0], brushes=[Stroke(mask, "right", 0.2)], seconds=1, fps=8, studio=studio)
    check(film, 8, SMALL, 8)
    frames = film.clip.frames
    assert (frames[0] == place.frames[0]).all() and (frames[:, 52:] == place.frames[0, 52:]).all() and (frames[:, :, 80:] == place.frames[0, :, 80:]).all()
    assert np.abs(frames[-1, 20:36, 14:44].astype(int) - frames[0, 20:36, 14:44]).mean() > 2


def test_a_loop_of_words_leads_back_to_its_beginning(studio):
    film = api.loop("a dog runs through a meadow", seconds=1, size=SMALL, studio=studio)
    check(film, 24, SMALL, 24)
    inner = steps(film.clip.frames)
    assert steps(film.clip.frames[[-1, 0]])[0] <= 1.5 * inner.max() and inner.mean() > 0.2


def test_a_storyboard_has_cuts_pictures_clips_and_words(studio, place, tmp_path):
    Clip(place.frames[:1]).write(tmp_path / "a.png")
    moving(8, seed=3).write(tmp_path / "b.mp4", crf=0)
    clip = Clip.read(tmp_path / "b.mp4")
    board = dict(size="96x64", fps=8, seed=5, seconds=2.5, cards=[
        dict(at=0, prompt="a cat walks in a meadow"), dict(at=0.5, picture=str(tmp_path / "a.png"), hold=0.25),
        dict(at=1.0, cut=True, clip=str(tmp_path / "b.mp4"), to=0.5), dict(at=1.5, prompt="a rocket rises at night")])  # fmt: skip
    film = api.storyboard(board, studio=studio)
    check(film, 20, SMALL, 8)
    frames = film.clip.frames
    assert (frames[4:6] == place.frames[0]).all() and (frames[8:12] == clip.frames[:4]).all()
    assert film.report["seed"] == 5 and len(film.report["shots"]) == 2 and all(shot["complete"] for shot in film.report["shots"])
    assert steps(frames[:4]).mean() > 0.1 and steps(frames[13:]).mean() > 0.1
    assert "cat" in film.report["caption"] and "rocket" in film.report["caption"]


def test_variations_of_a_storyboard_differ_in_what_is_open(studio, tmp_path, place):
    Clip(place.frames[:1]).write(tmp_path / "a.png")
    cards = [dict(at=0, picture=str(tmp_path / "a.png")), dict(at=0.5, prompt="a dog")]
    films = api.storyboard(dict(size="96x64", fps=8, seed=3, seconds=1, cards=cards), variations=2, studio=studio)
    assert [film.report["seed"] for film in films] == [3, 4]
    one, other = (film.clip.frames for film in films)
    assert (one[0] == other[0]).all() and (one[4:] != other[4:]).any()


def test_a_character_plays_its_part_and_is_credited(studio):
    sprite = Library().sprite("noto/1f98a")
    milo = Character.make("milo", sprite, author="the user")
    ask = dict(seconds=0.5, size=SMALL, fps=8, studio=studio)
    film = api.generate("@milo walks in a snowy forest", characters=dict(milo=milo), **ask)
    check(film, 4, SMALL, 8)
    assert [p["reference"] for p in film.report["presences"]] == ["user/milo"] and film.report["presences"][0]["spans"]
    assert any(s["sha256"] == milo.sha256 for s in film.report["sources"])
    empty = api.generate("a snowy forest", **ask)  # the fox's orange is there with it alone
    orange = lambda film: (film.clip.frames[..., 0].astype(int) - film.clip.frames[..., 2] > 80).mean()
    assert orange(film) > orange(empty) + 0.005
