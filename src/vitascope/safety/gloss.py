"""French and other languages as English words, one by one, so that the English text encoder understands what happens.

A glossary of stems (assets/safety/glossary.txt) comes first, then the names of the library's objects. Word order and grammar
stay as they were: what matters here is which words meet, and the encoder is trained to judge such glosses as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from vitascope.library import ASSETS
from vitascope.prompts import language as languages
from vitascope.prompts import vocabulary

GLOSSARY = ASSETS / "safety" / "glossary.txt"
LONGEST_ENDING = 7  # letters that may follow a stem
TELLING = 4  # letters from which a French word says that a text is French where it stands
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[.,;:!?]")


def plain(text: str) -> str:
    """Lower case without accents: "Égorgé" to "egorge"."""
    parts = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """Words of a text made plain, elided articles parted, and punctuation marks."""
    return _WORD.findall(plain(text).replace("'", " "))


@cache
def glossary() -> tuple[dict[str, str], dict[str, str]]:
    """Whole words and stems to English. Raises ValueError where the file is missing or damaged."""
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    try:
        text = GLOSSARY.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError("The glossary of the prompt filter is missing: install vitascope again.") from error
    entries = "; ".join(line for line in text.splitlines() if not line.startswith("#"))
    for entry in filter(None, (e.strip() for e in entries.split(";"))):
        french, _, english = entry.partition(" = ")
        for word in plain(french).split():
            table = stems if word.endswith("*") else whole
            table.setdefault(word.rstrip("*"), english)
    return whole, stems


@cache
def english_of(word: str) -> str | None:
    """English for one plain French word: as it stands, without a plural's ending, by its longest stem, or as a thing's name."""
    whole, stems = glossary()
    if word in whole:
        return whole[word]
    for end in range(len(word), max(3, len(word) - LONGEST_ENDING) - 1, -1):
        if word[:end] in stems:
            return stems[word[:end]]
    for form in languages.stems(word):
        if form in whole:
            return whole[form]
        if form in names():
            return names()[form]
    return None


@cache
def names() -> dict[str, str]:
    """French names of the library's objects in one word, made plain; its tags are too loose ("chaud" for fire)."""
    spoken = (row for row in vocabulary.names().values() if row.get("fr") and row.get("en"))
    return {plain(row["fr"][0]): row["en"][0] for row in spoken if not set(" -'’") & set(row["fr"][0]) and " " not in row["en"][0]}


def gloss(text: str) -> str:
    """A French text with every known word in English; the others stay, as names and brands do."""
    words = words_of(text)
    found = [english_of(word) or word for word in words]
    return re.sub(r" ([.,;:!?])", r"\1", " ".join(found))


def readings(text: str, language: str, known: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """English readings of a text: itself, its gloss, or both where an English text has French words in it.

    known: English words, which say nothing about French although the glossary has them.
    """
    if language == "fr":
        return [gloss(text)]
    mixed = any(len(w) >= TELLING and w not in known and english_of(w) not in (None, w) for w in words_of(text))
    first = plain(text) if language == "en" else languages.to_english(text, language)
    return [first, gloss(text)] if mixed else [first]
