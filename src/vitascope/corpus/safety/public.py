"""The public sets, each speaking only about what it knows: their prose differs from film prompts, so they count for less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from .rows import CATEGORIES, Row

LONGEST = 600  # characters of a text that are read: some are whole stories
HAZARDS = {"vcr": "violence", "hte": "hate", "ssh": "self_harm", "sxc_prn": "sexual", "src": "sexual"}  # of AILuminate
WEIGHTS = {"hatecheck": 0.4, "openai_moderation": 0.3, "ailuminate": 0.2, "rtp_lx": 0.3, "xstest": 1.0, "parti": 1.0}


def public(path: Path, weak: bool = False) -> Iterator[Row]:
    """Rows of a file of the prompt data (JSON lines: source, lang, prompt, unsafe, categories).

    weak: the sets whose labels are guesses (i2p, Adversarial Nibbler) instead of the others.
    Raises ValueError when the file cannot be read.
    """
    try:
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise ValueError(f"The prompts in {path} cannot be read: give a folder with train.jsonl and val.jsonl.") from error
    for record in records:
        if (record["unsafe"] is None) == weak and (row := row_of(record)):
            yield row


def row_of(record: dict) -> Row | None:
    """None for what says nothing about any category of ours."""
    source, every = record["source"], frozenset(CATEGORIES)
    labels = frozenset(HAZARDS.get(name, name) for name in record["categories"]) & every
    known = every
    if record["unsafe"] is None:
        known = frozenset()
    elif source == "hatecheck":
        known = frozenset(["hate"])
    elif record["unsafe"]:
        if not labels:
            return None
        known = labels
    else:
        labels = frozenset()
    return Row(record["prompt"][:LONGEST], record["lang"], labels, known, source, WEIGHTS.get(source, 0.0))
