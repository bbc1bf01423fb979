"""Prompts as strangers type them: orders, slips of the pen, several things at once, other languages; and the encoder's files."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.library import Library
from vitascope.prompts import TextEncoder, encoder, expand, read, validate, wording

LIBRARY = Library()

# prompt; its things in order, each "count label role motion direction gait" with "-" for what is not said; what else it says
STRANGERS = [
    ("Make a video of a cat riding a skateboard", ["1 cat subject crosses - -", "1 skateboard other crosses - -"], {}),
    ("I want to see a dragon flying over a village", ["1 dragon subject crosses - fly"], dict(scene="street")),
    ("show me a penguin sliding on ice", ["1 penguin subject crosses - -"], dict(scene="mountains")),
    ("please create a film with a lion walking in the desert", ["1 lion subject crosses - walk"], dict(scene="desert")),
    ("generate an elephant dancing", ["1 elephant subject bounces - -"], {}),
    ("an epic cinematic shot of a lone wolf howling at the moon, 4k, highly detailed",
     ["1 wolf subject - - -", "1 full moon other stands - -"], dict(time="night")),
    ("drone shot of a tiger walking through the jungle", ["1 tiger subject crosses - walk"], dict(scene="forest")),
    ("a photorealistic video of a golden retriever running in slow motion through a field of flowers",
     ["1 dog subject crosses - run"], dict(scene="meadow")),
    ("a fhox runs thru a snowy forrest", ["1 fox subject crosses - run"], dict(scene="forest", ground="snowy")),
    ("a elefant walks in the dessert", ["1 elephant subject crosses - walk"], dict(scene="desert")),
    ("pengins walk on ice", ["2 penguin subject crosses - walk"], dict(scene="mountains")),
    ("a turtel swims from left to rigth", ["1 turtle subject crosses right swim"], dict(scene="underwater")),
    ("a buterfly hides behind a tree", ["1 butterfly subject hides - -", "1 deciduous tree occluder stands - -"], {}),
    ("butterflys in a garden", ["2 butterfly subject - - -"], dict(scene="park")),
    ("a flying pig", ["1 pig subject crosses - fly"], {}),
    ("pigs fly", ["2 pig subject crosses - fly"], {}),
    ("cyberpunk city at night, neon lights, flying cars", ["2 automobile subject crosses - fly"], dict(scene="city", time="night")),
    ("a school of fish swims underwater", ["3 fish subject crosses - swim"], dict(scene="underwater")),
    ("a herd of buffalo runs across the plains", ["3 ox subject crosses - run"], dict(scene="meadow")),
    ("a wolf chases three sheep", ["1 wolf subject follows - -", "3 ewe other crosses - -"], {}),
    ("a red car and a blue car race down a highway",
     ["1 red car subject crosses - run", "1 automobile subject crosses - run"], dict(scene="street")),
    ("a zebra, a lion and a giraffe walk in line from the left to the right",
     ["1 zebra subject crosses right walk", "1 lion subject crosses right walk", "1 giraffe subject crosses right walk"], {}),
    ("a little mouse met a big cat", ["1 mouse subject meets - -", "1 cat other meets - -"], {}),
    ("the camera slowly pans from left to right across a forest with a deer", ["1 deer subject - - -"],
     dict(scene="forest", camera="pan right")),
    ("a pirate ship on a stormy sea", ["1 sailboat subject - - -"], dict(scene="beach", weather="rain")),
    ("an owl flies through the forest under the full moon",
     ["1 owl subject crosses - fly", "1 full moon other stands - -"], dict(scene="forest", time="night")),
    ("a cute kitten plays with a ball of yarn", ["1 cat subject - - -", "1 yarn other stands - -"], {}),
    ("a T-Rex chases a car through the jungle", ["1 T-Rex subject follows - -", "1 automobile other crosses - -"], dict(scene="forest")),
    ("two dogs and three cats run from right to left", ["2 dog subject crosses left run", "3 cat subject crosses left run"], {}),
    ("a duck swims on a lake while a swan flies away", ["1 duck subject crosses - swim", "1 swan subject leaves away fly"], dict(scene="river")),
    ("in the style of a cartoon, a bear dances", ["1 bear subject bounces - -"], dict(style="noto")),
    ("a rabbit hops across a green field, flat illustration", ["1 rabbit subject crosses - hop"], dict(scene="meadow", style="flat")),
    ("dogs playing in the snow", ["2 dog subject - - -"], dict(ground="snowy")),
    ("fireworks over a city at night", ["1 fireworks subject - - -"], dict(scene="city", time="night")),
    ("a tractor drives through a wheat field", ["1 tractor subject crosses - roll"], dict(scene="farm")),
    ("a turtle swims past a coral reef while the camera follows it", ["1 turtle subject crosses - swim"],
     dict(scene="underwater", camera="follow")),
    ("dog", ["1 dog subject - - -"], {}),
    ("cat and dog", ["1 cat subject - - -", "1 dog subject - - -"], {}),
    ("an astronaut floating in space", ["1 astronaut subject crosses - hover"], dict(scene="space")),
    ("a train crosses a bridge at sunset in the fog", ["1 locomotive subject crosses - -"], dict(scene="bridge", time="sunset", weather="fog")),
    ("a peaceful lake in the mountains at sunrise", [], dict(scene="mountains", time="dawn")),
    ("a quiet lake", [], dict(scene="river")),
    ("a rocket launches into space from the desert, zoom out", ["1 rocket subject rises - -"], dict(scene="space", camera="zoom out")),
    ("two robots fight in a city", ["2 robot subject meets - -"], dict(scene="city")),
    ("the sun sets behind the mountains", ["1 sun subject falls - -"], dict(scene="mountains")),
    ("a snake slithers through the grass", ["1 snake subject crosses - walk"], dict(scene="meadow")),
    ("une rose tombe", ["1 rose subject falls - -"], {}),
    ("un éléphant et une souris se rencontrent dans la savane",
     ["1 elephant subject meets - -", "1 mouse subject meets - -"], dict(scene="meadow")),
    ("la caméra zoome sur un lion", ["1 lion subject - - -"], dict(camera="zoom in")),
    ("une voiture roule dans la ville sous la pluie", ["1 automobile subject crosses - roll"], dict(scene="city", weather="rain")),
    ("ein Schiff fährt über das Meer", ["1 ship subject crosses - -"], dict(scene="beach")),
    ("un pájaro vuela sobre el mar", ["1 bird subject crosses - fly"], dict(scene="beach")),
    ("un gatto cammina sulla spiaggia", ["1 cat subject crosses - walk"], dict(scene="beach")),
    ("um cachorro corre na praia", ["1 dog subject crosses - run"], dict(scene="beach")),
    ("猫が右から左へ歩く", ["1 cat subject crosses left walk"], {}),
    ("собака бежит по снегу", ["1 dog subject crosses - run"], dict(ground="snowy")),
]  # fmt: skip


def told(reading) -> list[str]:
    return [" ".join([str(m.count), LIBRARY.find(m.objects[0], "3d").label, m.role, *(x or "-" for x in (m.motion, m.direction, m.gait))])
            for m in reading.subjects]  # fmt: skip


@pytest.mark.parametrize("prompt, things, says", STRANGERS, ids=[row[0] for row in STRANGERS])
def test_strangers_are_understood(prompt, things, says):
    reading = read(validate(prompt), LIBRARY)
    assert told(reading) == things
    assert {key: getattr(reading, key) for key in says} == says
    assert read(validate(prompt), LIBRARY) == reading


@pytest.mark.parametrize("word, meant", [
    ("elefant", "elephant"), ("dinosour", "dinosaur"), ("giraff", "giraffe"), ("monky", "monkey"), ("moutain", "mountain"),
    ("runing", "running"), ("octopuss", "octopus"), ("camara", "camera"),
])  # fmt: skip
def test_slips_are_mended(word, meant):
    assert wording.spell(word, LIBRARY) == meant


@pytest.mark.parametrize("word", "gramophone gallops galloping howling fluffier sumo boat boot gold clipart twemoji tornado Paris".split())
def test_words_that_are_right_stay(word):
    assert wording.spell(word, LIBRARY) == word


@pytest.mark.parametrize("a, b, apart", [("fox", "fox", 0), ("fhox", "fox", 1), ("hosre", "horse", 1), ("cat", "cart", 1), ("elefant", "elephant", 2)])
def test_distance(a, b, apart):
    assert wording.distance(a, b, 3) == wording.distance(b, a, 3) == apart


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200) | st.text("abcdefgh .,'", max_size=200))
def test_plain_words_of_any_text(text):
    assert wording.plain(text, LIBRARY) == wording.plain(text, LIBRARY)
    reading = read(text, LIBRARY)
    assert reading == read(text, LIBRARY) and expand(reading) == expand(reading)


def test_an_order_alone_is_not_emptied():
    assert wording.plain("show me", LIBRARY).strip()
    assert wording.plain("a video of ", LIBRARY).strip()


def test_two_encoders_agree_to_the_bit():
    texts = ["a red fox runs", "un poulpe nage"]
    (one, mask), (two, again) = TextEncoder().encode(texts), TextEncoder(threads=2).encode(texts)
    assert np.array_equal(mask, again) and np.allclose(one, two, atol=1e-5)
    assert TextEncoder().encode(texts)[0].tobytes() == one.tobytes()


def test_another_model_is_refused(tmp_path, monkeypatch):
    other = tmp_path / "model.onnx"
    shutil.copyfile(encoder.model_file(), other)
    with open(other, "r+b") as file:
        file.seek(1000)
        file.write(b"\x00\x01\x02\x03")
    monkeypatch.setattr(encoder, "model_file", lambda: other)
    with pytest.raises(ValueError, match=r"model\.onnx is damaged: install .* again\.$"):
        TextEncoder().encode(["a cat"])
    other.unlink()
    with pytest.raises(ValueError, match=r"model\.onnx cannot be read: install .* again\.$"):
        TextEncoder().encode(["a cat"])


def test_another_tokenizer_is_refused(tmp_path, monkeypatch):
    import gzip

    other = tmp_path / "tokenizer.json.gz"
    other.write_bytes(gzip.compress(gzip.decompress(encoder.TOKENIZER.read_bytes()) + b" "))
    monkeypatch.setattr(encoder, "TOKENIZER", other)
    with pytest.raises(ValueError, match="tokenizer file is damaged"):
        TextEncoder().encode(["a cat"])
