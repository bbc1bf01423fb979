"""What sketches get wrong, so that the painter learns to correct them rather than to copy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vitascope.director.plan import FACING, PRESENCE, SCALE, SCENES, TIMES, WEATHERS, Plan, Scene, Shot, Subject, X, Y

TRUSTED = 0.45  # share of sketches that are as good as they get
JOINED = ("3d", "flat", "noto", "twemoji")  # styles that draw the same objects
CHANCES = {
    "shift": 0.45,
    "rescale": 0.4,
    "style": 0.22,
    "scene missing": 0.12,
    "scene seed": 0.25,
    "subject missing": 0.06,
    "mistimed": 0.2,
    "facing": 0.06,
    "camera": 0.2,
}


@dataclass(frozen=True)
class Post:
    """Faults of the picture itself: `blur` in pixels, `gain` and `bias` a channel, `shrink` 1 (none) .. 4 (coarse)."""

    blur: float = 0.0
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    bias: float = 0.0
    shrink: float = 1.0

    @property
    def identity(self) -> bool:
        return self == Post()

    def apply(self, frames: np.ndarray) -> np.ndarray:
        """uint8 frames (t h w 3) to frames with these faults, same shape."""
        if self.identity:
            return frames
        h, w = frames.shape[1:3]
        out = np.empty_like(frames)
        table = np.clip(np.arange(256)[:, None] * np.array(self.gain) + self.bias, 0, 255).astype(np.uint8)[None]
        for i, frame in enumerate(frames):
            if self.shrink > 1:
                small = cv2.resize(
                    frame, (max(int(w / self.shrink), 4), max(int(h / self.shrink), 4)), interpolation=cv2.INTER_AREA
                )
                frame = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
            if self.blur > 0:
                frame = cv2.GaussianBlur(frame, (0, 0), self.blur)
            out[i] = cv2.LUT(frame, table)
        return out


def corrupt(rng: np.random.Generator, plan: Plan) -> tuple[Plan, Post]:
    """A plan with the faults of sketches, and faults for the pictures drawn from it; nearly half the time none."""
    if rng.random() < TRUSTED:
        return plan, Post()
    faults = {name for name, chance in CHANCES.items() if rng.random() < chance}
    rough = replace(plan, shots=tuple(_shot(rng, shot, faults) for shot in plan.shots)) if faults else plan
    post = Post(
        blur=float(rng.uniform(0.4, 2.0)) if rng.random() < 0.25 else 0.0,
        gain=tuple(float(g) for g in rng.uniform(0.82, 1.18, 3)) if rng.random() < 0.3 else (1.0, 1.0, 1.0),
        bias=float(rng.uniform(-18, 18)) if rng.random() < 0.2 else 0.0,
        shrink=float(rng.uniform(1.4, 3.0)) if rng.random() < 0.15 else 1.0,
    )
    return rough, post


def _shot(rng, shot: Shot, faults: set[str]) -> Shot:
    subjects = []
    style = JOINED[rng.integers(len(JOINED))] if "style" in faults else None
    lost = int(rng.integers(len(shot.subjects))) if "subject missing" in faults and shot.subjects else -1
    power = float(np.exp(rng.uniform(-0.35, 0.35))) if "mistimed" in faults else 1.0
    for i, subject in enumerate(shot.subjects):
        track = subject.track.copy()
        n = len(track)
        if power != 1.0 and n > 1:
            where = np.linspace(0, 1, n) ** power * (n - 1)
            track = np.stack([np.interp(where, np.arange(n), column) for column in track.T], 1).astype(np.float32)
        if "shift" in faults:
            track[:, [X, Y]] += (
                rng.uniform(-0.05, 0.05, 2) + rng.uniform(-0.01, 0.01, 2) * np.linspace(-1, 1, n)[:, None]
            )
        if "rescale" in faults:
            track[:, SCALE] *= rng.uniform(0.85, 1.15)
        if "facing" in faults:
            track[:, FACING] *= -1
        if i == lost:
            track[:, PRESENCE] = 0
        drawn, object_ = subject.reference.split("/", 1)
        reference = (
            f"{style}/{object_}"
            if style and drawn in (*JOINED, "anim") and _drawn(style, object_)
            else subject.reference
        )
        subjects.append(Subject(subject.name, reference, subject.motion, subject.gait, track.astype(np.float32)))
    scene = shot.scene
    if "scene missing" in faults:
        scene = (
            Scene("plain", seed=int(rng.integers(2**31)))
            if rng.random() < 0.6
            else Scene(
                SCENES[rng.integers(len(SCENES))],
                TIMES[rng.integers(len(TIMES))],
                WEATHERS[rng.integers(len(WEATHERS))],
                seed=int(rng.integers(2**31)),
            )
        )
    elif "scene seed" in faults:
        scene = replace(scene, seed=int(rng.integers(2**31)))
    camera = shot.camera
    if "camera" in faults:
        amount = rng.uniform(0.7, 1.1)
        camera = camera.copy()
        camera[:, :2] *= amount
        camera[:, 2] = 1 + (camera[:, 2] - 1) * amount
    return replace(shot, scene=scene, subjects=tuple(subjects), camera=camera, style=style or shot.style)


_library: list = []


def _drawn(style: str, object_: str) -> bool:
    """Whether the shipped library has the object in that style."""
    if not _library:
        from vitascope.library import Library

        _library.append(Library())
    return object_ in _library[0].styles.get(style, {})
