"""What counts as a prompt: checked once, before anything else looks at it."""

from __future__ import annotations

import unicodedata

MAX_CHARACTERS = 2000
# Joiners that some scripts and emoji need, though Unicode files them with the control characters.
_JOINERS = "\u200c\u200d"
_WITHOUT = {"Cf": "", "Cc": " ", "Cs": " ", "Co": " ", "Cn": " "}  # by Unicode category


def validate(prompt: str) -> str:
    """The prompt with control characters gone and spaces tidied. ValueError, one sentence, when there is nothing to film."""
    if not isinstance(prompt, str):
        raise ValueError(f"The prompt must be text, not {type(prompt).__name__}: put it in quotes.")
    if len(prompt) > MAX_CHARACTERS:
        raise ValueError(
            f"The prompt has {len(prompt):,} characters: shorten it to {MAX_CHARACTERS:,} or tell the film as several shots."
        )
    # What is invisible (a soft hyphen, a zero-width space) stands within words, and is taken out; other control characters part them.
    kept = (c if c in _JOINERS else _WITHOUT.get(unicodedata.category(c), c) for c in prompt)
    text = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    if not any(unicodedata.category(c)[0] in "LNS" for c in text):
        raise ValueError(
            "The prompt is empty: say in a few words what should happen, "
            'for example "a red fox runs through a snowy forest".'
        )
    return text
