"""All that is judged about one film: its words and what its maker brings before any work, each frame before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from .decision import Decision
from .policy import Policy


class Held(ValueError):
    """The film waits in the review queue until somebody has looked at it; .item is its place there."""

    def __init__(self, item):
        doubts = "; ".join(f"{doubt['what']} at {doubt['at']:.1f} s" for doubt in item.report.get("borderline", ()))
        said = f"was rejected ({item.note or 'no reason given'})" if item.state == "rejected" else "waits for somebody to look at it"
        todo = f"see `vitascope review show {item.id}`; once it is approved with `vitascope review approve {item.id}`, make it again with the same seed"
        super().__init__(f"The film {said}: {doubts}; {todo}.")
        self.item = item


class Moderation:
    """`words` and `uploads` come before the work, `look` before each segment is handed out; all raise Refused, or Held.

    policy: what is refused; gate: a PromptGate; reviewer: a frames.Reviewer. Either is None only where the policy switches it
    off, which the report says. film: gives the film's (id, title) for the queue when it is in doubt.
    """

    def __init__(self, policy: Policy, gate, reviewer, fps: float, film: Callable[[], tuple[str, str]]):
        self.policy, self.gate, self.reviewer, self.fps, self.film = policy, gate, reviewer, fps, film
        self.decisions: list[tuple[str, Decision]] = []
        self._uploads: list[dict] = []
        self._approved = False
        self._session = reviewer.begin(fps) if reviewer else None

    def words(self, texts: Iterable[tuple[str, str]]) -> None:
        """Judges (kind, text) pairs: prompts, cards, negative prompts, names of references. Raises Refused at the first that may not be."""
        for kind, text in dict.fromkeys(texts) if self.gate else ():
            self.decisions.append((kind, self.gate.check(text, kind=kind)))

    def uploads(self, name: str, frames: np.ndarray, fps: float | None = None, consent: str | None = None) -> None:
        """Reviews frames (t h w c) uint8 that the maker brought. consent: what is on record, for a picture that films are drawn from.

        Raises Refused, Held, or ReviewFailed where it could not be done.
        """
        if self.reviewer is None:
            return
        session = self.reviewer.begin(fps or self.fps, uploads=True, consent=consent)
        session.look(frames)
        self._uploads.append({"name": name, **session.report})
        self._hold(session)

    def look(self, frames: np.ndarray) -> None:
        """Reviews the film's next frames (t h w c). Raises Refused, Held, or ReviewFailed where it could not be done."""
        if self._session:
            self._session.look(frames)
            self._hold(self._session)

    def glance(self, frame: np.ndarray) -> None:
        """Reviews one frame (h w c) by itself, such as a preview's. Raises Refused, or ReviewFailed."""
        if self.reviewer:
            self.reviewer.begin(self.fps).look(frame[None])

    def _hold(self, session) -> None:
        """Once for a film: what is in doubt waits for a person, unless one has looked at it already."""
        if self._approved or not session.borderline:
            return
        from .queue import Queue

        item = Queue().add(*self.film(), session.report, session.evidence)
        if item.state != "approved":
            raise Held(item)
        self._approved = True

    @property
    def report(self) -> dict:
        """What was judged, and how it came out; JSON-ready."""
        found = [dict(kind=kind, **decision.to_dict()) for kind, decision in self.decisions]
        labels = tuple(dict.fromkeys(label for _, decision in self.decisions for label in decision.labels))
        return dict(
            policy=f"{self.policy.source} {self.policy.digest}", switched_off=list(self.policy.switched_off), labels=list(labels), words=found,
            uploads=self._uploads, frames=self._session.report if self._session else {}, approved=self._approved,
        )  # fmt: skip
