"""Letters that only look like letters: styled, disguised, hidden and stacked characters put back to plain ones (UTS 39 in spirit)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from vitascope.prompts.vocabulary import names

# Letters of other scripts that pass for Latin ones, by look; capitals first become small letters unless they are named here.
_CYRILLIC = dict(zip("авсԁеѕіјкмнорптухьԛԝзшяицэёйғҝңҫһӏүұөәєїґлдбгч", "abcdesijkmhopntyxbqwzwrnueenfknchlyyoeeigldbrq"))
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abydeznoikluvxonpostuoxww")) | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"))
_ARMENIAN = dict(zip("օսհյցզո", "ouhjgqn"))
_LOOKS = _CYRILLIC | _GREEK | _ARMENIAN
# The last part of a Unicode name, where it says more than one letter.
_NAMED = {"ALPHA": "a", "LATIN ALPHA": "a", "SCHWA": "e", "ESH": "s", "EZH": "z", "IOTA": "i", "UPSILON": "u", "GAMMA": "y", "ENG": "n", "OMEGA": "w", "CHI": "x", "BETA": "b", "DOTLESS I": "i", "DOTLESS J": "j"}
_LETTER = re.compile(r"(?:LATIN|LISU|TIFINAGH|CHEROKEE|COPTIC|FULLWIDTH LATIN|NEGATIVE [A-Z]+ LATIN|SQUARED LATIN|REGIONAL INDICATOR|TAG LATIN).*?(?:LETTER|INDICATOR SYMBOL)(?: SMALL| CAPITAL)*(?: CAPITAL| SCRIPT| TURNED| REVERSED| OPEN| DOTLESS| LONG| INSULAR| SIDEWAYS| LONG-LEGGED)* ([A-Z])(?:A)?(?: WITH.*)?$")
_KEPT = set("ßæœÆŒðþÐÞıİłŁøØđĐ")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff][\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*")
_MEANT = {"🔪": "knife", "🩸": "blood", "🔫": "gun", "🍆": "eggplant", "🍑": "peach", "🖕": "middle finger"}  # plainer than their names
_HIDDEN = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", "\u2800"}


def plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in plain characters, and the names of the disguises that were taken off.

    Accents of real words stay; emoji become their English names, set between spaces.
    """
    tricks: list[str] = []
    text = _said(text)
    bare = "".join(c for c in text if not _hidden(c))
    if any(_hidden(c) and 0 < i < len(text) - 1 and _latin(text[i - 1]) and _latin(text[i + 1]) for i, c in enumerate(text)):
        tricks.append("hidden characters")
    flat = "".join(_styled(c) for c in bare)
    if any(_styled(c).strip("()").isalpha() and _styled(c) != c and c not in "ªº™№℃℉" for c in bare):
        tricks.append("styled letters")
    clean = _unstacked(flat)
    if clean != unicodedata.normalize("NFC", flat):
        tricks.append("stacked marks")
    mixed = _one_script(clean)
    if mixed != clean:
        tricks.append("letters of another script")
    return " ".join(mixed.split()), tuple(tricks)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Small letters without accents: how words are compared. Scripts whose marks are part of the word keep them."""
    text = text.lower()
    if text.isascii():
        return text
    out = []
    for c in unicodedata.normalize("NFD", text):
        if unicodedata.combining(c) and out and (out[-1].isascii() or "\u0370" <= out[-1] <= "\u04ff"):
            continue
        out.append({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th", "’": "'"}.get(c, c))
    return unicodedata.normalize("NFC", "".join(out))


def _said(text: str) -> str:
    """Emoji as words; letters in boxes and flags are letters and left for later."""
    return _EMOJI.sub(lambda m: m.group() if _letter(m.group()[0]) else f" {_emoji(m.group()[0])} ", text)


def _letter(c: str) -> bool:
    return bool(_LETTER.match(unicodedata.name(c, ""))) or unicodedata.normalize("NFKC", c).strip("()").isalnum()


@cache
def _emoji(character: str) -> str:
    if character in _MEANT:
        return _MEANT[character]
    known = names().get(f"{ord(character):x}", {}).get("en")
    return known[0] if known else unicodedata.name(character, " ").lower()


def _hidden(c: str) -> bool:
    return c in _HIDDEN or unicodedata.category(c) in ("Cf", "Cc") and c not in "\n\t\r" or "\ufe00" <= c <= "\ufe0f"


def _latin(c: str) -> bool:
    return c.isascii() and c.isalpha()


@lru_cache(maxsize=8192)
def _styled(c: str) -> str:
    """Full width, mathematical, circled, turned, small capital … letters as plain ones; accented ones as they are."""
    if c.isascii() or c in _KEPT:
        return c
    name = unicodedata.name(c, "")
    if name.startswith("LATIN") and unicodedata.normalize("NFD", c)[0] in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return c
    compatible = unicodedata.normalize("NFKC", c)
    if compatible != c and len(compatible) <= 4:
        return "".join(x if x.isascii() or unicodedata.normalize("NFKC", x) == x else _styled(x) for x in compatible).strip("()") or c
    if match := _LETTER.match(name):
        return match.group(1).lower()
    return _NAMED.get(re.sub(r"^LATIN (SMALL|CAPITAL) LETTER (LATIN )?", "", name), c) if name.startswith("LATIN") else c


def _unstacked(text: str) -> str:
    """Composed letters; marks that make no letter of any language (stacks, strokes through) are dropped from Latin, Greek and Cyrillic."""
    out: list[str] = []
    for c in unicodedata.normalize("NFC", text):
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
            base = unicodedata.normalize("NFD", out[-1])[0] if out else " "
            if base.isascii() or "\u0370" <= base <= "\u04ff":
                if out and len(unicodedata.normalize("NFD", out[-1])) > 1 and out[-1] not in "ấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự":
                    out[-1] = base
                continue
        out.append(c)
    return "".join(out)


def _one_script(text: str) -> str:
    """Words that mix Latin with letters that only look so become Latin."""
    return re.sub(r"[^\W_]+", lambda m: relettered(m.group()) if any(map(_latin, m.group())) else m.group(), text)


def relettered(word: str) -> str:
    """The word in the Latin letters that it looks like; as it is if it has others too."""
    if not all(_latin(c) or c in _LOOKS or c.lower() in _LOOKS or not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in word):
        return word
    return "".join(_LOOKS.get(c, _LOOKS.get(c.lower(), c)) for c in word)
