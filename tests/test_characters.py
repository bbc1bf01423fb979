"""The user's own pictures: cut out, kept, called by name, put into films, and brought to life."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vitascope.characters import (
    Character,
    Stroke,
    animate_picture,
    backdrop,
    brush,
    cut_out,
    load,
    names,
    recolor,
    save,
)  # fmt: skip
from vitascope.clip import Clip
from vitascope.director import stage
from vitascope.director.plan import CAMERAS, MOTIONS, STYLES, Plan, Scene, Shot, Subject
from vitascope.director.scenery import paint
from vitascope.director.stage import Life, render, render_plan
from vitascope.library import Library, picture
from vitascope.prompts import read

LIBRARY = Library()
DOG = LIBRARY.sprite("noto/1f415")


def on(background: np.ndarray, sprite: np.ndarray, x: int, y: int) -> tuple[np.ndarray, np.ndarray]:
    """(picture (h w 3), alpha (h w) 0..1) of a sprite laid on a background with its top left at x, y."""
    shown, alpha = background.astype(np.float32), np.zeros(background.shape[:2], np.float32)
    h, w = sprite.shape[:2]
    alpha[y : y + h, x : x + w] = sprite[..., 3] / 255
    color = np.zeros_like(shown)
    color[y : y + h, x : x + w] = sprite[..., :3]
    return (shown * (1 - alpha[..., None]) + color * alpha[..., None]).round().astype(np.uint8), alpha


def landscape(w: int = 160, h: int = 100) -> np.ndarray:
    """Sky over textured grass, uint8 (h w 3)."""
    rng = np.random.default_rng(3)
    y = np.linspace(0, 1, h)[:, None, None]
    sky = np.array([120, 170, 235]) + 70 * y * np.ones((h, w, 1))
    grass = np.array([70, 140, 60]) + rng.normal(0, 14, (h, w, 1))
    return np.where(y < 0.55, sky, grass).clip(0, 255).astype(np.uint8)


def cast() -> dict:
    make = lambda name, picture, **more: Character.make(name, picture, library=LIBRARY, **more)
    return {
        "milo": make("milo", DOG, words="my dog", heading="left"),
        "log": make("log", LIBRARY.sprite("noto/1fab5"), kind="object"),
        "zoe": make("zoe", LIBRARY.sprite("noto/1f98a")),
        "park": make("park", landscape(), kind="scene", words="a park"),
        "monet": make("monet", landscape()[::-1].copy(), kind="style"),
    }


CAST = cast()
MINE = LIBRARY.with_characters(CAST)


def still_shot(*subjects, frames: int = 3, camera=(0, 0, 1, 0)) -> Shot:
    return Shot(Scene("plain", seed=4), subjects, np.tile(np.float32(camera), (frames, 1)))


def standing(frames: int = 3, x: float = 0.5) -> np.ndarray:
    return np.tile(np.float32([x, 0.85, 0.4, 1, 0.4, 0, 0, 1]), (frames, 1))


@pytest.mark.parametrize("background", ["white", "gradient", "paper"])
def test_a_thing_on_a_plain_background_is_cut_out_without_halo(background):
    h, w = 180, 170
    rng = np.random.default_rng(1)
    y = np.linspace(0, 1, h)[:, None, None]
    plain = {"white": np.full((h, w, 3), 255.0), "gradient": np.array([190, 210, 250.0]) - 70 * y * np.ones((h, w, 1)),
             "paper": np.array([240, 235, 225]) + rng.normal(0, 3, (h, w, 3))}[background].clip(0, 255)  # fmt: skip
    shown, alpha = on(plain, DOG, 30, 25)
    sprite, note = cut_out(shown)
    assert "plain" in note
    got = sprite[..., 3] / 255
    assert np.abs(got - alpha).mean() < 0.02
    # Laid on black it looks as the sprite itself does: no light rim.
    mine, there = sprite[..., :3] * got[..., None], on(np.zeros((h, w, 3)), DOG, 30, 25)[0]
    assert np.abs(mine - there).mean() < 5


def test_transparent_pictures_are_used_as_they_are_and_landscapes_whole():
    sprite, note = cut_out(DOG)
    assert sprite is DOG and "transparency" in note
    sprite, note = cut_out(landscape())
    assert "whole" in note and (sprite[..., 3] == 255).all()


def test_a_clip_of_something_passing_becomes_a_loop_of_poses():
    small = cv2.resize(DOG, (30, 34), interpolation=cv2.INTER_AREA)
    frames = np.stack([on(landscape(), small, 5 + 8 * k, 50)[0] for k in range(14)])
    made = Character.make("runner", Clip(frames, 8.0), words="a dog")
    assert made.moves and made.gait == "run" and "moves" in made.notes[0]
    reference = LIBRARY.with_characters({"runner": made})["user/runner"]
    assert reference.frames == 14 and reference.fps == 8.0
    shown = np.mean([(p[..., 3] > 128).sum() for p in made.pictures])
    assert abs(shown / (small[..., 3] > 128).sum() - 1) < 0.25


def test_a_saved_character_comes_back_the_same_and_twice_as_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    path = save(CAST["milo"])
    first = path.read_bytes()
    again = load("milo")
    assert again.sha256 == CAST["milo"].sha256 and again.reference() == CAST["milo"].reference()
    assert save(again).read_bytes() == first and names() == ["milo"]
    path.write_bytes(first[: len(first) // 2])
    with pytest.raises(ValueError, match=r"cannot be read: make @milo again\.$"):
        load("milo")
    with pytest.raises(ValueError, match="no character @zoe"):
        load("zoe")
    assert [p.name for p in (tmp_path / "characters").iterdir()] == ["milo.zip"]


@pytest.mark.parametrize("name", ["../milo", "a/b", "", ".milo", "mi lo", "x" * 49, "milo\0", "é"])
def test_names_that_are_no_names_are_refused(name, tmp_path):
    for call in (lambda: Character.make(name, DOG), lambda: load(name, tmp_path)):
        with pytest.raises(ValueError, match="name is 1 to 48 letters"):
            call()


def test_characters_are_made_from_files_and_what_is_no_picture_is_refused(tmp_path):
    Image.fromarray(DOG).save(tmp_path / "dog.png")
    assert Character.make("milo", tmp_path / "dog.png").sha256 == Character.make("milo", DOG).sha256
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    for wrong, message in ((tmp_path / "bad.png", "damaged"), (tmp_path / "none.png", "Cannot read"), (7, "made of paths"),
                           ([DOG] * 5, "one to 4"), (np.zeros((9, 9, 4), np.uint8), "Nothing can be seen")):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            Character.make("milo", wrong)


def test_the_overlay_knows_both_and_leaves_the_library_alone():
    assert MINE["user/milo"].gait == "run" and MINE["user/milo"].heading == 180 and MINE["noto/1f415"] == LIBRARY["noto/1f415"]
    assert MINE["user/milo"].style in STYLES  # a film takes its drawing style from its subjects
    assert MINE.find("@milo", "3d").id == "user/milo" and LIBRARY.find("@milo", "3d") is None
    assert MINE.styles["user"]["@zoe"].label == "zoe" and "user" not in LIBRARY.styles
    assert np.array_equal(MINE.sprite("user/milo", 3), CAST["milo"].pictures[0])
    assert picture(MINE, "user/milo").shape == (64, 64, 3)
    again = LIBRARY.with_characters(cast())
    assert again == MINE and hash(again) == hash(MINE) and again != LIBRARY.with_characters({"milo": CAST["zoe"]})


def test_prompts_call_characters_by_name():
    reading = read("@milo jumps over @log in the forest", MINE)
    milo, log = reading.subjects
    assert (milo.objects[0], milo.motion, milo.gait, milo.count, log.objects[0]) == ("@milo", "crosses", "hop", 1, "@log")
    assert reading.scene == "forest" and reading.english == "@milo jumps over @log in the forest" and not reading.unknown
    assert [(m.label, m.direction, m.count) for m in read("two @milo run to the left", MINE).subjects] == [("dog", "left", 2)]
    bird = read("@zoe the small bird crosses the sky", MINE).subjects[0]
    assert (bird.label, bird.gait) == ("small bird", "fly")
    reading = read("@milo saute dans @park dans le style de @monet", MINE)
    assert (reading.language, reading.backdrop, reading.look, reading.scene) == ("fr", "park", "monet", "park")
    assert [m.objects[0] for m in read("three foxes chase @milo", MINE).subjects] == ["clipart-fox", "@milo"]
    assert sum(m.count for m in read("three foxes chase @milo", MINE).subjects) == 3
    assert read("@milo 在森林里跑", MINE).subjects[0].objects == ("@milo",)


def test_unknown_names_and_too_many_are_one_sentence():
    with pytest.raises(ValueError, match=r"^Nobody knows @bob: the characters of this film are @milo, @log"):
        read("@bob runs", MINE)
    with pytest.raises(ValueError, match="make a character of that name first"):
        read("@bob runs", LIBRARY)
    with pytest.raises(ValueError, match="room for 4 references, not 5"):
        read("@milo, @log and @zoe in @park like @monet", MINE)
    four = LIBRARY.with_characters({**CAST, "cat": CAST["zoe"]})
    with pytest.raises(ValueError, match="room for 3 acting references, not 4"):
        read("@milo, @log, @zoe and @cat meet", four)
    assert read("write to milo@example.org", MINE).subjects == ()


def test_a_character_is_drawn_in_a_film_and_turns_the_way_it_goes():
    shot = lambda side: still_shot(Subject("dog", "user/milo", "crosses", "run", standing() * np.float32([1, 1, 1, side, 1, 1, 1, 1])))
    right, left = (render(shot(side), MINE, (96, 64), Life.none())[0].astype(int) for side in (1, -1))
    empty = render(still_shot(), MINE, (96, 64), Life.none())[0]
    assert (np.abs(right - empty).max(-1) > 30).sum() > 150 and np.abs(right - left).mean() > 0.5
    assert np.array_equal(render(shot(1), LIBRARY.with_characters(cast()), (96, 64), Life.none())[0], right)


def test_with_a_backdrop_the_scenery_is_gone_and_the_picture_is_kept():
    place, shot = landscape(96, 64), still_shot(Subject("dog", "user/milo", track=standing()))
    frames = render(shot, MINE, (96, 64), Life.none(), backdrop=place)
    assert np.array_equal(frames[0][:, :20], place[:, :20]) and not np.array_equal(frames[0][:, 40:60], place[:, 40:60])
    moving = np.stack([np.roll(place, k, 1) for k in range(6)])
    both = render_plan(Plan((shot, shot)), MINE, (96, 64), Life.none(), backdrop=moving)
    assert np.array_equal(both[5][:, :20], moving[5][:, :20])
    with pytest.raises(ValueError, match="one a frame"):
        render(shot, MINE, (96, 64), Life.none(), backdrop=moving)


def test_without_a_backdrop_every_byte_is_as_it_was():
    shot = still_shot(Subject("dog", "user/milo", track=standing()), camera=(0.2, 0.05, 1.2, 0.02))
    canvas, view = np.zeros((64, 96, 3), np.uint8), stage.View(96, 64, *map(float, shot.camera[1]))
    things = [(layer.depth, layer) for layer in paint(shot.scene, (96, 64), shot.style)] + [(0.4, shot.subjects[0])]
    for _, thing in sorted(things, key=lambda entry: -entry[0]):
        if isinstance(thing, Subject):
            stage.draw_subject(canvas, thing, 1, view, MINE, Life.none(), None, 0.125)
        else:
            stage.draw_layer(canvas, thing, view, 0.125, False)
    assert np.array_equal(render(shot, MINE, (96, 64), Life.none())[1], canvas)


@settings(max_examples=25, deadline=None)
@given(pan=st.floats(-1.2, 1.2), tilt=st.floats(-0.5, 0.5), zoom=st.floats(0.7, 2), roll=st.floats(-0.3, 0.3),
       w=st.integers(20, 300), h=st.integers(20, 300))  # fmt: skip
def test_no_camera_shows_a_black_border(pan, tilt, zoom, roll, w, h):
    frames = render(still_shot(camera=(pan, tilt, zoom, roll)), MINE, (64, 48), Life.none(), backdrop=np.full((h, w, 3), 200, np.uint8))
    assert frames.min() >= 198


def test_a_scene_and_a_style_give_place_and_colours():
    assert backdrop(CAST["park"], 5, 8).shape == (100, 160, 3)
    loop = Character.make("sea", Clip(np.stack([landscape() + np.uint8(k) for k in range(4)]), 8.0), kind="scene")
    assert backdrop(loop, 9, 8.0).shape[0] == 9
    red = np.zeros((40, 40, 3), np.uint8) + np.uint8([200, 40, 30])
    film = np.stack([landscape()] * 3)
    warm = recolor(film, red)
    assert warm.shape == film.shape and warm[..., 0].mean() - warm[..., 2].mean() > film[..., 0].mean() - film[..., 2].mean() + 20
    assert np.array_equal(warm[0], warm[2]) and np.array_equal(recolor(film[0], red), warm[0])


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_picture_comes_alive_from_where_it_stands(motion):
    small = cv2.resize(DOG, (36, 40), interpolation=cv2.INTER_AREA)
    shown, alpha = on(landscape(), small, 50, 42)
    sketch = animate_picture(shown, 9, 8.0, motion=motion, mask=alpha > 0.5)
    assert np.array_equal(sketch.frames[0], shown) and sketch.frames.shape == (9, 100, 160, 3)
    steps = np.abs(np.diff(sketch.frames.astype(int), axis=0)).mean((1, 2, 3))
    assert steps.min() > 0.01 and steps[0] < 3 * np.median(steps) + 1
    assert sketch.strength[0] == pytest.approx(0.8) and sketch.strength[-1] == pytest.approx(0.6)


def test_what_was_behind_a_thing_does_not_show_where_it_stood():
    small, place = cv2.resize(DOG, (36, 40), interpolation=cv2.INTER_AREA), landscape()
    shown, alpha = on(place, small, 50, 42)
    sketch = animate_picture(shown, 25, 8.0, motion="crosses", direction="right", mask=alpha > 0.5)
    was = np.abs(shown.astype(int) - place)[45:80, 50:62].mean()
    left = np.abs(sketch.frames[-1].astype(int) - place)[45:80, 50:62].mean()
    assert left < 0.35 * was


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_landscape_moves_to_its_last_frame_under_every_camera(camera):
    place = landscape(64, 40)
    sketch = animate_picture(place, 17, 8.0, camera=camera, seed=2)
    assert sketch.mask is None and np.array_equal(sketch.frames[0], place)
    assert np.abs(np.diff(sketch.frames.astype(int), axis=0)).mean((1, 2, 3)).min() > 0.1
    assert sketch.frames.min() > 5  # no black border
    if camera == "orbit":
        assert np.array_equal(sketch.frames, animate_picture(place, 17, 8.0, camera=camera, seed=2).frames)


def test_a_brush_moves_its_region_and_nothing_far_from_it():
    place = landscape()
    mask = np.zeros((100, 160), bool)
    mask[60:75, 20:40] = True
    place[mask] = (220, 30, 30)
    sketch = brush(place, mask, "right", 0.2, num_frames=17, fps=8.0)
    red = lambda f: np.flatnonzero(((f[..., 0] > 150) & (f[..., 1] < 80)).any(0))
    assert np.array_equal(sketch.frames[0], place)
    assert red(sketch.frames[-1]).mean() - red(place).mean() == pytest.approx(0.2 * 160 * 1.75, abs=2)
    for frame, known in zip(sketch.frames, sketch.known):
        assert known.mean() > 0.7 and np.array_equal(frame[known], place[known])
    several = brush(place, [Stroke(mask, 90, 0.1), Stroke(mask[::-1], (-0.05, 0.02))], num_frames=5)
    assert several.frames.shape == (5, 100, 160, 3)
    halved = brush(place, cv2.resize(mask.astype(np.uint8) * 255, (80, 50)), "up", num_frames=3)
    assert halved.frames.shape == (3, 100, 160, 3)


def test_masks_and_options_that_do_not_fit_are_one_sentence():
    for wrong, message in (
        (lambda: brush(landscape(), np.ones((100, 90), bool), "up"), "same shape"),
        (lambda: brush(landscape(), np.zeros((100, 160), bool), "up"), "empty"),
        (lambda: brush(landscape(), np.ones((100, 160), bool), "sideways"), "A brush goes"),
        (lambda: animate_picture(landscape(), 5, 8.0, motion="sings"), "A motion is one of"),
        (lambda: animate_picture(landscape(), 5, 8.0, camera="crane"), "A camera is one of"),
        (lambda: animate_picture(landscape(), 5, 8.0, amount=3), "0 to 2"),
        (lambda: animate_picture(landscape()[..., 0], 5, 8.0), "at least 16 x 16"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong()
