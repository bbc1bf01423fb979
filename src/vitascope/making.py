"""One film on its way through the house: it is made while it is iterated over, and hands out each segment once it is finished."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import shorten

import numpy as np

from .credits import describe, film_id, on_white, references, report_of
from .director.plan import Plan
from .painted import CROSSING, believed, closed
from .tasks import Layout
from .timeline import Piece, Timeline, covering

STEPS = 4  # of denoising
FEW = 4  # single frames that are pictures, not what is left of a clip
STILL = 33  # base frames of the film that an image is taken from
PICTURE = 0.5  # of the painter's change, where one picture is all that is given and nothing can be measured


@dataclass(frozen=True)
class Segment:
    """Finished frames (t h w c) uint8, the first of which is the film's frame `start`."""

    start: int
    frames: np.ndarray
    fps: float


class Making:
    """Iterate once. `report` is a dict that is complete when the iteration ends, and true of what was done when it is stopped."""

    def __init__(self, studio, layout, tell, share: float | None = None, task: str = "", inputs: tuple = ()):
        """Raises ValueError for words that cannot be filmed, and Refused (one too) for those that may not be.

        share of the painter's change to footage that is taken; None: measured, which a making within another is spared, as it is
        spared a review of its own: what it makes is reviewed as part of the other's film.
        task, inputs: what the film is and the (relationship, file) pairs that it was made from, for its credentials
        """
        self.studio, self.layout, self.tell, self.settings = studio, layout, tell, studio.settings
        self.task, self.inputs = task, inputs
        self.line, self.fps, self.done, self.marks = layout.timeline, layout.timeline.fps, 0, {}
        self.seed = self.settings.seed if self.settings.seed is not None else int(np.random.SeedSequence().entropy % 2**32)
        self.keep = False  # the finished windows on disk, until somebody calls `clear`
        self.started, self.meter, self._given_share = time.perf_counter(), None, share
        self.watch, self._scored = None, (0, {})
        self._check()
        self.moderation = None if share is not None else studio.moderation(self.fps, self._for_queue, f"make it again with --seed {self.seed}")
        if self.moderation:
            self.moderation.words(self._words())

    def _for_queue(self) -> tuple[str, str]:
        return f"{self.film_id:016x}", self.line.prompts[0][1] if self.line.prompts else self.task

    def _words(self) -> Iterator[tuple[str, str]]:
        """Everything that was said, with its kind; prompts that follow each other as a whole, too."""
        yield from (("prompt", text) for _, text in self.line.prompts)
        yield from [("prompt", " ".join(text for _, text in self.line.prompts))] if len(self.line.prompts) > 1 else ()
        if self.line.negative_prompt:
            yield "negative", self.line.negative_prompt
        for name, character in self.settings.characters.items():
            yield from (("name", text) for text in dict.fromkeys((name, character.label, character.words)) if text)

    def _review_uploads(self) -> None:
        """What the film is made from is reviewed before any work."""
        for frames in brought(self.layout, pictures=self.task == "animate"):
            self.moderation.uploads("footage", frames, self.fps)
        for name, character in self.settings.characters.items():
            for picture in character.pictures:
                self.moderation.uploads(f"@{name}", on_white(picture)[None], consent=character.consent)

    @cached_property
    def film_id(self) -> int:
        """The film's 64 bits, of all that decides what it shows: made again by the same settings, it has the same."""
        return film_id(self.layout, replace(self.settings, seed=self.seed, resume=None, threads=None, policy=None), self.generator.fingerprint)

    def _check(self):
        from .prompts import validate

        if not self.line.pieces and not self.line.prompts:
            validate("")  # there is nothing to film
        self.line = self.line.with_(prompts=tuple((at, validate(text)) for at, text in self.line.prompts))

    def __iter__(self) -> Iterator[Segment]:
        from .footprint import Meter

        with Meter() as self.meter:
            if self.moderation:
                self.tell("read", text="Reviewing what was brought") if self.line.pieces else None
                self._review_uploads()
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
        if not self.keep:
            self.clear()

    def clear(self):
        """Remove the finished windows that were kept for --resume."""
        if self._store:
            self._store.clear()

    def _segment(self, frames: list[np.ndarray]) -> Segment:
        segment = Segment(self.done, np.stack(frames), self.fps)
        if self.moderation:
            self.moderation.look(segment.frames)
            self._watch(segment.frames)
        self.marks.setdefault("first_segment", time.perf_counter() - self.started)
        self.done += len(frames)
        return segment

    def _watch(self, frames: np.ndarray) -> None:
        """Keeps what the film's flaws are judged by, where it has a plan to be held against."""
        if not self._carries:
            return
        if self.watch is None:
            from .flaws import Watch

            self.watch = Watch(self.plan, self.fps, self.studio.part("library"))
        self.watch.look(frames)

    @property
    def flaws(self) -> dict:
        """Scores by flaw (flaws.Score.to_dict), of the film as far as it has come; empty where it has no plan."""
        if self.watch is not None and self._scored[0] != self.done:
            self._scored = self.done, {name: score.to_dict() for name, score in self.watch.scores().items()}
        return self._scored[1]

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
        from .scenario import newcomers, plan_film

        line, settings = self.line, self.settings
        if not line.prompts:
            return Plan((), line.base_fps), dict(language="", prompt="", captions=((0, ""),), added=(), notes=[], presences=[],
                                                   backdrop=None, look=None, said={})  # fmt: skip
        self.tell("read", text=shorten(line.prompts[0][1], 160, placeholder=" …"))
        readings = [(at, self.studio.read(text)) for at, text in line.base_prompts if at < line.base_count]
        said = {name: next((getattr(r, name) for _, r in readings if getattr(r, name)), None) for name in ("time", "weather", "style")}
        said["style"] = settings.style or said["style"]
        footage = bool(line.pieces) and not line.picture and self.layout.plan is None and not line.drawn
        readings = [(0 if i == 0 else at, newcomers(r) if footage else r) for i, (at, r) in enumerate(readings)]
        width, height = line.base_size
        plan, notes = plan_film(
            self.studio.part("director"), self.studio.part("text"), self.studio.part("library"), readings, num_frames=STILL if line.base_count == 1 else line.base_count,
            fps=line.base_fps, aspect=width / height, seed=self.seed, style=settings.style, camera=settings.camera,
            motion=settings.motion, expanded=settings.expand and not line.pieces, loop=line.loop,
        )  # fmt: skip
        if line.base_count == 1:  # an image is the middle of a short film, where who comes in is there
            plan = plan.frame(STILL // 2)
        elif self.layout.plan is not None:
            plan = self._goes_on(plan)
        elif footage:  # no weather that nobody asked for falls on footage
            scenes = [replace(shot.scene, weather=said["weather"] or "clear") for shot in plan.shots]
            plan = replace(plan, shots=tuple(replace(shot, scene=scene) for shot, scene in zip(plan.shots, scenes)))
        notes["said"] = said
        notes |= {name: next((getattr(r, name) for _, r in readings if getattr(r, name)), None) for name in ("backdrop", "look")}
        for note in [f"Added: {words}" for words in notes["added"]] + notes["notes"]:
            self.tell("read", text=note)
        self.tell("plan", text=describe(plan))
        return plan, notes

    def _goes_on(self, onward: Plan) -> Plan:
        """The plan of the film that is extended, continued as `onward` has it, or with what led up to it."""
        from .director.continuation import continued, preceded

        start = self.line.pieces[0].start // self.line.stride
        return continued(preceded(self.layout.plan, start), onward, self.line.base_count)

    @property
    def _carries(self) -> bool:
        """Whether the plan is that of the whole film."""
        drawn = not self.line.pieces or self.layout.plan is not None
        return drawn and bool(self.plan.shots) and self.plan.num_frames == self.line.base_count

    @property
    def note(self) -> str:
        """The plan in one line, for the film to carry."""
        from .director.continuation import to_note

        return to_note(self.plan, self.layout.num_frames, self._planned[1]["prompt"]) if self._carries else ""

    @cached_property
    def sketch(self):
        """What painting starts from (sketching.Sketch)."""
        from .sketching import propose

        plan, notes = self._planned
        interpolator = self.studio.part("interpolator") if self.line.pieces else None
        sketch = propose(self.line, plan, self.studio.part("library"), strength=self.settings.sketch_strength, interpolator=interpolator,
                         motion=self.settings.motion, seed=self.seed, said=notes["said"], **self._setting)  # fmt: skip
        for note in sketch.notes:
            self.tell("read", text=note)
        notes["notes"] += sketch.notes
        self._mark("plan")
        return sketch

    @property
    def _setting(self) -> dict:
        """The user's characters that are the scene and the look of the film."""
        return {name: self.studio.part("library").characters[self._planned[1][name]] if self._planned[1][name] else None
                for name in ("backdrop", "look")}  # fmt: skip

    @cached_property
    def master(self):
        from .mastering import Master
        from .sketching import drawing

        line, settings, plan = self.sketch.timeline, self.settings, self.plan
        drawings = None
        if settings.upscale and not line.pieces and settings.sketch_strength:
            rate = line.stride if settings.interpolate else 1
            drawings = drawing(line, plan.faster(rate), self.studio.part("library"), covering(line.base_size, line.size), weather=True,
                               scene=self._setting["backdrop"], look=self._setting["look"])  # fmt: skip
        starts = zip(plan.shots, plan.starts)
        return Master(
            line, upscaler=self.studio.part("upscaler") if settings.upscale else None,
            interpolator=self.studio.part("interpolator") if settings.interpolate else None,
            cuts=[start for shot, start in starts if start and not shot.dissolve], drawings=drawings, painter=self._painter,
            tell=lambda done, total: self.tell("finish", done, total),
        )  # fmt: skip

    @cached_property
    def conditions(self):
        """All that the model is given."""
        from .generators import Conditions, Passage

        plan, notes = self._planned
        library, text, sketch = self.studio.part("library"), self.studio.part("text"), self.sketch
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
        frames, strength = sketch.frames, sketch.strength
        if self.line.loop:  # what leads up to the first frame is painted too, and the end goes over into it
            frames, strength = (np.concatenate([a[-CROSSING - 1 : -1], a]) for a in (frames, strength))
        return Conditions(frames, strength, passages, known, known_mask, negative)

    @cached_property
    def _store(self):
        if self.settings.resume is None:
            return None
        from .generators import LatentStore, digest

        c, s = self.conditions, self.settings
        about = dict(model=self.generator.name, weights=self.generator.fingerprint, seed=self.seed, steps=self.steps, guidance=s.guidance_scale,
                     sketch=digest(c.sketch, c.strength), words=digest(*(p.text for p in c.passages)),
                     known=digest(c.known, c.known_mask) if c.known is not None else "")  # fmt: skip
        return LatentStore(s.resume, about)

    @cached_property
    def share(self) -> float:
        """How much of the painter's change is taken: all of it in a drawn film, in footage what a measurement on it says."""
        c, line = self.conditions, self.line
        if self._given_share is not None:
            return self._given_share
        if line.picture:
            return PICTURE
        if line.drawn:
            return 1.0
        edited = [piece.strength for piece in line.pieces if piece.strength is not None]
        if edited:  # an edit's strength is the user's to say
            return 1 - float(np.mean([np.mean(strength) for strength in edited]))
        if c.known is None:
            return 1.0
        from .holdout import painter_share

        share, figures = painter_share(c.known, c.known_mask, self.generator, self.studio.part("interpolator"), c.passages[0],
                                       seed=self.seed, steps=self.steps)  # fmt: skip
        self._planned[1]["painter"] = dict(share=share, psnr=figures)
        return share

    @property
    def _painter(self):
        """`painter(frames, start, stop)`: frames (n h w c) that the model would put into a gap of footage; see footage.fill_gap.

        None in a making within another, and where a gap holds what somebody asked for, which what lies around it knows nothing of.
        """
        line, shots = self.line, self.plan.shots
        told = line.drawn or any(piece.strength is not None for piece in line.pieces)
        if self._given_share is not None or told or any(shot.subjects or shot.scene.weather != "clear" for shot in shots):
            return None

        def paint(frames: np.ndarray, start: int, stop: int) -> np.ndarray:
            known = tuple(Piece(a, frames[a:b]) for a, b in ((0, start), (stop, len(frames))) if b > a)
            line = Timeline(len(frames), self.line.size, self.fps, pieces=known)
            inner = Making(self.studio, Layout(line), lambda *a, **k: None, share=self.share)
            inner.seed, inner.settings = self.seed, replace(self.settings, resume=None)
            return np.concatenate([segment.frames for segment in inner])[start:stop]

        return paint

    @property
    def steps(self) -> int:
        asked = self.settings.num_inference_steps
        return STEPS if asked is None else asked

    @property
    def generator(self):
        return self.studio.part("generator")

    def _painted(self) -> Iterator[np.ndarray]:
        """Base frames (h w c) in order."""
        settings, conditions = self.settings, self.conditions
        chunks = self.generator.paint(
            conditions, seed=self.seed, steps=self.steps, guidance_scale=settings.guidance_scale, store=self._store,
            on_step=lambda done, total, peek: self.tell("paint", done, total, peek=self._reviewed(peek)),
        )  # fmt: skip
        share = self.share
        pairs = ((believed(frame, plain, share), plain) for chunk in chunks for frame, plain in zip(chunk.frames, chunk.plain))
        yield from closed(pairs, len(conditions.sketch) - CROSSING) if self.line.loop else pairs
        self._mark("paint")

    def _reviewed(self, peek):
        """The same, but what it shows has been reviewed, as all that anybody sees has; None where that leaves a doubt."""

        def shown() -> np.ndarray | None:
            frame = peek()
            return frame if self.moderation.glance(frame) else None

        return shown if self.moderation and peek else peek

    def _mark(self, name: str):
        self.marks[name] = time.perf_counter() - self.started

    @property
    def report(self) -> dict:
        """How the film was made, as far as it has come."""
        return report_of(self, self._planned[1])


def pad(array: np.ndarray, length: int) -> np.ndarray:
    """Bring token states (n ...) to `length` tokens."""
    array = array[:length]
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])


def brought(layout: Layout, pictures: bool) -> Iterator[np.ndarray]:
    """What a film is made from, as clips (t h w c). The known frames of one clip, however many are missing between them, are one clip; up to
    FEW single frames are pictures, and so are all where `pictures` says so."""
    pieces = [piece.frames for piece in layout.timeline.pieces]
    if not pictures and len(pieces) > FEW and len({frames.shape[1:] for frames in pieces}) == 1:
        pieces = [np.concatenate(pieces)]
    yield from (part for part in (layout.lead, *pieces, layout.trail) if part is not None)
