"""From prompts over time to a plan of the whole film: who is in it, what is said of each passage, and who is seen when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from .director import plan as p
from .director.film import Part, Segment, direct_film
from .director.plan import Plan, Subject
from .director.planner import SLOTS
from .director.scenery import parallax
from .prompts import Reading, expand
from .prompts.acts import direction, verb
from .prompts.enrich import enrich
from .prompts.vocabulary import singular

JOINS = re.compile(r"\b(?:joins?|appears?|arrives?|enters?|comes? (?:in|by|along|too)|too|also|another|as well)\b", re.I)
PRONOUN = re.compile(r"\b(?:it|he|she|they)\b", re.I)


@dataclass(frozen=True)
class Spoken:
    """What holds from base frame `first` on: a reading of one shot. cut: it begins with a cut."""

    first: int
    reading: Reading
    cut: bool


def plan_film(director, text, library, segments, *, num_frames, fps, aspect, seed, style=None, camera=None, motion=1.0,
              expanded=True, variation=0, loop=False) -> tuple[Plan, dict]:  # fmt: skip
    """A plan for the whole film and notes for the report.

    director, text, library: a Director, a TextEncoder and a Library (or what answers like them)
    segments: (first base frame, Reading) in rising order, the first at 0; they change without a cut, "Cut to:" in one cuts
    camera: one of plan.CAMERAS or "static", before what the words say; motion: strength 0..2; style: one of plan.STYLES
    expanded: sensible values for what a prompt leaves open (`variation` chooses among them); loop: no seam at the end
    Notes: language, prompt, caption (of all), captions ((first frame, caption), ...), added (in words), notes (for the
    user), presences ([{subject, reference, spans}], frames seen).
    Raises ValueError for an unknown camera, a strength out of range, or segments out of order.
    """
    camera = "still" if camera == "static" else camera
    if camera is not None and camera not in p.CAMERAS:
        raise ValueError(f"There is no camera {camera!r}: choose one of static, {', '.join(p.CAMERAS)}.")
    segments = [(first, reading) for first, reading in segments if first < num_frames]
    if not segments:
        raise ValueError("A film needs a prompt that begins at 0.")
    spoken = spread(segments, num_frames)
    if loop and len(spoken) > 1 and not any(s.cut for s in spoken[1:]):  # it ends as it began
        back = num_frames - max(1, min(round(3 * fps), (num_frames - spoken[-1].first) // 2))
        spoken.append(Spoken(back, spoken[0].reading, False))
    made, captions, notes, added, last = [], [], [], [], None
    for i, passage in enumerate(spoken):
        reading = after(passage.reading, last, passage.cut) if last else passage.reading
        free: frozenset = frozenset()
        if expanded:
            rich = enrich(reading, library, variation + i if variation else 0, opening=i == 0)
            free = frozenset(name for name in ("camera", "motion") if name in rich.fields)
            reading, caption = rich.reading, rich.caption
            added += [words for words in rich.added if words not in added]
        else:
            caption = expand(reading)
        if camera:
            reading, free = replace(reading, camera=camera), free - {"camera"}
            caption = expand(reading)
        style = style or reading.style
        parts, told = cast(reading, library, style)
        style = style or (drawn_in(library, parts[0].members[0]) if parts else None)
        states, mask = text.encode([caption], max_tokens=64)
        names = [s.name for part in parts for s in part.members]
        said = dict(scene=reading.scene, time=reading.time, weather=reading.weather, ground=reading.ground, camera=reading.camera, style=style)
        stays = not passage.cut and (not passage.reading.subjects or bool(JOINS.search(passage.reading.english)))
        made.append(Segment(passage.first, states, mask, parts, text.embed(names) if names else None, said, passage.cut, stays, free))
        captions.append((passage.first, caption))
        notes += [note for note in told if note not in notes]
        last = reading
    plan = direct_film(director, library, made, aspect=aspect, fps=fps, num_frames=num_frames, seed=seed, motion=motion, loop=loop)
    return plan, dict(language=segments[0][1].language, prompt=" ".join(r.prompt for _, r in segments),
                      caption=" Cut to: ".join(c for _, c in captions), captions=tuple(captions), added=tuple(added),
                      notes=notes, presences=presences(plan, library, aspect))  # fmt: skip


def spread(segments, num_frames: int) -> list[Spoken]:
    """Segments (first, Reading) with the shots of "Cut to:" sharing their segment's frames evenly."""
    out = []
    ends = [first for first, _ in segments[1:]] + [num_frames]
    for i, ((first, reading), end) in enumerate(zip(segments, ends)):
        shots = reading.cuts or (reading,)
        edges = np.linspace(first, end, len(shots) + 1).round().astype(int)
        for k, shot in enumerate(shots):
            if edges[k + 1] > edges[k]:
                out.append(Spoken(int(edges[k]), replace(shot, language=reading.language), k > 0 or i == 0))
    return out


def after(reading: Reading, last: Reading, cut: bool) -> Reading:
    """What a prompt says when another came before it: what it leaves open stays as it was; "it" is who was there."""
    held = dict(scene=reading.scene or last.scene, time=reading.time or last.time, style=reading.style or last.style)
    if held["scene"] == last.scene or not reading.scene:
        held["ground"] = reading.ground or last.ground
    if held["scene"] not in ("room", "underwater", "space", "sky") or reading.weather:
        held["weather"] = reading.weather or last.weather
    if not cut:
        held["camera"] = reading.camera or last.camera
    subjects = reading.subjects
    known = {key_of(mention): mention for mention in last.subjects}
    if not subjects and (not cut or PRONOUN.search(reading.english)):
        motion, gait = verb(reading.english.lower()) if PRONOUN.search(reading.english) else (None, None)
        subjects = last.subjects
        if motion and subjects:
            subjects = (replace(subjects[0], motion=motion, gait=gait, direction=direction(reading.english.lower())), *subjects[1:])
    elif not cut and JOINS.search(reading.english):
        subjects = (*last.subjects, *(m for m in subjects if key_of(m) not in known))
    # The same word is the same one: it keeps the picture that it had.
    subjects = tuple(replace(m, objects=known[key_of(m)].objects) if key_of(m) in known else m for m in subjects)
    return replace(reading, subjects=subjects, **held)


def key_of(mention) -> str:
    """Who a mention is, over the whole film: a character's name, or its noun in the singular."""
    if mention.objects[0][:1] == "@":
        return mention.objects[0]
    return singular(mention.label.split()[-1].lower()) if mention.label.strip() else mention.objects[0]


def cast(reading: Reading, library, style: str | None) -> tuple[tuple[Part, ...], list[str]]:
    """Pictures for the subjects of a reading, and notes for the user."""
    parts: list[Part] = []
    notes = [f"No picture of “{word}” in the library: left to the painter." for word in reading.unknown]
    notes += [f"No picture of “{said}” in the library: shown as {label}." for said, label in reading.stand_ins]
    room = SLOTS
    for mention in reading.subjects:
        if mention.role == "setting":
            continue
        reference = next((r for r in (library.find(o, style or "3d") for o in mention.objects) if r), None)
        if reference is None:
            notes.append(f"No picture of “{mention.label}” in the library: left to the painter.")
            continue
        count = min(mention.count, room)
        if count < 1:
            continue
        key, same = key_of(mention), sum(part.key.split("#")[0] == key_of(mention) for part in parts)
        subject = Subject(reference.label, reference.id, "stands", mention.gait or reference.gait)
        motion = "stands" if mention.role == "occluder" else mention.motion
        parts.append(Part(f"{key}#{same}" if same else key, (subject,) * count, motion, mention.direction))
        room -= count
    return tuple(parts), notes


def drawn_in(library, subject: Subject) -> str:
    """The style that a subject's picture belongs to: animated objects are 3D renders, the characters are flat drawings."""
    style = library[subject.reference].style
    return {"anim": "3d", "kenney": "flat"}.get(style, style)


def presences(plan: Plan, library, aspect: float) -> list[dict]:
    """Who is seen when: [{subject, reference, spans: [[first frame, last frame], ...]}], at least a third of it in view."""
    seen: dict[str, np.ndarray] = {}
    names: dict[str, str] = {}
    for shot, start in zip(plan.shots, plan.starts):
        for subject in shot.subjects:
            row = subject.track
            slide = parallax(row[:, p.DEPTH])
            x = 0.5 + shot.camera[:, p.ZOOM] * (row[:, p.X] - slide * shot.camera[:, p.PAN_X] - 0.5)
            half = row[:, p.SCALE] * shot.camera[:, p.ZOOM] * library[subject.reference].aspect / aspect / 2
            inside = (x > -half / 3) & (x < 1 + half / 3) & (row[:, p.PRESENCE] > 0.5)
            frames = seen.setdefault(subject.reference, np.zeros(plan.num_frames, bool))
            frames[start : start + len(inside)] |= inside[: plan.num_frames - start]
            names[subject.reference] = subject.name
    table = []
    for reference, frames in seen.items():
        edges = np.flatnonzero(np.diff(np.concatenate([[0], frames.astype(int), [0]])))
        spans = [[int(a), int(b) - 1] for a, b in zip(edges[::2], edges[1::2])]
        table.append(dict(subject=names[reference], reference=reference, spans=spans))
    return table


def render_film(plan: Plan, library, size: tuple[int, int], life) -> np.ndarray:
    """All shots of a plan, dissolved into each other where the plan says so: uint8 (t h w c)."""
    from .director.stage import render

    film = np.zeros((plan.num_frames, size[1], size[0], 3), np.uint8)
    for shot, start in zip(plan.shots, plan.starts):
        frames, n = render(shot, library, size, life, start / plan.fps, plan.fps), shot.dissolve
        if n:
            share = ((np.arange(n) + 1) / (n + 1))[:, None, None, None]
            frames[:n] = np.round(film[start : start + n] * (1 - share) + frames[:n] * share)
        film[start : start + len(frames)] = frames
    return film
