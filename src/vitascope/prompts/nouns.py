"""Finds the things that a prompt names, among the objects that the library has pictures of."""

from __future__ import annotations

import re
from functools import lru_cache

from . import references
from . import vocabulary as v
from .kinds import stand_ins

LONGEST = 8  # words in a name
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def index(library) -> dict[tuple[str, ...], list[tuple[float, str]]]:
    """Words in a row, in the singular, to [(weight, object), ...], best first; of the library on disk alone."""
    return _index(library.base)


@lru_cache(maxsize=4)
def _index(library) -> dict[tuple[str, ...], list[tuple[float, str]]]:
    table: dict[tuple[str, ...], dict[str, float]] = {}
    labels: dict[str, list[str]] = {}
    kinds = {r.object: r.kind for r in library.references.values()}

    def put(name: str, object_: str, weight: float):
        words = tuple(v.singular(w) for w in WORD.findall(name.lower().replace("’", "'")))
        if words and len(words) <= LONGEST:
            known = table.setdefault(words, {})
            known[object_] = max(known.get(object_, 0), weight)

    for object_, spoken in v.names().items():
        if object_ not in kinds or not spoken.get("en"):
            continue
        label, *tags = spoken["en"]
        labels.setdefault(label.lower(), []).append(object_)
        whole = 0.0 if kinds[object_] == "face" else 0.5  # a whole body is more use in a film than a face
        drawing = -0.2 if object_.startswith(("clipart", "kenney")) else 0.0
        put(label, object_, 10 + whole + drawing)
        for ending in (" face", " sign", " building"):
            if label.endswith(ending):
                put(label.removesuffix(ending), object_, 6 + drawing)
        if ":" in label:  # "woman: red hair" is said "woman with red hair"
            who, what = label.split(":", 1)
            put(who, object_, 1)
            put(f"{who} with {what}", object_, 9)
            put(f"{what} {who}", object_, 9)
        for rank, tag in enumerate(tags):
            put(tag, object_, 3 + whole + drawing - min(rank, 20) * 0.05)
    for word, meant in v.MEANINGS.items():
        for rank, label in enumerate(meant):
            for object_ in labels.get(label.lower(), []):
                whole = 0.5 if kinds[object_] != "face" else 0.0
                put(word, object_, (9.5 if rank else 12) - 0.2 * rank + whole)
    for word, label in stand_ins().items():
        if (v.singular(word),) not in table or max(table[(v.singular(word),)].values()) < 9:
            for object_ in labels.get(label.lower(), []):
                put(word, object_, 9 - (0.5 if kinds[object_] == "face" else 0))
    return {words: sorted(((w, o) for o, w in known.items()), key=lambda e: (-e[0], e[1])) for words, known in table.items()}


def find(library, words: list[str], noun: bool = False) -> tuple[int, list[str], float] | None:
    """The longest name that begins `words`: how many words it takes, its objects, best first, and the best's weight (9 and
    more is a label or a first meaning, less a tag). None if there is none.

    `noun` says that the first word must be a noun (it follows a determiner), so that words which are mostly something else
    ("a fly", "an orange") count too, when they are the very label of an object.
    """
    if words and (name := references.named(library, words[0])):
        return 1, [f"@{name}"], 20.0
    table = index(library)
    plain = [v.singular(w) for w in words[:LONGEST]]
    for n in range(len(plain), 0, -1):
        hit = table.get(tuple(plain[:n]))
        if not hit:
            continue
        weight = hit[0][0]
        if n == 1 and weight < 6 and (_is_face(library, hit[0][1]) or place_of(plain[0])):
            continue  # what a face stands for ("please", "epic", "line") is no thing to film, a place ("lake") no boat
        if n > 1 and plain[0] in v.NUMBERS and (weight < 9 or plain[0] in ("a", "an", "the")):
            continue  # a number before a tag, but "four leaf clover" is a name
        if n == 1:
            if len(plain[0]) < 2 or weight < 2 or words[0] in v.NUMBERS or words[0] == "camera":
                continue
            if (words[0] in v.NEVER or plain[0] in v.NEVER) and not (noun and weight >= 10):
                continue
        return n, [o for w, o in hit if w > weight - 4][:6], weight
    return None


def acting(library, label: str, verb: str) -> list[str]:
    """Objects that show a person doing it: acting(library, "men", "swim") finds "man swimming". Empty if there are none."""
    who = v.singular(label.split()[-1])
    who = {"boy": "man", "girl": "woman", "child": "person", "guy": "man", "lady": "woman"}.get(who, who)
    if who not in ("man", "woman", "person"):
        return []
    return [o for w, o in index(library).get((who, v.DOING.get(verb, "")), []) if w >= 10]


def place_of(words: str) -> str | None:
    """The scene that the words name by themselves: "lake" is "river"."""
    return next((scene for scene, pattern in v.SCENES.items() if re.fullmatch(pattern, words)), None)


def _is_face(library, object_: str) -> bool:
    reference = library.find(object_, "3d")
    return reference is not None and reference.kind == "face"


def is_scene(library, object_: str) -> bool:
    """Whether an object is a picture of a place rather than a thing."""
    reference = library.find(object_, "3d")
    return reference is not None and reference.kind == "scene"


def is_plural_name(library, object_: str, noun: str) -> bool:
    """Whether an object's own label is the plural that was said: one picture shows several ("grapes", "musical notes")."""
    reference = library.find(object_, "3d")
    return reference is not None and noun != v.singular(noun) and noun in reference.label.lower().split()
