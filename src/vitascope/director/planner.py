"""From a reading to a plan: the director's network draws what the prompt left open and lays out every track.

The functions that turn shots into the network's numbers and back serve training and generation alike.
"""

from __future__ import annotations

import numpy as np

from vitascope.flow import schedule, solve

from . import plan as p
from .plan import Scene, Shot, Subject

SLOTS, KEYFRAMES = 3, 17
CAMERAS = p.CAMERAS
CHOICES = (p.SCENES, p.TIMES, p.WEATHERS, p.GROUNDS, p.CAMERAS, p.STYLES)
# Means and spreads that bring tracks (x y scale facing depth phase tilt presence) and camera (x y zoom roll) to unit size.
# Phase is not predicted: it follows from how far the subject has gone (stage.gait_phase), so its column stays zero.
TRACK_MEAN = np.array([0.5, 0.78, 0.33, 0, 0.35, 0, 0, 1.0], np.float32)
TRACK_STD = np.array([0.25, 0.18, 0.1, 1, 0.15, 1, 0.2, 0.3], np.float32)
CAMERA_MEAN = np.array([0, 0, 1.06, 0], np.float32)
CAMERA_STD = np.array([0.1, 0.08, 0.14, 0.01], np.float32)


def resample(values: np.ndarray, count: int) -> np.ndarray:
    """(t c) to (count c) by linear interpolation along the film."""
    t = len(values)
    where = np.linspace(0, t - 1, count)
    return np.stack([np.interp(where, np.arange(t), column) for column in values.T], 1).astype(np.float32)


def smooth(values: np.ndarray, count: int) -> np.ndarray:
    """(t c) to (count c) by Catmull-Rom splines: no corners where the network's keyframes meet."""
    t = len(values)
    where = np.linspace(0, t - 1, count)
    i = np.minimum(where.astype(int), t - 2) if t > 1 else np.zeros(count, int)
    f = (where - i)[:, None].astype(np.float32)
    a, b, c, d = (values[np.clip(i + k, 0, t - 1)] for k in (-1, 0, 1, 2))
    return (b + f / 2 * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))).astype(np.float32)


def shape(aspect: float, seconds: float) -> np.ndarray:
    """What the network is told of the frame: log of width / height, and log of the length over four seconds."""
    return np.array([np.log(aspect), np.log(seconds / 4)], np.float32)


def slots(embeddings: np.ndarray | None, subjects, library) -> tuple[np.ndarray, np.ndarray]:
    """Subjects in the order of their mention to (SLOTS 400) features and (SLOTS) mask; `embeddings` (n 384) of names."""
    features, mask = np.zeros((SLOTS, 400), np.float32), np.zeros(SLOTS, bool)
    for i, subject in enumerate(subjects[:SLOTS]):
        reference = library[subject.reference]
        features[i, :384] = embeddings[i] * 8  # unit vectors to unit variance, nearly
        features[i, 384 + p.GAITS.index(reference.gait)] = 1
        features[i, 392] = np.log(reference.aspect)
        features[i, 393] = reference.heading is not None
        mask[i] = True
    return features, mask


def to_targets(shot: Shot) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A shot as the network sees it: choices (6), motions (SLOTS), tracks (SLOTS KEYFRAMES 8), camera (KEYFRAMES 4)."""
    scene = shot.scene
    named = (scene.kind, scene.time, scene.weather, scene.ground, shot.camera_name, shot.style)
    choices = np.array([values.index(value) for values, value in zip(CHOICES, named)], np.int64)
    motions = np.zeros(SLOTS, np.int64)
    tracks = np.zeros((SLOTS, KEYFRAMES, 8), np.float32)
    for i, subject in enumerate(shot.subjects[:SLOTS]):
        motions[i] = p.MOTIONS.index(subject.motion)
        track = (resample(subject.track, KEYFRAMES) - TRACK_MEAN) / TRACK_STD
        track[:, p.PHASE] = 0
        tracks[i] = track
    camera = (resample(shot.camera, KEYFRAMES) - CAMERA_MEAN) / CAMERA_STD
    return choices, motions, tracks, camera


def from_targets(tracks: np.ndarray, camera: np.ndarray, num_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `to_targets` for tracks (SLOTS KEYFRAMES 8) and camera (KEYFRAMES 4), at `num_frames` frames."""
    tracks = np.stack([smooth(track * TRACK_STD + TRACK_MEAN, num_frames) for track in tracks])
    camera = smooth(camera * CAMERA_STD + CAMERA_MEAN, num_frames)
    tracks[..., p.SCALE] = tracks[..., p.SCALE].clip(0.06, 1.5)
    tracks[..., p.DEPTH] = tracks[..., p.DEPTH].clip(0.02, 0.98)
    tracks[..., p.FACING] = tracks[..., p.FACING].clip(-1, 1)
    # The network's presence is a soft number; on the film a subject is there or it is not.
    tracks[..., p.PRESENCE] = ((tracks[..., p.PRESENCE] - 0.3) / 0.3).clip(0, 1)
    camera[:, p.ZOOM] = camera[:, p.ZOOM].clip(0.7, 3)
    return tracks, camera


class Director:
    """Lays out shots. Deterministic: the same words, references and seed give the same plan."""

    def __init__(self, threads: int | None = None):
        from vitascope.graphs import Graph

        self.reader, self.planner = Graph("reader", threads=threads), Graph("planner", threads=threads)

    def direct(
        self, states, mask, subjects, embeddings, library, *, aspect, num_frames, fps, seed, said=None, steps=12
    ) -> Shot:
        """One shot.

        states (1 n 384), mask (1 n): the caption's token states
        subjects: Subject without tracks, at most SLOTS, in the order of their mention; embeddings (n 384) of their names
        said: what the prompt fixed: any of scene, time, weather, ground, camera, style (values of plan.py), `motions`, a value
              of plan.MOTIONS or None for each subject, and `ways`, "left", "right" or None for each; the rest is drawn
              with the seed. What is said is kept even where the network would not: see `keep_way` and `keep_camera`.
        """
        from .stage import gait_phase

        said = said or {}
        rng = np.random.default_rng([seed, 3])
        features, there = slots(embeddings, subjects, library)
        memory, memory_mask, logits, motion_logits = self.reader(
            text=states.astype(np.float32), text_mask=mask, slots=features[None], slot_mask=there[None],
            shape=shape(aspect, num_frames / fps)[None],
        )  # fmt: skip
        names, choices, start = ("scene", "time", "weather", "ground", "camera", "style"), [], 0
        for name, values in zip(names, CHOICES):
            drawn = draw(rng, logits[0, start : start + len(values)], TEMPERATURE.get(name, 0.8))
            choices.append(values.index(said[name]) if said.get(name) else drawn)
            start += len(values)
        motions = np.array([draw(rng, row) for row in motion_logits[0]], np.int64)
        for i, motion in enumerate((said.get("motions") or ())[:SLOTS]):
            if motion:
                motions[i] = p.MOTIONS.index(motion)
        noise = rng.standard_normal(SLOTS * KEYFRAMES * 8 + KEYFRAMES * 4).astype(np.float32)

        def predict(z, t):
            tracks, camera = unpack(z)
            tracks, camera = self.planner(
                memory=memory, memory_mask=memory_mask, choices=np.array([choices], np.int64), motions=motions[None],
                tracks=tracks[None], camera=camera[None], t=np.array([t], np.float32),
            )  # fmt: skip
            return np.concatenate([tracks.ravel(), camera.ravel()])

        for z, _ in solve(predict, noise, schedule(steps)):
            pass
        tracks, camera = from_targets(*unpack(z), num_frames)
        ways = [*(said.get("ways") or ()), *[None] * SLOTS]
        for i in range(len(subjects[:SLOTS])):
            motion = p.MOTIONS[motions[i]]
            tracks[i] = calm(tracks[i], motion)
            if ways[i] is None and motion in ("crosses", "follows"):  # it goes somewhere, whichever way the network chose
                ways[i] = "right" if tracks[i][-1, p.X] >= tracks[i][0, p.X] else "left"
            tracks[i] = keep_way(tracks[i], ways[i])
            if motion in ("crosses", "follows") and num_frames / fps <= 8:  # in a longer film it may turn and come back
                onward = np.maximum.accumulate if ways[i] == "right" else np.minimum.accumulate
                tracks[i][:, p.X] = onward(tracks[i][:, p.X])
            if motion == "hides" and len(subjects[:SLOTS]) > 1:
                j = i + 1 if i + 1 < len(subjects[:SLOTS]) else 0
                wide = [library[subjects[k].reference].aspect / aspect for k in (i, j)]
                tracks[j] = calm(tracks[j], "stands")
                tracks[i] = hide(tracks[i], tracks[j], *wide)
        tracks = together(tracks, motions, subjects, library, aspect)
        camera = steady(camera, CAMERAS[choices[4]])
        if said.get("camera"):
            camera = keep_camera(camera, said["camera"])
        if CAMERAS[choices[4]] == "follow" and subjects:
            camera = follow(camera, tracks[0])
        scene = Scene(*(values[i] for values, i in zip(CHOICES[:4], choices)), seed=int(rng.integers(2**31)))
        placed = []
        for i, subject in enumerate(subjects[:SLOTS]):
            track = tracks[i]
            if library[subject.reference].heading is not None:
                track[:, p.FACING] = look_ahead(track, fps)
            track[:, p.PHASE] = gait_phase(track, subject.gait, aspect, fps)
            placed.append(Subject(subject.name, subject.reference, p.MOTIONS[motions[i]], subject.gait, track))
        return Shot(scene, tuple(placed), camera, style=CHOICES[5][choices[5]], camera_name=CHOICES[4][choices[4]])


# What a prompt does not say is drawn, but light and weather nearly always as they mostly are: people expect a clear day.
TEMPERATURE = {"scene": 0.5, "time": 0.15, "weather": 0.15, "ground": 0.15, "camera": 0.3}


# How many bends a motion's path has at most: the degree of the polynomials that its columns are fitted with.
BENDS = {"stands": 0, "crosses": 2, "rises": 2, "falls": 3, "approaches": 2, "leaves": 2, "waits": 4, "follows": 2, "meets": 3,
         "hides": 3}  # fmt: skip


def calm(track: np.ndarray, motion: str) -> np.ndarray:
    """A track (t 8) without the tremble that a short denoising leaves: each column as smooth as the motion is in training.

    What bounces and circles is left alone.
    """
    if motion not in BENDS or len(track) < 6:
        return track
    track, when = track.copy(), np.linspace(-1, 1, len(track))
    for column, bends in ((p.X, BENDS[motion]), (p.Y, min(2, BENDS[motion])), (p.SCALE, min(2, BENDS[motion])), (p.DEPTH, 1), (p.TILT, 1)):
        if motion in ("stands", "crosses", "follows") and column == p.SCALE:
            bends = min(bends, 1) if motion != "stands" else 0
        track[:, column] = np.polynomial.chebyshev.chebval(when, np.polynomial.chebyshev.chebfit(when, track[:, column], bends))
    return track


def steady(camera: np.ndarray, name: str) -> np.ndarray:
    """A camera path (t 4) without the tremble that a short denoising leaves, unless the camera is to shake."""
    if name == "shake" or len(camera) < 6:
        return camera
    when = np.linspace(-1, 1, len(camera))
    columns = [np.polynomial.chebyshev.chebval(when, np.polynomial.chebyshev.chebfit(when, column, 2)) for column in camera.T]
    return np.stack(columns, 1).astype(np.float32)


def look_ahead(track: np.ndarray, fps: float) -> np.ndarray:
    """Facing (t): the way that a subject goes, turning round within half a second; the network's own facing while it stands."""
    step = np.gradient(track[:, p.X]) * fps if len(track) > 1 else np.zeros(len(track))
    side, sides = float(np.sign(track[:, p.FACING].mean()) or 1.0), np.empty(len(track), np.float32)
    moving = np.flatnonzero(np.abs(step) > 0.05)
    if len(moving):
        side = float(np.sign(step[moving[0]]))
    for i, speed in enumerate(step):
        side = float(np.sign(speed)) if abs(speed) > 0.05 else side
        sides[i] = side
    reach = max(1, round(0.2 * fps))
    return np.convolve(np.pad(sides, reach, mode="edge"), np.ones(2 * reach + 1) / (2 * reach + 1), "valid").astype(np.float32)


def together(tracks: np.ndarray, motions, subjects, library, aspect: float) -> np.ndarray:
    """Keep what belongs together: two of a kind go side by side the same way, and who follows stays behind whom it follows."""
    tracks, subjects = tracks.copy(), subjects[:SLOTS]
    wide = [library[s.reference].aspect / aspect * tracks[i, :, p.SCALE].mean() for i, s in enumerate(subjects)]
    for i in range(1, len(subjects)):
        alike = [j for j in range(i) if subjects[j].reference == subjects[i].reference and motions[j] == motions[i]]
        if alike and p.MOTIONS[motions[i]] not in ("meets", "follows"):
            leader = alike[-1]
            sign = np.sign(tracks[leader, -1, p.X] - tracks[leader, 0, p.X]) or 1.0
            tracks[i] = tracks[leader]
            tracks[i, :, p.X] -= sign * 1.15 * wide[leader]
            tracks[i, :, p.DEPTH] = np.clip(tracks[i, :, p.DEPTH] + 0.02, 0.02, 0.98)
    for i in range(len(subjects)):
        if p.MOTIONS[motions[i]] == "follows" and len(subjects) > 1:
            j = i + 1 if i + 1 < len(subjects) else i - 1
            if p.MOTIONS[motions[j]] == "follows" and j < i:
                continue  # each cannot follow the other
            sign = np.sign(tracks[j, -1, p.X] - tracks[j, 0, p.X]) or 1.0
            tracks[i, :, p.X] = tracks[j, :, p.X] - sign * ((wide[i] + wide[j]) / 2 + 0.06)
    return tracks


def follow(camera: np.ndarray, track: np.ndarray) -> np.ndarray:
    """A camera path that keeps a subject near the middle of the frame, as `follow` means."""
    from .scenery import parallax

    camera = camera.copy()
    wanted = (track[:, p.X] - 0.5) / parallax(track[:, p.DEPTH])
    camera[:, p.PAN_X] = 0.85 * np.clip(wanted, -1.2, 1.2)
    return camera


def hide(track: np.ndarray, cover: np.ndarray, wide: float, cover_wide: float) -> np.ndarray:
    """A track (t 8) that is seen on one side of a cover, passes behind it and is seen on the other side.

    `wide` and `cover_wide` are the pictures' width over the view's, for a height of one view.
    """
    track, sign = track.copy(), 1.0 if track[-1, p.X] >= track[0, p.X] else -1.0
    track[:, p.SCALE] = np.clip(track[:, p.SCALE], 0.22, 0.8 * max(0.28, float(cover[:, p.SCALE].mean())))
    reach = (cover[:, p.SCALE].mean() * cover_wide + track[:, p.SCALE].mean() * wide) / 2 + 0.04
    middle = float(np.clip(cover[:, p.X].mean(), 0.4, 0.6))
    cover[:, p.X] = middle
    track[:, p.X] = middle + sign * reach * np.linspace(-1, 1, len(track))
    track[:, p.DEPTH] = np.clip(cover[:, p.DEPTH].mean() + 0.08, 0.05, 0.98)
    track[:, p.Y] = np.minimum(track[:, p.Y], cover[:, p.Y].mean())
    top = cover[:, p.Y].mean() - cover[:, p.SCALE].mean()  # it has to fit behind what hides it
    track[:, p.Y] = np.maximum(track[:, p.Y], top + track[:, p.SCALE])
    return track


LEAST_WAY, LEAST_PAN, LEAST_ZOOM = 0.35, 0.2, 1.3  # view widths a crossing covers, a pan covers, and a zoom's factor


def keep_way(track: np.ndarray, way: str | None) -> np.ndarray:
    """A track (t 8) that goes the way the prompt says: mirrored where it goes the other way, stretched where it hardly goes."""
    if way not in ("left", "right") or len(track) < 2:
        return track
    sign, track = (1.0 if way == "right" else -1.0), track.copy()
    gone = track[-1, p.X] - track[0, p.X]
    if gone * sign < 0:
        track[:, p.X], track[:, p.FACING] = 1 - track[:, p.X], -track[:, p.FACING]
    missing = LEAST_WAY - abs(gone)
    if missing > 0:
        track[:, p.X] += sign * missing * np.linspace(-0.5, 0.5, len(track))
    if track[:, p.FACING].mean() * sign < 0:
        track[:, p.FACING] = np.abs(track[:, p.FACING]) * sign
    return track


def keep_camera(camera: np.ndarray, name: str) -> np.ndarray:
    """A camera path (t 4) that does what its name says, at least a little."""
    camera, even = camera.copy(), np.linspace(0, 1, len(camera))
    column, sign = {"pan left": (p.PAN_X, -1), "pan right": (p.PAN_X, 1), "tilt up": (p.PAN_Y, -1),
                    "tilt down": (p.PAN_Y, 1)}.get(name, (None, 0))  # fmt: skip
    if column is not None:
        missing = LEAST_PAN * (0.6 if column == p.PAN_Y else 1) - sign * (camera[-1, column] - camera[0, column])
        camera[:, column] += sign * max(0.0, missing) * even
    if name in ("zoom in", "zoom out"):
        grows = np.log(camera[-1, p.ZOOM] / camera[0, p.ZOOM]) * (1 if name == "zoom in" else -1)
        missing = max(0.0, np.log(LEAST_ZOOM) - grows)
        camera[:, p.ZOOM] *= np.exp(missing * (even if name == "zoom in" else 1 - even))
    if name == "still":
        camera[:] = (0, 0, 1, 0)
    return camera


def draw(rng: np.random.Generator, logits: np.ndarray, temperature: float = 0.8) -> int:
    """An index drawn from the softmax of logits (n)."""
    weights = np.exp((logits - logits.max()) / temperature)
    return int(rng.choice(len(logits), p=weights / weights.sum()))


def unpack(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One flat vector to tracks (SLOTS KEYFRAMES 8) and camera (KEYFRAMES 4)."""
    cut = SLOTS * KEYFRAMES * 8
    return z[:cut].reshape(SLOTS, KEYFRAMES, 8), z[cut:].reshape(KEYFRAMES, 4)
