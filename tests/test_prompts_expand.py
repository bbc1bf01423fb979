"""Short and vague prompts made rich: sensible, the same every time, told to the user, and agreeing with the caption."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.corpus.casting import role
from vitascope.director import plan as p
from vitascope.library import Library
from vitascope.prompts import enrich, expand, read

LIBRARY = Library()
FORM = re.compile(r"Subject: .+; Motion: .+; Scene: .+; Light: .+; Weather: .+; Camera: .+; Style: .+")


def rich(prompt, **more):
    return enrich(read(prompt, LIBRARY), LIBRARY, **more)


HOMES = [
    ("a fish", "underwater", "swims"), ("a camel", "desert", "walks"), ("a rocket", "space", "rises"), ("a penguin", "mountains", "walks"),
    ("a fox", "forest", ""), ("a car", "street", "rolls"), ("a sailboat", "beach", "swims"), ("an airplane", "sky", "floats"),
    ("a crocodile", "river", ""), ("a lion", "meadow", "walks"), ("a train", "bridge", ""), ("an owl", "forest", "flies"),
    ("un poisson", "underwater", "swims"), ("ein Kamel", "desert", "walks"), ("un gatto", None, "walks"), ("猫", None, "walks"),
]  # fmt: skip


@pytest.mark.parametrize("prompt, scene, verb", HOMES, ids=[row[0] for row in HOMES])
def test_things_are_at_home(prompt, scene, verb):
    told = rich(prompt)
    assert FORM.fullmatch(told.caption) and "none" not in told.caption
    assert scene is None or told.reading.scene == scene
    assert verb in told.caption and told.caption == expand(told.reading)
    assert {"scene", "motion", "camera"} <= set(told.fields) and told.added


def test_what_is_said_is_kept():
    told = rich("a fish in the desert at night in the rain, the camera tilts up, flat illustration")
    said = told.reading
    assert (said.scene, said.time, said.weather, said.camera, said.style) == ("desert", "night", "rain", "tilt up", "flat")
    assert set(told.fields) <= {"motion", "direction", "ground"}
    whole = rich("a fox runs from left to right in a snowy forest during the day in clear weather, the camera pans right, 3D render")
    assert whole.added == () and whole.caption == expand(read(whole.reading.prompt, LIBRARY))


def test_a_landscape_stays_one_and_the_camera_moves():
    told = rich("lake at sunset")
    assert told.reading.subjects == () and told.reading.scene == "river" and told.reading.time == "sunset"
    assert told.reading.camera in ("pan left", "pan right", "zoom in") and "subject" not in told.fields
    assert rich("it snows").reading.ground == "snowy"


@pytest.mark.parametrize("prompt", ["something funny", "", "a video", "quelque chose de drôle", "surprise me", "cute"])
def test_nothing_gets_somebody(prompt):
    told = rich(prompt)
    assert len(told.reading.subjects) == 1 and "subject" in told.fields and FORM.fullmatch(told.caption)
    assert LIBRARY.find(told.reading.subjects[0].objects[0], "3d")


def test_what_has_no_picture_is_not_replaced():
    told = rich("a gramophonium")
    assert told.reading.subjects == () and told.reading.scene == "plain" or told.reading.unknown == ()


def test_a_later_passage_gets_nobody():
    assert rich("it goes on", opening=False).reading.subjects == ()


def test_additions_are_told_in_french_for_french_and_in_english_otherwise():
    assert "dans une forêt" in rich("un renard").added
    assert "in a forest" in rich("a fox").added and "in a park" in rich("ein Hund").added
    assert rich("un renard").caption == rich("a fox").caption or "in a forest" in rich("un renard").caption


def test_seeds_vary_and_the_same_seed_does_not():
    captions = {rich("a robot", seed=seed).caption for seed in range(12)}
    assert len(captions) > 1 and rich("a robot", seed=3) == rich("a robot", seed=3)


def test_every_picture_has_a_home_that_suits_it():
    wet = {"swimmer": {"underwater", "river", "beach"}, "boat": {"river", "beach"}, "aircraft": {"sky", "space", "city", "mountains"}}
    count = 0
    for reference in LIBRARY.styles["3d"].values():
        reading = read(f"a {reference.label}", LIBRARY)
        if reading.scene or not reading.subjects or LIBRARY.find(reading.subjects[0].objects[0], "3d") != reference or count > 250:
            continue
        told = enrich(reading, LIBRARY).reading
        count += 1
        assert told.scene in p.SCENES and told.camera in p.CAMERAS and told.style in p.STYLES
        assert told.scene in wet.get(role(reference), p.SCENES), f"{reference.label} in a {told.scene}"
        if reference.kind in ("animal", "vehicle", "person"):
            assert told.scene != "underwater" or reference.gait == "swim" or reference.label in ("lobster", "crab"), reference.label
    assert count > 150


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from("a the two fox tree in snow forest runs la nuit behind camera".split()), max_size=9).map(" ".join))
def test_any_words_become_a_whole_caption(text):
    for shot in (reading := read(text.replace("@", ""), LIBRARY)).cuts or (reading,):
        told = enrich(shot, LIBRARY)
        assert told == enrich(shot, LIBRARY) and told.caption.count("; ") >= 6
        again = enrich(told.reading, LIBRARY)
        assert again.added == () and again.caption == told.caption
