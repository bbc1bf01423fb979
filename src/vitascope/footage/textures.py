"""A film carried on by its own motion: it coasts, and goes on through what was filmed already (video textures).

What comes next nobody knows; how the film moves is known. Where an earlier moment looks and moves as the end does, forward or
backward, the film goes on from there (Schoedl et al., Video Textures, 2000). Where there is none, motion runs out as a
pendulum does: it slows down, stands for an instant, and comes back. So nothing freezes, and no colour or edge is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .candidates import enlarged, shrunk, speed
from .motion import grey, similarity_flow, warp
from .onward import camera_speed

TURNS = (1, 4, 8, 16, 32)  # frames that a turn may take; it leads a quarter as many frames of motion beyond the end
LIVELY = 0.4  # of the change from frame to frame at the film's end, what must go on through a turn (a pendulum's mean is 0.5)
DENSE = 4  # times the turn, the known frames that there must be for everything to move beyond the end, not the camera alone
REPEATED = 0.1  # of the usual change, below which a frame repeats the one before it
WINDOW = 4  # frames by which two moments are compared, so that motion counts
ALIKE = 0.6  # of the usual change from frame to frame, by which two moments may differ and still be taken for one; and of
# what changes within the window, by which their motion may
NEAR = 8  # frames on each side of a moment that say how much usually changes there
ROOM = 4  # frames that must follow a moment for it to be worth going on from
HIDDEN = 24  # frames at the end that are hidden to choose the turn, at most
SEEN = 3  # frames from which motion at the end is told
COMPARED = 96  # pixels of the longer side at which moments are compared
TRIED = 128  # pixels of the longer side at which turns are tried


@dataclass(frozen=True)
class Step:
    """One frame of what follows: known frame `number`, moved on by `ahead` frames of its motion in the `way` (1 or -1)."""

    number: int
    ahead: float = 0.0
    way: int = 1


def carried(frames: np.ndarray, count: int) -> np.ndarray:
    """(count h w 3) uint8 after `frames` (t h w 3) uint8, at least one of them."""
    frames = distinct(frames)
    if count < 1 or len(frames) < 2:
        return np.repeat(frames[-1:], max(count, 0), 0)
    turn, dense = chosen(frames)
    return shown(frames, schedule(frames, count, turn), dense)


def distinct(frames: np.ndarray) -> np.ndarray:
    """`frames` (t h w 3) without those that repeat the one before, as a slow camera's do: passed through they would stutter."""
    change = changes(frames)
    moving = change[change > 0]
    fresh = change > REPEATED * float(np.median(moving)) if len(moving) else np.zeros(len(change), bool)
    return frames[np.concatenate([fresh, [True]])]


def chosen(frames: np.ndarray) -> tuple[int, bool]:
    """How many frames a turn takes, and whether everything moves beyond the end, or only the camera: by which the hidden end
    of the film is met best."""
    small = np.stack([shrunk(frame, TRIED) for frame in frames])
    hidden, usual = min(HIDDEN, len(small) // 3), float(changes(small[-NEAR - 1 :]).mean())
    if hidden < 1 or len(small) - hidden < 2:
        return 1, False
    ways = [(turn, dense) for turn in TURNS for dense in (False, True) if turn <= len(small) / (DENSE if dense else 1)]
    errors = np.zeros(len(ways))
    for stop in {len(small), len(small) - hidden // 2}:
        given, truth = small[: stop - hidden], small[stop - hidden : stop].astype(np.float32)
        moves: dict = {}
        for i, (turn, dense) in enumerate(ways):
            film = shown(given, schedule(given, max(hidden, turn), turn), dense, moves)
            errors[i] += np.square(film[:hidden] - truth).mean()
            if turn > 1 and changes(np.concatenate([given[-1:], film[:turn]])).mean() < LIVELY * usual:
                errors[i] = np.inf
    return ways[int(np.argmin(errors))]


def changes(frames: np.ndarray) -> np.ndarray:
    """(t - 1) mean change in grey levels from frame to frame."""
    return np.abs(np.diff(signatures(frames), axis=0)).mean((1, 2))


def schedule(frames: np.ndarray, count: int, turn: int) -> list[Step]:
    """Where each of the `count` frames after `frames` comes from."""
    pictures, last = signatures(frames), len(frames) - 1
    change = np.abs(np.diff(pictures, axis=0)).mean((1, 2))
    lively = lambda at: change[max(0, at - 3) : at + 3].mean() > REPEATED * change.mean()
    steps, at, way = [Step(last)], last, 1
    if not last:
        return steps * count
    while len(steps) <= count:
        found = moment(pictures, at, way)
        if found is None:
            eased = turn if lively(at) else 1
            steps += [Step(at, k - k * k / eased, way) for k in range(1, eased)]
            way = -way
        else:
            at, way = found
        run = range(at, -1 if way < 0 else last + 1, way)
        steps += [Step(i) for i in run[0 if found is None and eased > 1 else 1 :]]
        at = run[-1]
    return steps[1 : count + 1]


def moment(pictures: np.ndarray, at: int, way: int) -> tuple[int, int] | None:
    """(frame, way) of the moment most like the one at frame `at`, reached in the `way`, from which the film can go on."""
    count = len(pictures)
    if not 0 <= at - way * (WINDOW - 1) < count:
        return None  # not enough frames led here
    flat = pictures.reshape(count, -1)
    here = flat[[at - way * k for k in range(WINDOW)]]
    apart = np.stack([np.sqrt(np.square(flat - one).mean(1)) for one in here])  # of every frame from each of the window's
    steps = np.sqrt(np.square(np.diff(flat, axis=0)).mean(1))
    near = steps[max(0, at - NEAR) : at + NEAR]
    usual = float(np.median(near))
    went = here[0] - here[-1]
    most = ALIKE * max(float(np.sqrt(np.square(went).mean())), usual / 2)
    best, found = ALIKE * usual, None
    for onward in (1, -1):
        for j in range(count):
            first, room = j - onward * (WINDOW - 1), count - 1 - j if onward > 0 else j
            if not 0 <= first < count or room < ROOM or (j, onward) == (at, way):
                continue
            worst = max(apart[k, j - onward * k] for k in range(WINDOW))
            if worst < best and np.sqrt(np.square(went - flat[j] + flat[first]).mean()) < most:
                best, found = worst, (j, onward)
    return found


def signatures(frames: np.ndarray) -> np.ndarray:
    """(t h w) float32: the frames, small and grey, by which moments are compared."""
    small = [cv2.GaussianBlur(grey(shrunk(frame, COMPARED)), (0, 0), 1) for frame in frames]
    return np.stack(small).astype(np.float32)


def shown(frames: np.ndarray, steps: list[Step], dense: bool, moves: dict | None = None) -> np.ndarray:
    """(n h w 3) uint8: the frames that `steps` say. `moves` keeps the motion found, for other steps of the same film."""
    moves = {} if moves is None else moves
    out = []
    for step in steps:
        if step.ahead:
            key = step.number, step.way, dense
            if key not in moves:
                run = frames[max(0, step.number - SEEN + 1) : step.number + 1]
                run = run if step.way > 0 else frames[step.number : step.number + SEEN][::-1]
                moves[key] = motion(run, dense)
            out.append(ahead(frames[step.number], moves[key] * step.ahead))
        else:
            out.append(frames[step.number])
    return np.stack(out) if out else frames[:0]


def motion(run: np.ndarray, dense: bool) -> np.ndarray:
    """Flow (h w 2) a frame at the last of `run` (n h w 3): of everything, or of the camera alone."""
    h, w = run.shape[1:3]
    if len(run) < 2:
        return np.zeros((h, w, 2), np.float32)
    small = np.stack([shrunk(frame) for frame in run])
    if dense:
        moved = cv2.GaussianBlur(speed(small), (0, 0), 2)
    else:
        moved = similarity_flow(camera_speed(small), *small.shape[1:3])
    return enlarged(moved, (w, h))


def ahead(frame: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """`frame` (h w 3) with every pixel moved on by `moved` (h w 2), which is told where pixels are before."""
    there = moved
    for _ in range(2):
        there = warp(moved, -there)
    return warp(frame, -there, cv2.INTER_CUBIC)
