"""From prompts over time to a plan of the whole film: who is in it, what is said of each passage, and who is seen when."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    while loop and len(spoken) > 1 and spoken[-1].first >= num_frames - 1:
        spoken.pop()  # what begins at the last frame leaves no room to come back
    if loop and len(spoken) > 1 and not any(s.cut for s in spoken[1:]):  # it ends as it began
        back = num_frames - max(1, min(round(3 * fps), (num_frames - spoken[-1].first) // 2))
        spoken.append(Spoken(back, spoken[0].reading, False))
    made, told, notes, added = [], [], [], []
    last, free = None, frozenset()
    for i, passage in enumerate(spoken):
        reading, held = passage.reading, free
        free = frozenset()
        if last:
            reading = after(reading, last, passage.cut)
            free = held & {"camera"} if passage.reading.camera is None and not passage.cut else free
        if expanded:
            rich = enrich(reading, library, variation + i if variation else 0, opening=i == 0)
            reading, free = rich.reading, free | ({"camera", "motion", "direction"} & set(rich.fields))
            added += [words for words in rich.added if words not in added]
        if camera:
            reading, free = replace(reading, camera=camera), free - {"camera"}
        style = style or reading.style
        parts, missing = cast(reading, library, style)
        style = style or (drawn_in(library, parts[0].members[0]) if parts else None)
        states, mask = text.encode([expand(reading)], max_tokens=64)
        names = [s.name for part in parts for s in part.members]
        said = dict(scene=reading.scene, time=reading.time, weather=reading.weather, ground=reading.ground, camera=reading.camera,
                    style=style, backdrop=reading.backdrop)  # fmt: skip
        stays = not passage.cut and (not passage.reading.subjects or bool(JOINS.search(passage.reading.english)))
        made.append(Segment(passage.first, states, mask, parts, text.embed(names) if names else None, said, passage.cut, stays, free))
        told.append(reading)
        notes += [note for note in missing if note not in notes]
        last = reading
    plan, moves = direct_film(director, library, made, aspect=aspect, fps=fps, num_frames=num_frames, seed=seed, motion=motion, loop=loop)
    captions = tuple((passage.first, expand(reading)) for passage, reading in zip(spoken, told))
    if expanded:
        captions = retold(plan, moves, told)
    return plan, dict(language=segments[0][1].language, prompt=" ".join(r.prompt for _, r in segments),
                      caption=" Cut to: ".join(expand(reading) for reading in told), captions=captions, added=tuple(added),
                      notes=notes, presences=presences(plan, library, aspect))  # fmt: skip


def retold(plan: Plan, moves, told: list[Reading]) -> tuple[tuple[int, str], ...]:
    """Captions that go with the beats: ((first frame, caption), ...), for each passage and whenever its lead turns or the camera
    makes another move."""
    out: list[tuple[int, str]] = []
    least = round(2.5 * plan.fps)
    for i, (shot, start, reading) in enumerate(zip(plan.shots, plan.starts, told)):
        end = plan.starts[i + 1] if i + 1 < len(plan.shots) else plan.num_frames
        lead = next((k for k, m in enumerate(reading.subjects) if m.motion in ("crosses", "follows") and m.role == "subject"), None)
        sides = np.ones(end - start)
        if lead is not None and shot.subjects and shot.num_frames > least:
            sides = np.sign(shot.subjects[0].track[: end - start, p.FACING])
        turns = [start, *(start + 1 + np.flatnonzero(np.diff(sides)))]
        points = sorted({start, *(int(f) for f in turns), *(f for f, _ in moves if start < f < end)})
        before = None
        for k, point in enumerate(points):
            stop = points[k + 1] if k + 1 < len(points) else end
            if before is not None and stop - point < least:
                continue
            now = reading
            if any(f <= point for f, _ in moves) and reading.camera:
                now = replace(now, camera=next(name for f, name in reversed(moves) if f <= point))
            if lead is not None and reading.subjects[lead].direction in ("left", "right") and len(sides):
                way = "right" if sides[min(point - start + 4, len(sides) - 1)] > 0 else "left"
                cast = [replace(m, direction=way) if m.direction in ("left", "right") else m for m in reading.subjects]
                now = replace(now, subjects=tuple(cast))
            caption = expand(now)
            if caption != before:
                out.append((start if before is None else point, caption))
            before = caption
    return tuple(out)


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
    if not reading.scene:
        held["backdrop"] = last.backdrop
    held["look"] = reading.look or last.look
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
    shown = []
    for mention in reading.subjects:
        reference = next((r for r in (library.find(o, style or "3d") for o in mention.objects) if r), None)
        if reference is not None and mention.role != "setting":
            shown.append((mention, reference))
        elif reference is None:
            notes.append(f"No picture of “{mention.label}” in the library: left to the painter.")
    for (mention, reference), count in zip(shown, shares([mention.count for mention, _ in shown])):
        if not count:
            notes.append(f"No room for “{mention.label}”: a film shows {SLOTS} at a time.")
            continue
        key, same = key_of(mention), sum(part.key.split("#")[0] == key_of(mention) for part in parts)
        subject = Subject(reference.label, reference.id, "stands", mention.gait or reference.gait)
        motion = "stands" if mention.role == "occluder" else mention.motion
        alone = motion == "meets" and len(reading.subjects) == 1  # "two robots meet": each other
        for n in range(count if alone else 1):
            mark = same + n
            parts.append(Part(f"{key}#{mark}" if mark else key, (subject,) * (1 if alone else count), motion, mention.direction))
    return tuple(parts), notes


def shares(counts: list[int], room: int = SLOTS) -> list[int]:
    """How many of each are shown: one of each as far as there is room, then as many as were said, the first first."""
    shown = [1 if i < room else 0 for i in range(len(counts))]
    for i, count in enumerate(counts):
        if shown[i]:
            shown[i] += min(count - 1, room - sum(shown))
    return shown


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


def render_film(plan: Plan, library, size: tuple[int, int], life, backdrop: np.ndarray | None = None) -> np.ndarray:
    """All shots of a plan: uint8 (t h w c). See `draw_film`."""
    return np.stack(list(draw_film(plan, library, size, life, backdrop)))


def draw_film(plan: Plan, library, size: tuple[int, int], life, backdrop: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """All shots of a plan frame by frame (h w c), dissolved into each other where the plan says so.

    backdrop: a picture (h w 3), or the film's frames (t h w 3), that stands where the scenery would; else a shot's own.
    """
    from .director.stage import draw

    waiting, on = list(zip(plan.shots, plan.starts)), []
    for i in range(plan.num_frames):
        while waiting and waiting[0][1] <= i:
            shot, start = waiting.pop(0)
            behind = backdrop[start : start + shot.num_frames] if backdrop is not None and backdrop.ndim == 4 else backdrop
            if backdrop is None and shot.backdrop in library.characters:
                behind = place_of(library.characters[shot.backdrop], start, shot.num_frames, plan.fps)
            on.append((draw(shot, library, size, life, start / plan.fps, plan.fps, behind), shot, start))
        picture = None
        for frames, shot, start in on:
            frame = next(frames)
            if picture is not None and i - start < shot.dissolve:
                share = (i - start + 1) / (shot.dissolve + 1)
                frame = np.round(picture * (1 - share) + frame * share).astype(np.uint8)
            picture = frame
        on = [(frames, shot, start) for frames, shot, start in on if i + 1 < start + shot.num_frames]
        yield picture


def place_of(character, start: int, count: int, fps: float) -> np.ndarray:
    """A scene of the user's as a backdrop: its picture (h w 3), or the frames (count h w 3) of its clip, to and fro."""
    pictures = character.pictures
    if not character.moves:
        return np.ascontiguousarray(pictures[0][..., :3])
    turn = max(2 * len(pictures) - 2, 1)
    at = ((start + np.arange(count)) / fps * character.fps).astype(int) % turn
    return np.stack([pictures[min(k, turn - k)][..., :3] for k in at])


def newcomers(reading):
    """A reading of words about footage without those who are in it already: "a dog" comes in, "the dog" is there."""
    said = tuple(m for m in reading.subjects if m.label.startswith("@") or m.count > 1
                 or re.search(rf"\b(?:an?|another|one|une?)\s+(?:[\w-]+\s+){{0,2}}{re.escape(m.label)}", reading.prompt, re.IGNORECASE))  # fmt: skip
    return replace(reading, subjects=said, cuts=())
