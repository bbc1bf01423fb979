"""One film on its way through the house: it is made while it is iterated over, and hands out each segment once it is finished."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import shorten

import numpy as np

from .credits import describe, references, sources
from .director.plan import Plan

CROSSING = 4  # base frames over which a loop's end goes over into what led up to its beginning


@dataclass(frozen=True)
class Segment:
    """Finished frames (t h w c) uint8, the first of which is the film's frame `start`."""

    start: int
    frames: np.ndarray
    fps: float


class Making:
    """Iterate once. `report` is a dict that is complete when the iteration ends, and true of what was done when it is stopped."""

    def __init__(self, studio, layout, tell):
        self.studio, self.layout, self.tell, self.settings = studio, layout, tell, studio.settings
        self.line, self.fps, self.done, self.marks = layout.timeline, layout.timeline.fps, 0, {}
        self.seed = self.settings.seed if self.settings.seed is not None else int(np.random.SeedSequence().entropy % 2**32)
        self.started, self._meter, self._master = time.perf_counter(), None, None
        self._check()

    def _check(self):
        from .prompts import validate

        self.line = self.line.with_(prompts=tuple((at, validate(text)) for at, text in self.line.prompts))

    def __iter__(self) -> Iterator[Segment]:
        from .footprint import Meter

        with Meter() as self._meter:
            chunk: list[np.ndarray] = []
            size = max(1, round(self.fps))
            for frame in self._frames():
                chunk.append(frame)
                if len(chunk) == size:
                    yield self._segment(chunk)
                    chunk = []
            if chunk:
                yield self._segment(chunk)
        self._mark("finish")
        if self._store:
            self._store.clear()

    def _segment(self, frames: list[np.ndarray]) -> Segment:
        self.marks.setdefault("first_segment", time.perf_counter() - self.started)
        self.done += len(frames)
        return Segment(self.done - len(frames), np.stack(frames), self.fps)

    def _frames(self) -> Iterator[np.ndarray]:
        """Every frame that is handed out, in order."""
        layout = self.layout
        if layout.lead is not None:
            yield from layout.lead
        stop = self.line.num_frames if layout.stop is None else layout.stop
        for i, frame in enumerate(self.master.stream(self._painted())):
            if layout.start <= i < stop:
                yield frame
            if i + 1 == stop:
                break
        if layout.trail is not None:
            yield from layout.trail

    @cached_property
    def plan(self):
        return self._planned[0]

    @cached_property
    def _planned(self):
        """The plan, and notes for the report; told as it is made."""
        from .scenario import plan_film

        line, settings = self.line, self.settings
        if not line.prompts:
            return Plan((), line.base_fps), dict(language="", prompt="", captions=((0, ""),), added=(), notes=[], presences=[])
        self.tell("read", text=shorten(line.prompts[0][1], 160, placeholder=" …"))
        readings = [(at, self.studio.read(text)) for at, text in line.base_prompts if at < line.base_count]
        readings = [(0 if i == 0 else at, newcomers(r) if line.pieces and not line.picture else r) for i, (at, r) in enumerate(readings)]
        width, height = line.base_size
        plan, notes = plan_film(
            self.studio.part("director"), self.studio.part("text"), self.studio.part("library"), readings, num_frames=line.base_count,
            fps=line.base_fps, aspect=width / height, seed=self.seed, style=settings.style, camera=settings.camera,
            motion=settings.motion, expanded=settings.expand and not line.pieces, loop=line.loop,
        )  # fmt: skip
        for note in [f"Added: {words}" for words in notes["added"]] + notes["notes"]:
            self.tell("read", text=note)
        self.tell("plan", text=describe(plan))
        return plan, notes

    @cached_property
    def master(self):
        from .mastering import Master

        return Master(
            self.line, upscaler=self.studio.part("upscaler") if self.settings.upscale else None,
            interpolator=self.studio.part("interpolator") if self.settings.interpolate else None,
            cuts=np.cumsum([shot.num_frames for shot in self.plan.shots])[:-1].tolist(),
            tell=lambda done, total: self.tell("finish", done, total),
        )  # fmt: skip

    @cached_property
    def conditions(self):
        """All that the model is given."""
        from .generators import Conditions, Passage
        from .sketching import propose

        plan, notes = self._planned
        library, text = self.studio.part("library"), self.studio.part("text")
        interpolator = self.studio.part("interpolator") if self.line.pieces else None
        sketch, strength = propose(self.line, plan, library, strength=self.settings.sketch_strength, interpolator=interpolator,
                                   motion=self.settings.motion)  # fmt: skip
        self._mark("plan")
        captions = notes["captions"]
        states, mask = text.encode([caption for _, caption in captions], max_tokens=64)
        passages = tuple(
            Passage(first, states[i], mask[i], references(plan, library, first)) for i, (first, _) in enumerate(captions)
        )
        negative = None
        if self.line.negative_prompt:
            other, other_mask = text.encode([self.line.negative_prompt], max_tokens=64)
            negative = pad(other[0], states.shape[1]), pad(other_mask[0], states.shape[1])
        known = known_mask = None
        if any(piece.strength is None for piece in self.line.pieces):
            known, known_mask, _ = self.line.base()
        if self.line.loop:  # what leads up to the first frame is painted too, and the end goes over into it
            sketch, strength = (np.concatenate([a[-CROSSING - 1 : -1], a]) for a in (sketch, strength))
        return Conditions(sketch, strength, passages, known, known_mask, negative)

    @cached_property
    def _store(self):
        if self.settings.resume is None:
            return None
        from .generators import LatentStore, digest

        c, s = self.conditions, self.settings
        about = dict(model=self.generator.name, seed=self.seed, steps=s.num_inference_steps, guidance=s.guidance_scale,
                     sketch=digest(c.sketch, c.strength), words=digest(*(p.text for p in c.passages)),
                     known=digest(c.known, c.known_mask) if c.known is not None else "")  # fmt: skip
        return LatentStore(s.resume, about)

    @property
    def generator(self):
        return self.studio.part("generator")

    def _painted(self) -> Iterator[np.ndarray]:
        """Base frames (h w c) in order."""
        settings, conditions = self.settings, self.conditions
        chunks = self.generator.paint(
            conditions, seed=self.seed, steps=settings.num_inference_steps, guidance_scale=settings.guidance_scale, store=self._store,
            on_step=lambda done, total, peek: self.tell("paint", done, total, peek=peek),
        )  # fmt: skip
        frames = (frame for chunk in chunks for frame in chunk)
        yield from closed(frames, len(conditions.sketch) - CROSSING) if self.line.loop else frames
        self._mark("paint")

    def _mark(self, name: str):
        self.marks[name] = time.perf_counter() - self.started

    @property
    def report(self) -> dict:
        """How the film was made, as far as it has come."""
        plan, notes = self._planned
        settings, line = self.settings, self.line
        return dict(
            language=notes["language"], prompt=notes["prompt"], caption=" | ".join(c for _, c in notes["captions"]), added=notes["added"],
            notes=notes["notes"], seed=self.seed, model=self.generator.name, size="x".join(map(str, line.size)),
            seconds=round(self.done / self.fps, 3), fps=self.fps, base_size="x".join(map(str, line.base_size)),
            num_inference_steps=settings.num_inference_steps, guidance_scale=settings.guidance_scale,
            sketch_strength=settings.sketch_strength, camera=settings.camera, motion=settings.motion, upscaled=settings.upscale,
            interpolated=settings.interpolate, plan=describe(plan), presences=notes["presences"], gaps=self.master.notes,
            sources=sources(plan, self.studio.part("library")), complete=self.done == self.layout.num_frames,
            made_in_seconds={k: round(v, 2) for k, v in self.marks.items()}, footprint=self._meter.report() if self._meter else {},
        )  # fmt: skip


def newcomers(reading):
    """A reading of words about footage without those who are in it already: "a dog" comes in, "the dog" is there."""
    said = tuple(m for m in reading.subjects if m.label.startswith("@") or m.count > 1
                 or re.search(rf"\b(?:an?|another|one|une?)\s+(?:[\w-]+\s+){{0,2}}{re.escape(m.label)}", reading.prompt, re.IGNORECASE))  # fmt: skip
    return replace(reading, subjects=said, cuts=())


def closed(frames: Iterator[np.ndarray], count: int) -> Iterator[np.ndarray]:
    """A loop of `count` base frames, the last of which shows what the first does, out of frames that begin CROSSING before it.

    Its end is cross-faded into what led up to its beginning; both were painted from the same sketch, so they hardly differ.
    """
    ahead = [next(frames) for _ in range(CROSSING)]
    first = next(frames)
    yield first
    ahead.append(first)
    for i, frame in enumerate(frames, start=1):
        left = count - 1 - i
        share = 1 - left / (CROSSING + 1)
        if share > 0:
            frame = np.round(frame * (1 - share) + ahead[CROSSING - left] * share).astype(np.uint8)
        yield frame


def pad(array: np.ndarray, length: int) -> np.ndarray:
    """Bring token states (n ...) to `length` tokens."""
    array = array[:length]
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])
