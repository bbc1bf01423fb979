"""Disguises that cover a whole text and so give themselves away: letters turned or borrowed, tags, marks, humps, digits."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from . import glyphs
from .spelling import known

_TURNED = dict(zip("ɐqɔpǝɟƃɥᴉɾʞןɯuodbɹʇnʌʍʎ", "abcdefghijklmnopqrtuvwy"))  # wherever these are, n is u and u is n as well
_SURE = frozenset("ɐɔǝɟƃɥᴉɾʞןɯɹʇʌʍʎ")  # no English or French text has them
_TAG = re.compile(r"</?[a-z]{1,8}\s*/?>", re.I)
_MARK = re.compile(r"(?<=[^\W\d_])[~^|·•*_¦¬`´]+(?=[^\W\d_])")
_HUMP = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][^\W\d_A-ZÀ-Þ])")
_DIGITS = {"4": "a", "@": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t", "8": "b", "9": "g"}
_MIXED = re.compile(r"(?=\S*[^\W\d_])(?=\S*[0-9@$])[\w@$!'’-]+")
_STUCK = re.compile(r"(?<=[^\W\d_])[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?")  # an emoji right after a letter
ENOUGH = 3  # times that a disguise must show before it counts as one


def uncovered(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with these disguises undone, and their names; a text without them comes back as it is."""
    tricks = []
    for name, undo in (("turned letters", _turned), ("tags inside words", _untagged), ("emoji between words", _unstuck), ("marks inside words", _unmarked), ("words run together", _humps), ("letters of another script", _relettered), ("digits for letters", _undigited)):
        after = undo(text)
        if after != text:
            tricks.append(name)
            text = after
    return text, tuple(tricks)


def unescaped(text: str) -> str:
    """HTML's and URLs' codes and \\u escapes as the characters they mean."""
    text = html.unescape(text) if "&" in text else text
    if "%" in text and re.search(r"(?:%[0-9a-fA-F]{2}){2}", text):
        text = unquote(text, errors="replace")
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text) if "\\u" in text else text


def _turned(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    if sum(c in _SURE for c in letters) < max(ENOUGH, 0.12 * len(letters)):
        return text
    return "".join(_TURNED.get(c, c) for c in text)


def _untagged(text: str) -> str:
    return _TAG.sub("", text) if "<" in text and re.search(r"\w</?[a-zA-Z]{1,8}>\w", text) else text


def _unstuck(text: str) -> str:
    """Emoji strewn over a text, right behind its words: they say nothing, and their names would."""
    return _STUCK.sub("", text) if len(_STUCK.findall(text)) >= ENOUGH else text


def _unmarked(text: str) -> str:
    return _MARK.sub("", text) if len(_MARK.findall(text)) >= ENOUGH and not re.search(r"\w_\w+_\w", text) else text


def _humps(text: str) -> str:
    """ "ManOnABed": words run together that keep their capitals."""
    return re.sub(r"\S+", lambda m: " ".join(_HUMP.split(m[0])) if len(_HUMP.findall(m[0])) >= ENOUGH else m[0], text)


def _relettered(text: str) -> str:
    """Single Cyrillic or Greek letters standing as words in a Latin text."""
    if text.isascii():
        return text
    latin = sum("LATIN" in unicodedata.name(c, "") for c in text if c.isalpha())
    foreign = re.findall(r"(?<![^\W_])[\u0370-\u052f]{1,3}(?![^\W_])", text)
    if not foreign or latin < 4 * sum(map(len, foreign)):
        return text
    return re.sub(r"(?<![^\W_])[\u0370-\u052f]{1,3}(?![^\W_])", lambda m: glyphs.relettered(m.group()).lower(), text)


def _undigited(text: str) -> str:
    """Digits and signs as letters in every word, where a third of the words have them."""
    words = text.split()
    mixed = [word for word in words if _MIXED.fullmatch(word.strip(".,;:?")) and not re.fullmatch(r"\d+\D{1,4}|\D{1,3}-?\d+", word.strip(".,;:?!"))]
    if len(mixed) < max(ENOUGH, 0.3 * len(words)):
        return text
    return re.sub(r"[\w@$!'’-]*[0-9@$][\w@$!'’-]*", lambda m: _letters(m.group()), text)


@lru_cache(maxsize=2048)
def _letters(word: str) -> str:
    low = word.lower()
    first, second = ("".join(_DIGITS.get(c, c) if c != "1" else one for c in low) for one in "il")
    return second if known(glyphs.fold(second)) and not known(glyphs.fold(first)) else first
