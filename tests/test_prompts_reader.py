"""What prompts written by hand are read as. A row says what must hold; what it leaves out may be anything."""

import gzip
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.library import ASSETS, Library
from vitascope.prompts import expand, read, validate

LIBRARY = Library()
NAMES = json.loads(gzip.decompress((ASSETS / "library" / "names.json.gz").read_bytes()))


def one(label, motion=None, direction=None, gait=None, count=1, role="subject"):
    return dict(label=label, motion=motion, direction=direction, gait=gait, count=count, role=role)


# prompt, its things in order, what else it says
ENGLISH = [
    ("a red fox runs through a snowy forest, the camera pans right", [one("fox", "crosses", gait="run")],
     dict(scene="forest", ground="snowy", camera="pan right")),
    ("a rocket rises over a city at night", [one("rocket", "rises")], dict(scene="city", time="night")),
    ("two penguins walk across the snow", [one("penguin", "crosses", gait="walk", count=2)], dict(ground="snowy")),
    ("a train crosses a bridge at sunset, the camera follows it", [one(None, "crosses")],
     dict(scene="bridge", time="sunset", camera="follow")),
    ("a butterfly hides behind a tree and comes out again", [one("butterfly", "hides"), one(None, role="occluder")], {}),
    ("an elephant walks behind a tree", [one("elephant", "hides"), one(None, role="occluder")], {}),
    ("a cat runs", [one("cat", "crosses", gait="run")], {}),
    ("the fly lands on an apple", [one("fly", "falls"), one(None, role="other")], {}),
    ("birds fly over the mountains", [one("bird", "crosses", gait="fly", count=2)], dict(scene="mountains")),
    ("people watch a train", [one(None, "stands", count=2), one(None, "stands", role="other")], {}),
    ("an orange cat walks to the left", [one("cat", "crosses", "left", "walk")], {}),
    ("an orange rolls down", [one("orange", "crosses", gait="roll")], {}),
    ("a man swims", [one("man swimming", "crosses", gait="swim")], dict(scene="underwater")),
    ("a woman dances in the rain", [one("woman dancing", "bounces")], dict(weather="rain")),
    ("three children run in the park", [one(None, "crosses", gait="run", count=3)], dict(scene="park")),
    ("a hot air balloon floats over the desert", [one("hot-air balloon", "crosses", gait="hover")], dict(scene="desert")),
    ("a fire engine drives fast down the street", [one("fire engine", "crosses", gait="roll")], dict(scene="street")),
    ("a polar bear walks on ice", [one("polar bear", "crosses", gait="walk")], {}),
    ("wolves run through the forest at night", [one("wolf", "crosses", gait="run", count=2)], dict(scene="forest", time="night")),
    ("mice run across the floor", [one("mouse", "crosses", gait="run", count=2)], dict(scene="room")),
    ("a puppy follows a kitten", [one("dog", "follows"), one("cat", role="other")], {}),
    ("a dog chases a cat from right to left", [one("dog", "follows", "left"), one("cat", role="other")], {}),
    ("a cat and a dog run to the left", [one("cat", "crosses", "left", "run"), one("dog", "crosses", "left", "run")], {}),
    ("a bird flies while a turtle walks", [one("bird", "crosses", gait="fly"), one("turtle", "crosses", gait="walk")], {}),
    ("a shark swims underwater, zoom in", [one("shark", "crosses", gait="swim")], dict(scene="underwater", camera="zoom in")),
    ("a ship sails on the sea at sunset", [one("ship", "crosses")], dict(scene="beach", time="sunset")),
    ("a helicopter hovers over the sea", [one("helicopter", "crosses", gait="hover")], dict(scene="beach")),
    ("a knight rides a horse", [one(None, "crosses"), one("horse", "crosses", role="other")], {}),
    ("a man rides a bicycle to the right", [one("man biking", "crosses", "right"), one("bicycle", role="other")], {}),
    ("a man walking his dog in the park", [one("man walking", "crosses", gait="walk"), one("dog", role="other")], dict(scene="park")),
    ("flat illustration of a robot walking down a street", [one("robot", "crosses", gait="walk")], dict(style="flat", scene="street")),
    ("a dragon flies above a castle in the fog", [one("dragon", "crosses", gait="fly"), one("castle", role="other")], dict(weather="fog")),
    ("a plane takes off at dawn", [one("airplane", "rises")], dict(time="dawn")),
    ("a frog jumps across a pond", [one("frog", "crosses", gait="hop")], dict(scene="river")),
    ("the moon rises over the mountains", [one("full moon", "rises")], dict(scene="mountains")),
    ("a car drives away into the distance", [one("automobile", "leaves", gait="roll")], {}),
    ("a bear walks towards the camera", [one("bear", "approaches", gait="walk")], dict(camera=None)),
    ("a bus approaches, the camera shakes", [one("bus", "approaches")], dict(camera="shake")),
    ("a samurai fights", [one("ninja")], {}),
    ("a lion roars on the savannah", [one("lion")], dict(scene="meadow")),
    ("a wizard waves his wand", [one("mage"), one("magic wand")], {}),
    ("running in the rain", [one("person running", "crosses", gait="run")], dict(weather="rain")),
    ("a 3D render of a panda", [one("panda")], dict(style="3d")),
    ("a red balloon rises into the sky", [one("red balloon", "rises")], dict(scene="sky")),
    ("a baby crawls", [one("baby", "crosses", gait="walk")], {}),
    ("a bear meets a rabbit in the forest", [one("bear", "meets"), one("rabbit", role="other")], dict(scene="forest")),
    ("Three red apples fall", [one("red apple", "falls", count=3)], {}),
    ("two cats, a dog and a bird", [one("cat", count=2), one("dog"), one("bird")], {}),
    ("a unicorn gallops across a rainbow", [one("unicorn", "crosses", gait="run"), one("rainbow", role="other")], {}),
    ("a boat on a lake at dawn, the camera tilts up", [one("sailboat")], dict(scene="river", time="dawn", camera="tilt up")),
    ("the camera follows a bicycle along a road", [one("bicycle")], dict(scene="street", camera="follow")),
    ("the camera circles around a castle", [one("castle")], dict(camera="orbit")),
    ("slow pan left over a meadow with cows", [one("cow", count=2)], dict(scene="meadow", camera="pan left")),
    ("a woman with red hair walks", [one("woman: red hair", "crosses", gait="walk")], {}),
    ("an umbrella with rain drops falls", [one("umbrella with rain drops", "falls")], dict(weather=None)),
    ("a tiger, drawn as clip art", [one("tiger")], dict(style="clipart")),
    ("a kangaroo hops through the desert from left to right", [one("kangaroo", "crosses", "right", "hop")], dict(scene="desert")),
    ("some grapes bounce in an autumn park", [one("grapes", "bounces")], dict(scene="park", ground="autumn")),
]  # fmt: skip
OTHERS = [
    ("un poulpe nage de droite à gauche", "fr", [one("octopus", "crosses", "left", "swim")], {}),
    ("un renard roux court dans une forêt enneigée, la caméra va vers la droite", "fr", [one("fox", "crosses", gait="run")],
     dict(scene="forest", ground="snowy", camera="pan right")),
    ("deux pingouins marchent sur la neige", "fr", [one("penguin", "crosses", gait="walk", count=2)], dict(ground="snowy")),
    ("un train traverse un pont au coucher du soleil, la caméra le suit", "fr", [one(None, "crosses")],
     dict(scene="bridge", time="sunset", camera="follow")),
    ("un papillon se cache derrière un arbre puis ressort", "fr", [one("butterfly", "hides"), one(None, role="occluder")], {}),
    ("une fusée décolle au-dessus d'une ville la nuit", "fr", [one("rocket", "rises")], dict(scene="city", time="night")),
    ("des chevaux galopent dans la prairie", "fr", [one("horse", "crosses", gait="run", count=2)], dict(scene="meadow")),
    ("un chat noir dort sur un canapé", "fr", [one("black cat", "stands"), one("couch and lamp", role="other")], {}),
    ("trois oiseaux volent au-dessus de la mer", "fr", [one("bird", "crosses", gait="fly", count=3)], dict(scene="beach")),
    ("une petite fille court après un ballon", "fr", [one("girl", "follows"), one(None, role="other")], {}),
    ("le chien suit le chat", "fr", [one("dog", "follows"), one("cat", role="other")], {}),
    ("un homme promène son chien dans la rue", "fr", [one("man walking", "crosses", gait="walk"), one("dog", role="other")], dict(scene="street")),
    ("deux chevaux galopent vers la gauche", "fr", [one("horse", "crosses", "left", "run", 2)], {}),
    ("un robot marche dans une ville la nuit sous la pluie, style 3D", "fr", [one("robot", "crosses", gait="walk")],
     dict(scene="city", time="night", weather="rain", style="3d")),
    ("ein Fuchs läuft durch den Wald", "de", [one("fox", "crosses", gait="run")], dict(scene="forest")),
    ("zwei Hunde rennen nach links", "de", [one("dog", "crosses", "left", "run", 2)], {}),
    ("un perro corre por la playa", "es", [one("dog", "crosses", gait="run")], dict(scene="beach")),
    ("dos gatos corren por la calle", "es", [one("cat", "crosses", gait="run", count=2)], dict(scene="street")),
    ("due gatti corrono nel bosco", "it", [one("cat", "crosses", gait="run", count=2)], dict(scene="forest")),
    ("en räv springer i skogen", "sv", [one("fox", "crosses", gait="run")], dict(scene="forest")),
    ("лиса бежит по лесу", "ru", [one("fox", "crosses", gait="run")], dict(scene="forest")),
    ("キツネが森を走る", "ja", [one("fox", "crosses", gait="run")], dict(scene="forest")),
    ("タコが右から左へ泳ぐ", "ja", [one("octopus", "crosses", "left", "swim")], dict(scene="underwater")),
    ("一只狐狸在森林里奔跑", "zh", [one("fox", "crosses", gait="run")], dict(scene="forest")),
    ("여우가 숲을 달린다", "ko", [one("fox", "crosses", gait="run")], dict(scene="forest")),
]  # fmt: skip


def check(reading, things, says):
    found = [(NAMES[m.objects[0]]["en"][0], m) for m in reading.subjects]
    assert len(found) == len(things), f"{[label for label, _ in found]} in {reading.english!r}"
    for (label, mention), wanted in zip(found, things):
        assert wanted["label"] in (None, label), reading.english
        assert (mention.role, mention.count) == (wanted["role"], wanted["count"]), label
        for key in ("motion", "direction", "gait"):
            assert wanted[key] in (None, getattr(mention, key)), (label, key, getattr(mention, key))
    for key, value in says.items():
        assert getattr(reading, key) == value, (key, getattr(reading, key))
    assert not reading.unknown


@pytest.mark.parametrize("prompt, things, says", ENGLISH, ids=[row[0] for row in ENGLISH])
def test_english(prompt, things, says):
    check(read(validate(prompt), LIBRARY), things, says)


@pytest.mark.parametrize("prompt, language, things, says", OTHERS, ids=[row[0] for row in OTHERS])
def test_other_languages(prompt, language, things, says):
    reading = read(validate(prompt), LIBRARY)
    assert reading.language == language
    check(reading, things, says)


def test_french_becomes_english():
    assert read("un poulpe nage de droite à gauche", LIBRARY).english == "an octopus swims from right to left"


def test_cuts_are_shots():
    reading = read("a spaceship lands in the desert, then cut to: an astronaut walks", LIBRARY)
    assert [NAMES[s.subjects[0].objects[0]]["en"][0] for s in reading.cuts] == ["rocket", "astronaut"]
    assert [s.scene for s in reading.cuts] == ["desert", None]


def test_what_no_picture_shows_is_named():
    assert read("a gramophone flies above a skyscraper", LIBRARY).unknown == ("gramophone",)


def test_the_nearest_kind_stands_in_and_is_said():
    reading = read("a drone flies above a skyscraper", LIBRARY)
    assert reading.stand_ins == (("drone", "helicopter"),) and not reading.unknown
    assert read("two cobras meet a cat", LIBRARY).stand_ins == (("cobra", "snake"),)
    assert read("a dog meets a cat", LIBRARY).stand_ins == ()


def test_prompts_and_captions_share_their_wordings():
    from vitascope.corpus.captions import phrases
    from vitascope.prompts import vocabulary

    assert phrases() == vocabulary.phrases() and len(list(ASSETS.parent.rglob("phrases.json"))) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_training_captions_are_understood(language):
    """Captions of the corpus say facts in many wordings: reading them gives the facts back."""
    from vitascope.corpus.captions import caption
    from vitascope.corpus.scenes import sample_plan

    asked, right, missed = 0, 0, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        _, facts = sample_plan(rng, LIBRARY, num_frames=9, fps=8.0)
        text = caption(facts, rng, language, "plain")
        if text.startswith("Sujet") or not facts["subjects"]:
            continue
        shot = read(text, LIBRARY)
        shot, row = (shot.cuts or (shot,))[0], facts["subjects"][0]
        pairs = [(getattr(shot, key), facts[key]) for key in ("scene", "time", "weather", "camera", "style")]
        pairs = [(got, said) for got, said in pairs if got is not None]
        first = shot.subjects[0] if shot.subjects else None
        pairs += [(first and row["object"] in first.objects, True), (first and first.count, row["count"]),
                  (first and first.motion, row["motion"])]  # fmt: skip
        asked += len(pairs)
        right += sum(got == said for got, said in pairs)
        missed += [(text, got, said) for got, said in pairs if got != said]
    assert right >= 0.95 * asked, missed


def test_verbs_and_colours_are_no_things():
    for prompt in ("a light moves from left to right", "slowly, the red runs", "it flies"):
        assert len(read(prompt, LIBRARY).subjects) <= 1


@pytest.mark.parametrize("language, share", [("en", 0.96), ("fr", 0.94)])
def test_every_name_of_the_library_finds_its_picture(language, share):
    """A few names find a picture that is named the same or is better in a film (a "man" is the one who walks)."""
    told = {"en": "a {} moves from left to right", "fr": "un {} se déplace de gauche à droite"}[language]
    found = 0
    for spoken in NAMES.values():
        reading = read(told.format(spoken[language][0]), LIBRARY)
        if reading.subjects:
            found += NAMES[reading.subjects[0].objects[0]][language][0].lower() == spoken[language][0].lower()
    print(f"{language}: {found} of {len(NAMES)} names found")
    assert found >= share * len(NAMES)


def test_the_same_words_give_the_same_caption():
    prompt = "a red fox runs through a snowy forest, the camera pans right"
    caption = expand(read(prompt, LIBRARY))
    assert caption == expand(read(prompt, LIBRARY))
    for part in ("Subject: ", "fox", "Motion: ", "Scene: ", "Camera: "):
        assert part in caption


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_odd(text):
    try:
        reading = read(validate(text), LIBRARY)
    except ValueError as error:  # nothing to film, or an @name that nobody knows
        assert str(error).count("\n") == 0
        return
    for shot in reading.cuts or (reading,):
        assert isinstance(expand(shot), str)
        assert all(m.objects and 1 <= m.count <= 3 for m in shot.subjects)


WORDS = "a the two red fox cat behind tree runs and camera follows left to right cut in snow forest , . un le court dans".split()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join))
def test_no_order_of_words_is_too_odd(text):
    reading = read(text, LIBRARY)
    for shot in reading.cuts or (reading,):
        expand(shot)


def test_reading_is_quick():
    read("a cat", LIBRARY), read("un chat", LIBRARY)
    started = time.process_time()
    for prompt, *_ in ENGLISH:
        read(prompt, LIBRARY)
    read("a cat runs and a dog hides behind the tree, " * 40, LIBRARY)
    assert (time.process_time() - started) / len(ENGLISH) < 0.05
