"""Captions say what the facts say, in the order of the plan."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.corpus import english, french
from vitascope.corpus.captions import FORMS, caption, phrases, structured
from vitascope.corpus.preview import contact_sheet, preview
from vitascope.corpus.scenes import photo_clip, sample_plan
from vitascope.director import plan as p
from vitascope.library import Library

LIBRARY = Library()
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=150, deadline=None)
@given(seeds, st.sampled_from(FORMS))
def test_every_subject_is_named_in_order(seed, form):
    rng = np.random.default_rng(seed)
    _, facts = sample_plan(rng, LIBRARY, 33, 8.0, split="all", cut=False)
    text = caption(facts, rng, "en", form).lower()
    place = 0
    for row in facts["subjects"]:
        name = english.name_of(row["label"], row["count"], "a ", article=False).lower().removeprefix("a ")
        assert name in text
        if row["motion"] not in ("meets", "hides", "follows"):
            assert text.find(name) >= 0
        place = max(place, text.find(name))
    assert "  " not in text and "{" not in text and "none none" not in text


@settings(max_examples=80, deadline=None)
@given(seeds, st.sampled_from(FORMS), st.sampled_from(["en", "fr"]))
def test_captions_are_clean_text(seed, form, lang):
    rng = np.random.default_rng(seed)
    _, facts = sample_plan(rng, LIBRARY, 33, 8.0, split="all")
    text = caption(facts, rng, lang, form)
    assert text and text == text.strip() and not re.search(r"\s{2}|[{}]|None|,,|\.\.|\ba a\b", text)
    assert ("Cut to: " if lang == "en" else "Coupe : ") in text or facts["cut"] is None


def test_structured_is_settled_by_the_facts():
    _, facts = sample_plan(
        np.random.default_rng(1),
        LIBRARY,
        33,
        8.0,
        object="1f98a",
        subjects=1,
        motion="crosses",
        scene="forest",
        time="night",
        weather="snow",
        ground="normal",
        camera="pan left",
        style="3d",
        direction="left",
        gait="run",
        count=1,
        cut=False,
    )
    facts["subjects"][0]["then"] = None
    assert structured(facts) == (
        "Subject: a fox; Motion: runs from right to left; Scene: in a forest; Light: at night; "
        "Weather: while it snows; Camera: pans left; Style: 3D render"
    )
    assert structured(facts, "fr").startswith(
        "Sujet : renard; Mouvement : court de droite à gauche; Décor : dans une forêt; "
    )
    keys = re.findall(r"(\w+): ", caption(facts, np.random.default_rng(2), form="structured"))
    assert keys == ["Subject", "Motion", "Scene", "Light", "Weather", "Camera", "Style"]


def test_long_captions_have_forty_to_ninety_words():
    counts = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        _, facts = sample_plan(rng, LIBRARY, 33, 8.0, cut=False)
        counts.append(len(caption(facts, rng, form="long").split()))
    assert 38 <= np.percentile(counts, 5) and np.percentile(counts, 95) <= 85


def test_wording_varies():
    _, facts = sample_plan(np.random.default_rng(5), LIBRARY, 33, 8.0, subjects=1, motion="crosses", camera="zoom in")
    assert len({caption(facts, np.random.default_rng(i)) for i in range(60)}) > 40


def test_every_value_of_a_plan_has_wordings_in_both_languages():
    for kind, values in dict(
        motion=p.MOTIONS,
        gait=p.GAITS,
        camera=p.CAMERAS,
        scene=p.SCENES,
        time=p.TIMES,
        weather=p.WEATHERS,
        ground=p.GROUNDS,
        style=p.STYLES,
    ).items():
        for value in values:
            assert phrases()[kind][value]["en"] and phrases()[kind][value]["fr"], (kind, value)


@pytest.mark.parametrize("label, count, expected", [
    ("fox", 1, "a fox"), ("octopus", 1, "an octopus"), ("unicorn", 1, "a unicorn"), ("grapes", 1, "some grapes"),
    ("Santa Claus", 1, "Santa Claus"), ("man: red hair", 1, "a man with red hair"), ("fox", 2, "two foxes"),
    ("mouse", 3, "three mice"), ("butterfly", 2, "two butterflies"), ("man with veil", 2, "two men with veil"),
    ("fireman", 2, "two firemen"), ("snowman without snow", 2, "two snowmen without snow"),
])  # fmt: skip
def test_english_names(label, count, expected):
    number = {1: "a ", 2: "two", 3: "three"}[count]
    assert english.name_of(label, count, number) == expected


def test_english_verbs_agree():
    assert english.plural_verbs("goes behind a bus and comes out again") == "go behind a bus and come out again"
    assert english.plural_verbs("flies upwards in circles") == "fly upwards in circles"
    assert (
        english.plural_verbs("crosses the picture, then turns and comes back")
        == "cross the picture, then turn and come back"
    )


def test_french_names_and_verbs():
    fox = dict(label="fox", label_fr="renard", count=1)
    assert french.name(fox) == "un renard" and french.name(dict(fox, count=2)) == "deux renards"
    assert french.name(dict(fox, label_fr="pieuvre")) == "une pieuvre"
    assert french.name(dict(fox, label_fr="cheval", count=3)) == "trois chevaux"
    assert french.name(dict(fox, label_fr="étudiant (tous genres)")) == "un étudiant"
    assert (
        french.plural_verbs("se cache derrière un arbre puis ressort") == "se cachent derrière un arbre puis ressortent"
    )
    assert french.join("vient à la rencontre de", "un ours") == "vient à la rencontre d'un ours"


def test_photographs_are_captioned_by_their_camera():
    image = np.zeros((80, 128, 3), np.uint8)
    _, facts = photo_clip(np.random.default_rng(0), image, 9, (64, 48), camera="zoom in")
    for form in FORMS:
        for lang in ("en", "fr"):
            assert caption(facts, np.random.default_rng(1), lang, form)
    assert "Camera: zooms in" in structured(facts)


def test_unknown_forms_and_languages_are_refused():
    _, facts = sample_plan(np.random.default_rng(0), LIBRARY, 9, 8.0)
    with pytest.raises(ValueError, match="en or fr"):
        caption(facts, np.random.default_rng(0), lang="de")
    with pytest.raises(ValueError, match="structured"):
        caption(facts, np.random.default_rng(0), form="haiku")


def test_a_preview_is_a_picture_of_the_asked_number_of_films(tmp_path):
    from PIL import Image

    path = preview(tmp_path, 3, 7, num_frames=9, columns=3)
    assert path == tmp_path / "corpus-7.png" and Image.open(path).width > 3 * 5 * 128
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="at least one"):
        contact_sheet([], [], tmp_path / "empty.png")
