"""Puts a prompt in plain words before it is read: no "please make a video of", groups counted, slips of the pen mended."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache, lru_cache

from . import nouns
from . import vocabulary as v
from .encoder import TOKENIZER

# What a prompt is introduced with: an order, a kind of shot, praise. It names nothing that is to be seen.
_ORDER = r"(?:please |can you |could you |i want(?: to see)? |i(?: would|'d) like(?: to see)? |let me see |give me |show me |make me |make |create |generate |draw |animate |film |render |produce )+"
_PRAISE = r"(?:(?:short|long|epic|cinematic|beautiful|stunning|amazing|cool|nice|realistic|photo-?realistic|hyper-?realistic|detailed|high quality|hd|4k|slow motion|wide|aerial|drone|establishing|medium|tracking|vintage),? )*"
_PICTURE = r"(?:video|film|movie|clip|shot|animation|scene|footage|gif|image|picture|view)"
INTRODUCTION = re.compile(
    rf"^\s*(?:{_ORDER}(?:(?:an? |the )?{_PRAISE}{_PICTURE} (?:of|with|about|where|in which|showing|that shows) )?"
    rf"|(?:an? |the )?{_PRAISE}(?<!tracking ){_PICTURE} (?:of|with|about|where|in which|showing|that shows) )", re.I)  # fmt: skip
GROUP = re.compile(r"\b(?:a |an |the )?(?:(?:small|big|large|huge|whole) )?(?:group|school|flock|herd|pack|swarm|bunch|crowd|shoal|troop|colony|pride) of (?=\w)", re.I)
SPELLINGS = {"thru": "through", "tru": "through", "alot": "many", "forrest": "forest"}
WORD = re.compile(r"[A-Za-z]{4,}")


def plain(text: str, library) -> str:
    """An English prompt with its introduction gone, "a herd of" as "several", and misspelled words mended."""
    rest = INTRODUCTION.sub("", text, count=1)
    text = rest if re.search(r"\w", rest) else text
    text = GROUP.sub("several ", text)
    text = re.sub(r"\b(in|into|through|across|over) (the|a) dessert\b", r"\1 \2 desert", text, flags=re.I)
    return WORD.sub(lambda m: spell(m.group(), library), text)


@lru_cache(maxsize=4096)
def spell(word: str, library) -> str:
    """A misspelled English word as the nearest word that the reader knows; any other word as it is.

    A word that the text encoder's vocabulary has whole is no slip. The first letter must be right; one letter may be
    wrong, missing, added or swapped with its neighbour, two in words of seven letters and more.
    """
    low = word.lower()
    if low in SPELLINGS:
        return SPELLINGS[low]
    known = known_words(library)
    if low in known or v.singular(low) in read_words(library) or low in english_words() or _bends(low):
        return word
    if any(re.fullmatch(pattern, low) for pattern, _, _ in v.VERBS):
        return word
    allowed = 2 if len(low) >= 7 else 1
    near = [(distance(low, other, allowed), -rank, other) for other, rank in known.items()
            if other[0] == low[0] and abs(len(other) - len(low)) <= allowed]  # fmt: skip
    best = min((n for n in near if n[0] <= allowed), default=None)
    return best[2] if best else word


def _bends(word: str) -> bool:
    """Whether the word is an ending away from a word of the vocabulary ("howling", "fluffier", "drifters")."""
    stems = [word[: -len(end)] + new for end in ("ing", "ed", "er", "ers", "est", "ly", "s", "es", "less", "ness", "ish")
             for new in ("", "e", "y") if word.endswith(end) and not (end == "s" and word.endswith("ss")) and len(word) - len(end) > 3]  # fmt: skip
    return any(stem in english_words() for stem in stems)


@cache
def english_words() -> frozenset[str]:
    """The whole words of the text encoder's vocabulary, in lower case (about 20,000)."""
    tokens = json.loads(gzip.decompress(TOKENIZER.read_bytes()))["model"]["vocab"]
    return frozenset(token for token in tokens if token.isalpha() and len(token) > 3)


@lru_cache(maxsize=4)
def read_words(library) -> frozenset[str]:
    """Every word that the reader's tables have, in the singular: those of long names, tags, styles and cameras too."""
    tables = [*v.STYLES.values(), *v.DIRECTIONS.values(), v.CAMERA_CLAUSE, *(pattern for _, pattern in v.CAMERAS)]
    named = (word for words in nouns.index(library) for word in words)
    return frozenset(named) | {v.singular(word) for word in re.findall(r"[a-z]{4,}", " ".join(tables))}


@lru_cache(maxsize=4)
def known_words(library) -> dict[str, int]:
    """Words that can be meant by a misspelled one: things (and their plurals) 2, words of places, motions and times 1."""
    said = " ".join([*v.SCENES.values(), *v.TIMES.values(), *v.GROUNDS.values(), *v.WEATHERS.values()])
    verbs = "walks walking runs running swims swimming flies flying jumps jumping follows following chases chasing rises dances dancing crosses bounces camera behind through"
    table = {word: 1 for word in re.findall(r"[a-z]{4,}", f"{said} {verbs}")}
    table |= dict.fromkeys((word for word in v.NEVER | v.ADJECTIVES if len(word) > 3), 1)
    for words, hits in nouns.index(library).items():
        if len(words) == 1 and len(words[0]) > 2 and words[0].isascii() and words[0].isalpha() and hits[0][0] >= 9:
            table[words[0]] = 2
            if not words[0].endswith("s"):
                table.setdefault(words[0] + "s", 2)
    return table


def distance(a: str, b: str, most: int) -> int:
    """How many letters differ: wrong, missing, added, or two neighbours swapped (Damerau and Levenshtein); most + 1 at most."""
    before, row = [], list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if last and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
