"""From shots to the network's numbers and back; what a prompt says is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.corpus.scenes import sample_plan
from vitascope.director import plan as p
from vitascope.director import planner
from vitascope.library import Library

library = Library()


@given(st.integers(0, 10_000), st.sampled_from((17, 33, 65)))
@settings(max_examples=25, deadline=None)
def test_a_shot_survives_the_network_s_numbers(seed, frames):
    plan, _ = sample_plan(np.random.default_rng(seed), library, frames, 8.0, split="all", cut=False)
    shot = plan.shots[0]
    choices, motions, tracks, camera = planner.to_targets(shot)
    assert [v[i] for v, i in zip(planner.CHOICES, choices)] == [
        shot.scene.kind, shot.scene.time, shot.scene.weather, shot.scene.ground, shot.camera_name, shot.style]  # fmt: skip
    back, path = planner.from_targets(tracks, camera, frames)
    for i, subject in enumerate(shot.subjects[: planner.SLOTS]):
        assert p.MOTIONS[motions[i]] == subject.motion
        assert np.abs(back[i, :, :2] - subject.track[:, :2]).mean() < 0.03
    assert path.shape == (frames, 4)


@given(st.integers(0, 1000), st.sampled_from(("left", "right")))
def test_a_way_that_is_said_is_gone(seed, way):
    rng = np.random.default_rng(seed)
    track = rng.normal(0.5, 0.2, (9, 8)).astype(np.float32)
    kept = planner.keep_way(track, way)
    gone = kept[-1, p.X] - kept[0, p.X]
    assert (gone > 0) == (way == "right") and abs(gone) >= planner.LEAST_WAY - 1e-4
    assert kept[:, p.FACING].mean() * gone >= 0
    assert planner.keep_way(track, None) is track


@pytest.mark.parametrize(("name", "column", "sign"), (("pan right", 0, 1), ("pan left", 0, -1), ("tilt down", 1, 1), ("tilt up", 1, -1)))
def test_a_camera_that_is_said_moves(name, column, sign):
    still = np.tile(np.float32([0, 0, 1, 0]), (9, 1))
    path = planner.keep_camera(still, name)
    assert (path[-1, column] - path[0, column]) * sign > 0.1
    assert planner.keep_camera(still, "zoom in")[-1, 2] > 1.25 > planner.keep_camera(still, "zoom out")[-1, 2]


@given(st.integers(1, 60), st.integers(2, 40))
def test_splines_pass_through_their_ends(frames, keys):
    values = np.random.default_rng(keys).normal(size=(keys, 3)).astype(np.float32)
    out = planner.smooth(values, frames)
    assert out.shape == (frames, 3) and np.allclose(out[0], values[0], atol=1e-5)
    if frames > 1:
        assert np.allclose(out[-1], values[-1], atol=1e-5)


@pytest.fixture(scope="module")
def director():
    return planner.Director(threads=1)


def direct(director, seed, said):
    subject = p.Subject("fox", library.find("1f98a", "noto").id, gait="run")
    rng = np.random.default_rng(0)
    return director.direct(rng.normal(size=(1, 9, 384)).astype(np.float32), np.ones((1, 9), bool), [subject],
                           rng.normal(size=(1, 384)).astype(np.float32), library, aspect=1.6, num_frames=17, fps=8.0, seed=seed,
                           said=said)  # fmt: skip


def test_the_same_seed_gives_the_same_plan_and_another_another(director):
    a, b, c = (direct(director, seed, {}) for seed in (1, 1, 2))
    assert np.array_equal(a.subjects[0].track, b.subjects[0].track) and np.array_equal(a.camera, b.camera)
    assert not np.array_equal(a.subjects[0].track, c.subjects[0].track)


def test_what_is_said_is_in_the_plan(director):
    said = dict(scene="beach", time="night", weather="snow", ground="snowy", camera="zoom in", style="noto", motions=["hides"], ways=["left"])
    shot = direct(director, 3, said)
    assert (shot.scene.kind, shot.scene.time, shot.scene.weather, shot.scene.ground) == ("beach", "night", "snow", "snowy")
    assert shot.camera_name == "zoom in" and shot.style == "noto" and shot.subjects[0].motion == "hides"
    assert shot.subjects[0].track[-1, p.X] < shot.subjects[0].track[0, p.X]
    assert np.isfinite(shot.subjects[0].track).all() and shot.num_frames == 17


@given(st.integers(0, 500), st.sampled_from(p.MOTIONS))
def test_calming_takes_tremble_out_and_leaves_the_path(seed, motion):
    rng = np.random.default_rng(seed)
    path = np.zeros((33, 8), np.float32)
    path[:, p.X], path[:, p.Y], path[:, p.SCALE] = np.linspace(0.2, 0.8, 33), 0.8, 0.4
    if motion == "stands":
        path[:, p.X] = 0.5
    noisy = path + rng.normal(0, 0.02, path.shape).astype(np.float32)
    calm = planner.calm(noisy, motion)
    if motion in planner.BENDS:
        assert np.abs(calm - path)[:, :3].mean() < np.abs(noisy - path)[:, :3].mean()
    else:
        assert calm is noisy


def test_two_of_a_kind_go_side_by_side_the_same_way():
    subjects = [p.Subject("penguin", library.find("1f427", "noto").id)] * 2
    tracks = np.zeros((3, 9, 8), np.float32)
    tracks[..., p.X], tracks[..., p.SCALE] = np.linspace(0.2, 0.8, 9), 0.4
    tracks[1, :, p.X] = tracks[1, ::-1, p.X]
    out = planner.together(tracks, [1, 1, 0], subjects, library, 1.6)
    gap = out[0, :, p.X] - out[1, :, p.X]
    assert (gap > 0.4 * library[subjects[0].reference].aspect / 1.6).all() and np.ptp(gap) < 1e-6


def test_who_follows_stays_behind():
    subjects = [p.Subject("dog", library.find("1f415", "noto").id), p.Subject("cat", library.find("1f408", "noto").id)]
    tracks = np.zeros((3, 9, 8), np.float32)
    tracks[..., p.X], tracks[..., p.SCALE] = np.linspace(0.8, 0.2, 9), 0.3
    out = planner.together(tracks, [p.MOTIONS.index("follows"), p.MOTIONS.index("crosses"), 0], subjects, library, 1.6)
    assert (out[0, :, p.X] > out[1, :, p.X] + 0.1).all()


def test_a_followed_subject_stays_in_the_middle():
    track = np.zeros((9, 8), np.float32)
    track[:, p.X], track[:, p.DEPTH] = np.linspace(0.1, 0.9, 9), 0.3
    from vitascope.director.scenery import parallax

    camera = planner.follow(np.tile(np.float32([0, 0, 1, 0]), (9, 1)), track)
    assert np.abs(track[:, p.X] - camera[:, p.PAN_X] * parallax(0.3) - 0.5).max() < 0.1


def test_what_hides_is_seen_on_both_sides_and_never_in_front():
    cover, track = np.zeros((2, 9, 8), np.float32)
    cover[:, [p.X, p.Y, p.SCALE, p.DEPTH]] = 0.3, 0.9, 0.5, 0.3
    track[:, [p.X, p.Y, p.SCALE, p.DEPTH]] = 0.5, 0.7, 0.1, 0.1
    track[-1, p.X] = 0.2
    out = planner.hide(track, cover, 0.6, 0.6)
    edge = (0.6 * 0.5 + 0.6 * out[:, p.SCALE].mean()) / 2
    assert out[0, p.X] > cover[0, p.X] + edge and out[-1, p.X] < cover[0, p.X] - edge
    assert (out[:, p.DEPTH] > cover[:, p.DEPTH]).all() and (out[:, p.SCALE] >= 0.22).all()
