"""The trained classifier of prompts: which kinds of harm a text shows, each as a number from 0 to 1.

A text is judged piece by piece (sentences, at most LONGEST words), and the strongest piece counts: a cruel act within a long
calm scene stands out as much as alone, and the style around it says nothing. Every piece is read in two ways. One takes
MiniLM's token states of its English reading (French is glossed word by word, gloss.py): their mean through a small network, and
each token through another, whose verdicts are weighed by attention, one for each category. The other takes hashed words, pairs
of words and character n-grams, linearly. The sum is calibrated so that `THRESHOLD` is the working point. Trained by
vitascope.training.safety on matched pairs.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from functools import cached_property
from pathlib import Path

import numpy as np

from vitascope.library import ASSETS
from vitascope.prompts import TextEncoder

from .gloss import plain, readings, words_of

WEIGHTS = ASSETS / "safety" / "classifier.safetensors"
CATEGORIES = ("violence", "sexual", "hate", "self_harm", "likeness", "ip", "misinformation")
THRESHOLD = 0.6  # of the shipped policy: calibration moves every category's working point here
BUCKETS = 12288  # of hashed features
GRAMS = (4, 5)  # characters of an n-gram, with "<" and ">" around the word
APART = 3  # how far apart the words of a pair may stand
LONGEST, SHORTEST = 36, 9  # words of a piece
TOKENS = 72  # of MiniLM, of one piece
MOST_PIECES = 40  # of one text; the rest is joined to the last
MOST_LEFT_OUT = 24  # words tried one by one when asked which counted


class Classifier:
    """Judges texts that safety.normalise has cleaned. The weights are read at the first text and checked by their hash."""

    def __init__(self, encoder: TextEncoder | None = None, path: Path = WEIGHTS):
        """encoder: a text encoder to share. Raises ValueError at the first text when the weights are missing or damaged."""
        self.encoder = encoder or TextEncoder()
        self.path = path

    def scores(self, text: str, language: str) -> dict[str, float]:
        """Category to 0..1; `THRESHOLD` is where false alarms on captions, long scenes and look-alikes were held down.

        language: a code as prompts.language.detect gives it. An empty text scores nothing.
        """
        logits = self._logits(text, language)
        a, b = self._weights["calibration"]
        return {name: float(p) for name, p in zip(CATEGORIES, 1 / (1 + np.exp(-(a * logits + b))), strict=True)}

    def words(self, text: str, category: str, language: str | None = None) -> tuple[str, ...]:
        """The words without which the score of a category falls most, at most four, in the order of the text."""
        from vitascope.prompts.language import detect

        if category not in CATEGORIES:
            raise ValueError(f"There is no category {category!r}; choose one of {', '.join(CATEGORIES)}.")
        language = language or detect(text)
        k = CATEGORIES.index(category)
        parts = pieces(text)
        if not parts:
            return ()
        part = max(parts, key=lambda p: self._logits(p, language)[k])
        said = part.split()[:LONGEST]
        candidates = [i for i, word in enumerate(said) if len(plain(word).strip(".,;:!?'\"")) > 2][:MOST_LEFT_OUT]
        whole = self._logits(part, language)[k]
        falls = {i: whole - self._logits(" ".join(said[:i] + said[i + 1 :]), language)[k] for i in candidates}
        best = max(falls.values(), default=0.0)
        chosen = sorted(sorted((i for i in falls if falls[i] > max(0.3 * best, 0.1)), key=lambda i: -falls[i])[:4])
        return tuple(said[i].strip(".,;:!?\"()«»") for i in chosen)

    def _logits(self, text: str, language: str) -> np.ndarray:
        """(k) evidence for each category: the strongest reading of the strongest piece; very low for an empty text."""
        told = [part for part in pieces(text) if any(c.isalnum() for c in part)]  # marks alone say nothing
        found = [self._piece(reading, part) for part in told for reading in readings(part, language, self._english)]
        return np.max(found, axis=0) if found else np.full(len(CATEGORIES), -20.0)

    def _piece(self, reading: str, written: str) -> np.ndarray:
        w = self._weights
        tokens = standardised(self.encoder.encode([reading], max_tokens=TOKENS)[0][0])  # n 384
        mean = pooled(tokens)  # 384
        logits = np.maximum(mean @ w["m.in"] + w["m.in.b"], 0) @ w["m.out"] + mean @ w["m.skip"] + w["bias"]
        hidden = np.maximum(tokens @ w["t.in"] + w["t.in.b"], 0)  # n h
        asked = hidden @ w["t.ask"]  # n k
        share = np.exp(asked - asked.max(0))
        logits = logits + ((hidden @ w["t.out"]) * share).sum(0) / share.sum(0)
        ids = features(reading, written)
        return logits + w["c.table"][ids].sum(0) / np.sqrt(max(len(ids), 1))

    @cached_property
    def _weights(self) -> dict[str, np.ndarray]:
        from safetensors.numpy import load

        try:
            data = self.path.read_bytes()
            facts = json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))
            if hashlib.sha256(data).hexdigest() != facts["sha256"]:
                raise ValueError("hash")
            raw = load(data)
        except Exception as error:
            raise ValueError(f"The weights of the prompt filter in {self.path.parent} are missing or damaged: install vitascope again.") from error
        return {name: value.astype(np.float32) * raw.get(name + ".scale", np.float32(1)).astype(np.float32)
                for name, value in raw.items() if not name.endswith(".scale")}  # fmt: skip

    @cached_property
    def _english(self) -> frozenset[str]:
        return english_words(self.encoder)


def english_words(encoder: TextEncoder) -> frozenset[str]:
    """Words that the English encoder has as one piece."""
    return frozenset(word for word in encoder._tokenizer.get_vocab() if word.isalpha())


def standardised(states: np.ndarray) -> np.ndarray:
    """Token states (n c), each moved to mean 0 and deviation a half."""
    return (0.5 * (states - states.mean(-1, keepdims=True)) / (states.std(-1, keepdims=True) + 1e-5)).astype(np.float32)


def pooled(tokens: np.ndarray) -> np.ndarray:
    """Standardised states (n c) as one vector (c) whose numbers are about as large as a half."""
    mean = tokens.mean(0)
    return (mean * (0.5 * len(mean) ** 0.5 / (float(np.linalg.norm(mean)) + 1e-9))).astype(np.float32)


def features(reading: str, written: str) -> np.ndarray:
    """Buckets (int64) of a piece: words and pairs of its English reading, words and n-grams as it was written."""
    words = [word for word in words_of(reading) if word.isalnum()]
    found = [f"w {word}" for word in words]
    found += [f"p {word} {other}" for i, word in enumerate(words) for other in words[i + 1 : i + 1 + APART]]
    for word in words_of(written):
        around = f"<{word}>"
        found += [around, *(around[i : i + n] for n in GRAMS for i in range(len(around) - n + 1) if n < len(around))]
    return np.fromiter((zlib.crc32(name.encode()) % BUCKETS for name in found), np.int64, len(found))


def pieces(text: str) -> list[str]:
    """A text in sentences; short ones join the next, long ones are cut into overlapping runs of `LONGEST` words."""
    found: list[str] = []
    held = ""
    for sentence in re.split(r"(?<=[.!?;\n])\s+|\n+", text.strip()):
        held = f"{held} {sentence}".strip()
        if len(held.split()) > SHORTEST:
            found.append(held)
            held = ""
    if held:
        found = [*found[:-1], f"{found[-1]} {held}"] if found and len(held.split()) <= SHORTEST else [*found, held]
    runs = [run for sentence in found for run in cut(sentence.split())]
    return runs if len(runs) <= MOST_PIECES else [*runs[:MOST_PIECES], *(" ".join(runs[i : i + 3]) for i in range(MOST_PIECES, len(runs), 3))]


def cut(words: list[str]) -> list[str]:
    if len(words) <= LONGEST:
        return [" ".join(words)] if words else []
    step = LONGEST * 2 // 3
    return [" ".join(words[i : i + LONGEST]) for i in range(0, len(words) - LONGEST + step, step)]
