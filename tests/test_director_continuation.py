"""Plans that go on, go faster, and travel inside a film."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vitascope
from vitascope.clip import Clip
from vitascope.corpus.scenes import sample_plan
from vitascope.director.continuation import MARK, continued, from_note, preceded, to_note
from vitascope.director.plan import PRESENCE, Plan, X
from vitascope.library import Library
from vitascope.media import read_comment


@pytest.fixture(scope="module")
def library():
    return Library()


def a_plan(library, seed, frames=33):
    return sample_plan(np.random.default_rng(seed), library, frames, 8.0, split="train", aspect=1.6)[0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 9999), st.integers(1, 40))
def test_a_plan_that_goes_on_keeps_its_frames_and_jumps_nowhere(seed, more):
    library = Library()
    plan, onward = a_plan(library, seed), a_plan(library, seed, 81)
    longer = continued(plan, onward, 33 + more)
    assert longer.num_frames == 33 + more
    for before, after in zip(plan.shots[-1].subjects, longer.shots[-1].subjects):
        count = len(before.track)
        assert np.allclose(after.track[:count], before.track) and len(after.track) == count + more
        fastest = max(np.abs(np.diff(before.track[:, X])).max(), np.abs(np.diff(onward.shots[-1].subjects[0].track[:, X])).max(), 0.05)
        assert abs(after.track[count, X] - after.track[count - 1, X]) < 3 * fastest
    assert np.allclose(longer.shots[-1].camera[: plan.shots[-1].num_frames], plan.shots[-1].camera)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 9999), st.integers(1, 24))
def test_what_came_before_leads_to_the_first_frame(seed, more):
    plan = a_plan(Library(), seed)
    longer = preceded(plan, more)
    assert longer.num_frames == plan.num_frames + more
    for before, after in zip(plan.shots[0].subjects, longer.shots[0].subjects):
        assert np.allclose(after.track[more:], before.track, atol=1e-6)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 9999), st.integers(2, 7))
def test_a_faster_plan_passes_through_the_same_frames(seed, factor):
    plan = a_plan(Library(), seed)
    fast = plan.faster(factor)
    assert fast.fps == plan.fps * factor
    for slow_shot, fast_shot in zip(plan.shots, fast.shots):
        assert np.allclose(fast_shot.camera[::factor], slow_shot.camera, atol=1e-5)
        for a, b in zip(slow_shot.subjects, fast_shot.subjects):
            assert np.allclose(b.track[::factor], a.track, atol=1e-5)
            assert (b.track[:, PRESENCE] >= 0).all() and (b.track[:, PRESENCE] <= 1).all()


def test_a_plan_survives_its_note_and_other_text_is_none(library):
    plan = a_plan(library, 3)
    found, frames, prompt = from_note(to_note(plan, 96, "a “fox”"))
    assert frames == 96 and prompt == "a “fox”" and found.num_frames == plan.num_frames
    for text in ("", "hello", MARK, MARK + "####", MARK + "aGVsbG8="):
        assert from_note(text) is None


def test_a_film_of_ours_is_extended_by_its_plan(tmp_path):
    film = vitascope.generate("a dog walks to the right", seconds=1, size="128x80", fps=8, seed=1, num_inference_steps=1)
    path = film.save(tmp_path / "dog.mp4")
    assert from_note(read_comment(path))[0].num_frames == film.plan.num_frames
    longer = vitascope.extend(path, after=1, seed=1, num_inference_steps=1)
    given_, made = Clip.read(path).frames, longer.clip.frames
    assert len(made) == 16 and (made[:8] == given_).all()
    assert [s.reference for s in longer.plan.shots[-1].subjects] == [s.reference for s in film.plan.shots[-1].subjects]
    assert np.abs(made[8].astype(int) - made[7]).mean() < 25 and np.abs(made[-1].astype(int) - made[8]).mean() > 0.5
    again = vitascope.extend(longer, before=1, seed=1, num_inference_steps=1)
    assert len(again.clip) == 24 and (again.clip.frames[8:] == made).all()


def test_a_film_that_was_cut_since_has_no_plan_any_more(tmp_path):
    film = vitascope.generate("a dog walks", seconds=1, size="128x80", fps=8, seed=1, num_inference_steps=1)
    Clip(film.clip.frames[:5], 8).write(tmp_path / "cut.mp4", comment=read_comment(film.save(tmp_path / "dog.mp4")))
    longer = vitascope.extend(tmp_path / "cut.mp4", after=0.5, seed=1, num_inference_steps=1)
    assert len(longer.clip) == 9 and not longer.plan.shots[0:1] or longer.report["painter"] is not None


def test_an_image_shows_who_is_in_it():
    film = vitascope.image("a cat walks", size="256x160", seed=2, num_inference_steps=1)
    assert len(film.clip) == 1 and film.plan.num_frames == 1
    assert 0 < film.plan.shots[0].subjects[0].track[0, X] < 1


def test_a_plan_of_no_shots_goes_nowhere():
    assert continued(Plan((), 8.0), Plan((), 8.0), 9).shots == ()
