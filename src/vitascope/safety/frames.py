"""Review of frames: all of them are compared, what is new is judged, and where a part of the review fails nothing passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .policy import Policy
from .session import NOT_REVIEWED, ReviewFailed, Session, guarded

__all__ = ["NOT_REVIEWED", "ReviewFailed", "Reviewer", "Session", "loaders"]


class Reviewer:
    """The parts of the review, for any number of films. They are loaded on the side, while the film is being made."""

    def __init__(self, policy: Policy, threads: int | None = None, register=None, gate=None, parts: dict[str, Callable] | None = None):
        """gate: a PromptGate, for words in frames. register: a Register, the operator's when left out.
        parts: loaders by name, instead of those of `loaders`. Raises ReviewFailed where the register or the gate is missing or
        damaged; a part that cannot be loaded raises it at the first look.
        """
        self.policy, self.gate = policy, gate
        frames = policy.frames
        if frames.text.enabled and gate is None:
            raise ReviewFailed("The frames could not be reviewed (text), so nothing is handed out: there is no gate for the words in them.")
        self.names = tuple(name for name in ("nudity", "symbols", "text", "faces") if getattr(frames, name).enabled)
        self.people = []
        if "faces" in self.names:
            from .register import Register

            with guarded("faces"):
                self.people = (register or Register()).people()
        loading = {**loaders(min(threads or os.cpu_count() or 1, 4)), **(parts or {})}
        pool = ThreadPoolExecutor(1, "review")
        self._parts = {name: pool.submit(loading[name]) for name in self.names}
        pool.shutdown(wait=False)

    def part(self, name: str):
        """A loaded part. Raises ReviewFailed where it could not be loaded, however often it is asked."""
        with guarded(name):
            return self._parts[name].result()

    def begin(self, fps: float, uploads: bool = False, consent: str | None = None) -> Session:
        """The review of one film, or of one thing that a user brought.

        uploads: looked at more closely, people in it are noted. consent: None for a film or footage; for a picture of
        somebody that films are to be drawn from, the consent on record: without it ("") a real face is refused.
        """
        return Session(self, fps, uploads, consent)


def loaders(threads: int) -> dict:
    """What loads each part of the review."""

    def nudity():
        from .nudity import Nudity

        return Nudity(threads=threads)

    def faces():
        from .faces import Faces

        return Faces()

    def text():
        from .text import TextReader

        return TextReader(threads=threads)

    def symbols():
        from .symbols import Symbols

        return Symbols()

    return dict(nudity=nudity, faces=faces, text=text, symbols=symbols)
