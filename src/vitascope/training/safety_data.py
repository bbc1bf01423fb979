"""What the classifier of prompts is trained on, turned into numbers once: MiniLM's mean states and hashed features of every piece."""

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
from vitascope.safety.classifier import CATEGORIES, TOKENS, english_words, features, pieces, pooled, standardised
from vitascope.safety.gloss import readings

PUBLIC_SHARE = {"hatecheck": 0.2, "ailuminate": 0.3, "openai_moderation": 0.3, "rtp_lx": 0.5}  # of big sets, to keep training short


def rows_for(split: str, data: Path, seed: int, size: float = 1.0) -> list[Row]:
    """The prompts of a split ("train", "calibrate"). data: the folder with train.jsonl; size: a factor for quick runs."""
    train = split == "train"
    copies = max(1, round(2 * size))
    rows = [*corpus.short_prompts(split, copies, seed), *corpus.words(split, 1, seed)]
    rows += corpus.long_scenes(split, 1, seed)
    rows += corpus.captions(split, round((1800 if train else 1000) * size), seed)
    rng = np.random.default_rng([seed, 9])
    for row in corpus.public(data / "train.jsonl"):
        # A fifth of every public source calibrates; the choice is the same whichever split asks.
        aside, kept = rng.random() < 0.2, rng.random() < PUBLIC_SHARE.get(row.kind, 1.0) * size
        if kept and aside != train:
            rows.append(row)
    return rows


@dataclass
class Pieces:
    """Every distinct piece in numbers: tokens[i] (n 384) in half precision, means[i] (384) and grams[i], its buckets."""

    encoder: TextEncoder
    tokens: list[np.ndarray] = field(default_factory=list)
    means: list[np.ndarray] = field(default_factory=list)
    grams: list[np.ndarray] = field(default_factory=list)
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
            self.index[key] = len(self.means)
            tokens = standardised(self.encoder.encode([reading], max_tokens=TOKENS)[0][0])
            self.tokens.append(tokens.astype(np.float16))
            self.means.append(pooled(tokens))
            self.grams.append(features(reading, written))
        return self.index[key]


@dataclass(frozen=True)
class Batch:
    """The pieces of some prompts (p). owner (p): the prompt of each piece; rows: prompts."""

    tokens: torch.Tensor  # t 384, of all pieces in a row
    piece: torch.Tensor  # t, the piece of each token
    means: torch.Tensor  # p 384
    grams: torch.Tensor  # all buckets in a row
    offsets: torch.Tensor  # p, where each piece's begin
    counts: torch.Tensor  # p
    owner: torch.Tensor  # p
    rows: int


def batch(table: Pieces, parts: Sequence[list[int]], drop: float = 0.0, rng: np.random.Generator | None = None) -> Batch:
    """The pieces of prompts as one batch. drop: share of the hashed features left out at random."""
    numbers = [(i, p) for i, row in enumerate(parts) for p in row]
    grams = [table.grams[p] for _, p in numbers]
    if drop and rng is not None:
        grams = [ids[rng.random(len(ids)) >= drop] for ids in grams]
    counts = np.array([len(ids) for ids in grams], np.int64)
    means = np.stack([table.means[p] for _, p in numbers]) if numbers else np.zeros((0, 384), np.float32)
    tokens = [table.tokens[p] for _, p in numbers]
    piece = np.repeat(np.arange(len(tokens)), [len(t) for t in tokens])
    states = torch.from_numpy(np.concatenate([*tokens, np.zeros((0, 384), np.float16)])).float()
    flat = np.concatenate([*grams, np.zeros(0, np.int64)])
    return Batch(states, torch.from_numpy(piece), torch.from_numpy(means), torch.from_numpy(flat), torch.from_numpy(np.cumsum(counts) - counts),
                 torch.from_numpy(np.maximum(counts, 1).astype(np.float32)), torch.tensor([i for i, _ in numbers], dtype=torch.long), len(parts))  # fmt: skip


def targets(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """(b k) what is shown, and (b k) how much each prompt says about it: 0 where its source does not know."""
    shown = np.array([[name in row.categories for name in CATEGORIES] for row in rows], np.float32).reshape(-1, len(CATEGORIES))
    weight = np.array([[row.weight * (name in row.known) for name in CATEGORIES] for row in rows], np.float32).reshape(-1, len(CATEGORIES))
    return shown, weight
