"""A plan for a whole film: takes between cuts, each told in beats, with prompts that change on the way.

The network lays out the opening of every take; what is longer than a beat, and what changes without a cut, is laid out by
`Take` from there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import plan as p
from .plan import Plan, Shot
from .planner import Director
from .take import Part, Segment, Take

__all__ = ["Part", "Segment", "direct_film"]

BEAT = 7.0  # seconds: what is no longer is one beat, as the network lays it out
OPENING = 49  # frames of the opening that the network lays out for a longer take


def direct_film(director: Director, library, segments, *, aspect, fps, num_frames, seed, motion=1.0, loop=False):
    """(Plan, moves): a plan of `num_frames` from segments in rising order, the first at frame 0, and what the camera does:
    [(frame, one of plan.CAMERAS), ...].

    motion 0..2: how far and fast things and camera move. loop: the last frame flows into the first.
    Raises ValueError for segments out of order, a strength out of range or a film without frames.
    """
    if num_frames < 1 or not segments:
        raise ValueError("A film needs at least one frame and one prompt.")
    firsts = [segment.first for segment in segments]
    if firsts[0] != 0 or any(b <= a for a, b in zip(firsts, firsts[1:])):
        raise ValueError("Prompts over time must begin at 0 and each start after the one before.")
    if not 0 <= motion <= 2:
        raise ValueError(f"The motion strength is 0 to 2, not {motion:g}: choose another --motion.")
    segments = [segment for segment in segments if segment.first < num_frames]
    takes: list[list[Segment]] = []
    for segment in segments:
        if segment.cut or not takes:
            takes.append([])
        takes[-1].append(segment)
    ends = [take[0].first for take in takes[1:]] + [num_frames]
    shots, told, places = [], [], {}
    for i, (take, end) in enumerate(zip(takes, ends)):
        count = end - take[0].first
        short = len(take) == 1 and count / fps <= BEAT and not (loop and len(takes) == 1)
        opening = direct(director, take[0], library, aspect, count if short else min(count, OPENING), fps, seed + i)
        opening = replace(opening, scene=replace(opening.scene, seed=places.setdefault(opening.scene.kind, opening.scene.seed)))
        if short:
            shots.append(stronger(replace(opening, backdrop=take[0].said.get("backdrop")), motion, fps, aspect))
            told.append((take[0].first, opening.camera_name if motion else "still"))
        else:
            whole = Take(library, take, opening, count, aspect, fps, [seed, i, 8], motion, loop and len(takes) == 1, places)
            shots += whole.shots()
            told += [(take[0].first + round(seconds * fps), name) for seconds, name in whole.told]
    return Plan(tuple(shots), fps), told


def direct(director: Director, segment: Segment, library, aspect, count: int, fps: float, seed: int) -> Shot:
    """The network's own shot of a segment."""
    subjects = [s for part in segment.parts for s in part.members]
    motions = [part.motion for part in segment.parts for _ in part.members]
    ways = [part.way for part in segment.parts for _ in part.members]
    return director.direct(segment.states, segment.mask, subjects, segment.embeddings, library, aspect=aspect,
                           num_frames=count, fps=fps, seed=seed, said=segment.said | dict(motions=motions, ways=ways))  # fmt: skip


def stronger(shot: Shot, motion: float, fps: float, aspect: float) -> Shot:
    """A shot whose subjects and camera move `motion` times as far; what was in view stays in view."""
    if motion == 1:
        return shot
    from .stage import gait_phase

    camera = shot.camera.copy()
    camera[:, [p.PAN_X, p.PAN_Y, p.ROLL]] *= motion
    camera[:, p.ZOOM] = np.clip(camera[:, p.ZOOM] ** motion, 0.7, 3)
    subjects = []
    for subject in shot.subjects:
        track = subject.track.copy()
        for column in (p.X, p.Y, p.SCALE, p.DEPTH, p.TILT):
            middle = track[:, column].mean()
            track[:, column] = middle + motion * (track[:, column] - middle)
        if motion > 1:  # no farther out than it was
            low, high = subject.track[:, p.X].min(), subject.track[:, p.X].max()
            track[:, p.X] = np.clip(track[:, p.X], min(low, 0.12), max(high, 0.88))
            track[:, p.Y] = np.clip(track[:, p.Y], min(subject.track[:, p.Y].min(), 0.3), subject.track[:, p.Y].max())
        track[:, p.SCALE], track[:, p.DEPTH] = track[:, p.SCALE].clip(0.06, 1.5), track[:, p.DEPTH].clip(0.02, 0.98)
        if motion == 0:
            track[:, p.PRESENCE], track[:, p.FACING] = 1, track[len(track) // 2, p.FACING]
            track[:, p.X] = np.clip(track[:, p.X], 0.1, 0.9)
        step = np.diff(gait_phase(track, subject.gait, aspect, fps), prepend=0.0)
        track[:, p.PHASE] = np.cumsum(np.minimum(step * motion**0.5, 0.34))
        subjects.append(replace(subject, track=track.astype(np.float32)))
    return replace(shot, subjects=tuple(subjects), camera=camera.astype(np.float32))
