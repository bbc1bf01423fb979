"""Whom and what a film shows: a line for people, the licensed works, the pictures for the painter, its report and its id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np

from .director.plan import PRESENCE, Plan


def describe(plan: Plan) -> str:
    """One line that a person can read: who does what, where, seen how."""
    text = ""
    for i, shot in enumerate(plan.shots):
        who = ", ".join(f"{s.name} {s.motion}" for s in shot.subjects) or "nobody"
        s = shot.scene
        text += ("" if not i else " | then | " if shot.dissolve else " | cut | ")
        text += f"{who}; {s.kind}, {s.time}, {s.weather}, {s.ground}; camera {shot.camera_name}; {shot.style}"
    return text


def sources(plan: Plan, library, settings=()) -> list[dict]:
    """The works that a film drew on, with author and licence: exactly those, no more. `settings`: names of the user's characters that
    are its scene or lend its colours."""
    ids = dict.fromkeys(s.reference for shot in plan.shots for s in shot.subjects)
    ids |= dict.fromkeys(library.find(f"@{name}", "3d").id for name in settings if name and library.find(f"@{name}", "3d"))
    return [
        dict(id=r.id, label=r.label, author=r.author, licence=r.licence, source=r.source, sha256=r.sha256)
        for r in (library[i] for i in ids)
    ]


def report_of(making, notes: dict) -> dict:
    """How a film was made (making.Making), as far as it has come; JSON-ready. notes: what was noted while it was planned."""
    plan, settings, line, generator = making.plan, making.settings, making.line, making.generator
    return dict(
        task=making.task, film_id=f"{making.film_id:016x}", language=notes["language"], prompt=notes["prompt"],
        caption=" | ".join(c for _, c in notes["captions"]), added=notes["added"], notes=notes["notes"], seed=making.seed, model=generator.name, size="x".join(map(str, line.size)),
        seconds=round(making.done / making.fps, 3), fps=making.fps, base_size="x".join(map(str, line.base_size)),
        num_inference_steps=making.steps, guidance_scale=settings.guidance_scale,
        sketch_strength=settings.sketch_strength, camera=settings.camera, motion=settings.motion, upscaled=settings.upscale,
        interpolated=settings.interpolate, plan=describe(plan), presences=notes["presences"], gaps=making.master.notes, painter=notes.get("painter"),
        sources=sources(plan, making.studio.part("library"), (notes["backdrop"], notes["look"])),
        complete=making.done == making.layout.num_frames, moderation=making.moderation.report if making.moderation else {},
        flaws=making.flaws, weights=generator.fingerprint, ledger_root=generator.ledger_root, negative_prompt=line.negative_prompt, style=settings.style,
        made_in_seconds={k: round(v, 2) for k, v in making.marks.items()}, footprint=making.meter.report() if making.meter else {},
    )  # fmt: skip


def references(plan: Plan, library, frame: int, most: int = 2) -> np.ndarray:
    """Pictures (r 64 64 3) of who is there from base frame `frame` on, at most as many as the transformer was trained with."""
    from .library import picture

    ids: list[str] = []
    for shot, start in reversed(list(zip(plan.shots, plan.starts))):
        if start <= frame:
            for subject in shot.subjects:
                here = subject.track[frame - start :, PRESENCE]
                if (here > 0.5).any() and subject.reference not in ids:
                    ids.append(subject.reference)
            break
    return np.stack([picture(library, r) for r in ids[:most]]) if ids else np.zeros((0, 64, 64, 3), np.uint8)


def film_id(layout, settings, fingerprint: str) -> int:
    """64 bits of a film: of its timeline (tasks.Layout), the settings (studio.Settings) it is made under and the weights that paint it."""
    line = layout.timeline
    cast = {name: repr(character.reference(name)) for name, character in settings.characters.items()}
    said = dict(weights=fingerprint, size=line.size, fps=line.fps, count=layout.num_frames, prompts=line.prompts, negative=line.negative_prompt,
                loop=line.loop, drawn=line.drawn, starts=[piece.start for piece in line.pieces], cut=(layout.start, layout.stop),
                plan=layout.plan.to_json() if layout.plan else None, settings=asdict(replace(settings, characters=cast)))  # fmt: skip
    arrays = [layout.lead, layout.trail, *(array for piece in line.pieces for array in (piece.frames, piece.mask, piece.strength))]
    return _bits(said, [array for array in arrays if array is not None])


def clip_id(frames: np.ndarray, *said) -> int:
    """64 bits of frames (t h w c) and of what is done to them."""
    return _bits(said, [frames])


def _bits(said, arrays) -> int:
    """Every pixel counts: what was approved under an id must not be exchanged for something else of the same id."""
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True, default=str).encode(), digest_size=8)
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(array.reshape(-1).view(np.uint8))
    return int.from_bytes(digest.digest(), "big") or 1  # 0 is no id


def on_white(picture: np.ndarray) -> np.ndarray:
    """(h w 3 or 4) uint8 as (h w 3), what is transparent on white."""
    if picture.shape[-1] == 3:
        return picture
    share = picture[..., 3:].astype(np.float32) / 255
    return (picture[..., :3] * share + 255 * (1 - share)).round().astype(np.uint8)
