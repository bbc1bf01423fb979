"""Names of real people, others' characters and brands in a text, misspelled ones too; words that are also names need company.

"Apple" alone is a fruit and "a jaguar runs" an animal: such entries of names.txt say which other words must be in the text.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from vitascope.prompts.language import noun_words

from .glyphs import fold
from .lexicon import FOLDER, Hit, tokens_of
from .normalise import known_words

ALONE, COMPANY, LISTED, MISSPELLED = 0.95, 0.8, 0.75, 0.7
FUZZY = 7  # letters, without spaces, from which a name is known by one wrong, missing or added letter
LONGEST = 5  # words of a name
_KINDS = {"people": "likeness", "characters": "ip", "brands": "ip"}


@dataclass
class Names:
    """whole: name to (category, strength); company: word to (category, words of which one must be near); free: harmless names.

    heads, tails: first and last half of a long name to the names that have it, for the search with one slip.
    """

    whole: dict[tuple[str, ...], tuple[str, float]] = field(default_factory=dict)
    company: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    free: set[tuple[str, ...]] = field(default_factory=set)
    freed: set[str] = field(default_factory=set)  # first words of the harmless names
    heads: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    tails: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)  # words of names by hand that are no thing and no word of French
    firsts: set[str] = field(default_factory=set)  # first words of names
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def shipped() -> Names:
    """The lists that are shipped, read once."""
    out = Names()
    _by_hand((FOLDER / "names.txt").read_text(encoding="utf-8"), out)
    for what, category in (("people", "likeness"), ("brands", "ip")):
        for name in gzip.decompress((FOLDER / f"names.{what}.gz").read_bytes()).decode().splitlines():
            words = tuple(name.split())
            if words not in out.free:
                out.whole.setdefault(words, (category, LISTED))
    for words in out.whole:
        _index(words, out)
    out.freed = {words[0] for words in out.free}
    out.firsts = {words[0] for words in (*out.whole, *out.company)} | {words[0] + "s" for words in (*out.whole, *out.company) if len(words) == 1}
    things = noun_words()["en"].keys() | noun_words()["fr"].keys()
    out.parts = {words[-1] for words, (category, strength) in out.whole.items() if len(words) > 1 and strength == ALONE and category == "likeness"} - things
    return out


def _by_hand(text: str, out: Names) -> None:
    general: tuple[str, ...] = ()
    put = kind = None
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            kind, _, put = line.strip("[]").partition(" ")
            general = ()
        elif put == "company":
            name, _, wants = line.partition("~")
            if name.startswith("* "):
                general = tuple(fold(name[2:]).split())
                continue
            words = tuple(w for want in fold(wants).split() for w in (general if want == "*" else (want,)))
            out.company.setdefault(tuple(tokens_of(name)), []).append((_KINDS[kind], words))
        else:
            for entry in filter(None, map(str.strip, line.split(","))):
                words = tuple(re.findall(r"[^\W_]+\*?", fold(entry)))
                if kind == "free":
                    out.free.add(words)
                else:
                    for form in _forms(words):
                        out.whole.setdefault(form, (_KINDS[kind], ALONE))


def _forms(words: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """The entry, and for a star at its end the endings that names take."""
    if not words[-1].endswith("*"):
        return (words,)
    stem = words[-1][:-1]
    return tuple((*words[:-1], stem + end) for end in ("", "s", "es", "ette", "er"))


def _index(words: tuple[str, ...], out: Names) -> None:
    letters = "".join(words)
    if len(words) <= len(out.joined.get(letters, words)):
        out.joined[letters] = words
    if len(letters) >= FUZZY:
        half = len(letters) // 2
        out.heads.setdefault((len(letters), letters[:half]), []).append(letters)
        out.tails.setdefault((len(letters), letters[half:]), []).append(letters)


def find(text: str, language: str = "en", allow: Iterable[str] = ()) -> list[Hit]:
    """Every name in the text that counts: the longest at each place, harmless names and the allowed ones taken out first.

    In other languages than English and French nothing is guessed from misspellings, and their own nouns are no names.
    """
    tokens, names = tokens_of(text), shipped()
    own = {tuple(tokens_of(name)) for name in allow}
    starts = names.freed | {words[0] for words in own if words}
    taken: set[int] = set()
    for start in (k for k, token in enumerate(tokens) if token in starts):
        n = next((n for n in range(LONGEST, 0, -1) if (words := tuple(tokens[start : start + n])) in names.free or words in own), 0)
        taken.update(range(start, min(start + n, len(tokens))))
    slips = language in ("en", "fr")
    plain = frozenset() if slips else _nouns(language)
    odd = [slips and _odd(token, names) for token in tokens]
    found, i = [], 0
    while i < len(tokens):
        hit = None if i in taken else _at(tokens, i, names, taken, odd)
        if hit and hit.words in plain:  # "un zorro" is a fox, "meloni" are melons
            hit = None
        if hit:
            found.append(hit)
        i = hit.where[1] if hit else i + 1
    return found


def _at(tokens: list[str], i: int, names: Names, taken: set[int], odd: list[bool]) -> Hit | None:
    """The name that begins at word i: exactly, then possessive or plural, then in company, then with a slip."""
    most = next((n for n in range(1, LONGEST) if i + n in taken), LONGEST)
    spans = range(min(most, len(tokens) - i), 0, -1)
    for n in spans[-3:]:  # "elonmusk", "Leonardo Di Caprio"
        whole = names.joined.get("".join(tokens[i : i + n]))
        if whole and names.whole[whole][1] == ALONE and sum(map(len, whole)) > 8:
            return Hit(names.whole[whole][0], ALONE, "", " ".join(tokens[i : i + n]), "", (i, i + n))
    if tokens[i] in names.firsts:
        for n in spans:
            words = tuple(tokens[i : i + n])
            for form in (words, (*words[:-1], words[-1][:-1]) if words[-1].endswith("s") and len(words[-1]) > 4 else words):
                if form in names.whole and (form == words or names.whole[form][1] > LISTED):  # "Mark hunts" is not Mark Hunt
                    category, strength = names.whole[form]
                    return Hit(category, strength, "", " ".join(words), "", (i, i + n))
        for n in spans:
            if hit := _in_company(tokens, i, tuple(tokens[i : i + n]), names):
                return hit
    for n in spans[-4:]:
        if any(odd[i : i + n]) and (name := _slip(words := tuple(tokens[i : i + n]), names)) is not None:
            return Hit(names.whole[name][0], MISSPELLED, "", " ".join(words), "", (i, i + n))
    return None


@cache
def _nouns(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in noun_words().get(language, ()) if " " not in word)


def _in_company(tokens: list[str], i: int, words: tuple[str, ...], names: Names) -> Hit | None:
    forms = (words, (words[0].removesuffix("s"),)) if len(words) == 1 else (words,)
    for form in forms:
        for category, wants in names.company.get(form, ()):
            near = set(tokens[max(0, i - 12) : i]) | set(tokens[i + len(words) : i + len(words) + 12])
            if with_it := [w for w in wants if w in near]:
                return Hit(category, COMPANY, "", " … ".join([" ".join(words), with_it[0]]), "", (i, i + len(words)))
    return None


def _slip(words: tuple[str, ...], names: Names) -> tuple[str, ...] | None:
    """The name that these words are but for one letter or a space; None where all of them are words of their own."""
    letters = "".join(words)
    if len(letters) < FUZZY - 1 or letters.isdigit() or len(words) > 1 and min(map(len, words)) < 2:
        return None
    if letters in names.joined and (whole := names.joined[letters]) != words:
        return whole if len(letters) >= FUZZY else None
    for length in (len(letters) - 1, len(letters), len(letters) + 1):
        if length < FUZZY or length < 9 and length != len(letters):
            continue
        half = length // 2
        for near in (*names.heads.get((length, letters[:half]), ()), *names.tails.get((length, letters[half - length :]), ())):
            if one_slip(letters, near) and len(names.joined[near]) >= len(words) - 1 and letters[0] == near[0] and (len(words) > 1 or len(names.joined[near]) == 1):
                return names.joined[near]
    return None


def _odd(word: str, names: Names) -> bool:
    """Whether a word may be part of a misspelled name: part of a famous one, or no word of any language known here."""
    return word in names.parts or not _usual(word)


@lru_cache(maxsize=16384)
def _usual(word: str) -> bool:
    return word in known_words() or any(word in noun_words()[lang] for lang in ("de", "es", "it", "pt")) or word.removesuffix("s") in known_words()


def one_slip(a: str, b: str) -> bool:
    """Whether two words differ by one letter wrong, missing or added, or two neighbours swapped; equal words do not."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :] or (a[start + 2 :] == b[start + 2 :] and a[start : start + 2] == b[start : start + 2][::-1])
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[start + 1 :] == shorter[start:]
