"""What the classifier of prompts is trained on, turned into numbers once: MiniLM states and hashed n-grams of every piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from vitascope.corpus import safety as corpus
from vitascope.corpus.safety import Row
from vitascope.prompts import TextEncoder
from vitascope.safety.classifier import CATEGORIES, TOKENS, english_words, hashed, pieces, standard
from vitascope.safety.gloss import readings, words_of

PUBLIC_SHARE = {"hatecheck": 0.3, "ailuminate": 0.3, "openai_moderation": 0.4}  # of big sets, to keep training short


def rows_for(split: str, data: Path, seed: int, size: float = 1.0) -> list[Row]:
    """The prompts of a split ("train", "calibrate"). data: the folder with train.jsonl; size: a factor for quick runs."""
    train = split == "train"
    copies = max(1, round(4 * size))
    rows = [*corpus.short_prompts(split, copies, seed), *corpus.words(split, max(1, copies // 3), seed)]
    rows += corpus.long_scenes(split, 1, seed)
    rows += corpus.captions(split, round((900 if train else 600) * size), seed)
    rng = np.random.default_rng([seed, 9])
    for row in corpus.public(data / "train.jsonl"):
        # A fifth of every public source calibrates; the choice is the same whichever split asks.
        aside, kept = rng.random() < 0.2, rng.random() < PUBLIC_SHARE.get(row.kind, 1.0) * size
        if kept and aside != train:
            rows.append(row)
    return rows


@dataclass
class Pieces:
    """Every distinct piece in numbers. For piece i: states[at[i]:at[i+1]] (n 384) and grams of its words."""

    encoder: TextEncoder
    states: list[np.ndarray] = field(default_factory=list)  # n 384, float16, standardised
    grams: list[list[np.ndarray]] = field(default_factory=list)
    index: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, row: Row) -> list[int]:
        """Numbers of a prompt's pieces, read in every way that the classifier would."""
        return [self.one(reading, part) for part in pieces(row.text) for reading in readings(part, row.language, self.english)]

    @cached_property
    def english(self) -> frozenset[str]:
        return english_words(self.encoder)

    def one(self, reading: str, written: str) -> int:
        key = (reading, written)
        if key not in self.index:
            self.index[key] = len(self.states)
            self.states.append(standard(self.encoder.encode([reading], max_tokens=TOKENS)[0][0]).astype(np.float16))
            self.grams.append([hashed(word) for word in words_of(written)])
        return self.index[key]


@dataclass(frozen=True)
class Batch:
    """Pieces of some prompts, padded. owner (p): the prompt of each piece; targets, known (b k)."""

    states: torch.Tensor  # p n 384
    mask: torch.Tensor  # p n
    grams: torch.Tensor  # all buckets of all words in a row
    offsets: torch.Tensor  # where each word's begin
    counts: torch.Tensor  # words
    words: torch.Tensor  # p m, the number of each word plus 1, 0 where there is none
    owner: torch.Tensor  # p
    rows: int


def batch(table: Pieces, parts: Sequence[list[int]], drop: float = 0.0, rng: np.random.Generator | None = None) -> Batch:
    """The pieces of prompts as one batch. drop: share of the n-grams left out at random (the rest is scaled by their count)."""
    numbers = [(i, p) for i, row in enumerate(parts) for p in row]
    longest = max((len(table.states[p]) for _, p in numbers), default=1)
    most = max((len(table.grams[p]) for _, p in numbers), default=1) or 1
    states, mask = np.zeros((len(numbers), longest, 384), np.float16), np.zeros((len(numbers), longest), bool)
    words, buckets, counts = np.zeros((len(numbers), most), np.int64), [], []
    for j, (_, p) in enumerate(numbers):
        n = len(table.states[p])
        states[j, :n], mask[j, :n] = table.states[p], True
        for m, ids in enumerate(table.grams[p]):
            if drop and rng is not None:
                ids = ids[kept] if (kept := rng.random(len(ids)) >= drop).any() else ids[:1]
            counts.append(len(ids))
            buckets.append(ids)
            words[j, m] = len(counts)
    offsets = np.concatenate([[0], np.cumsum(counts)[:-1]]) if counts else np.zeros(0, np.int64)
    return Batch(torch.from_numpy(states).float(), torch.from_numpy(mask), torch.from_numpy(np.concatenate(buckets) if buckets else np.zeros(0, np.int64)),
                 torch.from_numpy(offsets.astype(np.int64)), torch.tensor(counts, dtype=torch.float32), torch.from_numpy(words),
                 torch.tensor([i for i, _ in numbers], dtype=torch.long), len(parts))  # fmt: skip


def targets(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """(b k) what is shown, and (b k) how much each prompt says about it: 0 where its source does not know."""
    shown = np.array([[name in row.categories for name in CATEGORIES] for row in rows], np.float32).reshape(-1, len(CATEGORIES))
    weight = np.array([[row.weight * (name in row.known) for name in CATEGORIES] for row in rows], np.float32).reshape(-1, len(CATEGORIES))
    return shown, weight
