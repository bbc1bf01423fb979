"""English grammar for captions: articles, plurals of nouns, and verbs that agree."""

from __future__ import annotations

import re
from functools import lru_cache

_MANY = {
    "mouse": "mice",
    "goose": "geese",
    "man": "men",
    "woman": "women",
    "person": "people",
    "child": "children",
    "fish": "fish",
    "deer": "deer",
    "sheep": "sheep",
    "wolf": "wolves",
    "leaf": "leaves",
    "knife": "knives",
    "ox": "oxen",
    "bison": "bison",
    "shrimp": "shrimp",
    "squid": "squid",
    "tooth": "teeth",
    "foot": "feet",
    "elf": "elves",
    "calf": "calves",
    "loaf": "loaves",
    "scarf": "scarves",
}
_UNCOUNTED = {
    "fire",
    "bread",
    "rice",
    "salt",
    "butter",
    "garlic",
    "mate",
    "sake",
    "tennis",
    "spaghetti",
    "ice",
    "fog",
    "bacon",
}
_PLURAL = re.compile(
    r"^(?:houses|french fries|grapes|cherries|peanuts|pancakes|chopsticks|goggles|gloves|socks|shorts|briefs|"
    r"jeans|glasses|sunglasses|scissors|beans|bubbles|blueberries|chains|sparkles|books|maracas|skis|fireworks|"
    r"hot springs|prayer beads|shopping bags|musical notes|clinking .*|nesting dolls|japanese dolls|control knobs|"
    r"film frames|admission tickets|performing arts|flower playing cards|ballet shoes|crossed swords|"
    r"linked paperclips|card index dividers|bookmark tabs|people .*|men .*|women .*|woman’s clothes|men wrestling|"
    r"women wrestling)$",
    re.I,
)
_NAMES = ("Santa", "Mrs.", "Mx", "Mount", "Tokyo", "Statue")
_VERBS = {
    "goes": "go",
    "does": "do",
    "is": "are",
    "has": "have",
    "flies": "fly",
    "hurries": "hurry",
    "passes": "pass",
    "crosses": "cross",
    "dashes": "dash",
}
_WORDS = set(
    "stands stays crosses goes moves passes rises climbs lifts soars takes falls drops comes tumbles descends "
    "bounces jumps circles loops approaches leaves disappears waits pauses follows chases runs trails meets "
    "walks hides reappears glides slides strolls wanders trots dashes races sprints hurries flies flutters flaps "
    "swims paddles rolls drives rides speeds hops leaps bounds floats hovers drifts turns starts sets ends grows "
    "gets stops keeps is does".split()
)


def tidy(label: str) -> str:
    """A library label as it is said: "man: red hair" becomes "man with red hair"."""
    if ":" in label:
        head, tail = (part.strip() for part in label.split(":", 1))
        label = (
            f"bald {head}" if tail == "bald" else f"{head} with a beard" if tail == "beard" else f"{head} with {tail}"
        )
    return label


@lru_cache(maxsize=8192)
def name_of(label: str, count: int = 1, number: str = "a ", article: bool = True) -> str:
    """The label with its article or number: "a fox", "an owl", "some grapes", "two foxes"."""
    label = tidy(label)
    if count > 1:
        return f"{number.strip()} {plural(label)}"
    if not article:
        return label
    if _PLURAL.match(label) or label in _UNCOUNTED:
        return f"some {label}"
    if label.startswith(_NAMES):
        return ("the " if label.startswith("Statue") else "") + label
    if number.strip() == "a" and re.match(r"[aeiou](?!ni|ne|uro)", label.lower()):
        return f"an {label}"
    return f"{number.strip()} {label}"


def is_plural(label: str) -> bool:
    """Whether a label names several things: "grapes", "scissors"."""
    return bool(_PLURAL.match(label))


def possessive(label: str | None) -> str:
    """ "the fox", for something named before."""
    label = tidy(label or "")
    return label if label.startswith(_NAMES) else f"the {label}"


def plural(label: str) -> str:
    """More than one of a label: its head noun, which is before "with", "in", "of" and the like, in the plural."""
    if _PLURAL.match(label):
        return label
    match = re.search(
        r" (?:with|in|on|of|behind|without|wearing|holding|blowing|and|running|walking|swimming|surfing|golfing|"
        r"lifting|biking|rowing|juggling|playing|standing|kneeling|climbing|bowing|dancing|facepalming|"
        r"shrugging|frowning|pouting|gesturing|tipping|raising|getting|feeding|cartwheeling|taking)\b",
        label,
    )
    head, rest = (label[: match.start()], label[match.start() :]) if match else (label, "")
    first, _, noun = head.rpartition(" ")
    if noun in _MANY:
        noun = _MANY[noun]
    elif noun.endswith("man") and noun not in ("human",) and len(noun) > 3:
        noun = noun[:-3] + "men"
    elif re.search(r"(s|x|z|ch|sh)$", noun):
        noun += "es"
    elif re.search(r"[^aeiou]y$", noun):
        noun = noun[:-1] + "ies"
    else:
        noun += "s"
    return f"{first} {noun}".strip() + rest


def plural_verbs(text: str) -> str:
    """Every verb of the captions' wordings made to agree with "they"."""

    def agree(match):
        word = match[0]
        if word not in _WORDS:
            return word
        return _VERBS.get(word, word[:-1])

    text = re.sub(r"(?<!in )\b[a-z]+s\b", agree, text)
    return (
        text.replace("its distance", "their distance")
        .replace("its place", "their place")
        .replace("it started", "they started")
        .replace("it are", "they are")
    )
