"""Words and phrases that count against a text, in 28 languages, and the harmless phrases that take them back.

The lists are plain text in assets/safety/lexicon.*.txt, written to be read and argued with; their head says how.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import cache

from vitascope.library import ASSETS
from vitascope.prompts import language as languages
from vitascope.prompts.wording import english_words

from .glyphs import fold

FOLDER = ASSETS / "safety"
STRENGTH = {"plain": 0.95, "likely": 0.7, "hint": 0.4}
INSIDE_WORDS = ("ja", "zh", "th", "ko", "hi", "bn")  # written without spaces, or with endings glued on
AS_WRITTEN = "vi"  # its accents are letters: "máu" is blood, "mau" is not
TOKEN = re.compile(r"[^\W_]+")
_HEAD = re.compile(r"\[(?P<what>[a-z_-]+)(?: (?P<strength>plain|likely|hint))? (?P<language>[a-z]{2})(?:: (?P<group>\w+))?\]")
_SET = re.compile(r"\[set (?P<name>\w+) (?P<language>[a-z]{2})\]")
_PAIR = re.compile(r"\[pair (?P<what>\w+) (?P<strength>\w+) (?P<language>[a-z]{2})\] (?P<first>\w+) (?P<order>[<=]) (?P<second>\w+) (?P<window>\d+)")
# Words of the English list that are everyday words elsewhere.
_EVERYDAY = {"de": "dick gut ass kind hang die gas homo boy bra", "sv": "slut fag bra sex hips barn hang homo god slag", "da": "slut fag fags bra slag homo hang barn",
             "nb": "slut fag bra slag homo hang barn", "nl": "teen teens dick homo slag hang kid dood", "es": "negro negros homo rape dead gore", "it": "negro homo nude dame",
             "pt": "negro homo rape", "pl": "gore", "et": "last", "fr": "nude ass butt bra coin gore strip con gas pimp butts dames"}  # fmt: skip
_EVERYDAY = {language: frozenset(words.split()) for language, words in _EVERYDAY.items()}
_ELSEWHERE = "elsewhere"  # group of words that count for the rule on minors only
_NEVER = frozenset("no without never not non sans aucun aucune ni ohne kein keine keinen sin ningun senza sem zonder geen utan uden uten bez без".split())
_FILLER = frozenset("any a the de d du l la le les some of or and ou et visible single more".split())


@dataclass(frozen=True)
class Hit:
    """Words of the text (as compared) that an entry of the lists matched; where: token numbers, from and to."""

    category: str
    strength: float
    language: str
    words: str
    group: str
    where: tuple[int, int]


@dataclass
class _Entries:
    """Entries by their first word, and by the stem when that ends in a star."""

    whole: dict[str, list] = field(default_factory=dict)
    stems: dict[str, list] = field(default_factory=dict)
    inside: dict[str, tuple] = field(default_factory=dict)
    seen: dict[str, list] = field(default_factory=dict)

    def add(self, words: list[str], value: tuple) -> None:
        first = words[0]
        table, key = (self.stems, first[:-1]) if first.endswith("*") else (self.whole, first)
        table.setdefault(key, []).append((tuple(words[1:]), value))

    def _first(self, token: str) -> list:
        """Entries whose first word this is, remembered by token."""
        if (found := self.seen.get(token)) is None:
            found = list(self.whole.get(token, ()))
            for n in range(2, len(token) + 1):
                found += self.stems.get(token[:n], ())
            if len(self.seen) < 20_000:
                self.seen[token] = found
        return found

    def at(self, tokens: list[str], i: int):
        """(value, length in words) of every entry that begins at token i."""
        token = tokens[i]
        found = self._first(token)
        if not found:
            return
        for rest, value in found:
            if all(i + 1 + k < len(tokens) and _fits(tokens[i + 1 + k], want) for k, want in enumerate(rest)):
                yield value, 1 + len(rest)


def _fits(token: str, want: str) -> bool:
    return token.startswith(want[:-1]) if want.endswith("*") else token == want


@dataclass
class Lists:
    """All lists, ready to look up."""

    entries: _Entries = field(default_factory=_Entries)
    safe: _Entries = field(default_factory=_Entries)
    sets: dict[tuple[str, str], _Entries] = field(default_factory=dict)
    pairs: list[tuple] = field(default_factory=list)
    single: dict[str, set[str]] = field(default_factory=dict)  # single words: their languages
    inside: re.Pattern | None = None
    written: re.Pattern | None = None


@cache
def lists() -> Lists:
    """The lists that are shipped, read once."""
    out = Lists()
    for path in sorted(FOLDER.glob("lexicon.*.txt")):
        _read(path.read_text(encoding="utf-8"), out)
    longest = sorted(out.entries.inside, key=lambda w: (-len(w), w))
    out.inside = re.compile("|".join(re.escape(w) for w in longest if out.entries.inside[w][2] in INSIDE_WORDS))
    out.written = re.compile(r"\b(?:" + "|".join(re.escape(w) for w in longest if out.entries.inside[w][2] == AS_WRITTEN) + r")\b")
    return out


@cache
def collisions() -> frozenset[str]:
    """Foreign entries that are everyday words of English or French: they count only in a text of their own language."""
    return frozenset(gzip.decompress((FOLDER / "lexicon.collisions.gz").read_bytes()).decode().split())


def _read(text: str, out: Lists) -> None:
    put = None
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            put = _section(line, out)
            continue
        for entry in filter(None, (part.strip() for part in line.split(","))):
            put(entry)


def _section(line: str, out: Lists):
    """What to do with the entries under a heading."""
    if match := _PAIR.fullmatch(line):
        out.pairs.append((match["what"], STRENGTH[match["strength"]], match["language"], match["first"], match["order"], match["second"], int(match["window"])))
        return None
    if match := _SET.fullmatch(line):
        table = out.sets.setdefault((match["language"], match["name"]), _Entries())
        return lambda entry: table.add(_words(entry), (match["name"],))
    match = _HEAD.fullmatch(line)
    if match is None:
        raise ValueError(f"The word lists have a heading that cannot be read: {line}.")
    language = match["language"]
    value = (match["what"], STRENGTH[match["strength"] or "plain"], language, match["group"] or "")
    if match["what"] == "safe" and language not in (*INSIDE_WORDS, AS_WRITTEN):
        return lambda entry: out.safe.add(_words(entry), value)
    return lambda entry: _put(out, entry, value)


def _put(out: Lists, entry: str, value: tuple) -> None:
    entry, *barred = entry.split("@")
    value = (*value, tuple(barred[0].strip("-").split("-")) if barred else ())
    if value[2] in INSIDE_WORDS or value[2] == AS_WRITTEN:
        out.entries.inside[entry.rstrip("*").lower()] = value
        return
    words = _words(entry)
    out.entries.add(words, value)
    if len(words) == 1:
        out.single.setdefault(words[0].rstrip("*"), set()).add(value[2])


def _words(entry: str) -> list[str]:
    return [m.group() for m in re.finditer(r"[^\W_]+\*?", fold(entry))]


def tokens_of(text: str) -> list[str]:
    """The text's words as they are compared: small letters, no accents."""
    return TOKEN.findall(fold(text))


class Reading:
    """One text held against the lists: its `hits`, harmless phrases and denials ("no blood") left out.

    `minor` and `minor_sex` are the words for the rule on minors, where denials do not help.
    """

    def __init__(self, text: str, language: str):
        self.text, self.tokens, self.language = text, tokens_of(text), language
        masked = self.masked = self._masked(lists().safe)
        found = [h for h in (*self._entries(), *_inside(text, language)) if not any(i in masked for i in range(*h.where))]
        self.minor = [h for h in found if h.category == "minor"] + _ages(self.tokens)
        self.sexual = [h for h in found if h.category in ("minor-sex", "sexual") and h.group != "body"]
        found = [h for h in found if not h.category.startswith("minor") and h.group != _ELSEWHERE]
        self.hits = [h for h in (*found, *self._pairs(masked)) if h.category == "sexual_minors" or not self._denied(h.where[0])]

    def without_harmless(self) -> str:
        """The text without its harmless phrases: "visible to the naked eye" as "visible to the"."""
        spans = [m.span() for m in TOKEN.finditer(self.text)]
        if not self.masked or len(spans) != len(self.tokens):
            return self.text
        kept = [*self.text]
        for i in self.masked:
            kept[spans[i][0] : spans[i][1]] = [""] * (spans[i][1] - spans[i][0])
        return " ".join("".join(kept).split())

    def _masked(self, table: _Entries) -> set[int]:
        """Numbers of the tokens that harmless phrases cover."""
        return {k for i in range(len(self.tokens)) for _, n in table.at(self.tokens, i) for k in range(i, i + n)}

    def _entries(self):
        for i in range(len(self.tokens)):
            for (what, strength, lang, group, barred), n in lists().entries.at(self.tokens, i):
                words = " ".join(self.tokens[i : i + n])
                if self._speaks(lang, i, n, barred):
                    yield Hit(what, strength, lang, words, group, (i, i + n))
                elif what in ("minor", "minor-sex", "sexual") and self._might(what, lang, i, barred):
                    yield Hit(what, strength, lang, words, _ELSEWHERE, (i, i + n))

    def _speaks(self, lang: str, i: int, n: int, barred: tuple[str, ...]) -> bool:
        """Whether an entry of a language counts in this text: words that mean something else here do not."""
        if lang == self.language:
            return True
        word = self.tokens[i]
        if self.language in barred or n == 1 and (self.language == AS_WRITTEN and len(word) < 6 or word in _EVERYDAY.get(self.language, ())):
            return False
        if lang == "en" or n > 2:
            return True
        if n == 2:
            return all(len(t) > 2 for t in self.tokens[i : i + n]) and not all(t in english_words() for t in self.tokens[i : i + n])
        known = languages.noun_words().get(self.language, {})
        return len(word) >= 5 and word not in collisions() and word not in known and not (word in english_words() and self.language == "en")

    def _might(self, what: str, lang: str, i: int, barred: tuple[str, ...]) -> bool:
        """Whether a word may mean what it does in another language: for the rule on minors, which holds across languages."""
        word = self.tokens[i]
        if lang == "en":
            return True
        if len(word) < 3 or self.language in barred or word in languages.noun_words().get(self.language, {}):
            return False
        return what == "minor" and len(word) > 4 or word not in collisions() and not (word in english_words() and self.language == "en" and len(word) < 5)

    def _pairs(self, masked: set[int]):
        for what, strength, lang, first, order, second, window in lists().pairs:
            a, b = (self._set(lang, name, masked) for name in (first, second))
            for i, n in a:
                for j, m in b:
                    near = i < j <= i + n + window if order == "<" else abs(i - j) <= window
                    if near and i != j:
                        words = " … ".join(" ".join(self.tokens[p : p + q]) for p, q in sorted(((i, n), (j, m))))
                        yield Hit(what, strength, lang, words, "", (min(i, j), max(i + n, j + m)))
                        break

    def _set(self, lang: str, name: str, masked: set[int]) -> list[tuple[int, int]]:
        if self.language != lang and not (lang == "en" and self.language not in ("fr",)):
            return []
        table = lists().sets[lang, name]
        return [(i, n) for i in range(len(self.tokens)) if i not in masked for _, n in table.at(self.tokens, i)]

    def _denied(self, i: int) -> bool:
        """Whether "no", "without" … stands just before: at most two small words between."""
        before = self.tokens[max(0, i - 3) : i][::-1]
        for k, token in enumerate(before):
            if token in _NEVER:
                return True
            if token not in _FILLER and k > 0:
                return False
        return before[:1] == ["pas"] or before[:2] in (["de", "pas"], ["of", "free"], ["of", "lack"], ["of", "instead"])


def _inside(text: str, language: str):
    low = text.lower()
    for pattern, within in ((lists().inside, INSIDE_WORDS), (lists().written, (AS_WRITTEN,))):
        if low.isascii():
            return
        for match in pattern.finditer(low):
            what, strength, lang, group, _ = lists().entries.inside[match.group()]
            if what == "safe":  # longer than what it holds, so found instead of it
                continue
            kin = {"ja", "zh"}
            if lang == language or lang not in kin or language not in kin or len(match.group()) > 1:
                at = len(tokens_of(low[: match.start()]))
                yield Hit(what, strength, lang, match.group(), group, (at, at + 1))


_YEARS = frozenset("year years yr yrs yo ans anos anni jahre jahren jarig jahrige jahriger jahriges ar let lat лет года год років".split())


def _ages(tokens: list[str]) -> list[Hit]:
    """Ages under 18: "12 year old", "12yo", "aged 12", "de 12 ans"."""
    found = []
    for i, token in enumerate(tokens):
        number = re.match(r"(\d{1,2})(yo|y|yr|yrs|ans|j)?$", token)
        if not number or not 0 < int(number[1]) < 18:
            continue
        after, before = tokens[i + 1 : i + 3], tokens[max(0, i - 1) : i]
        if number[2] or (after and after[0] in _YEARS) or after == ["y", "o"] or before and before[0] in ("aged", "age", "agee", "ages"):
            found.append(Hit("minor", 0.95, "en", " ".join([token, *after[:1]]), "", (i, i + 1)))
    return found
