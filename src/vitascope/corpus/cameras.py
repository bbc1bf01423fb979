"""Cameras: the (t 4) track of pan, zoom and roll of each of plan.CAMERAS, framed so that the subjects stay in view."""

from __future__ import annotations

import numpy as np

from vitascope.director.plan import DEPTH, PAN_X, PAN_Y, ROLL, SCALE, ZOOM, X, Y
from vitascope.director.scenery import parallax

from .motions import ease

REACH_X, REACH_Y = 0.48, 0.2  # how far the painted scenery lets the camera pan, in home views


def film(name: str, rng: np.random.Generator, seconds: np.ndarray, tracks: list[np.ndarray]) -> np.ndarray:
    """The camera called `name` over `seconds` (t), looking at `tracks`, the first of which is its subject.

    `tracks` (each t 8) are of those that have to stay in view.
    """
    n = len(seconds)
    camera = np.zeros((n, 4))
    camera[:, ZOOM] = 1
    length = max(seconds[-1], 1e-3)
    if name.startswith(("pan", "tilt")):
        sideways = name.startswith("pan")
        reach, rate = (REACH_X, (0.15, 0.6)) if sideways else (REACH_Y, (0.14, 0.4))
        amount = float(np.clip(rng.uniform(*rate) * length / 4, rate[0] * 0.9, 2 * reach))
        u = ease(seconds / min(length, 12), rng.uniform(0, 0.6))
        sign = 1 if name in ("pan right", "tilt down") else -1
        camera[:, PAN_X if sideways else PAN_Y] = sign * amount * (u - 0.5)
        if not sideways:
            camera[:, PAN_Y] += np.clip(rng.uniform(-0.04, 0.04), amount / 2 - reach, reach - amount / 2)
    elif name.startswith("zoom"):
        amount = rng.uniform(1.25, 1.8)
        u = ease(seconds / min(length, rng.uniform(6, 10)), rng.uniform(0, 0.7))
        camera[:, ZOOM] = amount ** (u if name == "zoom in" else 1 - u)
        _aim(camera, tracks)
    elif name == "orbit":
        period = rng.uniform(6, 9)
        swing = rng.choice([-1.0, 1.0]) * np.sin(np.pi * (2 * seconds / period - 0.5))
        camera[:, PAN_X] = rng.uniform(0.14, 0.24) * swing
        camera[:, ROLL] = -rng.uniform(0.02, 0.05) * swing
        camera[:, ZOOM] = 1.1 + rng.uniform(0.03, 0.08) * (1 - swing**2)
    elif name == "shake":
        amount = rng.uniform(0.006, 0.02)
        for column, part in ((PAN_X, 1.0), (PAN_Y, 1.2), (ROLL, 0.7)):
            rates, phases = rng.uniform(0.7, 3.2, 4), rng.random(4)
            waves = np.sin(2 * np.pi * (seconds[:, None] * rates + phases))
            camera[:, column] = amount * part * waves.sum(1)
        camera[:, ZOOM] = 1.06
    elif name == "follow" and tracks:
        track = tracks[0]
        slide = parallax(track[:, DEPTH])
        camera[:, PAN_X] = np.clip((track[:, X] - 0.5 - rng.uniform(-0.06, 0.06)) / slide, -REACH_X, REACH_X)
        middle = track[:, Y] - track[:, SCALE] / 2
        if np.ptp(middle) > 0.25:
            camera[:, PAN_Y] = np.clip((middle - 0.5) / slide, -REACH_Y, REACH_Y)
        camera[:, [PAN_X, PAN_Y]] = _smooth(camera[:, [PAN_X, PAN_Y]])
    return _held(camera, tracks) if tracks and name.startswith(("pan", "tilt", "zoom")) else camera


def _smooth(values: np.ndarray) -> np.ndarray:
    """(t c) averaged over five frames: a camera has weight."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, np.ones(5) / 5, "valid") for column in padded.T], 1)


def _aim(camera: np.ndarray, tracks: list[np.ndarray]) -> None:
    """Pan while zooming so that the subject's middle stays where it is on the screen."""
    if tracks:
        track = tracks[0]
        middle_x, middle_y = track[:, X].mean(), (track[:, Y] - 0.5 * track[:, SCALE]).mean()
        slide = float(parallax(track[:, DEPTH].mean()))
    else:
        middle_x, middle_y, slide = 0.5, 0.6, 1.0
    part = 1 - 1 / camera[:, ZOOM]
    camera[:, PAN_X] = np.clip((np.clip(middle_x, 0.15, 0.85) - 0.5) * part / slide, -REACH_X, REACH_X)
    camera[:, PAN_Y] = np.clip((np.clip(middle_y, 0.2, 0.9) - 0.5) * part / slide, -REACH_Y, REACH_Y)


def on_screen(track: np.ndarray, camera: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a subject's feet appear, (t) across and (t) down, 0..1 inside; roll is left out."""
    slide = parallax(track[:, DEPTH])
    x = 0.5 + camera[:, ZOOM] * (track[:, X] - slide * camera[:, PAN_X] - 0.5)
    y = 0.5 + camera[:, ZOOM] * (track[:, Y] - slide * camera[:, PAN_Y] - 0.5)
    return x, y


def _held(camera: np.ndarray, tracks: list[np.ndarray]) -> np.ndarray:
    """The same move, made smaller until the subjects that matter are seen nearly as long as without it."""
    still = np.tile([0.0, 0, 1, 0], (len(camera), 1))
    enough = 0.75 if len(tracks) == 1 else 0.93
    seen = [_seen(track, still) for track in tracks]
    for part in (1.0, 0.8, 0.6, 0.45, 0.35):
        slower = camera.copy()
        slower[:, :2] *= part
        slower[:, ZOOM] = slower[:, ZOOM] ** part
        if all(_seen(track, slower) > enough * before for track, before in zip(tracks, seen)):
            break
    return slower


def _seen(track: np.ndarray, camera: np.ndarray) -> float:
    """Share of the frames in which most of a subject is in view."""
    x, y = on_screen(track, camera)
    middle = y - camera[:, ZOOM] * track[:, SCALE] / 2
    return float(np.mean((x > 0.06) & (x < 0.94) & (middle > 0.08) & (middle < 0.95)))
