"""A short or vague prompt made rich: what it leaves open gets the value that a viewer would expect, and stays said.

A fish swims underwater, a camel walks in the desert, a rocket rises in space: where things live comes from the tables
that the training films are cast with, and from `habitats` for what has a home of its own.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace

import numpy as np

from vitascope.corpus.casting import PLACES, held_out, role

from . import nouns
from . import vocabulary as v
from .expand import expand
from .habitats import HOMES, MOODS, NIGHT, SNOW, STARS, VAGUE
from .reader import Mention, Reading


@dataclass(frozen=True)
class Expansion:
    """A caption in the form of the training captions, the reading that it tells, and what was added, in words.

    `fields` names what was added: of subject, scene, time, weather, ground, motion, direction, camera, style.
    """

    caption: str
    reading: Reading
    added: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def enrich(reading: Reading, library, seed: int = 0, *, opening: bool = True) -> Expansion:
    """One shot's reading with everything said. The same prompt and seed always give the same; other seeds vary it.

    opening: it is the first passage of a film; a later one without a subject is left without.
    """
    rng = np.random.default_rng([zlib.crc32(reading.english.strip().lower().encode()), seed])
    fields: list[str] = []

    def fill(name: str, value) -> None:
        nonlocal reading
        if getattr(reading, name) is None and value is not None:
            reading = replace(reading, **{name: value})
            fields.append(name)

    if opening and re.fullmatch(VAGUE, reading.prompt.strip(" .!?…").lower()):
        reading = replace(reading, subjects=(), unknown=(), stand_ins=(), scene=None)
    if opening and not reading.subjects and not reading.unknown and not (reading.scene or reading.weather or reading.ground or reading.time):
        reading = replace(reading, subjects=(_someone(reading, library, rng),))
        fields.append("subject")
    cast = [(mention, _picture(mention, library)) for mention in reading.subjects]
    star = next((r for mention, r in cast if r is not None and mention.role == "subject"), None)
    star = star or next((r for _, r in cast if r is not None), None)
    words = f"{star.label if star else ''} {' '.join(m.label for m in reading.subjects)}".lower()
    fill("scene", home(star, words, reading, rng))
    indoors = reading.scene in ("space", "plain", "room", "underwater")
    fill("time", "night" if not indoors and _any(words, NIGHT) else "day")
    fill("weather", "clear")
    if reading.ground is None:
        reading = replace(reading, ground="normal")
        if _any(words, SNOW) and reading.scene in ("mountains", "forest", "park", "meadow") or reading.weather == "snow":
            reading = replace(reading, ground="snowy")
            fields.append("ground")
    subjects = tuple(_act(mention, reference, reading, rng, fields) for mention, reference in cast)
    reading = replace(reading, subjects=subjects)
    fill("camera", camera(reading, rng))
    fill("style", _style(star))
    fields = tuple(dict.fromkeys(fields))
    return Expansion(expand(reading), reading, told(reading, fields, library), fields)


def _any(words: str, names: str) -> bool:
    return any(f" {name.replace('-', ' ')} " in f" {words} " for name in names.split())


def _picture(mention: Mention, library):
    return next((r for r in (library.find(o, "3d") for o in mention.objects) if r), None)


def _style(reference) -> str:
    drawn = {"anim": "3d", "kenney": "flat"}
    return drawn.get(reference.style, reference.style) if reference is not None else "3d"


def _someone(reading: Reading, library, rng) -> Mention:
    """A subject for a prompt that names nothing: one that suits its mood."""
    said = f"{reading.prompt} {reading.english}".lower()
    names = next((stars for mood, stars in MOODS.items() if any(word in said for word in mood.split())), STARS).split()
    name = names[int(rng.integers(len(names)))].replace("-", " ")
    hit = nouns.find(library, name.split()) or nouns.find(library, ["fox"])
    return Mention(name, tuple(hit[1]), 1, (0, 0))


def home(reference, words: str, reading: Reading, rng) -> str | None:
    """The kind of scene where a subject lives; for what has no picture a plain backdrop; for a landscape a meadow."""
    if reference is None:
        return "plain" if reading.unknown or reading.subjects else "mountains" if reading.ground == "snowy" else "meadow"
    flies = any(m.gait == "fly" or m.motion == "rises" for m in reading.subjects)
    kinds = next((kinds for kinds, names in HOMES if _any(reference.label.lower(), names)), None)
    kinds = kinds or next((kinds for kinds, names in HOMES if _any(words, names)), None)
    if kinds:
        places = kinds.split()
    else:
        kind = "animal" if reference.kind == "character" and reference.gait != "none" else reference.kind
        places = list(dict.fromkeys(PLACES[role(replace(reference, kind=kind))].split()))[:3]  # the likeliest
        places = ["sky", "meadow"] if flies and reference.gait not in ("fly", "hover") else places
    places = [kind for kind in places if kind != held_out()["scene"]] or ["meadow"]
    if reading.weather in ("snow", "rain", "wind") or reading.ground == "snowy":  # weather is seen under an open sky
        places = [kind for kind in places if kind not in ("room", "plain", "underwater", "space")] or ["park"]
    return places[int(rng.integers(len(places)))]


def _act(mention: Mention, reference, reading: Reading, rng, fields: list[str]) -> Mention:
    """A mention with a motion, gait and way where nothing was said of it."""
    if reference is None or mention.role != "subject":
        return mention
    gait = mention.gait or reference.gait
    if mention.motion is None:
        motion = "stands" if gait == "none" else "crosses"
        if _any(reference.label.lower(), "rocket sun full-moon balloon hot-air-balloon fireworks"):
            motion = "rises"
        elif reference.kind == "face" and gait == "none" or _any(reference.label.lower(), "ball basketball soccer-ball tennis"):
            motion = "bounces"
        mention = replace(mention, motion=motion, gait=gait if motion == "crosses" else mention.gait)
        fields.append("motion")
    if mention.motion in ("crosses", "waits", "follows") and mention.direction is None:
        mention = replace(mention, gait=gait if mention.motion == "crosses" else mention.gait)
        others = [m.direction for m in reading.subjects if m.direction in ("left", "right")]
        side = others[0] if others else {"pan left": "left", "pan right": "right"}.get(reading.camera)
        side = side or ("right", "left")[zlib.crc32(reading.english.encode()) % 2]
        mention = replace(mention, direction=side)
        fields.append("direction")
    return mention


def camera(reading: Reading, rng) -> str:
    """A camera move that suits what happens."""
    movers = [m for m in reading.subjects if m.role == "subject"]
    if not movers:
        return ("pan right", "zoom in", "pan left")[int(rng.integers(3))]
    lead = movers[0]
    suits = {
        "crosses": ("follow", "follow", f"pan {lead.direction}" if lead.direction in ("left", "right") else "still"),
        "waits": ("still", "zoom in"), "follows": ("still", "follow"), "meets": ("still", "zoom in"), "hides": ("still",),
        "stands": ("zoom in", "orbit", "zoom in"), "rises": ("tilt up", "still"), "falls": ("tilt down", "still"),
        "bounces": ("still", "zoom in"), "circles": ("still", "zoom out"), "approaches": ("still",), "leaves": ("still", "zoom out"),
    }[lead.motion or "stands"]  # fmt: skip
    if len(movers) > 1 or lead.count > 1:
        suits = tuple(name for name in suits if name != "follow") or ("still",)
    return suits[int(rng.integers(len(suits)))]


def told(reading: Reading, fields: tuple[str, ...], library) -> tuple[str, ...]:
    """What was added, in the prompt's language where it is French, in English otherwise."""
    lang = "fr" if reading.language == "fr" else "en"
    phrases = v.phrases()
    out = []
    if "subject" in fields:
        out.append(_name(reading.subjects[0], lang))
    if "motion" in fields or "direction" in fields:
        lead = next((m for m in reading.subjects if m.role == "subject" and m.motion), None)
        if lead:
            ways = {"right": "left to right", "left": "right to left"} | {w: w for w in ("up", "down", "towards", "away")}
            deed = phrases["gait"][lead.gait][lang][0] if lead.motion == "crosses" and lead.gait else phrases["motion"][lead.motion][lang][0]
            way = phrases["direction"][ways[lead.direction]][lang][0] if lead.direction in ways else ""
            out.append((f"{deed} {way}" if "motion" in fields else way).strip())
    indoors = reading.scene in ("space", "plain", "room", "underwater")
    for name in ("scene", "ground", "time", "weather", "camera", "style"):
        if name in fields and not (indoors and name in ("time", "weather")):
            out.append(phrases[name][getattr(reading, name)][lang][0])
    return tuple(word for word in out if word)


def _name(mention: Mention, lang: str) -> str:
    known = v.names().get(mention.objects[0], {}).get(lang)
    return known[0] if lang == "fr" and known else mention.label
