"""The stage: whatever the plan says is what can be seen, in any shape of picture, twice the same."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.director.plan import GROUNDS, SCENES, STYLES, TIMES, WEATHERS, Plan, Scene, Shot, Subject
from vitascope.director.scenery import STAGES, depth_at, ground_at, paint, parallax
from vitascope.director.stage import Life, gait_phase, render, render_plan, upright_tilt
from vitascope.library import Library

SIZE = (128, 80)
PLAIN = Scene("plain")
LIBRARY = Library()
STYLE = next(style for style in STYLES if style in LIBRARY.styles)
# A picture that hides well what is behind it, and any other one.
BIG, SMALL = (next(r.id for r in LIBRARY.styles[STYLE].values() if r.label == label) for label in ("house", "fox"))


def track(x=0.5, y=0.8, scale=0.4, facing=1.0, depth=0.4, phase=0.0, tilt=0.0, presence=1.0, frames=5) -> np.ndarray:
    columns = (x, y, scale, facing, depth, phase, tilt, presence)
    return np.stack([np.broadcast_to(np.asarray(c, np.float32), frames) for c in columns], -1)


def shot(*subjects, scene=PLAIN, pan=0.0, frames=5, zoom=1.0) -> Shot:
    camera = np.zeros((frames, 4), np.float32)
    camera[:, 0], camera[:, 2] = pan, zoom
    return Shot(scene, subjects, camera, STYLE)


def columns_changed(a, b) -> np.ndarray:
    """Where, across the picture, two frames (h w c) differ clearly."""
    return np.flatnonzero((np.abs(a.astype(int) - b).max(-1) > 24).any(0))


@pytest.mark.parametrize("kind", SCENES)
def test_every_scene_is_drawn_under_every_light(kind):
    for k, time in enumerate(TIMES):
        for ground in GROUNDS:
            frames = render(
                shot(scene=Scene(kind, time, WEATHERS[k], ground, 3), frames=1), LIBRARY, (64, 48), Life.full()
            )
            assert frames.shape == (1, 48, 64, 3) and frames.dtype == np.uint8
            assert 5 < frames.mean() < 253


@settings(max_examples=12, deadline=None)
@given(w=st.integers(3, 32), h=st.integers(3, 32), kind=st.sampled_from(SCENES), seed=st.integers(0, 2**40))
def test_any_legal_size_works(w, h, kind, seed):
    size = (16 * w, 16 * h)
    frames = render(
        shot(Subject("it", SMALL, track=track(frames=2)), scene=Scene(kind, seed=seed), frames=2),
        LIBRARY,
        size,
        Life.full(),
    )
    assert frames.shape == (2, size[1], size[0], 3)


@pytest.mark.parametrize("size", [(64, 112), (80, 128), (96, 96), (144, 64)])
def test_a_wide_pan_leaves_no_hole(size):
    for kind in SCENES:
        for pan in (-1.5, 1.5):
            there = render(shot(scene=Scene(kind, seed=5), pan=pan, frames=1), LIBRARY, size, Life.none())[0]
            home = render(shot(scene=Scene(kind, seed=5), frames=1), LIBRARY, size, Life.none())[0]
            assert np.abs(there[-4:].astype(float).mean() - home[-4:].mean()) < 60, (kind, pan)


def test_the_same_plan_gives_the_same_bytes_and_shots_follow_each_other():
    one = shot(Subject("it", SMALL, gait="walk", track=track(np.linspace(0, 1, 5), phase=np.arange(5) * 0.2)),
               scene=Scene("street", "night", "rain", seed=9))  # fmt: skip
    two = shot(scene=Scene("beach", "sunset"), frames=3)
    plan = Plan((one, two))
    first, again = (render_plan(plan, LIBRARY, SIZE, Life.full()) for _ in range(2))
    assert first.shape == (8, 80, 128, 3) and np.array_equal(first, again)
    assert np.array_equal(render_plan(Plan.from_json(plan.to_json()), LIBRARY, SIZE, Life.full()), first)


def test_a_subject_that_is_absent_is_not_drawn():
    empty = render(shot(), LIBRARY, SIZE, Life.full())
    assert np.array_equal(
        render(shot(Subject("it", SMALL, track=track(presence=0))), LIBRARY, SIZE, Life.full()), empty
    )
    assert np.array_equal(render(shot(Subject("it", SMALL, track=track(x=3.0))), LIBRARY, SIZE, Life.full()), empty)
    there = render(shot(Subject("it", SMALL, track=track(presence=0.5))), LIBRARY, SIZE, Life.full())
    assert not np.array_equal(there, empty)


@settings(max_examples=10, deadline=None)
@given(x=st.floats(0.2, 0.8), scale=st.floats(0.2, 0.5))
def test_a_subject_stands_where_its_track_says(x, scale):
    empty = render(shot(frames=1), LIBRARY, SIZE, Life.none())[0]
    drawn = render(
        shot(Subject("it", SMALL, track=track(x=x, scale=scale, frames=1)), frames=1), LIBRARY, SIZE, Life.none()
    )[0]
    across = columns_changed(drawn, empty)
    assert abs((across[0] + across[-1]) / 2 - x * SIZE[0]) < 4
    down = columns_changed(drawn.swapaxes(0, 1), empty.swapaxes(0, 1))
    assert abs(down[-1] + 1 - 0.8 * SIZE[1]) < 4
    assert abs(down[-1] - down[0] - scale * SIZE[1]) < 5


def test_what_is_nearer_hides_what_is_farther():
    behind, front = (
        Subject("it", SMALL, track=track(scale=0.2, y=0.75, depth=0.6)),
        Subject("house", BIG, track=track(scale=0.6)),
    )
    both, alone = (render(shot(*s), LIBRARY, SIZE, Life.none()) for s in ((behind, front), (front,)))
    assert np.abs(both.astype(int) - alone).max() < 40  # all but gone
    nearer = dataclasses.replace(behind, track=track(scale=0.2, y=0.75, depth=0.2))
    assert len(columns_changed(render(shot(front, nearer), LIBRARY, SIZE, Life.none())[0], alone[0])) > 5


def test_a_pan_to_the_right_moves_the_picture_to_the_left():
    it = Subject("it", SMALL, track=track())
    seen = []
    for pan in (0.0, 0.2):
        empty = render(shot(pan=pan), LIBRARY, SIZE, Life.none())[0]
        across = columns_changed(render(shot(it, pan=pan), LIBRARY, SIZE, Life.none())[0], empty)
        seen.append((across[0] + across[-1]) / 2)
    assert seen[1] - seen[0] == pytest.approx(-0.2 * parallax(0.4) * SIZE[0], abs=2.5)


def test_turning_round_mirrors_a_picture_that_has_sides():
    sided = next(
        r.id for r in LIBRARY.styles[STYLE].values() if r.heading in (0, 180) and r.kind == "animal" or r.heading == 180
    )
    left, right = (
        render(shot(Subject("it", sided, track=track(facing=f, y=0.7)), frames=5), LIBRARY, SIZE, Life.none())[0]
        for f in (-1, 1)
    )
    empty = render(shot(), LIBRARY, SIZE, Life.none())[0].astype(int)
    assert not np.array_equal(left, right)
    drawn = np.abs(left.astype(int) - empty).sum(-1) > 60, (np.abs(right.astype(int) - empty).sum(-1) > 60)[:, ::-1]
    assert (drawn[0] == drawn[1]).mean() > 0.97


@pytest.mark.parametrize("gait", ["walk", "run", "fly", "swim", "roll", "hop", "hover"])
def test_a_gait_moves_the_body_only_when_there_is_life(gait):
    it = Subject("it", SMALL, gait=gait, track=track(phase=np.arange(5) * 0.23))
    still, alive = (render(shot(it), LIBRARY, SIZE, dataclasses.replace(Life.none(), gait=g)) for g in (False, True))
    assert np.array_equal(still[0], still[3])
    assert not np.array_equal(alive[1], alive[3])


def test_beating_wings_are_not_cut_off():
    it = Subject("it", BIG, gait="fly", track=track(y=0.7, phase=0.25))
    empty = render(shot(), LIBRARY, SIZE, Life.none())[0]
    down = columns_changed(
        render(shot(it), LIBRARY, SIZE, dataclasses.replace(Life.none(), gait=True))[0].swapaxes(0, 1),
        empty.swapaxes(0, 1),
    )
    still = columns_changed(render(shot(it), LIBRARY, SIZE, Life.none())[0].swapaxes(0, 1), empty.swapaxes(0, 1))
    assert down[-1] > still[-1]  # the tips go lower than the picture's own edge


@pytest.mark.parametrize("weather", [w for w in WEATHERS if w != "clear"])
def test_weather_moves_only_when_there_is_life(weather):
    scene = Scene("meadow", weather=weather, seed=2)
    alive, still = (render(shot(scene=scene), LIBRARY, SIZE, life) for life in (Life.full(), Life.none()))
    assert np.array_equal(still[0], still[4]) and not np.array_equal(alive[0], alive[4])


def test_feet_stay_on_the_ground_at_every_depth():
    for kind, stage in STAGES.items():
        if stage.horizon < 1:
            for y in np.linspace(stage.horizon + 0.03, 0.98, 7):
                assert ground_at(kind, depth_at(kind, y)) == pytest.approx(y, abs=0.02)


def test_layers_come_farthest_first_and_the_first_covers_all():
    for kind in SCENES:
        layers = paint(Scene(kind), SIZE)
        assert layers[0].opaque and layers[0].picture[..., 3].min() == 255
        assert all(a.depth >= b.depth for a, b in zip(layers, layers[1:]))
        assert all((layer.picture[..., :3] <= layer.picture[..., 3:].astype(int) + 1).all() for layer in layers)


def test_an_unknown_scene_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="no scene 'moonbase'"):
        paint(Scene("moonbase"), SIZE)
    with pytest.raises(ValueError, match="noon"):
        paint(Scene("meadow", time="noon"), SIZE)


def test_only_life_casts_a_shadow_and_it_fades_as_the_body_rises():
    scene = Scene("meadow", seed=4)
    darkened = []
    for y in (0.8, 0.5):
        it = Subject("it", SMALL, track=track(y=y, scale=0.2))
        bare, cast = (
            render(shot(it, scene=scene), LIBRARY, SIZE, dataclasses.replace(Life.none(), shadows=on))[0].astype(int)
            for on in (False, True)
        )
        assert (cast <= bare).all()
        darkened.append((bare - cast).sum())
    assert darkened[0] > darkened[1] > 0


def test_night_is_darker_and_sunset_warmer_than_day():
    it = Subject("it", SMALL, track=track(scale=0.8, y=0.9, frames=1))
    day, sunset, night = (
        render(shot(it, scene=Scene("plain", time), frames=1), LIBRARY, SIZE, Life.full())[0, 20:60, 50:78].mean((0, 1))
        for time in ("day", "sunset", "night")
    )
    assert night.sum() < 0.8 * day.sum()
    assert sunset[0] / sunset[2] > day[0] / day[2]


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["walk", "run", "roll", "hop", "fly", "swim", "hover"]), st.floats(0.05, 0.6), st.floats(0.5, 2.4)
)
def test_steps_go_with_the_way_travelled_and_wings_beat_in_place(gait, way, aspect):
    across, standing = track(np.linspace(0, way, 9), frames=9), track(frames=9)
    moving, resting = (gait_phase(t, gait, aspect, 8.0) for t in (across, standing))
    assert moving.shape == (9,) and (np.diff(moving) > 0).all() and np.diff(moving).max() <= 0.34 + 1e-6
    assert (resting[-1] > 0) == (gait in ("fly", "swim", "hover"))
    farther = track(np.linspace(0, 2 * way, 9), frames=9)
    assert gait_phase(farther, gait, aspect, 8.0)[-1] >= moving[-1]


def test_a_slanted_picture_is_turned_to_where_it_goes():
    rocket = next(r for r in LIBRARY.styles[STYLE].values() if r.label == "rocket")
    assert rocket.heading == 45
    assert upright_tilt(rocket, 45) == 0
    assert upright_tilt(rocket, 90) == pytest.approx(-np.pi / 4)  # anticlockwise, to point straight up
    assert upright_tilt(rocket, 0) == pytest.approx(np.pi / 4)
    sideways = next(r for r in LIBRARY.styles[STYLE].values() if r.heading == 180)
    assert upright_tilt(sideways, 90) == 0
    assert upright_tilt(dataclasses.replace(rocket, heading=None), 90) == 0
    up = shot(
        Subject("it", rocket.id, track=track(y=0.9, scale=0.7, tilt=upright_tilt(rocket, 90), frames=1)), frames=1
    )
    drawn, empty = (render(s, LIBRARY, SIZE, Life.none())[0] for s in (up, shot(frames=1)))
    across, down = columns_changed(drawn, empty), columns_changed(drawn.swapaxes(0, 1), empty.swapaxes(0, 1))
    assert np.ptp(down) > 1.2 * np.ptp(across)  # it stands on its tail


def test_what_cannot_be_drawn_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="at least 16 x 16"):
        render(shot(), LIBRARY, (8, 80), Life.none())
    with pytest.raises(ValueError, match="'it' has a track of 3 frames in a shot of 5"):
        render(shot(Subject("it", SMALL, track=track(frames=3))), LIBRARY, SIZE, Life.none())
    with pytest.raises(KeyError, match="no picture"):
        render(shot(Subject("it", "3d/nothing", track=track())), LIBRARY, SIZE, Life.none())
