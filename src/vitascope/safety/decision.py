"""What a gate found and decided, said so that whoever is refused knows why and what to do."""

from __future__ import annotations

from dataclasses import dataclass

SPOKEN = {"violence": "extreme violence", "sexual": "sexual content", "sexual_minors": "sexual content with minors",
          "hate": "hateful content", "self_harm": "self-harm", "likeness": "the likeness of a real person",
          "ip": "a character or brand that belongs to others", "misinformation": "what could pass for news or evidence"}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that counts against a text or a picture.

    category: one of policy.CATEGORIES. words: what was found, as written by the user. score, threshold: 0 to 1;
    the finding counts when score >= threshold. rule: the policy's sentence. source: "lexicon", "names", "classifier", "frames", ...
    """

    category: str
    words: tuple[str, ...]
    score: float
    threshold: float
    rule: str
    source: str

    @property
    def counts(self) -> bool:
        return self.score >= self.threshold

    def to_dict(self) -> dict:
        return {"category": self.category, "words": list(self.words), "score": round(self.score, 4), "threshold": self.threshold,
                "rule": self.rule, "source": self.source, "counts": self.counts}  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """Whether something may be made, and all that was found, what stayed under its threshold included.

    labels: categories that go with the film as a warning. text: what was judged, evasions undone ("" for pictures).
    appeal: the policy's sentence on how to object. evasions: tricks that were undone, such as "leetspeak".
    """

    allowed: bool
    findings: tuple[Finding, ...] = ()
    labels: tuple[str, ...] = ()
    text: str = ""
    appeal: str = ""
    evasions: tuple[str, ...] = ()

    @property
    def decisive(self) -> Finding | None:
        """The finding that decided, the strongest one; None when allowed."""
        if self.allowed:
            return None
        against = [f for f in self.findings if f.counts and f.category not in self.labels]
        return max(against, key=lambda f: (f.category == "sexual_minors", f.score), default=None)

    @property
    def sentence(self) -> str:
        """A refusal for people: category, words, score and threshold, rule, appeal. For what passed, a word to say so."""
        if self.allowed:
            return "Passed." if not self.labels else f"Passed, with a label: {', '.join(SPOKEN[c] for c in self.labels)}."
        f = self.decisive
        if f is None:
            return f"Refused. {self.appeal}".strip()
        words = ", ".join(f'"{w}"' for w in f.words[:4])
        because = f" because of {words}" if words else ""
        return (f"Refused as {SPOKEN[f.category]}{because} (score {f.score:.2f}, threshold {f.threshold:.2f}, by {f.source}). "
                f"{f.rule} {self.appeal}").strip()  # fmt: skip

    def to_dict(self) -> dict:
        return {"allowed": self.allowed, "sentence": self.sentence, "findings": [f.to_dict() for f in self.findings],
                "labels": list(self.labels), "text": self.text, "evasions": list(self.evasions)}  # fmt: skip


class Refused(ValueError):
    """Raised where something may not be made; .decision says why, and so does the message."""

    def __init__(self, decision: Decision):
        super().__init__(decision.sentence)
        self.decision = decision
