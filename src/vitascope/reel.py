"""Several films one after another, as the shots of one: what a storyboard with hard cuts becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .director.plan import Plan
from .making import Making, Segment

SHARED = ("task", "model", "weights", "size", "fps", "base_size", "num_inference_steps", "guidance_scale", "sketch_strength", "camera", "motion", "upscaled",
          "interpolated", "language", "seed")  # fmt: skip


class Reel:
    """Iterate once, as over a Making. Shots are made in turn; each has its own report in `report["shots"]`. Raises Refused."""

    def __init__(self, makings: Sequence[Making]):
        self.makings, self.fps, self.started = list(makings), makings[0].fps, 0
        self.studio, self.inputs, self.task = makings[0].studio, makings[0].inputs, makings[0].task
        if makings[0].moderation:  # what is spread over several shots is judged as a whole, too
            makings[0].moderation.words([("prompt", " ".join(text for making in makings for _, text in making.line.prompts))])

    def __iter__(self) -> Iterator[Segment]:
        done = 0
        for making in self.makings:
            self.started += 1
            for segment in making:
                yield replace(segment, start=done)
                done += len(segment.frames)
        for making in self.makings:
            making.clear()

    @property
    def plan(self) -> Plan:
        return Plan(tuple(shot for making in self.makings[: self.started] for shot in making.plan.shots), self.makings[0].line.base_fps)

    @property
    def film_id(self) -> int:
        """The film's 64 bits: those of its shots, in their order."""
        parts = b"".join(making.film_id.to_bytes(8, "big") for making in self.makings)
        return int.from_bytes(hashlib.blake2b(parts, digest_size=8).digest(), "big") or 1

    @property
    def report(self) -> dict:
        reports = [making.report for making in self.makings[: max(1, self.started)]]
        sources = {source["sha256"]: source for report in reports for source in report["sources"]}
        return {name: reports[0][name] for name in SHARED} | dict(
            prompt=" | ".join(r["prompt"] for r in reports), caption=" | ".join(r["caption"] for r in reports),
            added=tuple(dict.fromkeys(words for r in reports for words in r["added"])),
            notes=list(dict.fromkeys(note for r in reports for note in r["notes"])), plan=" | cut | ".join(r["plan"] for r in reports),
            seconds=round(sum(r["seconds"] for r in reports), 3), sources=list(sources.values()), gaps=[gap for r in reports for gap in r["gaps"]],
            complete=len(reports) == len(self.makings) and all(r["complete"] for r in reports), shots=reports,
            film_id=f"{self.film_id:016x}", moderation=together([report["moderation"] for report in reports]),
            made_in_seconds={}, footprint={k: reports[-1]["footprint"][k] for k in ("method",) if k in reports[-1]["footprint"]},
        )  # fmt: skip


def together(reports: Sequence[dict]) -> dict:
    """What was judged of the shots (Moderation.report), as of one film; the frames' scores stay in each shot's own report."""
    if not all(reports):
        return {}
    merged = dict(reports[0], approved=any(r["approved"] for r in reports), frames={})
    for name in ("labels", "words", "uploads"):
        merged[name] = [item for i, r in enumerate(reports) for item in r[name] if item not in [x for q in reports[:i] for x in q[name]]]
    return merged
