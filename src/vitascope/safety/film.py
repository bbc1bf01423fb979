"""All that is judged about one film: its words and what its maker brings before any work, each frame before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

import numpy as np

from .decision import Decision
from .policy import Policy

SAME = 0.02  # of a score: so much more does not make it another doubt

class Held(ValueError):
    """The film waits in the review queue until somebody has looked at it; .item is its place there."""

    def __init__(self, item, again: str = "do the same again"):
        doubts = "; ".join(f"{doubt['what']} at {doubt['at']:.1f} s" for doubt in item.report.get("borderline", ()))
        said = f"was rejected ({item.note or 'no reason given'})" if item.state == "rejected" else "waits for somebody to look at it"
        todo = f"see `vitascope review show {item.id}`; once it is approved with `vitascope review approve {item.id}`, {again}"
        super().__init__(f"The film {said}: {doubts}; {todo}.")
        self.item = item


def covers(seen: Iterable[dict], doubts: Iterable[dict]) -> bool:
    """Whether each doubt (Session.doubts) is among those that were `seen`, and no stronger."""
    known = {}
    for doubt in seen:
        kind = doubt["category"], doubt["what"]
        known[kind] = max(doubt["score"], known.get(kind, 0.0))
    return all(doubt["score"] <= known.get((doubt["category"], doubt["what"]), -1.0) + SAME for doubt in doubts)


class Moderation:
    """`words` and `uploads` come before the work, `look` before each segment is handed out; all raise Refused, or Held.

    policy: what is refused; gate: a PromptGate; reviewer: a frames.Reviewer, None only where the policy switches it off, which the
    report says. film: gives the film's (id, title) for the queue when it is in doubt; again: what its maker is told to do once it is
    approved. `queue`: another one than the installation's own, where nobody shall be asked to look.
    """

    def __init__(self, policy: Policy, gate, reviewer, fps: float, film: Callable[[], tuple[str, str]], again: str = "do the same again"):
        self.policy, self.gate, self.reviewer, self.fps, self.film, self.again = policy, gate, reviewer, fps, film, again
        self.queue = None
        self.decisions: list[tuple[str, Decision]] = []
        self._uploads: list[dict] = []
        self._approved, self._seen = False, []  # doubts that somebody has looked at
        self._session = reviewer.begin(fps) if reviewer else None

    def words(self, texts: Iterable[tuple[str, str]]) -> None:
        """Judges (kind, text) pairs: prompts, cards, negative prompts, names of references. Raises Refused at the first that may not be."""
        for kind, text in dict.fromkeys(texts):
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

    def glance(self, frame: np.ndarray) -> bool:
        """Reviews one frame (h w c) by itself, such as a preview's, and says whether it may be shown. Raises Refused, or ReviewFailed."""
        if self.reviewer is None:
            return True
        session = self.reviewer.begin(self.fps)
        session.look(frame[None])
        return not session.borderline

    def _hold(self, session) -> None:
        """What is in doubt waits for a person, unless one has looked at it and found it good.

        Whoever approves a film has seen it only as far as it was made, so what shows later is another item: "ID", "ID-2" and so on.
        """
        if not session.borderline or covers(self._seen, session.doubts):
            return
        from .queue import Queue

        queue, (film_id, title) = self.queue or Queue(), self.film()
        for number in count(1):
            item = queue.add(film_id if number == 1 else f"{film_id}-{number}", title, session.report, session.evidence)
            if not covers(item.report.get("borderline", ()), session.doubts):
                continue
            if item.state != "approved":
                raise Held(item, self.again)
            self._approved, self._seen = True, [*self._seen, *item.report["borderline"]]
            return

    @property
    def report(self) -> dict:
        """What was judged, and how it came out; JSON-ready."""
        found = [dict(kind=kind, **decision.to_dict()) for kind, decision in self.decisions]
        labels = tuple(dict.fromkeys(label for _, decision in self.decisions for label in decision.labels))
        return dict(
            policy=f"{self.policy.source} {self.policy.digest}", switched_off=list(self.policy.switched_off), labels=list(labels), words=found,
            uploads=self._uploads, frames=self._session.report if self._session else {}, approved=self._approved,
        )  # fmt: skip
