"""How a film leaves the house: every frame watermarked, the file encoded, and signed last of all.

Whoever writes a film goes this way: `Film.save`, the command line and the server alike. A policy that switches the watermark or the
credentials off is obeyed, and the film's report says so.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from .media import PICTURES, VideoWriter, part_of, write_picture
from .provenance.credentials import Credentials, Ingredient, Source, sign
from .provenance.ids import Register, file_hash
from .provenance.store import keep
from .provenance.stream import SealedStream
from .safety.decision import Refused
from .safety.film import Held
from .safety.policy import Policy
from .safety.session import ReviewFailed

SAID = ("size", "seconds", "fps", "base_size", "num_inference_steps", "guidance_scale", "sketch_strength", "camera", "motion", "upscaled", "interpolated",
        "negative_prompt", "caption", "added", "language")  # fmt: skip
STDOUT = "-"  # a fragmented MP4, handed out as it is made: its credentials come last


class Release:
    """One film on its way out.

    film_id: 64 bits that the watermark carries
    facts: called once every frame is there, gives (report, inputs): studio.Film.report and (relationship, file) pairs
    noted: has `note`, text that an .mp4 carries (the film's plan), known once the first frame is there
    `report` is what there is to say afterwards: {"watermark": ..., "credentials": ...}
    """

    def __init__(self, policy: Policy, film_id: int, facts: Callable[[], tuple[dict, tuple]], noted=None, crf: float = 17):
        self.policy, self.film_id, self.facts, self.noted, self.crf = policy, film_id, facts, noted, crf
        self.report: dict = {}

    def write(self, segments: Iterable, output: Path, partial: bool = True) -> None:
        """Write segments (`frames` (t h w 3) uint8, `fps`) as they come: an MP4 in parts, a stream on standard output ("-"), or a picture.

        partial: what is done of an MP4 can be watched meanwhile, and stays when the work is stopped (media.VideoWriter); of a film that
        is refused, held or not reviewed nothing stays. Raises ClipError, and what the segments raise; nothing under the final name is
        ever unsigned.
        """
        try:
            self._write(self._marked(segments), output, partial)
        except (Refused, Held, ReviewFailed):
            if partial and output.suffix.lower() == ".mp4":
                part_of(output).unlink(missing_ok=True)
            raise

    def preview(self, frame: np.ndarray, path: Path) -> None:
        """Write a frame (h w 3) of what is being made as a picture, watermarked and signed as the film will be."""
        if self.policy.watermark.enabled:
            frame = self._marker(frame.shape[1::-1]).mark(frame, 0)
        seal = (lambda part: sign(part, self._credentials(*self.facts()))) if self.policy.credentials.enabled else None
        write_picture(path, frame[None], 8, seal=seal)

    def _write(self, segments: Iterable, output: Path, partial: bool) -> None:
        if str(output) != STDOUT and output.suffix.lower() in PICTURES:
            kept = list(segments)
            write_picture(output, np.concatenate([frames for frames, _ in kept]), kept[0][1], seal=self._seal)
            return
        stream = SealedStream(sys.stdout.buffer) if str(output) == STDOUT else None
        with contextlib.ExitStack() as stack:
            writer = None
            for frames, fps in segments:
                if writer is None:
                    size = frames.shape[2:0:-1]
                    writer = VideoWriter(stream or output, size, fps, self.crf, partial, getattr(self.noted, "note", ""), seal=self._seal)
                    stack.enter_context(writer)
                for frame in frames:
                    writer.append(frame)
        if stream:
            self._sealed(stream.seal)

    def _marked(self, segments: Iterable):
        """(frames, fps) with the watermark in every frame."""
        marker, index = None, 0
        for segment in segments:
            frames = segment.frames
            if self.policy.watermark.enabled:
                if marker is None:
                    marker = self._marker(frames.shape[2:0:-1])
                frames = np.stack([marker.mark(frame, index + i) for i, frame in enumerate(frames)])
            index += len(segment.frames)
            yield frames, segment.fps

    def _marker(self, size: tuple[int, int]):
        from .provenance.keys import load_key
        from .provenance.watermark import Marker

        self.report["watermark"] = dict(film_id=f"{self.film_id:016x}")
        return Marker(size, self.film_id, load_key())

    def _credentials(self, report: dict, inputs: tuple) -> Credentials:
        return credentials_of(report, inputs, self.policy, self.film_id if self.policy.watermark.enabled else None)

    def _seal(self, path: Path) -> None:
        """Sign the whole file; nothing writes to it afterwards."""
        self._sealed(lambda credentials: sign(path, credentials), path)

    def _sealed(self, how: Callable[[Credentials], dict], path: Path | None = None) -> None:
        """Sign, and write the film down in the register."""
        report, inputs = self.facts()
        credentials = self._credentials(report, inputs)
        if self.policy.credentials.enabled:
            self.report["credentials"] = how(credentials)
        else:
            keep(credentials)  # what it would have said, for whoever finds the watermark
            self.report["credentials"] = dict(signed=False, why="switched off by the operator's policy")
        Register().record(self.film_id, report, file_hash(path) if path else "")


def credentials_of(report: dict, inputs: tuple, policy: Policy, film_id: int | None) -> Credentials:
    """What the manifest says of a film, from its report (studio.Film.report) and the (relationship, file) pairs it was made from."""
    moderation = {k: v for k, v in report.get("moderation", {}).items() if k in ("policy", "labels", "approved")}
    settings = {name: report[name] for name in SAID if report.get(name) not in (None, "", [], ())}
    energy = report.get("footprint", {})
    return Credentials(
        title=report.get("prompt") or report.get("task") or "A film", task=report.get("task") or "generate", description=report.get("plan", ""),
        model=report.get("model", ""), model_hash=report.get("weights", ""), ledger_root=report.get("ledger_root", ""),
        prompt=report.get("prompt") or None, seed=report.get("seed"), settings=settings, energy=energy, moderation=moderation,
        switched_off=policy.switched_off, sources=tuple(Source(**source) for source in report.get("sources", ())),
        ingredients=tuple(Ingredient(relation, path) for relation, path in inputs), film_id=film_id,
    )  # fmt: skip
