"""Plans are what their facts say, stay clear of what is held out, and are the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.corpus.casting import held_out
from vitascope.corpus.scenes import corrupt, photo_clip, sample_plan
from vitascope.director.plan import (
    CAMERAS,
    DEPTH,
    FACING,
    MOTIONS,
    PAN_X,
    PAN_Y,
    PHASE,
    PRESENCE,
    SCALE,
    ZOOM,
    Plan,
    X,
    Y,
)
from vitascope.library import Library

LIBRARY = Library()
seeds = st.integers(0, 2**32 - 1)
lengths = st.sampled_from([1, 9, 17, 33, 97, 481])


def subjects_of(plan, facts):
    """(row of facts, subject) of the first shot, in order."""
    rows = [row for row in facts["subjects"] for _ in range(row["count"])]
    assert len(rows) == len(plan.shots[0].subjects)
    return list(zip(rows, plan.shots[0].subjects))


def all_facts(facts):
    return [facts] + ([facts["cut"]] if facts["cut"] else [])


@settings(max_examples=150, deadline=None)
@given(seeds, lengths, st.sampled_from(["train", "held_out", "all"]))
def test_plans_are_whole_and_their_numbers_legal(seed, n, split):
    plan, facts = sample_plan(np.random.default_rng(seed), LIBRARY, n, 8.0, split=split)
    assert plan.num_frames == n and len(plan.shots) == 1 + (facts["cut"] is not None)
    for shot in plan.shots:
        assert shot.camera.shape == (shot.num_frames, 4) and np.isfinite(shot.camera).all()
        assert 0.9 < shot.camera[:, ZOOM].min() and shot.camera[:, ZOOM].max() < 2
        assert abs(shot.camera[:, PAN_X]).max() <= 0.6 and abs(shot.camera[:, PAN_Y]).max() <= 0.35
        for subject in shot.subjects:
            track = subject.track
            assert track.shape == (shot.num_frames, 8) and track.dtype == np.float32 and np.isfinite(track).all()
            assert (track[:, SCALE] > 0).all() and (abs(track[:, FACING]) <= 1.001).all()
            assert ((track[:, DEPTH] >= 0) & (track[:, DEPTH] <= 1)).all()
            assert ((track[:, PRESENCE] >= 0) & (track[:, PRESENCE] <= 1)).all()
            assert (np.diff(track[:, PHASE]) >= 0).all()
    assert Plan.from_json(plan.to_json()).num_frames == n


@settings(max_examples=120, deadline=None)
@given(seeds, st.sampled_from([17, 33, 97]), st.sampled_from(MOTIONS))
def test_direction_is_the_way_the_track_goes(seed, n, motion):
    plan, facts = sample_plan(np.random.default_rng(seed), LIBRARY, n, 8.0, split="all", motion=motion)
    for row, subject in subjects_of(plan, facts):
        track, way = subject.track, row["direction"]
        if way in ("left", "right"):
            steps = np.diff(track[:, X])
            first = steps[np.argmax(abs(steps) > 0.002)]
            assert first == 0 or (first > 0) == (way == "right")
            if row["then"] is None:
                assert (track[-1, X] > track[0, X]) == (way == "right")
        elif way in ("up", "down"):
            assert (track[-1, Y] < track[0, Y]) == (way == "up")
        elif way in ("towards", "away"):
            assert (track[-1, SCALE] > track[0, SCALE]) == (way == "towards")
    assert facts["subjects"][0]["motion"] == motion


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_training_never_sees_what_is_held_out(seed):
    held = held_out()
    plan, facts = sample_plan(np.random.default_rng(seed), LIBRARY, 17, 8.0)
    for shot in plan.shots:
        assert shot.scene.kind != held["scene"]
        for subject in shot.subjects:
            reference = LIBRARY[subject.reference]
            assert not reference.held_out and reference.object not in held["objects"]
            assert [subject.motion, reference.kind] not in held["grid"]


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_held_out_films_show_something_held_out(seed):
    held = held_out()
    plan, _ = sample_plan(np.random.default_rng(seed), LIBRARY, 17, 8.0, split="held_out")
    for shot in plan.shots:
        drawn = [LIBRARY[s.reference] for s in shot.subjects]
        assert (
            shot.scene.kind == held["scene"]
            or any(r.held_out for r in drawn)
            or any([s.motion, r.kind] in held["grid"] for s, r in zip(shot.subjects, drawn))
        )


@settings(max_examples=20, deadline=None)
@given(seeds, lengths)
def test_the_same_seed_gives_the_same_plan(seed, n):
    one, two = (sample_plan(np.random.default_rng(seed), LIBRARY, n, 8.0) for _ in range(2))
    assert one[0].to_json() == two[0].to_json() and one[1] == two[1]


@pytest.mark.parametrize("camera", CAMERAS)
def test_cameras_do_what_they_are_called(camera):
    for seed in range(12):
        plan, facts = sample_plan(np.random.default_rng(seed), LIBRARY, 33, 8.0, camera=camera, motion="crosses")
        track = plan.shots[0].camera
        dx, dy = track[-1, PAN_X] - track[0, PAN_X], track[-1, PAN_Y] - track[0, PAN_Y]
        assert facts["camera"] == plan.shots[0].camera_name == camera
        if camera in ("pan left", "pan right"):
            assert (dx > 0) == (camera == "pan right") and abs(dx) > 0.04
        elif camera in ("tilt up", "tilt down"):
            assert (dy > 0) == (camera == "tilt down") and abs(dy) > 0.04
        elif camera in ("zoom in", "zoom out"):
            assert (track[-1, ZOOM] > track[0, ZOOM]) == (camera == "zoom in")
        elif camera == "still":
            assert (track == track[0]).all()


def test_what_hides_goes_out_of_sight_and_comes_out_again():
    for seed in range(40):
        plan, facts = sample_plan(np.random.default_rng(seed), LIBRARY, 33, 8.0, motion="hides", camera="still")
        who, cover = plan.shots[0].subjects
        assert facts["subjects"][0]["behind"] == LIBRARY[cover.reference].label
        assert (who.track[:, DEPTH] > cover.track[:, DEPTH]).all()
        apart = abs(who.track[:, X] - cover.track[:, X])
        half = cover.track[0, SCALE] * LIBRARY[cover.reference].aspect / 1.6 / 2
        assert apart.min() < half / 2 and apart[0] > half * 0.9 and apart[-1] > half * 0.9


def test_facts_can_be_pinned():
    pinned = dict(
        motion="crosses",
        scene="city",
        time="night",
        weather="rain",
        camera="pan right",
        style="flat",
        direction="right",
    )
    for seed in range(20):
        plan, facts = sample_plan(
            np.random.default_rng(seed), LIBRARY, 17, 8.0, object="1f98a", subjects=1, count=2, **pinned
        )
        assert {k: facts[k] for k in ("scene", "time", "weather", "camera", "style")} == {
            k: pinned[k] for k in ("scene", "time", "weather", "camera", "style")
        }
        row = facts["subjects"][0]
        assert (row["object"], row["motion"], row["direction"], row["count"]) == ("1f98a", "crosses", "right", 2)
        assert len(plan.shots[0].subjects) == 2


@pytest.mark.parametrize(
    "fixed",
    [dict(motion="dances"), dict(scene="moon"), dict(camera="crane"), dict(colour="red"), dict(object="nothing")],
)
def test_unknown_facts_are_refused_in_one_sentence(fixed):
    with pytest.raises(ValueError, match=r"\.$"):
        sample_plan(np.random.default_rng(0), LIBRARY, 17, 8.0, **fixed)


def test_films_are_varied():
    facts = [sample_plan(np.random.default_rng(i), LIBRARY, 33, 8.0)[1] for i in range(1500)]
    assert {f["camera"] for f in facts} == set(CAMERAS)
    assert {row["motion"] for f in facts for row in f["subjects"]} == set(MOTIONS)
    assert 0.02 < np.mean([f["cut"] is not None for f in facts]) < 0.08
    assert 0.02 < np.mean([not f["subjects"] for f in facts]) < 0.08
    assert {row["count"] for f in facts for row in f["subjects"]} == {1, 2, 3}


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_corrupted_plans_are_plans_of_the_same_film(seed):
    rng = np.random.default_rng(seed)
    plan, _ = sample_plan(rng, LIBRARY, 17, 8.0)
    rough, post = corrupt(rng, plan)
    assert rough.num_frames == plan.num_frames
    for shot, other in zip(plan.shots, rough.shots):
        assert [s.name for s in shot.subjects] == [s.name for s in other.subjects]
        for a, b in zip(shot.subjects, other.subjects):
            assert b.track.shape == a.track.shape and b.track.dtype == np.float32
            assert LIBRARY[b.reference].object == LIBRARY[a.reference].object
    frames = rng.integers(0, 256, (2, 16, 24, 3), dtype=np.uint8)
    assert post.apply(frames).shape == frames.shape and post.apply(frames).dtype == np.uint8


def test_nearly_half_of_the_sketches_are_as_good_as_they_get():
    rng = np.random.default_rng(3)
    plan, _ = sample_plan(rng, LIBRARY, 17, 8.0, subjects=1)
    intact = [rough is plan and post.identity for rough, post in (corrupt(rng, plan) for _ in range(1000))]
    assert 0.40 < np.mean(intact) < 0.55


def test_photographs_move_as_their_facts_say():
    image = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    ramp = np.tile(np.linspace(0, 255, 160).astype(np.uint8)[None, :, None], (90, 1, 3))
    for seed in range(10):
        frames, facts = photo_clip(np.random.default_rng(seed), image, 17, (128, 80))
        assert frames.shape == (17, 80, 128, 3) and frames.dtype == np.uint8 and facts["subjects"] == []
        right, _ = photo_clip(np.random.default_rng(seed), ramp, 17, (64, 48), camera="pan right")
        assert right[-1].mean() > right[0].mean() + 5  # the bright side comes into view
    with pytest.raises(ValueError, match="photograph"):
        photo_clip(np.random.default_rng(0), image[..., 0], 17, (128, 80))
