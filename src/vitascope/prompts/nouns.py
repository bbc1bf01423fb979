"""Finds the things that a prompt names, among the objects that the library has pictures of."""

from __future__ import annotations

import re
from functools import lru_cache

from . import vocabulary as v

LONGEST = 5  # words in a name


@lru_cache(maxsize=4)
def index(library) -> dict[tuple[str, ...], list[tuple[float, str]]]:
    """Words in a row, in the singular, to [(weight, object), ...], best first."""
    table: dict[tuple[str, ...], dict[str, float]] = {}
    labels: dict[str, list[str]] = {}
    kinds = {r.object: r.kind for r in library.references.values()}

    def put(name: str, object_: str, weight: float):
        words = tuple(v.singular(w) for w in re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", name.lower()))
        if words and len(words) <= LONGEST:
            known = table.setdefault(words, {})
            known[object_] = max(known.get(object_, 0), weight)

    for object_, spoken in v.names().items():
        if object_ not in kinds or not spoken.get("en"):
            continue
        label, *tags = spoken["en"]
        labels.setdefault(label.lower(), []).append(object_)
        whole = 0.0 if kinds[object_] == "face" else 0.5  # a whole body is more use in a film than a face
        drawing = 0.3 if object_.startswith(("clipart", "kenney")) else 0.0
        put(label, object_, 10 + whole + drawing)
        for ending in (" face", " sign", " building"):
            if label.endswith(ending):
                put(label.removesuffix(ending), object_, 6 + drawing)
        if ":" in label:
            put(label.split(":")[0], object_, 1)
        for rank, tag in enumerate(tags):
            put(tag, object_, 3 + whole + drawing - min(rank, 20) * 0.05)
    for word, meant in v.MEANINGS.items():
        for rank, label in enumerate(meant):
            for object_ in labels.get(label.lower(), []):
                whole = 0.5 if kinds[object_] != "face" else 0.0
                put(word, object_, (9.5 if rank else 12) - 0.2 * rank + whole)
    return {words: sorted(((w, o) for o, w in known.items()), key=lambda e: (-e[0], e[1])) for words, known in table.items()}


def find(library, words: list[str]) -> tuple[int, list[str]] | None:
    """The longest name that begins `words`: how many words it takes, and its objects, best first; None if there is none."""
    table = index(library)
    plain = [v.singular(w) for w in words[:LONGEST]]
    for n in range(len(plain), 0, -1):
        if n == 1 and (words[0] in v.NEVER or plain[0] in v.NEVER or len(plain[0]) < 2):
            return None
        hit = table.get(tuple(plain[:n]))
        if hit and (n == 1 or plain[0] not in v.NUMBERS):
            weight = hit[0][0]
            if weight < 2 and n == 1:
                continue
            return n, [o for w, o in hit if w > weight - 4][:6]
    return None
