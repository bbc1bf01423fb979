"""Long films and prompts over time: beats without jumps, the same subjects throughout, loops without a seam."""

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vitascope.characters import Character
from vitascope.director import plan as p
from vitascope.director.curves import box, pchip
from vitascope.director.plan import Plan
from vitascope.director.planner import Director
from vitascope.director.scenery import parallax
from vitascope.director.stage import Life
from vitascope.library import Library
from vitascope.prompts import TextEncoder, read
from vitascope.scenario import plan_film, presences, render_film, shares

LIBRARY, TEXT = Library(), TextEncoder()
FPS = 8.0


@pytest.fixture(scope="module")
def director():
    return Director(threads=1)


def film(director, *prompts, seconds=30.0, **more):
    """Plan and notes of (second, prompt) pairs."""
    segments = [(round(at * FPS), read(prompt, LIBRARY)) for at, prompt in prompts]
    frames = 1 + 4 * round(seconds * FPS / 4)
    return plan_film(director, TEXT, LIBRARY, segments, **dict(num_frames=frames, fps=FPS, aspect=1.6, seed=5) | more)


def seen_at(shot, subject):
    """(t 3) where a subject's feet appear, and its height, in views: what a viewer sees move."""
    slide, zoom = parallax(subject.track[:, p.DEPTH]), shot.camera[:, p.ZOOM]
    x = zoom * (subject.track[:, p.X] - slide * shot.camera[:, p.PAN_X] - 0.5)
    y = zoom * (subject.track[:, p.Y] - slide * shot.camera[:, p.PAN_Y] - 0.5)
    return np.stack([x, y, zoom * subject.track[:, p.SCALE]], 1)


LONG = ["a red fox runs from left to right through a snowy forest", "a rocket rises over a city at night", "a dog follows a cat in a park", "a butterfly hides behind a tree", "two robots meet", "a dragon circles in the sky",
        "an elephant approaches", "a ball bounces", "three ducks", "a leaf falls", "a lion waits, the camera orbits"]  # fmt: skip


@pytest.mark.parametrize("prompt", LONG)
def test_a_minute_has_no_jumps(director, prompt):
    plan, _ = film(director, (0, prompt), seconds=60)
    (shot,) = plan.shots
    assert plan.num_frames == 481 and len(shot.subjects) >= 1
    for subject in shot.subjects:
        step = np.abs(np.diff(seen_at(shot, subject), axis=0)).max(0)
        assert (step < (0.1, 0.16, 0.06)).all(), f"{subject.name} jumps by {step}"
        assert np.abs(np.diff(subject.track[:, p.PHASE])).max() <= 0.35 and np.isfinite(subject.track).all()
        assert np.ptp(subject.track[:, p.FACING]) == 0 or np.abs(np.diff(subject.track[:, p.FACING])).max() <= 0.7
    assert np.abs(np.diff(shot.camera[:, p.ZOOM])).max() < 0.06 and np.abs(np.diff(shot.camera[:, p.PAN_X])).max() < 0.1


def test_a_minute_is_no_slow_motion(director):
    """What crosses goes its ways in beats: it covers far more than one width, and the film is planned in a blink."""
    started = time.process_time()
    plan, notes = film(director, (0, "a horse gallops in a meadow"), seconds=60)
    assert time.process_time() - started < 1.5
    track = plan.shots[0].subjects[0].track
    gone = np.abs(np.diff(track[:, p.X]))
    assert gone.sum() > 4 and track[-1, p.PHASE] > 20
    for k in range(0, 480, 80):  # in no ten seconds does it only stand
        assert gone[k : k + 80].sum() > 0.1
    assert len(notes["captions"]) > 1 and notes["captions"][0][0] == 0


def test_the_captions_go_the_way_that_is_gone(director):
    plan, notes = film(director, (0, "a horse gallops in a meadow"), seconds=60)
    track = plan.shots[0].subjects[0].track
    for frame, caption in notes["captions"]:
        way = "left to right" if track[min(frame + 6, 480), p.FACING] > 0 else "right to left"
        assert way in caption


def test_what_stays_goes_on_from_where_it_is_and_newcomers_walk_in(director):
    plan, notes = film(director, (0, "a cat walks in a park"), (10, "a cat and a dog in a park"), (20, "a dog in a park"))
    assert [shot.dissolve > 0 for shot in plan.shots] == [False, True, True]
    assert plan.num_frames == 241 and plan.cuts == ()
    one, two, three = plan.shots
    cat = next(s for s in two.subjects if s.name == "cat")
    assert np.allclose(one.subjects[0].track[-1], cat.track[0])
    assert one.subjects[0].reference == cat.reference
    spans = {row["subject"]: row["spans"] for row in notes["presences"]}
    assert spans["cat"][0][0] == 0 and 160 <= spans["cat"][-1][1] < 200
    assert 80 <= spans["dog"][0][0] < 110 and spans["dog"][-1][1] == 240
    dog = next(s for s in two.subjects if s.name == "dog")
    arrival = spans["dog"][0][0] - plan.starts[1]
    assert abs(seen_at(two, dog)[arrival, 0]) > 0.35  # at the border, not in the middle
    assert all(shot.scene == one.scene for shot in plan.shots)


def test_who_left_and_comes_back_is_the_same(director):
    plan, notes = film(director, (0, "a fox in a forest"), (20, "a rabbit in a forest"), (40, "a fox in a forest"), seconds=60)
    rows = {row["reference"]: row["spans"] for row in notes["presences"] if row["subject"] == "fox"}
    assert len(rows) == 1
    (spans,) = rows.values()
    assert any(last < 240 for _, last in spans) and spans[-1][1] == 480
    fox = [next(s for s in shot.subjects if s.name == "fox") for shot in (plan.shots[0], plan.shots[2])]
    sizes = [(s.track[:, p.SCALE] / s.track[:, p.Y].clip(0.1)).max() for s in fox]
    assert abs(np.log(sizes[1] / sizes[0])) < 0.12


def test_it_is_who_was_there_and_more_can_join(director):
    plan, _ = film(director, (0, "a fox runs through a forest"), (10, "it waits"), (20, "a rabbit joins"))
    assert [[s.name for s in shot.subjects] for shot in plan.shots] == [["fox"], ["fox"], ["fox", "rabbit"]]
    assert plan.shots[1].subjects[0].motion == "waits"


def test_a_place_of_the_user_s_stays_until_another_is_named(director):
    garden = np.full((90, 160, 4), (0, 0, 220, 255), np.uint8)
    dog = np.full((40, 50, 4), (200, 0, 0, 255), np.uint8)
    mine = LIBRARY.with_characters({"milo": Character("milo", (dog,)), "home": Character("home", (garden,), kind="scene")})
    segments = [(0, read("@milo runs in @home", mine)), (20, read("@milo jumps", mine)), (40, read("@milo on a beach", mine))]
    plan, _ = plan_film(director, TEXT, mine, segments, num_frames=61, fps=FPS, aspect=1.6, seed=1)
    assert [shot.backdrop for shot in plan.shots] == ["home", "home", None]
    frames = render_film(plan, mine, (64, 48), Life.none())
    assert (frames[[5, 30], 1, 1] == (0, 0, 220)).all() and not (frames[60, 1, 1] == (0, 0, 220)).all()
    assert all(s.reference == "user/milo" for shot in plan.shots for s in shot.subjects)


def test_everybody_who_is_named_finds_room(director):
    plan, notes = film(director, (0, "three children play in a park"), (8, "a dog joins"), seconds=16)
    assert [s.name for s in plan.shots[1].subjects] == ["child"] * 3 + ["dog"] and not notes["notes"]
    assert shares([3, 1]) == [2, 1] and shares([1, 1, 1, 1]) == [1, 1, 1, 0] and shares([5]) == [3]


def test_another_place_dissolves_in_and_the_same_place_comes_back(director):
    plan, _ = film(director, (0, "a fox in a forest"), (10, "a fox on a beach at night"), (20, "a fox in a forest during the day"))
    assert [s.scene.kind for s in plan.shots] == ["forest", "beach", "forest"]
    assert plan.shots[1].dissolve == plan.shots[2].dissolve == 8
    assert plan.shots[0].scene == plan.shots[2].scene
    frames = render_film(plan, LIBRARY, (64, 48), Life.none())
    assert frames.shape == (241, 48, 64, 3)
    steps = np.abs(np.diff(frames[70:100].astype(int), axis=0)).mean((1, 2, 3))
    assert steps.max() < 20 and (steps > 4).sum() >= 5  # it goes over in several steps, none of them a cut


def test_cuts_stay_cuts(director):
    plan, _ = film(director, (0, "A fox runs in a forest at night. Cut to: the fox sleeps. Cut to: an owl flies over a city"), seconds=12)
    assert plan.cuts == (32, 65) and [s.dissolve for s in plan.shots] == [0, 0, 0]
    assert plan.shots[1].scene == plan.shots[0].scene and plan.shots[2].scene.kind == "city"


@pytest.mark.parametrize("prompt", ["a fish", "a ball bounces", "a rocket rises", "an owl flies, the camera orbits", "a dog, handheld camera"])
@pytest.mark.parametrize("seconds", [4, 20])
def test_a_loop_has_no_seam(director, prompt, seconds):
    plan, _ = film(director, (0, prompt), seconds=seconds, loop=True)
    shot = plan.shots[0]
    for subject in shot.subjects:
        seen = seen_at(shot, subject)
        assert np.allclose(seen[0], seen[-1], atol=1e-3)
        cycles = subject.track[-1, p.PHASE] - subject.track[0, p.PHASE]
        assert abs(cycles - round(float(cycles))) < 1e-3 or cycles <= 0.5
        around = np.abs(seen[1] - 2 * seen[0] + seen[-2])  # as smooth across the seam as elsewhere
        assert (around < np.abs(np.diff(seen, 2, axis=0)).max(0) + 0.02).all()
    assert np.allclose(shot.camera[0], shot.camera[-1], atol=1e-3)


def test_a_loop_of_a_way_that_is_said_goes_out_and_comes_in(director):
    plan, _ = film(director, (0, "a fox runs from left to right"), seconds=4, loop=True)
    x = plan.shots[0].subjects[0].track[:, p.X]
    assert x[0] < 0 or x[-1] < 0
    assert (np.diff(x[1:-1]) > 0).all() and x.max() > 1


def test_a_loop_of_several_prompts_ends_as_it_began(director):
    plan, _ = film(director, (0, "a fox in a forest"), (10, "a fox on a beach"), seconds=24, loop=True)
    assert plan.shots[0].scene == plan.shots[-1].scene and plan.num_frames == 193


@pytest.mark.parametrize("seconds", [4, 15])
def test_strength_is_from_still_life_to_lively(director, seconds):
    def moved(strength):
        plan, _ = film(director, (0, "a horse gallops in a meadow"), seconds=seconds, motion=strength)
        shot = plan.shots[0]
        track = shot.subjects[0].track
        assert len(presences(plan, LIBRARY, 1.6)[0]["spans"]) == 1
        return np.abs(np.diff(track[:, p.X])).sum(), np.abs(np.diff(shot.camera, axis=0)).sum(), track[-1, p.PHASE] - track[0, p.PHASE]

    none, half, full, double = map(moved, (0, 0.5, 1, 2))
    assert none == (0, 0, 0)
    assert none[0] < half[0] < full[0] < double[0] and half[1] < full[1] < double[1] and half[2] < full[2] < double[2]


def test_a_camera_as_a_parameter_wins_over_words(director):
    still, _ = film(director, (0, "a fox runs, the camera pans right"), camera="static", seconds=20)
    assert np.array_equal(np.unique(still.shots[0].camera, axis=0), [[0, 0, 1, 0]])
    pan, _ = film(director, (0, "a cat sits, the camera zooms in"), camera="pan left", seconds=4)
    assert pan.shots[0].camera_name == "pan left" and pan.shots[0].camera[-1, p.PAN_X] < pan.shots[0].camera[0, p.PAN_X]
    with pytest.raises(ValueError, match="no camera 'spiral'"):
        film(director, (0, "a cat"), camera="spiral")
    with pytest.raises(ValueError, match="strength is 0 to 2"):
        film(director, (0, "a cat"), motion=3)


def test_a_new_camera_word_changes_the_camera_smoothly(director):
    plan, _ = film(director, (0, "a cat sits in a room, the camera stays still"), (10, "it sits, the camera zooms in"), seconds=20)
    camera = np.concatenate([plan.shots[0].camera, plan.shots[1].camera[1:]])
    assert np.allclose(camera[:70, p.ZOOM], 1, atol=0.02) and camera[-1, p.ZOOM] != 1 and camera[:, p.ZOOM].max() > 1.3
    assert np.abs(np.diff(camera[:, p.ZOOM])).max() < 0.05


def test_a_plan_with_dissolves_is_kept_as_json(director):
    plan, _ = film(director, (0, "a fox in a forest"), (6, "a fox on a beach"), seconds=12)
    again = Plan.from_json(plan.to_json())
    assert again.num_frames == plan.num_frames and again.starts == plan.starts and again.shots[1].dissolve == 8


def test_the_same_seed_gives_the_same_film_and_another_another(director):
    one, two, other = (film(director, (0, "a fox in a forest"), seconds=20, seed=seed)[0] for seed in (1, 1, 2))
    assert one.to_json() == two.to_json() != other.to_json()


PROMPTS = ("a fox", "two penguins meet", "it jumps", "a bird hides behind a tree on a beach", "snow falls", "a whale, the camera follows", "a house")


@settings(max_examples=6, deadline=None)
@example([(1, "a fox")], 2, 0.56, 0.0, True, False)  # no room to come back to the beginning
@example([(8, "a fox")], 9, 0.56, 0.0, True, False)
@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(PROMPTS)), max_size=3), st.integers(1, 90), st.sampled_from((0.56, 1.0, 2.33)),
       st.sampled_from((0.0, 1.0, 2.0)), st.booleans(), st.booleans())  # fmt: skip
def test_any_prompts_at_any_times(director, later, frames, aspect, motion, loop, expanded):
    segments = [(0, read("a dog runs", LIBRARY)), *((at, read(text, LIBRARY)) for at, text in sorted(dict(later).items()))]
    plan, notes = plan_film(director, TEXT, LIBRARY, segments, num_frames=frames, fps=FPS, aspect=aspect, seed=1, motion=motion, loop=loop,
                            expanded=expanded)  # fmt: skip
    assert plan.num_frames == frames
    for shot in plan.shots:
        assert shot.camera.shape == (shot.num_frames, 4) and np.isfinite(shot.camera).all()
        assert all(s.track.shape == (shot.num_frames, 8) and np.isfinite(s.track).all() for s in shot.subjects)
    firsts = [first for first, _ in notes["captions"]]
    assert firsts[0] == 0 and firsts == sorted(set(firsts))


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=8), st.integers(2, 60))
def test_curves_pass_their_keys_and_never_overshoot(values, count):
    times, values = np.arange(len(values)) * 1.5, np.array(values)[:, None]
    curve = pchip(times, values, np.linspace(0, times[-1], count))
    assert curve.min() >= values.min() - 1e-9 and curve.max() <= values.max() + 1e-9
    assert np.allclose(pchip(times, values, times), values)
    closed = pchip(times, values, np.array([0.0, times[-1] + 1.5]), times[-1] + 1.5)
    assert np.allclose(closed[0], closed[1])


def test_a_box_evens_out():
    assert np.allclose(box(np.ones(9), 2), 1) and np.isclose(box(np.eye(9)[4], 1).max(), 1 / 3)
