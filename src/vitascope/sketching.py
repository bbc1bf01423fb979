"""What painting starts from: the director's animatic where nothing is known, a proposal made from the footage where something is.

A sketch exists twice: small, for the painter, and at the film's own size, whose sharpness the film keeps wherever the painter
leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .director.plan import Plan, X
from .timeline import Piece, Timeline
from .windows import runs

STRONG = 0.85  # how far to trust subjects that the director put into footage
LARGEST = 720  # pixels of the longer side at which proposals are made


@dataclass(frozen=True)
class Sketch:
    """frames (t h w 3) uint8 at the base size and strength (t) of all base frames; the timeline with what was proposed on it;
    notes for the report."""

    frames: np.ndarray
    strength: np.ndarray
    timeline: Timeline
    notes: tuple[str, ...] = ()


def propose(timeline: Timeline, plan: Plan, library, *, strength: float = 1.0, interpolator=None, motion: float = 1.0, backdrop=None,
            look=None, said: dict | None = None, seed: int = 0) -> Sketch:  # fmt: skip
    """The sketch of a timeline.

    said: the time, weather and style that the words ask for, which a clip that is edited takes on
    strength: of the director's animatic; motion: 0..2, of a picture that comes alive; backdrop, look: the user's characters
    (characters.Character) that are the scene and lend the colours, or None
    """
    if not timeline.pieces:
        frames = np.stack(list(drawing(timeline, plan, library, timeline.base_size, backdrop, look)))
        return Sketch(frames, np.full(timeline.base_count, strength, np.float32), timeline)
    line, notes = timeline, ()
    if timeline.picture:
        line, notes = alive(timeline, plan, motion, seed)
    elif any(piece.strength is not None for piece in timeline.pieces):
        line = retold(timeline, **(said or {}))
    else:
        line = proposed(timeline, interpolator)
        line = line.with_(pieces=(*line.pieces, *ends(timeline, motion, seed)))
    if timeline.drawn:
        line = interleaved(line, plan, library, backdrop)
    elif plan.shots and not timeline.picture:
        line = directed(line, plan, library)
    if look:
        line = recolored(line, look)
    known_frames, known, _ = line.base()
    frames, counts, trust = line.base(sketched=True)
    covered = known | counts
    if not covered.all():
        from .footage import guess

        frames, believed = guess(np.where(known[..., None], known_frames, frames), covered, interpolator)
        trust = np.where(counts.any((1, 2)), trust, believed)
    trust = np.where(known.all((1, 2)), 1, trust)
    return Sketch(np.where(known[..., None], known_frames, frames), trust.astype(np.float32), line, notes)


def drawing(timeline: Timeline, plan: Plan, library, size: tuple[int, int], scene=None, look=None, weather: bool = False) -> Iterator[np.ndarray]:
    """The director's plan drawn at any size, frame by frame (h w 3); before the user's own scene, in their colours, if given.

    weather: whether rain and snow fall in it; the painter is asked for them, but only a large drawing has room for a drop
    """
    from .characters import backdrop, recolor
    from .director.stage import Life
    from .scenario import draw_film

    behind = backdrop(scene, plan.num_frames, plan.fps) if scene else None
    life = Life(shadows=False, gait=False, weather=weather, light=False, nature=False, poses=False)
    for frame in draw_film(plan, library, size, life, behind):
        yield recolor(frame, look) if look else frame


def alive(timeline: Timeline, plan: Plan, motion: float, seed: int) -> tuple[Timeline, tuple[str, ...]]:
    """A still picture brought to life, from its place on and, mirrored in time, before it."""
    from .characters import animate_picture

    piece, count = timeline.pieces[0], timeline.num_frames
    picture, at, fps = piece.frames[0], piece.start, timeline.fps
    shot = plan.shots[0] if plan.shots else None
    actor = shot.subjects[0] if shot and shot.subjects else None
    way = None
    if actor is not None and len(actor.track) > 1:
        way = "right" if actor.track[-1, X] > actor.track[0, X] else "left"
    onward = animate_picture(
        picture, count - at, fps, motion=actor.motion if actor else None, gait=actor.gait if actor else None,
        direction=way, camera=shot.camera_name if shot else "zoom in", amount=motion, seed=seed,
    )  # fmt: skip
    pieces = [Piece(at, onward.frames, strength=onward.strength)]
    if at:
        back = animate_picture(picture, at + 1, fps, amount=motion, seed=seed)
        pieces.append(Piece(0, back.frames[:0:-1], strength=back.strength[:0:-1]))
    return timeline.with_(pieces=(*timeline.pieces, *pieces)), tuple(onward.notes)


def ends(timeline: Timeline, motion: float, seed: int) -> list[Piece]:
    """Sketches of a film's open beginning and end where a single picture, from which nothing moves on, stands beside them."""
    from .characters import animate_picture

    known, pieces = np.flatnonzero(timeline.whole()), []
    if not len(known) or any(piece.mask is not None for piece in timeline.pieces):
        return pieces
    first, last, count = int(known[0]), int(known[-1]), timeline.num_frames
    if first and (len(known) == 1 or known[1] > first + 1):
        back = animate_picture(timeline.at(first)[0], first + 1, timeline.fps, amount=motion, seed=seed)
        pieces.append(Piece(0, back.frames[:0:-1], strength=back.strength[:0:-1]))
    if last < count - 1 and (len(known) == 1 or known[-2] < last - 1):
        onward = animate_picture(timeline.at(last)[0], count - last, timeline.fps, amount=motion, seed=seed)
        pieces.append(Piece(last, onward.frames, strength=onward.strength))
    return pieces


def proposed(timeline: Timeline, interpolator) -> Timeline:
    """Footage with what is missing proposed from the rest, at most LARGEST pixels a side, on every frame that is not known whole."""
    from .footage import fill_region
    from .mastering import enlarge

    width, height = timeline.size
    scale = min(1.0, LARGEST / max(width, height))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    frames = np.zeros((timeline.num_frames, size[1], size[0], 3), np.uint8)
    known = np.zeros(frames.shape[:3], bool)
    for i in range(timeline.num_frames):
        there = timeline.at(i)
        if there is not None:
            frames[i] = enlarge(there[0], size)
            known[i] = enlarge(there[1].astype(np.float32), size) > 0.999
    guessed, trust, _ = fill_region(frames, known, interpolator)
    pieces = []
    for start, stop in runs(~timeline.whole()):
        large = np.stack([enlarge(frame, timeline.size) for frame in guessed[start:stop]])
        pieces.append(Piece(start, large, strength=trust[start:stop]))
    return timeline.with_(pieces=(*pieces, *timeline.pieces))


def retold(timeline: Timeline, time=None, weather=None, style=None) -> Timeline:
    """A clip that is edited, under the light and in the hand that the words ask for: wholly where it is trusted by half or less."""
    from .director.relight import relight, restyle
    from .mastering import mix

    pieces = list(timeline.pieces)
    for i, piece in enumerate(pieces):
        if piece.strength is not None:
            share = min(1.0, 2 * (1 - float(np.mean(piece.strength))))
            told = restyle(relight(piece.frames, time, weather), style)
            told = told if share == 1 else np.stack([mix(a, b, share) for a, b in zip(piece.frames, told)])
            pieces[i] = Piece(piece.start, told, piece.mask, piece.strength)
    return timeline.with_(pieces=tuple(pieces))


def directed(timeline: Timeline, plan: Plan, library) -> Timeline:
    """The plan's subjects and weather drawn over what is sketched of footage."""
    from .director.stage import Life
    from .scenario import render_film

    life = Life(shadows=False, gait=False, weather=True, light=False, nature=False, poses=False)
    pieces = []
    for piece in timeline.pieces:
        if piece.strength is None:
            pieces.append(piece)
            continue
        behind = np.stack([piece.frames[min(max(0, timeline.frame_of(k) - piece.start), len(piece.frames) - 1)] for k in range(plan.num_frames)])
        over = render_film(plan, library, timeline.size, life, behind)
        frames, trust = piece.frames.copy(), np.array([piece.strength_at(i) for i in range(piece.start, piece.stop)], np.float32)
        for i in range(piece.start, piece.stop):
            k = min(round(i * timeline.skip / timeline.stride), plan.num_frames - 1)
            changed = (over[k] != behind[k]).any(-1)
            if changed.any():
                frames[i - piece.start][changed] = over[k][changed]
                trust[i - piece.start] = max(trust[i - piece.start], STRONG * float(trust.max()))
        pieces.append(Piece(piece.start, frames, piece.mask, trust))
    return timeline.with_(pieces=tuple(pieces))


def interleaved(timeline: Timeline, plan: Plan, library, scene) -> Timeline:
    """A storyboard of words, pictures and clips: in the spans that belong to words the director's drawing is the sketch."""
    pieces, stride = list(timeline.pieces), timeline.stride
    frames = list(drawing(timeline, plan, library, timeline.size, scene)) if plan.shots else []
    for start, stop in timeline.drawn if frames else ():
        shown = [frames[min(i // stride, len(frames) - 1)] for i in range(start, stop)]
        pieces.append(Piece(start, np.stack(shown), strength=1.0))
    return timeline.with_(pieces=tuple(pieces))


def recolored(timeline: Timeline, look) -> Timeline:
    """What is sketched in the colours of a style."""
    from .characters import recolor

    pieces = [p if p.strength is None else Piece(p.start, recolor(p.frames, look), p.mask, p.strength) for p in timeline.pieces]
    return timeline.with_(pieces=tuple(pieces))
