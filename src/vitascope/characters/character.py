"""A character: the user's own pictures of somebody, something, a place or a look, by a name that prompts can call."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vitascope.director.plan import GAITS
from vitascope.library import Library, Reference
from vitascope.prompts import nouns

from .material import material

KINDS = ("character", "object", "scene", "style")
HEADINGS = {"right": 0.0, "up": 90.0, "left": 180.0, "down": 270.0}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def check_name(name: str) -> str:
    """A name that can be said in a prompt and be a file's name. ValueError with one sentence otherwise."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            f"A character's name is 1 to 48 letters, digits, - and _, and begins with a letter or digit, not {str(name)[:60]!r}."
        )
    return name


@dataclass(frozen=True, eq=False)
class Character:
    """Up to four pictures, or the frames of a short clip, and what is known about them.

    pictures   RGBA uint8 (h w 4), straight alpha; of an actor cut out and cropped, of a scene or style whole
    kind       one of KINDS: "character" and "object" act, a "scene" is the backdrop, a "style" lends its colours
    fps        above 0: the pictures are a loop of poses (of a scene: its frames), so many a second; 0: views, first one shown
    heading    degrees counter-clockwise from "right" that it looks, None when it has no side
    gait       how it moves by itself, one of plan.GAITS; words: what it is, in a few words ("a brown dog")
    author, licence, consent   free text, kept in the reports of films that show it; notes: how it was cut out
    """

    name: str
    pictures: tuple[np.ndarray, ...]
    kind: str = "character"
    fps: float = 0.0
    heading: float | None = None
    gait: str = "hop"
    words: str = ""
    label: str = ""
    author: str = ""
    licence: str = ""
    consent: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        check_name(self.name)
        if self.kind not in KINDS:
            raise ValueError(f"A character's kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {self.kind!r}.")
        if self.gait not in GAITS:
            raise ValueError(f"A character's gait is one of {', '.join(GAITS)}, not {self.gait!r}.")
        if not self.pictures:
            raise ValueError(f"@{self.name} needs at least one picture.")
        for picture in self.pictures:
            if not (isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 3
                    and picture.shape[2] == 4 and min(picture.shape) > 0):  # fmt: skip
                raise ValueError(f"A picture of @{self.name} must be uint8 (h, w, 4); make one with Character.make.")

    @property
    def moves(self) -> bool:
        """Whether its pictures are the frames of a clip."""
        return self.fps > 0 and len(self.pictures) > 1

    @cached_property
    def sha256(self) -> str:
        """Of what is shown: sizes and pixels of all pictures."""
        found = hashlib.sha256()
        for picture in self.pictures:
            found.update(repr(picture.shape).encode() + np.ascontiguousarray(picture).tobytes())
        return found.hexdigest()

    def reference(self, name: str | None = None) -> Reference:
        """Its row in a library (see Library.with_characters), called by `name` there.

        Its `style` is one of plan.STYLES, as a film takes its drawing style from its subjects: the one nearest to photographs.
        """
        name, (h, w) = name or self.name, self.pictures[0].shape[:2]
        source = f"the user's own pictures; consent: {self.consent}" if self.consent else "the user's own pictures"
        return Reference(
            id=f"user/{name}", object=f"@{name}", style="3d", label=self.label or name, kind=self.kind, heading=self.heading,
            gait=self.gait, frames=len(self.pictures) if self.moves else 1, fps=self.fps, aspect=round(w / h, 4),
            author=self.author, licence=self.licence, source=source, sha256=self.sha256,
        )  # fmt: skip

    @classmethod
    def make(cls, name: str, pictures, kind: str = "character", *, words: str = "", heading=None, gait: str | None = None,
             author: str = "", licence: str = "", consent: str = "", library: Library | None = None) -> Character:  # fmt: skip
        """A character from what the user has: paths, arrays (h w 3 or 4) uint8, one Clip, or a list of up to four of the first two.

        A video file or a Clip becomes a loop of at most 16 poses. heading: "left", "right", "up", "down" or degrees; None
        when the picture has no side. gait: one of plan.GAITS; without it, that of the thing that `words` name.
        """
        check_name(name)
        if kind not in KINDS:
            raise ValueError(f"A character's kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {kind!r}.")
        if isinstance(heading, str) and heading not in HEADINGS:
            raise ValueError(f"A heading is {', '.join(HEADINGS)} or a number of degrees, not {heading!r}.")
        label, natural = meaning(words, library)
        usual = "hop" if kind == "character" else "none"
        degrees = None if heading is None else float(HEADINGS.get(heading, heading)) % 360
        shown, fps, notes = material(name, pictures, whole=kind in ("scene", "style"))
        return cls(name, shown, kind, fps, degrees, gait or natural or usual, words, label, author, licence, consent, notes)


def meaning(words: str, library: Library | None = None) -> tuple[str, str | None]:
    """(label, gait) of the thing of the library that a few words name, ("", None) if they name none: "my dog" is a dog, and runs."""
    said, i, found, best = WORD.findall(words.lower()), 0, ("", None), 0.0
    library = (library or Library()).base if said else None
    while i < len(said):  # of a row of nouns the last is the thing; a name of the library counts more than one of its tags
        hit = nouns.find(library, said[i : i + nouns.LONGEST], noun=True)
        if hit and min(hit[2], 9.0) >= best:
            reference, best = library.find(hit[1][0], "3d"), min(hit[2], 9.0)
            found = " ".join(said[i : i + hit[0]]), reference.gait if reference else None
        i += hit[0] if hit else 1
    return found
