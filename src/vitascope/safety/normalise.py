"""A text as it was meant: disguises undone before anything is judged, harmless text left as it is.

What is sure (characters, hidden marks, letters apart, digits for letters where a word comes out) goes into `text`;
what is only possible (words run together, spelled backwards, encoded) becomes a further view to judge.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from vitascope.prompts import language as languages
from vitascope.prompts.wording import english_words

from . import disguises, gloss, glyphs, lexicon
from .glyphs import fold
from .spelling import repaired

_LEET = {"4": "a", "@": "a", "8": "b", "(": "c", "3": "e", "€": "e", "6": "g", "9": "g", "#": "h", "1": "il", "!": "il", "|": "il", "0": "o", "5": "s", "$": "s", "§": "s", "7": "t", "+": "t", "2": "z", "¥": "y", "%": "x", "&": "e"}  # fmt: skip
_PLAIN_NUMBER = re.compile(r"\d+([.,:/x-]\d+)*(st|nd|rd|th|s|k|p|d|m|cm|mm|km|kg|g|h|min|px|fps|x|e|er|eme|ème|am|pm|ans|ft|in|yo|y|a|b|c|v|gb|mb|hz|bit|mph|kmh)?$|[a-z]{1,3}-?\d+$|mp[34]$", re.I)
_APART = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.\-_*·•|/\\,~+'’:;]{1,3}(?:[^\W_]|[@$€!]))(?:[\s.\-_*·•|/\\,~+'’:;]{1,3}(?:[^\W_]|[@$€]))+(?![^\W_])")
_CUT = re.compile(r"(?<=[^\W\d_])[.\-_*·•|/\\~+^`´¨,;:'’\"=<>\[\](){}]+(?=[^\W\d_])")
_CODED = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{12,}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-fA-F]{2}[ ,]?){6,}(?!\w)")
_SMALL = frozenset(("a an the of in on at to by is it he she we us me my his her him and or as if so no not be do go up out off over with for from are was has had you your all one two "
                    "man men boy kid big red hot sun sea sky cat dog fox cow hen pig bee owl bat ant ape elk car bus van jet cup hat box bed toy old new day way eye ear arm leg egg ice joy air art tea pie "
                    "un une le la les des du de et ou en au aux qui que il elle son sa ses sur sous par pas ne se ce dans avec pour vers est sont plus ours loup chat chien nuit jour mer ciel").split())  # fmt: skip
_RULES = re.compile("|".join((
    r"(?:please )?(?:ignor\w*|disregard|forget|bypass|overrid\w+|skip|turn off|disable|do not follow|don'?t follow|without following)(?: \w+){0,4}? (?:instructions?|rules?|guidelines?|polic(?:y|ies)|filters?|safety|restrictions?|safeguards?|prompts?|moderation)(?: (?:above|you were given|and))?",
    r"(?:you are|act as|pretend (?:to be|you are)|behave like)(?: \w+){0,3}? (?:dan|unfiltered|uncensored|unrestricted|jailbroken|without (?:any )?(?:rules|restrictions|filters))(?: \w+)?",
    r"(?:developer|debug|admin|god|jailbreak|sudo) mode(?: on| enabled| activated)?", r"(?:no|without) (?:content )?(?:filters?|restrictions|censorship|moderation|safety)\b", r"uncensored|unfiltered|jailbreak\w*",
    r"(?:ignor\w*|oubli\w*|contourn\w*|désactiv\w*|desactiv\w*|ne (?:tiens|tenez) pas compte)(?: [\w']+){0,4}? (?:instructions?|règles?|regles?|consignes?|filtres?|restrictions?|politique|sécurité|modération)(?: (?:précédentes?|ci-dessus))?",
    r"(?:mode développeur|mode admin|sans (?:aucune? )?(?:filtre|censure|restriction|modération)s?)",
    r"(?:ignorier\w*|vergiss)(?: \w+){0,4}? (?:anweisungen|regeln|filter|richtlinien)", r"(?:ignora\w*|olvida|dimentica|esque[cç]a)(?: \w+){0,4}? (?:instruc\w+|istruzioni|instru[cç][oõ]es|reglas|regole|regras|filtros?|filtri)",
    r"(?:system|assistant|user) ?(?:prompt)? ?:", r"<\|?/?(?:system|im_start|im_end|inst)\|?>", r"игнорируй(?: \w+){0,3}? (?:правила|инструкции)", r"忽略(?:之前|以上|所有)?的?(?:所有)?(?:指令|规则|說明|说明)")), re.I)  # fmt: skip

_detect = lru_cache(maxsize=64)(languages.detect)


@dataclass(frozen=True)
class Normalised:
    """text: what to judge; views: every text to judge, `text` first; evasions: the tricks that were undone; language: code."""

    text: str
    views: tuple[str, ...]
    evasions: tuple[str, ...] = ()
    language: str = "en"


@lru_cache(maxsize=512)
def normalise(text: str) -> Normalised:
    """The text with its disguises undone. Any string will do; at most the first 4,000 characters are looked at."""
    text = text[:4000]
    tricks: list[str] = []
    open_text, covers = disguises.uncovered(disguises.unescaped(text))
    plain, found = glyphs.plain(open_text)
    plain, more = disguises.uncovered(plain)  # what the glyphs hid
    tricks += [*covers, *found, *more]
    bare = " ".join(_RULES.sub(" ", plain).split())
    if bare != " ".join(plain.split()):
        tricks.append("instruction to ignore the rules")
    for name, undo in (("letters of another script", _latinised), ("letters set apart", _joined), ("capital I for l", _lowered), ("digits for letters", _unleeted), ("repeated letters", _squeezed), ("masked letters", _unmasked), ("cut words", _uncut)):
        after = undo(bare)
        if after != bare:
            if name != "repeated letters" or not danger_words().isdisjoint(set(lexicon.tokens_of(after)) - set(lexicon.tokens_of(bare))):
                tricks.append(name)  # "soooo cute" is no trick
            bare = after
    language = _detect(bare)
    views = [bare]
    for name, look in (("backwards", _forwards), ("encoded", _decoded), ("words cut in pieces", _merged), ("words run together", _parted), ("misspelt words", lambda said: repaired(said, language))):
        view = look(bare if name != "encoded" else text)
        if view and view not in views:
            views.append(view)
            tricks.append(name)
    if plain not in views:
        views.append(plain)
    return Normalised(bare, tuple(dict.fromkeys(views)), tuple(dict.fromkeys(tricks)), language)


@cache
def known_words() -> frozenset[str]:
    """Everyday words of English and French, folded: what a harmless word looks like."""
    nouns = languages.noun_words()
    said = {fold(part) for lang in ("en", "fr") for name in nouns[lang] for part in re.findall(r"[^\W\d_]+", name)}
    said |= {fold(part) for phrase in languages.french_phrases() for part in phrase}
    return english_words() | said | _SMALL | {word for word in gloss.glossary()[0] if len(word) > 3}


@cache
def danger_words() -> frozenset[str]:
    """Single words of the English and French lists and of famous names, folded: what disguises are undone to."""
    from . import names  # which looks words up here in its turn

    famous = {word for name, (_, strength) in names.shipped().whole.items() if strength == names.ALONE for word in name if len(word) > 4}
    return famous | frozenset(w for w, spoken in lexicon.lists().single.items() if len(w) > 2 and spoken & {"en", "fr"})


def _word(text: str) -> bool:
    return text in known_words() or text in danger_words() or _stem(text)


def _stem(text: str) -> bool:
    return any(text.endswith(end) and len(text) - len(end) > 2 and (text[: -len(end)] in known_words() or text[: -len(end)] in danger_words()) for end in ("s", "ed", "ing", "es", "er", "ly"))


def _joined(text: str) -> str:
    """ "k i l l", "b.l.o.o.d": letters set apart become words; several words in one row are parted again."""
    return _APART.sub(_join, text)


def _join(match: re.Match) -> str:
    run = match.group()
    words = re.split(r"\s{2,}|(?<=\S)\s+(?=\S)" if re.search(r"[^\w\s@$€!]", run) else r"\s{2,}", run)
    letters = ["".join(re.findall(r"[^\W_]|[@$€!]", word)) for word in words]
    joined = " ".join(_segment(x) or (f"a {x[1:]}" if x[:1] == "a" and _word(x[1:]) else x) for x in (w.lower() for w in letters))
    joined = re.sub(r"(?<!\S)\w(?: \w){2,}(?!\S)", lambda m: m.group().replace(" ", ""), joined)
    if len("".join(letters)) <= 3 and not _word(fold(joined)):
        return run
    return joined


def _latinised(text: str) -> str:
    """Words wholly of Cyrillic or Greek letters that look Latin, where they look like a word of the lists or of English."""
    if text.isascii() or not re.search(r"[a-z]", text) and not re.fullmatch(r"[^\w]*[\w-]+[^\w]*", text):
        return text
    return re.sub(r"[\u0370-\u058f\u051b\u051d]{3,}", lambda m: low if _word(low := glyphs.relettered(m.group()).lower()) else m.group(), text)


def _lowered(text: str) -> str:
    """ "kiII": capital I among small letters, read as l where a word of the lists comes out."""
    return re.sub(r"[a-z]+I[a-zI]*", lambda m: m.group().replace("I", "l") if fold(m.group().replace("I", "l")) in danger_words() else m.group(), text)


def _unleeted(text: str) -> str:
    return re.sub(r"\S+", lambda m: _unleet(m.group()), text)


@lru_cache(maxsize=4096)
def _unleet(token: str) -> str:
    """A word with digits or signs among its letters, if reading them as letters gives a word; else as it is."""
    for core in dict.fromkeys((token, token.rstrip(".,;:!?)\"'"), token.strip(".,;:!?()\"'"))):
        if not 3 <= len(core) <= 24 or not any(c in _LEET for c in core) or not any(c.isalpha() for c in core) and len(core) < 4 or _PLAIN_NUMBER.match(core):
            continue
        low = core.lower()
        options = [""]
        for c in low:
            options = [o + x for o in options for x in _LEET.get(c, c)][:32]
        for option in sorted(options, key=lambda o: fold(o) not in danger_words()):
            if _word(fold(option)):
                return token.replace(core, option)
        for i in range(len(low)):  # "k1lls" and "nak3d": the word may bend
            if low[i] in _LEET:
                squeezed = re.sub(r"(.)\1+", r"\1", options[0])
                if fold(squeezed) in danger_words():
                    return token.replace(core, squeezed)
                break
    return token


def _squeezed(text: str) -> str:
    return re.sub(r"[^\W\d_]{4,}", lambda m: _squeeze(m.group()), text)


@lru_cache(maxsize=4096)
def _squeeze(word: str) -> str:
    """ "killll" to "kill", "nnaakkeed" to "naked": a word with letters too often, if a known one comes out."""
    low = fold(word)
    long = re.search(r"(.)\1\1", low)
    if not re.search(r"(.)\1", low) or not long and _word(low):
        return word
    runs = re.findall(r"((.)\2*)", low)
    once, twice = "".join(c for _, c in runs), "".join(c * min(len(run), 2) for run, c in runs)
    either = [""]
    for run, c in runs:
        either = [e + part for e in either for part in ((c, c + c) if len(run) > 1 else (c,))][:64]
    for option in (twice, once, *either):
        if option in danger_words() or long and _word(option):
            return option
    return twice if long else word


def _unmasked(text: str) -> str:
    return re.sub(r"[^\W\d_][\w*#?]*[*#?][\w*#?]*[^\W\d_]", lambda m: _unmask(m.group()), text)


@lru_cache(maxsize=1024)
def _unmask(word: str) -> str:
    """ "f*ck": a letter hidden behind a sign, if exactly such a word is on the lists."""
    pattern = re.compile("".join("[a-z]" if c in "*#?" else re.escape(c) for c in fold(word)))
    return min((w for w in danger_words() if pattern.fullmatch(w)), default=word)


def _uncut(text: str) -> str:
    return re.sub(r"[^\W\d_][^\s]+[^\W\d_]", lambda m: _mend(m.group()), text)


@lru_cache(maxsize=4096)
def _mend(token: str) -> str:
    """ "bl-ood", "na.ked": a word cut by signs, if it is on the lists whole and its pieces are not words."""
    if not _CUT.search(token) or re.search(r"['’]\w{1,2}$", token):  # "dentist's" is whole
        return token
    whole = _CUT.sub("", token)
    pieces = _CUT.split(token)
    known = all(len(p) > 2 and fold(p) in known_words() for p in pieces)
    return whole if not known and (fold(whole) in danger_words() or _stem(fold(whole)) and fold(whole) not in known_words()) else token


def _share(words: list[str]) -> float:
    return sum(fold(w) in known_words() or fold(w) in danger_words() for w in words) / len(words) if words else 0.0


def _forwards(text: str) -> str | None:
    """The text read backwards, or in it the words that are on the lists backwards."""
    words = lexicon.tokens_of(text)
    if not words or not fold(text).isascii():
        return None
    backwards = lexicon.tokens_of(text[::-1])
    if len(words) > 1 and _share(backwards) > max(0.6, _share(words) + 0.3):
        return text[::-1].lower()
    spoken = languages.noun_words().get(_detect(text), {})
    turned = [w[::-1] if len(w) > 4 and w not in known_words() and w not in spoken and w[::-1] in danger_words() else w for w in words]
    if turned != words:
        return " ".join(turned)
    rolled = codecs.encode(" ".join(words), "rot13")
    return rolled if len(words) > 1 and _share(words) < 0.35 and _share(rolled.split()) > 0.65 else None


def _decoded(text: str) -> str | None:
    """What base64 and hexadecimal pieces say, if it is text."""
    said = []
    for match in _CODED.finditer(text):
        try:
            said.append(base64.b64decode(match.group() + "=" * (-len(match.group()) % 4), validate=True).decode("utf-8"))
        except (binascii.Error, UnicodeDecodeError):
            continue
    for match in _HEX.finditer(text):
        try:
            said.append(bytes.fromhex(re.sub(r"[ ,]", "", match.group())).decode("utf-8"))
        except (ValueError, UnicodeDecodeError):
            continue
    said = [s for s in said if s.isprintable() and sum(c.isalpha() or c == " " for c in s) > 0.8 * len(s)]
    return glyphs.plain(" ".join(said))[0] if said else None


def _merged(text: str) -> str | None:
    """ "na ked": neighbours that together are on the lists, where one of them is no word by itself."""
    words, out, i = lexicon.tokens_of(text), [], 0
    while i < len(words):
        for n in (3, 2):
            piece = words[i : i + n]
            if len(piece) == n and len("".join(piece)) > 4 and "".join(piece) in danger_words() and not all(w in known_words() for w in piece):
                out.append("".join(piece))
                i += n
                break
        else:
            out.append(words[i])
            i += 1
    return " ".join(out) if len(out) < len(words) else None


def _parted(text: str) -> str | None:
    """ "nakedwomanonbed": long words that are several known ones, parted."""
    words = lexicon.tokens_of(text)
    parted = [_segment(w) or w if len(w) > 8 and w.isascii() and w.isalpha() and not _word(w) else w for w in words]
    new = {w for w in " ".join(parted).split() if len(w) > 4} - set(words)
    return " ".join(parted) if not new.isdisjoint(danger_words()) and _detect(text) in ("en", "fr") else None


@lru_cache(maxsize=2048)
def _segment(letters: str) -> str | None:
    """Letters in a row as the fewest known words; None if they are not."""
    letters = fold(letters)
    if not 4 <= len(letters) <= 80 or _word(letters):
        return letters if _word(letters) else None
    best: list[tuple[float, int] | None] = [(0, 0)] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 16), end):
            word = letters[start:end]
            if best[start] and (word in known_words() or word in danger_words() or _stem(word)) and (len(word) > 1 or word in "aiàl"):
                cost = best[start][0] + 1 + (2 if len(word) < 3 else 0.5 if word not in danger_words() else 0)
                if best[end] is None or cost < best[end][0]:
                    best[end] = (cost, start)
    if best[-1] is None or best[-1][0] > 0.62 * len(letters):
        return None
    words, end = [], len(letters)
    while end:
        words.append(letters[best[end][1] : end])
        end = best[end][1]
    return " ".join(reversed(words))
