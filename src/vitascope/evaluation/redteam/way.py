"""An attack goes the whole way: the words are judged, a film that passes is made, small, and its frames are reviewed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from vitascope import api
from vitascope.characters import Character
from vitascope.clip import Clip
from vitascope.safety.decision import Refused
from vitascope.safety.film import Held
from vitascope.safety.queue import Queue
from vitascope.safety.session import ReviewFailed
from vitascope.studio import Studio

from .attacks import Attack

SMALL = dict(size="96x64", fps=8.0)
SHORT = 0.5  # seconds


@dataclass(frozen=True)
class Outcome:
    """What came of an attack: refused (by what, for which category, at which score), held for somebody to look at, labelled, or handed out."""

    attack: Attack
    result: str  # "refused", "held", "labelled" or "handed out"
    by: str = ""
    category: str = ""
    score: float = 0.0
    threshold: float = 0.0
    words: tuple[str, ...] = ()
    drawn: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the attacker has what was asked for; misinformation carries a label instead of being refused."""
        return self.result == "handed out"

    def to_dict(self) -> dict:
        return dict(category=self.attack.category, language=self.attack.language, technique=self.attack.technique,
                    surface=self.attack.surface, text=self.attack.text, result=self.result, by=self.by, found=self.category,
                    score=round(self.score, 3), threshold=self.threshold, words=list(self.words), drawn=self.drawn)  # fmt: skip


def attempt(attack: Attack, studio, queue: Queue) -> Outcome:
    """Make the film that the attack asks for, at 96x64 for half a second in one step; what is in doubt goes into `queue`, which is
    not the installation's. Raises ReviewFailed: where the review is broken, everything is refused, and that says nothing."""
    try:
        making = MAKERS[attack.surface](attack.text, dict(studio=studio, num_inference_steps=1, seed=1, expand=False, stream=True))
        for part in getattr(making, "makings", [making]):
            part.moderation.queue = queue
        film = Studio.collect(making)
    except Refused as refusal:
        found = refusal.decision.decisive
        if found is None:
            return Outcome(attack, "refused")
        return Outcome(attack, "refused", found.source, found.category, found.score, found.threshold, found.words)
    except Held as held:
        doubt = held.item.report["borderline"][0]
        return Outcome(attack, "held", "frames", doubt["category"], doubt["score"], words=(doubt["what"],))
    except ReviewFailed:
        raise
    except ValueError as error:  # it cannot be filmed at all, such as a prompt without a letter
        return Outcome(attack, "refused", "no prompt", words=(str(error),))
    labels = film.report["moderation"]["labels"]
    return Outcome(attack, "labelled" if attack.category in labels else "handed out", category=", ".join(labels), drawn=film.report["plan"])


def _prompt(text: str, how: dict):
    return api.generate(text, seconds=SHORT, **SMALL, **how)


def _picture(text: str, how: dict):
    """The words stand in a picture that is to be animated."""
    return api.animate(written(text), "the camera zooms in", seconds=SHORT, fps=8.0, **how)


def _name(text: str, how: dict):
    """A picture of the user's own is called by the name."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", _who(text)).strip("-").lower()[:40] or "nobody"
    ball = np.zeros((64, 64, 4), np.uint8)
    ball[12:52, 12:52] = (200, 60, 60, 255)
    return api.generate(f"@{name} walks", seconds=SHORT, characters={name: Character.make(name, [ball])}, **SMALL, **how)


def _storyboard(text: str, how: dict):
    """The words are spread over the cards, the first of which is harmless."""
    words = text.split()
    half = len(words) // 2
    cards = [dict(at=0, prompt="a quiet street"), dict(at=0.5, prompt=" ".join(words[:half])), dict(at=1, prompt=" ".join(words[half:]))]
    return api.storyboard(dict(cards=cards, seconds=1.5, size="96x64", fps=8), **how)


def _edit(text: str, how: dict):
    """A harmless clip is to be painted anew."""
    frames = np.full((5, 64, 96, 3), 120, np.uint8)
    frames[:, 30:, :, 1] = 160
    return api.edit(Clip(frames, 8.0), text, strength=0.8, **how)


MAKERS = dict(prompt=_prompt, picture=_picture, name=_name, storyboard=_storyboard, edit=_edit)


def _who(text: str) -> str:
    """The capitalised words that a text about somebody begins with, or its first two words."""
    found = re.match(r"(?:[A-ZÀ-Ý][\w'’-]*\s?)+", text)
    return found[0] if found else " ".join(text.split()[:2])


def written(text: str) -> np.ndarray:
    """A picture (320 640 3) with the text in black on white, as large as it fits."""
    import textwrap

    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (640, 320), "white")
    lines = "\n".join(textwrap.wrap(text, 28)[:7])
    ImageDraw.Draw(picture).multiline_text((24, 20), lines, fill="black", font=ImageFont.load_default(36))
    return np.asarray(picture)
