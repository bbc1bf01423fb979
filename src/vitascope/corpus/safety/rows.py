"""What one prompt of the data says about itself, and the files that were written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CATEGORIES = ("violence", "sexual", "hate", "self_harm", "likeness", "ip", "misinformation")
SPLITS = ("train", "calibrate", "judge")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """A prompt. known: the categories that its source speaks about; of these it is in `categories` and in no other.

    kind: "short", "long", "words", "lookalike", "caption", ... or the name of a public source. weight: its part in training.
    """

    text: str
    language: str
    categories: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset(CATEGORIES)
    kind: str = "short"
    weight: float = 1.0

    @property
    def unsafe(self) -> bool:
        return bool(self.categories)


@cache
def lines(name: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """A file of this folder by its sections: the lines to learn from, and those after "--", kept aside."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    section, side = "", 0
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section, side = line[1:-1], 0
            found.setdefault(section, ([], []))
        elif line == "--":
            side = 1
        else:
            found[section][side].append(line)
    return {name: (tuple(kept), tuple(aside)) for name, (kept, aside) in found.items()}


def pair(line: str) -> dict[str, str]:
    """The two languages of "English | French"; a name that stands alone is the same in both."""
    english, _, french = (part.strip() for part in line.partition(" | "))
    return {"en": english, "fr": french or english}


def judged(language: str, name: str = "judge") -> Iterator[Row]:
    """The prompts that were written by hand for judging alone, in "en" or "fr"; nothing is ever trained on them.

    name: "judge", or "check": the set that was looked at while the data grew, which therefore flatters.
    """
    for section, (texts, _) in lines(f"{name}-{language}.txt").items():
        for text in texts:
            if section == "long unsafe":
                category, _, scene = text.partition(": ")
                yield Row(scene, language, frozenset([category]), kind="long")
            elif section in CATEGORIES:
                yield Row(text, language, frozenset([section]), kind="short")
            else:
                yield Row(text, language, kind=section)
