"""The one way that every film takes: words are read, a plan is drawn, a sketch is laid under it, the model paints, the film is
mastered. The Python API, the command line and (later) the server differ only in how the timeline arrives and where events go.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .clip import Clip
from .director.plan import CAMERAS, Plan
from .making import Making, Segment
from .release import Release
from .safety.film import Moderation
from .safety.policy import Policy
from .tasks import Layout
from .timeline import Timeline

__all__ = ["Event", "Film", "Making", "Segment", "Settings", "Studio"]


@dataclass(frozen=True)
class Settings:
    """How to make a film. `guidance_scale` 1 switches guidance off; `upscale` and `interpolate` are the finishing steps.

    num_inference_steps   calls of the painter a window; None: 4
    sketch_strength   how far the painter trusts the animatic: 1 follows it, 0 paints from words alone
    expand            whether a short prompt is told in full before it is filmed
    camera            one of plan.CAMERAS, whatever the words say; motion: 0 stands still .. 1 as usual .. 2 lively
    characters        the user's own pictures by name (characters.Character), called "@name" in prompts
    resume            a folder where finished windows are kept, so that a killed film goes on from there
    best_of           how often the film is made; each time anew from the worst window of the best so far, which is kept
    policy            the operator's policy file (safety.policy); None: VITASCOPE_POLICY, else the shipped one
    """

    seed: int | None = None
    num_inference_steps: int | None = None
    guidance_scale: float = 1.0
    sketch_strength: float = 1.0
    style: str | None = None
    upscale: bool = True
    interpolate: bool = True
    threads: int | None = None
    expand: bool = True
    camera: str | None = None
    motion: float = 1.0
    characters: dict = field(default_factory=dict)
    resume: str | os.PathLike | None = None
    policy: str | os.PathLike | None = None
    best_of: int = 1

    def __post_init__(self):
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError(f"A seed is a whole number from 0 to 2^63 - 1, not {self.seed}.")
        if self.num_inference_steps is not None and not 1 <= self.num_inference_steps <= 100:
            raise ValueError(f"A film takes 1 to 100 steps, not {self.num_inference_steps}: choose another --steps.")
        if not 1 <= self.guidance_scale <= 10:
            raise ValueError(f"The guidance scale is 1 to 10, not {self.guidance_scale:g}: choose another --guidance-scale.")
        if not 0 <= self.sketch_strength <= 1:
            raise ValueError(f"The sketch strength is 0 to 1, not {self.sketch_strength:g}: choose another --sketch-strength.")
        if not 0 <= self.motion <= 2:
            raise ValueError(f"The motion strength is 0 to 2, not {self.motion:g}: choose another --motion.")
        if self.camera is not None and self.camera not in (*CAMERAS, "static"):
            raise ValueError(f"The camera is one of {', '.join(CAMERAS)}, not {self.camera!r}: choose another --camera.")
        if not 1 <= self.best_of <= 16:
            raise ValueError(f"A film is the best of 1 to 16, not of {self.best_of}: choose another --best-of.")
        if len(self.characters) > 4:
            raise ValueError(f"A film has up to four characters, not {len(self.characters)}.")


@dataclass(frozen=True)
class Event:
    """What happens on the way: `stage` is one of read, plan, paint, finish; `done` of `total` where it can be counted.

    `peek()`, while painting, shows how far the window has come: one frame (h w c) uint8 at the base size, or None where somebody should
    look at it first.
    """

    stage: str
    done: int = 0
    total: int = 0
    text: str = ""
    peek: Callable[[], np.ndarray | None] | None = None


@dataclass(frozen=True)
class Film:
    """A finished film: the clip, the plan it was made from, a report of how, and (relationship, file) pairs of what it was made from."""

    clip: Clip
    plan: Plan
    report: dict = field(default_factory=dict)
    inputs: tuple = ()
    policy: Policy | None = None

    def save(self, path: str | os.PathLike) -> Path:
        """Write the film, watermarked and signed, all of it or nothing, and return the path; `report` gets "watermark" and
        "credentials". An .mp4 carries its plan, so that it can be extended. Raises ValueError for a film that is no Vitascope film."""
        release = Release(self.policy or Policy.load(), int(self.report.get("film_id", "0"), 16), lambda: (self.report, self.inputs), self)
        release.write([Segment(0, self.clip.frames, self.clip.fps)], Path(path), partial=False)
        self.report.update(release.report)
        return Path(path)

    @property
    def note(self) -> str:
        """The plan in one line, for the file to carry."""
        from .director.continuation import to_note

        return to_note(self.plan, len(self.clip), self.report.get("prompt", "")) if self.plan.shots else ""


class Studio:
    """Holds the loaded networks, so that a second film starts at once."""

    def __init__(self, settings: Settings = Settings()):
        self.settings = settings
        self._parts: dict = {}

    def with_(self, **changes) -> Studio:
        """A studio under other settings, with what is loaded already. TypeError for a setting that there is not."""
        other = Studio(replace(self.settings, **changes))
        if "threads" not in changes:
            stale = {"library"} if "characters" in changes else set()
            stale |= {"policy", "gate", "reviewer"} if "policy" in changes else set()
            other._parts = {k: v for k, v in self._parts.items() if k not in stale} if stale else self._parts
        return other

    def part(self, name: str):
        """A part, loaded when it is first needed: one of PARTS."""
        if name not in self._parts:
            self._parts[name] = PARTS[name](self)
        return self._parts[name]

    def read(self, prompt: str):
        """What the prompt says, as far as it is understood. Raises ValueError for a prompt that cannot be one."""
        from .prompts import read, validate

        return read(validate(prompt), self.part("library"))

    def moderation(self, fps: float, film: Callable[[], tuple[str, str]], again: str = "do the same again") -> Moderation:
        """What judges a film of ours: each part of it, unless the policy switches it off, which the film's report then says. The gate is
        always there, as no policy lets sexual content with minors pass.

        film: gives its (id, title), should somebody have to look at it; again: what its maker is told to do once it is approved.
        """
        policy = self.part("policy")
        return Moderation(policy, self.part("gate"), self.part("reviewer") if policy.frames.enabled else None, fps, film, again)

    def stream(self, layout: Layout | Timeline, on_event: Callable[[Event], None] | None = None, *, task: str = "", inputs: tuple = ()) -> Making:
        """A film that is made as it is iterated over, segment by segment; stopping early keeps what was handed out.

        task, inputs: what it is and (relationship, file) pairs of what it is made from, for its credentials. Raises Refused.
        """
        tell = on_event or (lambda event: None)
        layout = Layout(layout) if isinstance(layout, Timeline) else layout
        make = lambda: Making(self, layout, lambda *args, **more: tell(Event(*args, **more)), task=task, inputs=inputs)
        if self.settings.best_of > 1:
            from .best import BestOf

            return BestOf(make, self.settings.best_of)
        return make()

    def make(self, layout: Layout | Timeline, on_event: Callable[[Event], None] | None = None, **about) -> Film:
        """Fill a timeline in. Events come on the calling thread; an exception raised in `on_event` stops the work. Raises Refused."""
        return self.collect(self.stream(layout, on_event, **about))

    @staticmethod
    def collect(making) -> Film:
        """All segments of a Making (or of a Reel) as one Film."""
        frames = np.concatenate([segment.frames for segment in making])
        return Film(Clip(frames, making.fps), making.plan, making.report, making.inputs, making.studio.part("policy"))


# --- the parts of a studio; nothing heavy is imported before it is needed -----------------------------------------------


def _library(studio: Studio):
    from .library import Library

    cast = studio.settings.characters
    return Library().with_characters(cast) if cast else Library()


def _text(studio: Studio):
    from .prompts import TextEncoder

    return TextEncoder()


def _director(studio: Studio):
    from .director.planner import Director

    return Director(studio.settings.threads)


def _generator(studio: Studio):
    from .generators import EmbeddedGenerator

    return EmbeddedGenerator(studio.settings.threads)


def _gate(studio: Studio):
    from .safety.prompts import PromptGate

    return PromptGate(studio.part("policy"), studio.part("text"))


def _reviewer(studio: Studio):
    from .safety.frames import Reviewer

    return Reviewer(studio.part("policy"), gate=studio.part("gate"), threads=studio.settings.threads)


def _upscaler(studio: Studio):
    from .finishing import Upscaler

    return Upscaler(studio.settings.threads or os.cpu_count() or 1)


def _interpolator(studio: Studio):
    from .finishing import Interpolator

    return Interpolator(studio.settings.threads or os.cpu_count() or 1)


PARTS: dict[str, Callable] = dict(
    library=_library, text=_text, director=_director, generator=_generator, policy=lambda studio: Policy.load(studio.settings.policy),
    gate=_gate, reviewer=_reviewer, upscaler=_upscaler, interpolator=_interpolator,
)  # fmt: skip
