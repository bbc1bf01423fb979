""""@name" in a prompt: the user's own characters, as the reader's rules over words see them.

Before reading, each @name becomes a word that no language has ("zq0q"), which translation and spelling leave alone and
`nouns.find` knows; afterwards the words are put back.
"""

from __future__ import annotations

import re
from dataclasses import replace

from . import vocabulary as v

AT = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9_-]*)")
MARK = re.compile(r"zq(\d+)q", re.I)
MOST, ROOM = 4, 3  # references in a film, subjects in a shot (planner.SLOTS)
# The words that lead to a place or a look go with it.
_PLACE = r"(?:(?:\b(?:and|with)\s+)?\b(?:in|on|at|through|across|over|into|to|towards|along|inside|by|near|of|from|before|behind|against)\s+(?:the |a |my |our )?(?:(?:scene|place|backdrop|background|world)\s+(?:of\s+)?)?)?"
_LOOK = r"(?:,?\s*\b(?:in|with|like|after|of|using)\s+)?(?:(?:the |a )?(?:style|look|colou?rs|palette|manner|tones?)\s+(?:of\s+|from\s+)?)?(?:the\s+)?"
_LOOK_END = r"(?:(?:'s)?\s+(?:style|look|colou?rs|palette|tones?)\b|\s+as (?:the |a )?style\b)?"
_PLACE_END = r"(?:'s\b)?(?:\s+as (?:the |a )?(?:backdrop|background|scene)\b)?"


def mark(prompt: str, library) -> str:
    """The prompt with each @name as a word. ValueError with one sentence for names that nobody knows, or too many of them."""
    names = list(library.characters)
    used: list[str] = []

    def word(match: re.Match) -> str:
        said = match[1].rstrip("-_")
        name = next((n for n in (match[1], said) if n in library.characters), None)
        name = name or next((n for n in names if n.lower() == said.lower()), None)
        if name is None:
            known = ", ".join(f"@{n}" for n in names)
            raise ValueError(f"Nobody knows @{said}: " + (f"the characters of this film are {known}." if known else
                             "make a character of that name first, or leave out the @."))  # fmt: skip
        used.append(name)
        return f"zq{names.index(name)}q" + match[1][len(name) if match[1].lower().startswith(name.lower()) else len(match[1]) :]

    marked = AT.sub(word, prompt)
    used = list(dict.fromkeys(used))
    if len(used) > MOST:
        raise ValueError(f"A film has room for {MOST} references, not {len(used)}: leave some of {', '.join('@' + n for n in used)} out.")
    acting = [n for n in used if library.characters[n].kind not in ("scene", "style")]
    if len(acting) > ROOM:
        raise ValueError(
            f"A film has room for {ROOM} acting references, not {len(acting)}: make one of "
            f"{', '.join('@' + n for n in acting)} a scene or a style, or leave it out."
        )
    return marked


def unmark(text: str, library) -> str:
    """The text with the names put back."""
    names = list(library.characters)
    return MARK.sub(lambda m: f"@{names[int(m[1])]}" if int(m[1]) < len(names) else m[0], text) if names else text


def named(library, word: str) -> str | None:
    """The character that a marked word stands for, also in the genitive; None for any other word."""
    match = MARK.fullmatch(word.split("'")[0]) if library.characters else None
    names = list(library.characters)
    return names[int(match[1])] if match and int(match[1]) < len(names) else None


def settings(text: str, library) -> tuple[str, str | None, str | None]:
    """(text without them, scene, style): the characters that are no actors, the first of each kind."""
    found: dict[str, str] = {}
    for k, (name, character) in enumerate(library.characters.items()):
        if character.kind not in ("scene", "style"):
            continue
        before, after = (_PLACE, _PLACE_END) if character.kind == "scene" else (_LOOK, _LOOK_END)
        for match in reversed(list(re.finditer(rf"{before}\bzq{k}q\b{after}", text, re.I))):
            at = match.start()
            if character.kind not in found or at < found[character.kind][0]:
                found[character.kind] = at, name
            text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    return text, found.get("scene", (0, None))[1], found.get("style", (0, None))[1]


def scene_of(backdrop: str | None, library) -> str | None:
    """The scene (one of plan.SCENES) that the words of a backdrop name, "plain" when they name none, None without backdrop."""
    from .nouns import place_of

    if backdrop is None:
        return None
    said = re.findall(r"[a-z]+", library.characters[backdrop].words.lower())
    return next(filter(None, map(place_of, said)), "plain")


def apposition(library, words: list[str]) -> int:
    """How many words after a name say what it is: 2 for "@milo the dog runs"."""
    from .nouns import find

    start = int(words[:1] == [","])
    if len(words) < start + 2 or words[start] not in ("the", "a", "an"):
        return 0
    k = start + 1
    while k < len(words) - 1 and words[k] in v.ADJECTIVES:
        k += 1
    hit = find(library, words[k:], noun=True)
    if not hit or hit[2] < 9 or hit[1][0][:1] == "@":
        return 0
    stop = k + hit[0]
    return stop if not start or words[stop : stop + 1] == [","] else 0  # between commas, or it may be the next of a list


def fit(mentions: list, library) -> list:
    """Mentions with characters called what they are, and few enough others that every character finds room in the shot."""
    mine = sum(mention.objects[0][:1] == "@" for mention in mentions)
    room, fitted = ROOM - mine, []
    for mention in mentions:
        if mention.objects[0][:1] == "@":
            fitted.append(called(mention, library))
        elif not mine or room > 0:
            fitted.append(replace(mention, count=min(mention.count, room)) if mine else mention)
            room -= fitted[-1].count
    return fitted


def called(mention, library):
    """A character's mention, labelled "dog" instead of by its mark; "@milo the dog" also moves as a dog does."""
    from .nouns import find

    what = re.sub(r"^\S+(?: ,)? (?:the|an?) ", "", mention.label) if " " in mention.label else ""
    hit = find(library, what.split()[-1:], noun=True)
    if not hit:
        return replace(mention, label=library.find(mention.objects[0], "3d").label)
    reference = library.find(hit[1][0], "3d")
    return replace(mention, label=what, gait=mention.gait or (reference.gait if reference else None))
