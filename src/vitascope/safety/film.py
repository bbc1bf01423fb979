"""All that is judged about one film: its words and what its maker brings before any work, each frame before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .decision import Decision
from .policy import Policy


class Moderation:
    """`words` and `uploads` come before the work, `look` before each segment is handed out; all raise Refused.

    policy: what is refused; gate: a PromptGate; reviewer: a frames.Reviewer. Either is None only where the policy switches it
    off, which the report says.
    """

    def __init__(self, policy: Policy, gate, reviewer, fps: float):
        self.policy, self.gate, self.reviewer, self.fps = policy, gate, reviewer, fps
        self.decisions: list[tuple[str, Decision]] = []
        self._uploads: list[dict] = []
        self._session = reviewer.begin(fps) if reviewer else None

    def words(self, texts: Iterable[tuple[str, str]]) -> None:
        """Judges (kind, text) pairs: prompts, cards, negative prompts, names of references. Raises Refused at the first that may not be."""
        for kind, text in dict.fromkeys(texts) if self.gate else ():
            self.decisions.append((kind, self.gate.check(text, kind=kind)))

    def uploads(self, name: str, frames: np.ndarray, fps: float | None = None, consent: str = "") -> None:
        """Reviews frames (t h w c) uint8 that the maker brought. Raises Refused, or ReviewFailed where it could not be done."""
        if self.reviewer is None:
            return
        session = self.reviewer.begin(fps or self.fps, uploads=True, consent=consent)
        session.look(frames)
        self._uploads.append({"name": name, **session.report})

    def look(self, frames: np.ndarray) -> None:
        """Reviews the film's next frames (t h w c). Raises Refused, or ReviewFailed where it could not be done."""
        if self._session:
            self._session.look(frames)

    @property
    def borderline(self) -> bool:
        """Whether somebody should look at the film before it is shown."""
        return bool(self._session and self._session.borderline)

    @property
    def report(self) -> dict:
        """What was judged, and how it came out; JSON-ready."""
        found = [dict(kind=kind, **decision.to_dict()) for kind, decision in self.decisions]
        labels = tuple(dict.fromkeys(label for _, decision in self.decisions for label in decision.labels))
        return dict(
            policy=self.policy.name, switched_off=list(self.policy.switched_off), labels=list(labels), words=found,
            uploads=self._uploads, frames=self._session.report if self._session else {}, borderline=self.borderline,
        )  # fmt: skip
