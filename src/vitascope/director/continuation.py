"""A plan goes on: the same subjects, from where they are, under the same camera, in the same place."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

import numpy as np

from .plan import FACING, PHASE, PRESENCE, Plan, Shot, Subject, X, Y

SETTLE = 1.5  # seconds in which a difference between where a subject is and where the other plan has it goes away
MARK = "vitascope-plan-1:"
MOST = 8 << 20  # bytes of a plan's text that are read back


def continued(plan: Plan, onward: Plan, count: int) -> Plan:
    """`plan` with its last shot going on to `count` frames in all, as `onward`, a plan of at least that length, has it.

    A subject of both goes on from its own place; one that only `onward` has enters; one that it lacks goes on as it went.
    """
    done = plan.num_frames
    more = count - done
    if more <= 0 or not plan.shots:
        return plan
    last = plan.shots[-1]
    other, at = _shot_at(onward, done)
    rest = list(other.subjects) if other else []
    subjects = []
    for subject in last.subjects:
        match = next((s for s in rest if s.reference == subject.reference), None)
        if match:
            rest.remove(match)
        track = _go_on(subject.track, match.track if match else None, at, more, plan.fps)
        subjects.append(replace(subject, track=track, motion=match.motion if match else subject.motion))
    for subject in rest:
        coming = _rows(subject.track, at, more).copy()
        coming[:, PHASE] -= coming[0, PHASE]
        absent = np.repeat(coming[:1], last.num_frames, 0)
        absent[:, PRESENCE] = 0
        subjects.append(replace(subject, track=np.concatenate([absent, coming])))
    camera = np.concatenate([last.camera, _join(last.camera, other.camera if other else None, at, more, plan.fps)])
    shot = replace(last, subjects=tuple(subjects), camera=camera.astype(np.float32))
    return replace(plan, shots=(*plan.shots[:-1], shot))


def preceded(plan: Plan, more: int) -> Plan:
    """`plan` with `more` frames before it, in which everything comes to where the first frame has it, at the speed it goes on with."""
    if more <= 0 or not plan.shots:
        return plan
    first = plan.shots[0]
    back = replace(plan, shots=(_reversed(first),))
    longer = continued(back, Plan((), plan.fps), first.num_frames + more).shots[0]
    return replace(plan, shots=(_reversed(longer), *plan.shots[1:]))


def _shot_at(plan: Plan, frame: int) -> tuple[Shot | None, int]:
    """The shot that is on at a frame of the film, and which of its frames that is."""
    for shot, start in zip(reversed(plan.shots), reversed(plan.starts)):
        if start <= frame < start + shot.num_frames:
            return shot, frame - start
    return None, 0


def _rows(values: np.ndarray, at: int, count: int) -> np.ndarray:
    """Rows at..at+count of (t c); past the end the last one stays."""
    return values[np.minimum(np.arange(at, at + count), len(values) - 1)]


def _join(values: np.ndarray, onward: np.ndarray | None, at: int, more: int, fps: float) -> np.ndarray:
    """(more c) that begin where (t c) ends and become (t c) `onward` from `at`; without it they coast to rest."""
    if onward is None:
        speed = values[-1] - values[max(0, len(values) - 1 - round(fps / 2))]
        speed = speed / max(1, min(len(values) - 1, round(fps / 2)))
        return values[-1] + np.cumsum(speed * 0.97 ** np.arange(1, more + 1)[:, None], 0)
    there = _rows(onward, at, more)
    before = onward[max(0, min(at - 1, len(onward) - 1))]
    fade = 0.5 + 0.5 * np.cos(np.pi * np.clip(np.arange(1, more + 1) / (SETTLE * fps), 0, 1))
    return there + (values[-1] - before) * fade[:, None]


def _go_on(track: np.ndarray, onward: np.ndarray | None, at: int, more: int, fps: float) -> np.ndarray:
    """A subject's track (t 8) and `more` frames of it."""
    new = _join(track, onward, at, more, fps)
    if onward is None:  # its way goes on; all else stays
        still = np.repeat(track[-1:], more, 0)
        still[:, [X, Y]] = new[:, [X, Y]]
        new = still
        step = np.diff(track[-max(2, round(fps)) :, PHASE]).mean() if len(track) > 1 else 0.0
        new[:, PHASE] = track[-1, PHASE] + step * np.arange(1, more + 1)
    else:
        there = _rows(onward, at, more)
        new[:, PHASE] = there[:, PHASE] + track[-1, PHASE] - onward[max(0, min(at - 1, len(onward) - 1)), PHASE]
        new[:, FACING] = np.clip(new[:, FACING], -1, 1)
        new[:, PRESENCE] = np.clip(new[:, PRESENCE], 0, 1)
    return np.concatenate([track, new]).astype(np.float32)


def _reversed(shot: Shot) -> Shot:
    """A shot told from its end: steps run backward, looks stay."""
    turned: list[Subject] = [replace(s, track=s.track[::-1].copy()) for s in shot.subjects]
    return replace(shot, subjects=tuple(turned), camera=shot.camera[::-1].copy())


def to_note(plan: Plan, num_frames: int, prompt: str) -> str:
    """A plan as one line of text that a film can carry, for a film of `num_frames` frames."""
    text = json.dumps(dict(num_frames=num_frames, prompt=prompt, plan=plan.to_json()))
    return MARK + base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def from_note(text: str) -> tuple[Plan, int, str] | None:
    """(plan, num_frames, prompt) that `to_note` wrote; None for any other text."""
    if not text.startswith(MARK) or len(text) > MOST:
        return None
    try:
        opened = zlib.decompressobj()
        raw = json.loads(opened.decompress(base64.b64decode(text[len(MARK) :], validate=True), MOST))
        return Plan.from_json(raw["plan"]), int(raw["num_frames"]), str(raw["prompt"])
    except (ValueError, KeyError, TypeError, zlib.error):
        return None
