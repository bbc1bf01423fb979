"""Names of real people, others' characters and brands in a text, misspelled ones too; words that are also names need company.

"Apple" alone is a fruit and "a jaguar runs" an animal: such entries of names.txt say which other words must be in the text.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

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
    heads: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    tails: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)  # words of names by hand that are no thing and no word of French
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
    out.joined.setdefault(letters, words)
    if len(letters) >= FUZZY:
        half = len(letters) // 2
        out.heads.setdefault((len(letters), letters[:half]), []).append(letters)
        out.tails.setdefault((len(letters), letters[half:]), []).append(letters)


def find(text: str, allow: Iterable[str] = ()) -> list[Hit]:
    """Every name in the text that counts: the longest at each place, harmless names and the allowed ones taken out first."""
    tokens, names = tokens_of(text), shipped()
    free = names.free | {tuple(tokens_of(name)) for name in allow}
    taken, found, i = set(), [], 0
    for start in range(len(tokens)):
        for n in range(LONGEST, 0, -1):
            if tuple(tokens[start : start + n]) in free and start + n <= len(tokens):
                taken.update(range(start, start + n))
                break
    while i < len(tokens):
        hit = None if i in taken else _at(tokens, i, names, taken)
        if hit:
            found.append(hit)
        i = hit.where[1] if hit else i + 1
    return found


def _at(tokens: list[str], i: int, names: Names, taken: set[int]) -> Hit | None:
    """The name that begins at word i: exactly, then possessive or plural, then in company, then with a slip."""
    spans = [n for n in range(min(LONGEST, len(tokens) - i), 0, -1) if not taken & set(range(i, i + n))]
    for n in spans:
        words = tuple(tokens[i : i + n])
        for form in (words, (*words[:-1], words[-1][:-1]) if words[-1].endswith("s") and len(words[-1]) > 4 else words):
            if form in names.whole and (form == words or names.whole[form][1] > LISTED):  # "Mark hunts" is not Mark Hunt
                category, strength = names.whole[form]
                return Hit(category, strength, "", " ".join(words), "", (i, i + n))
    for n in spans:
        words = tuple(tokens[i : i + n])
        if hit := _in_company(tokens, i, words, names):
            return hit
    for n in spans[-4:]:
        words = tuple(tokens[i : i + n])
        if (name := _slip(words, names)) is not None:
            return Hit(names.whole[name][0], MISSPELLED, "", " ".join(words), "", (i, i + n))
    return None


def _in_company(tokens: list[str], i: int, words: tuple[str, ...], names: Names) -> Hit | None:
    forms = (words, (words[0].removesuffix("s"),)) if len(words) == 1 else (words,)
    near = set(tokens[max(0, i - 12) : i]) | set(tokens[i + len(words) : i + len(words) + 12])
    for form in forms:
        for category, wants in names.company.get(form, ()):
            if with_it := [w for w in wants if w in near]:
                return Hit(category, COMPANY, "", " … ".join([" ".join(words), with_it[0]]), "", (i, i + len(words)))
    return None


def _slip(words: tuple[str, ...], names: Names) -> tuple[str, ...] | None:
    """The name that these words are but for one letter or a space; None where all of them are words of their own."""
    letters = "".join(words)
    if len(letters) < FUZZY - 1 or letters.isdigit() or all(_usual(word) for word in words) and not any(word in names.parts for word in words) or len(words) > 1 and min(map(len, words)) < 2:
        return None
    if letters in names.joined and (whole := names.joined[letters]) != words:
        return whole if len(letters) >= FUZZY else None
    for length in (len(letters) - 1, len(letters), len(letters) + 1):
        if length < FUZZY or length < 9 and length != len(letters):
            continue
        half = length // 2
        for near in (*names.heads.get((length, letters[:half]), ()), *names.tails.get((length, letters[half - length :]), ())):
            if one_slip(letters, near) and len(names.joined[near]) >= len(words) - 1 and letters[0] == near[0] and (len(words) > 1 or len(names.joined[near]) < 3):
                return names.joined[near]
    return None


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
