"""The one way that every film takes: words are read, a plan is drawn, an animatic is laid under it, the model paints,
the film is finished. The Python API, the command line and (later) the server differ only in how the timeline arrives and
where events go.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten

import numpy as np

from .clip import Clip
from .director.plan import Plan, Subject
from .timeline import Timeline


@dataclass(frozen=True)
class Settings:
    """How to make a film. `guidance_scale` 1 switches guidance off; `upscale` and `interpolate` are the finishing steps.

    `sketch_strength` says how far the painter trusts the animatic: 1 follows it, 0 paints from words alone.
    """

    seed: int | None = None
    num_inference_steps: int = 2
    guidance_scale: float = 1.0
    sketch_strength: float = 1.0
    style: str | None = None
    upscale: bool = True
    interpolate: bool = True
    threads: int | None = None

    def __post_init__(self):
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError(f"A seed is a whole number from 0 to 2^63 - 1, not {self.seed}.")
        if not 1 <= self.num_inference_steps <= 100:
            raise ValueError(f"A film takes 1 to 100 steps, not {self.num_inference_steps}: choose another --steps.")
        if not 1 <= self.guidance_scale <= 10:
            raise ValueError(f"The guidance scale is 1 to 10, not {self.guidance_scale:g}: choose another --guidance-scale.")
        if not 0 <= self.sketch_strength <= 1:
            raise ValueError(f"The sketch strength is 0 to 1, not {self.sketch_strength:g}: choose another --sketch-strength.")


@dataclass(frozen=True)
class Event:
    """What happens on the way: `stage` is one of read, plan, paint, finish; `done` of `total` where it can be counted."""

    stage: str
    done: int = 0
    total: int = 0
    text: str = ""


@dataclass(frozen=True)
class Film:
    """A finished film: the clip, the plan it was made from, and a report of how."""

    clip: Clip
    plan: Plan
    report: dict = field(default_factory=dict)

    def save(self, path: str | os.PathLike) -> Path:
        """Write the film, all of it or nothing, and return the path."""
        return Path(self.clip.write(path))


class Studio:
    """Holds the loaded networks, so that a second film starts at once."""

    def __init__(self, settings: Settings = Settings()):
        self.settings = settings
        self._parts: dict = {}

    def _part(self, name: str):
        if name not in self._parts:
            threads = self.settings.threads
            if name == "library":
                from .library import Library as make
            elif name == "text":
                from .prompts import TextEncoder as make
            elif name == "director":
                from .director.planner import Director

                make = lambda: Director(threads)  # noqa: E731
            elif name == "generator":
                from .generators import EmbeddedGenerator

                make = lambda: EmbeddedGenerator(threads)  # noqa: E731
            elif name == "upscaler":
                from .finishing import Upscaler

                make = lambda: Upscaler(threads or os.cpu_count() or 1)  # noqa: E731
            else:
                from .finishing import Interpolator

                make = lambda: Interpolator(threads or os.cpu_count() or 1)  # noqa: E731
            self._parts[name] = make()
        return self._parts[name]

    def read(self, prompt: str):
        """What the prompt says, as far as it is understood. Raises ValueError for a prompt that cannot be one."""
        from .prompts import read, validate

        return read(validate(prompt), self._part("library"))

    def plan(self, timeline: Timeline, seed: int) -> tuple[Plan, dict]:
        """A plan for the whole film, and notes for the report."""
        from .prompts import expand

        library, text, director = self._part("library"), self._part("text"), self._part("director")
        width, height = timeline.base_size
        prompt = timeline.prompt_at(0)
        reading = self.read(prompt)
        shots = reading.cuts or (reading,)
        lengths = share(timeline.num_frames, len(shots))
        made, captions, notes = [], [], []
        for i, (shot, length) in enumerate(zip(shots, lengths)):
            style = self.settings.style or shot.style
            subjects, motions, ways, told = cast(shot, library, style)
            caption = expand(shot)
            states, mask = text.encode([caption], max_tokens=64)
            embeddings = text.embed([s.name for s in subjects]) if subjects else None
            style = style or (drawn_in(library, subjects[0]) if subjects else None)
            said = dict(scene=shot.scene, time=shot.time, weather=shot.weather, ground=shot.ground, camera=shot.camera,
                        style=style, motions=motions, ways=ways)  # fmt: skip
            made.append(
                director.direct(states, mask, subjects, embeddings, library, aspect=width / height, num_frames=length,
                                fps=timeline.base_fps, seed=seed + i, said=said)
            )  # fmt: skip
            captions.append(caption)
            notes += told
        return Plan(tuple(made), timeline.base_fps), dict(
            language=reading.language, prompt=prompt, caption=" Cut to: ".join(captions), notes=notes
        )

    def make(self, timeline: Timeline, on_event: Callable[[Event], None] | None = None) -> Film:
        """Fill a timeline in. Events come on the calling thread; an exception raised in `on_event` stops the work."""
        from .director.stage import Life, render_plan
        from .footprint import Meter
        from .generators import Conditions
        from .prompts import validate

        tell = on_event or (lambda event: None)
        settings = self.settings
        timeline = timeline.with_(prompts=tuple((first, validate(text)) for first, text in timeline.prompts))
        seed = settings.seed if settings.seed is not None else int.from_bytes(os.urandom(4), "big")
        started = time.perf_counter()
        marks: dict[str, float] = {}
        with Meter() as meter:
            tell(Event("read", text=shorten(timeline.prompt_at(0), 160, placeholder=" …")))
            plan, notes = self.plan(timeline, seed)
            library, text, generator = self._part("library"), self._part("text"), self._part("generator")
            for note in notes["notes"]:
                tell(Event("read", text=note))
            tell(Event("plan", text=describe(plan)))
            animatic = render_plan(plan, library, timeline.base_size, Life.none())
            marks["plan"] = time.perf_counter() - started

            states, mask = text.encode([notes["caption"]], max_tokens=64)
            negative = None
            if timeline.negative_prompt:
                other, other_mask = text.encode([timeline.negative_prompt], max_tokens=64)
                negative = pad(other[0], states.shape[1]), pad(other_mask[0], states.shape[1])
            conditions = Conditions(
                sketch=animatic, strength=np.full(len(animatic), settings.sketch_strength, np.float32),
                text=states[0], text_mask=mask[0], references=pictures(plan, library), negative=negative,
                known=timeline.known, known_mask=timeline.known_mask,
            )  # fmt: skip
            painted = []
            for frames in generator.paint(
                conditions, seed=seed, steps=settings.num_inference_steps, guidance_scale=settings.guidance_scale,
                on_step=lambda done, total: tell(Event("paint", done, total)),
            ):  # fmt: skip
                painted.append(frames)
            frames = np.concatenate(painted)
            marks["paint"] = time.perf_counter() - started
            frames, fps = self.finish(frames, timeline, cuts_of(plan), tell)
            marks["finish"] = time.perf_counter() - started
        clip = Clip(frames, fps)
        report = dict(
            notes, seed=seed, model=generator.name, size=f"{clip.size[0]}x{clip.size[1]}", seconds=round(clip.seconds, 3),
            fps=clip.fps, base_size="x".join(map(str, timeline.base_size)), num_inference_steps=settings.num_inference_steps,
            guidance_scale=settings.guidance_scale, sketch_strength=settings.sketch_strength,
            upscaled=settings.upscale, interpolated=settings.interpolate, plan=describe(plan),
            sources=sources(plan, library), made_in_seconds={k: round(v, 2) for k, v in marks.items()},
            footprint=meter.report(),
        )  # fmt: skip
        return Film(clip, plan, report)

    def finish(self, frames: np.ndarray, timeline: Timeline, cuts, tell) -> tuple[np.ndarray, float]:
        """Bring frames to the asked rate, size and length. Painted frames are upscaled, those between them moved."""
        from .finishing import fit

        fps = timeline.base_fps
        factor = round(timeline.fps / fps) if self.settings.interpolate and len(frames) > 1 else 1
        upscaler = self._part("upscaler") if self.settings.upscale else None
        total = (len(frames) - 1) * factor + 1
        if factor > 1:
            tell(Event("finish", text=f"interpolating to {fps * factor:g} fps"))
            source = self._part("interpolator").stream(frames, factor, cuts, upscaler)
            fps *= factor
        else:
            source = upscaler.stream(frames) if upscaler else frames
        finished = []
        for i, frame in enumerate(source):
            finished.append(fit(frame, timeline.size))
            tell(Event("finish", i + 1, total))
        if fps != timeline.fps and total > 1:  # a rate that is no multiple: the nearest frame in time
            count = max(1, round(total / fps * timeline.fps))
            finished = [finished[min(round(i * fps / timeline.fps), total - 1)] for i in range(count)]
            fps = timeline.fps
        count = max(1, round((timeline.num_frames - 1) / timeline.base_fps * fps))
        return np.stack(finished[:count]), fps


def share(frames: int, shots: int) -> list[int]:
    """Split a film's frames among its shots, as evenly as whole frames allow."""
    edges = np.linspace(0, frames, shots + 1).round().astype(int)
    return np.diff(edges).tolist()


def cuts_of(plan: Plan) -> list[int]:
    """Frames at which a new shot begins."""
    return np.cumsum([shot.num_frames for shot in plan.shots])[:-1].tolist()


def cast(reading, library, style: str | None) -> tuple[list[Subject], list, list, list[str]]:
    """Pictures for the subjects of a reading: (subjects without tracks, motions and ways said, notes for the user)."""
    from .director.planner import SLOTS

    subjects, motions, ways = [], [], []
    notes = [f"No picture of “{word}” in the library: left to the painter." for word in reading.unknown]
    notes += [f"No picture of “{said}” in the library: shown as {label}." for said, label in reading.stand_ins]
    for mention in reading.subjects:
        if mention.role == "setting":
            continue
        reference = next((r for r in (library.find(o, style or "3d") for o in mention.objects) if r), None)
        if reference is None:
            notes.append(f"No picture of “{mention.label}” in the library: left to the painter.")
            continue
        for _ in range(mention.count):
            if len(subjects) < SLOTS:
                gait = mention.gait or reference.gait
                subjects.append(Subject(reference.label, reference.id, "stands", gait))
                motions.append("stands" if mention.role == "occluder" else mention.motion)
                ways.append(mention.direction)
    return subjects, motions, ways, notes


def drawn_in(library, subject: Subject) -> str:
    """The style that a subject's picture belongs to: animated objects are 3D renders, the characters are flat drawings."""
    style = library[subject.reference].style
    return {"anim": "3d", "kenney": "flat"}.get(style, style)


def pictures(plan: Plan, library) -> np.ndarray:
    """Reference pictures (r 64 64 3) of the first shot's subjects, at most two, as the transformer was trained with."""
    from .library import picture

    ids = list(dict.fromkeys(s.reference for s in plan.shots[0].subjects))[:2]
    return np.stack([picture(library, r) for r in ids]) if ids else np.zeros((0, 64, 64, 3), np.uint8)


def sources(plan: Plan, library) -> list[dict]:
    """The works that a film drew on, with author and licence: exactly those, no more."""
    ids = dict.fromkeys(s.reference for shot in plan.shots for s in shot.subjects)
    return [
        dict(id=r.id, label=r.label, author=r.author, licence=r.licence, source=r.source, sha256=r.sha256)
        for r in (library[i] for i in ids)
    ]


def describe(plan: Plan) -> str:
    """One line that a person can read: who does what, where, seen how."""
    lines = []
    for shot in plan.shots:
        who = ", ".join(f"{s.name} {s.motion}" for s in shot.subjects) or "nobody"
        s = shot.scene
        lines.append(f"{who}; {s.kind}, {s.time}, {s.weather}, {s.ground}; camera {shot.camera_name}; {shot.style}")
    return " | cut | ".join(lines)


def pad(array: np.ndarray, length: int) -> np.ndarray:
    """Bring token states (n ...) to `length` tokens."""
    array = array[:length]
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])
