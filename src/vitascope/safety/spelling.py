"""Words with a letter missing or two swapped, put right: a further text to judge, never instead of what was written."""

from __future__ import annotations

from functools import lru_cache

from .gloss import english_of
from .glyphs import fold
from .lexicon import TOKEN

SHORTEST = 5  # letters of a word that may be put right
DANGER = 6  # letters of one that counts by itself when it is on the lists
WRONG = 0.3  # share of the longer words that must be no words before the others are put right too
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def repaired(text: str, language: str) -> str | None:
    """The text with its misspelt words put right, in English and French; None where nothing speaks for a disguise.

    That is where a word of the lists comes out in an English text, or where many words at once are none and become some:
    a French word that the tables lack looks misspelt too, so a single one says nothing.
    """
    from .normalise import danger_words  # which looks things up here in its turn

    if language not in ("en", "fr"):
        return None
    words = [fold(word) for word in TOKEN.findall(text)]
    long = [word for word in words if len(word) >= SHORTEST - 1 and word.isascii() and word.isalpha()]
    unknown = [word for word in long if not known(word)]
    if not unknown:
        return None
    better = {word: found for word in unknown if (found := put_right(word))}
    many = len(better) >= 2 and len(unknown) >= WRONG * len(long)
    if not many:
        better = {word: found for word, found in better.items() if language == "en" and len(found) >= DANGER and found in danger_words()}
    return " ".join(better.get(word, word) for word in words) if better else None


@lru_cache(maxsize=8192)
def known(word: str) -> bool:
    """Whether a folded word is one of English or French, as far as the tables and the lists go."""
    from .normalise import _word

    return _word(word) or english_of(word) is not None


@lru_cache(maxsize=4096)
def put_right(word: str) -> str | None:
    """The word that two swapped letters or a missing one may have been: of those possible, one of the lists, else the first."""
    from .normalise import danger_words

    inner = range(1, len(word))
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1) if word[i] != word[i + 1]]
    fuller = [word[:i] + letter + word[i:] for i in inner for letter in _LETTERS]
    for options in (swapped, fuller):
        possible = [option for option in options if len(option) >= SHORTEST and known(option)]
        if possible:
            return next((option for option in possible if option in danger_words()), possible[0])
    return None
