"""What a subject does over a long take: beats of four to seven seconds, laid out as keys of one smooth path.

Places are across the view (0..1; beyond is off screen) and in the heights of plan.Subject. While the camera travels with
the subjects, places across are where they appear, and `Actor.track` adds how far the camera has gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import plan as p
from .curves import box, pchip
from .gaits import gait_phase, upright_tilt
from .plan import Subject
from .scenery import STAGES, depth_at, parallax

SHORTEST, LONGEST = 4.0, 7.0  # seconds of a beat
X, Y, SIZE, DEPTH, SEEN, BOUNCE, ROUND = range(7)  # columns of a key
COLUMNS = ("x", "y", "size", "depth", "seen", "bounce", "round")


@dataclass(frozen=True)
class Floor:
    """Where something with a gait belongs in a scene: its feet are between heights `far` and `near`."""

    kind: str
    mode: str  # "ground", "water" or "air"
    far: float
    near: float

    @classmethod
    def of(cls, kind: str, gait: str) -> Floor:
        stage = STAGES[kind]
        if gait == "swim" and stage.swim:
            return cls(kind, "water", *stage.swim)
        if gait in ("fly", "hover", "swim") or not stage.walk:
            return cls(kind, "air", 0.42, 0.72 if stage.walk else 0.86)
        return cls(kind, "ground", *stage.walk)

    @property
    def flat(self) -> bool:
        """Whether what is farther away is higher up and smaller."""
        return self.mode != "air" and self.kind != "underwater" and self.near - self.far > 0.03

    def perspective(self, y: float) -> float:
        horizon = STAGES[self.kind].horizon
        return (max(y - horizon, 0.02) / (self.near - horizon)) ** 0.8 if self.flat else 1.0

    def depth(self, y: float, before: float) -> float:
        return depth_at(self.kind, y) if self.flat or self.mode == "ground" else float(np.clip(before, 0.12, 0.5))


class Actor:
    """One mention's subjects (alike, side by side) through a take.

    wide: width of the picture over that of the view, for a height of one view. scale: height at the nearest, in views.
    """

    def __init__(self, key, members: tuple[Subject, ...], reference, wide: float, scale: float, rng, strength: float):
        self.key, self.members, self.reference, self.wide = key, members, reference, wide
        self.gait, self.rng, self.strength = members[0].gait, rng, strength
        self.scale, self.side = scale, 1.0
        self.floor: Floor | None = None
        self.times: list[float] = []
        self.keys: list[np.ndarray] = []
        self.looks: list[tuple[float, float]] = []  # seconds, side that it turns to while it stands
        self.upright: list[tuple[float, bool]] = []  # seconds, whether a picture drawn at a slant points up from then on
        self.gaits: list[tuple[float, str]] = []
        self.looks_first = 1.0  # the side that it looks to while it points up
        self.bob = (rng.uniform(0.25, 0.4), rng.random())

    @property
    def here(self) -> np.ndarray:
        return self.keys[-1]

    @property
    def now(self) -> float:
        return self.times[-1]

    @property
    def half(self) -> float:
        """Half the width of all its members, in views."""
        size = self.here[SIZE] if self.keys else self.scale
        return (self.wide * size + (len(self.members) - 1) * self.gap) / 2

    @property
    def gap(self) -> float:
        """From one member to the next, in views."""
        size = self.here[SIZE] if self.keys else self.scale
        return 1.12 * self.wide * size

    def start(self, seconds: float, x: float, y: float, depth: float, seen: float = 1.0) -> None:
        """Its first key."""
        y = float(np.clip(y, self.floor.far, self.floor.near)) if self.floor.flat else y
        size = self.scale * self.floor.perspective(y)
        y = y if self.floor.flat or self.floor.mode == "ground" else max(y, min(size + 0.04, 0.9))  # wholly in view
        self.times.append(seconds)
        self.keys.append(np.array([x, y, size, self.floor.depth(y, depth), seen, 0.0, 0.0]))

    def go(self, seconds: float, **to: float) -> None:
        """A key `seconds` from now with columns changed: x, y, size, depth, seen, bounce or round. Size and depth follow y."""
        key = self.here.copy()
        m = min(self.strength, 1.0)
        for name, value in to.items():
            k = COLUMNS.index(name)
            key[k] += (value - key[k]) * (1.0 if name == "seen" else m)
        if "y" in to and "size" not in to:
            key[SIZE] = self.scale * self.floor.perspective(key[Y])
            key[DEPTH] = self.floor.depth(key[Y], key[DEPTH])
        self.times.append(self.now + max(seconds, 0.05))
        self.keys.append(key)

    def until(self, seconds: float) -> None:
        """Stay as it is until a time."""
        if seconds - self.now > 0.05:
            self.go(seconds - self.now)

    def edge(self, side: float) -> float:
        """Where it stands wholly in view at a side."""
        room = max(0.5 - self.half - 0.03, 0.06)
        return 0.5 + side * min(room, 0.36)

    def outside(self, side: float) -> float:
        """Where it is just out of view at a side."""
        return 0.5 + side * (0.5 + self.half + 0.06)

    @property
    def mobile(self) -> bool:
        return self.gait != "none"

    def set_scene(self, kind: str, seconds: float) -> None:
        """From now on it is in this kind of scene; where it cannot stand there, it goes to where it can."""
        floor = Floor.of(kind, self.gait)
        if floor == self.floor:
            return
        self.floor = floor
        if self.keys:
            share = (self.here[Y] - floor.far) / max(floor.near - floor.far, 0.01)
            y = self.here[Y] if 0 <= share <= 1 else floor.far + (floor.near - floor.far) * float(np.clip(share, 0.1, 0.9))
            key = self.here.copy()
            key[[Y, SIZE, DEPTH]] = y, self.scale * floor.perspective(y), floor.depth(y, key[DEPTH])
            self.times.append(self.now + seconds)
            self.keys.append(key)

    def comes(self, now: float, kind: str, x: float, last: bool) -> None:
        """Enter: walk in from the nearer border, or appear where it cannot walk. `last`: it was here before."""
        self.floor = Floor.of(kind, self.gait)
        side = np.sign(self.here[X] - 0.5) if last else (1.0 if x > 0.5 else -1.0)
        y = self.here[Y] if last else self.floor.near - 0.3 * (self.floor.near - self.floor.far)
        if not last and self.floor.mode == "air":
            y = float(np.clip(self.scale + self.rng.uniform(0.06, 0.2), self.floor.far, self.floor.near))
        depth = self.here[DEPTH] if last else 0.3
        if last:  # unseen until now
            self.until(now)
        walks = self.mobile and self.strength > 0
        outside = self.outside(side or 1.0)
        if last:
            key = self.here.copy()
            key[X], key[SEEN] = (outside if walks else x), 0.0
            self.times.append(now + 0.06)
            self.keys.append(key)
        else:
            self.start(now, outside if walks else x, y, depth, 0.0)
        if walks:
            self.go(0.1, seen=1.0)
            self.go(2.5, x=x)
            self.side = -side
        else:
            self.go(1.0, seen=1.0)

    def goes(self, now: float) -> None:
        """Leave: walk out over the nearer border, or fade where it cannot walk."""
        self.until(now)
        if self.mobile and self.strength > 0:
            side = 1.0 if self.here[X] >= 0.5 else -1.0
            way = abs(self.outside(side) - self.here[X])
            self.go(float(np.clip(way / 0.28, 1.2, 3.5)), x=self.outside(side), bounce=0.0, round=0.0)
            key = self.here.copy()
            key[X] = self.outside(side)
            self.keys[-1] = key
            self.go(0.1, seen=0.0)
        else:
            self.go(1.0, seen=0.0)

    def track(self, t: np.ndarray, travel: np.ndarray, aspect: float, fps: float, period: float | None = None) -> list[np.ndarray]:
        """A track (n 8) for each member at the seconds `t` (n); `travel` (n) is how far the camera has gone, in views."""
        keys = pchip(np.array(self.times), np.stack(self.keys), t, period)
        track = np.zeros((len(t), 8), np.float64)
        whole = (lambda rate: max(round(rate * period), 1) / period) if period else (lambda rate: rate)
        angle = 2 * np.pi * whole(0.28) * t
        air = self.floor.mode == "air" or self.floor.kind == "underwater"
        slide = parallax(keys[:, DEPTH])
        here = keys[:, X] + keys[:, ROUND] * np.sin(angle)
        track[:, p.X] = here + np.cumsum(slide * np.diff(travel, prepend=travel[0]))  # the way that it goes
        track[:, p.Y] = keys[:, Y] - keys[:, BOUNCE] * np.abs(np.sin(np.pi * whole(0.8) * t))
        track[:, p.Y] -= keys[:, ROUND] * (0.55 if air else 0.0) * np.cos(angle)
        if self.floor.mode == "water" or self.gait in ("fly", "hover", "swim"):
            amount = (0.016 if air else 0.006) * min(self.strength, 1.0)
            track[:, p.Y] += amount * np.sin(2 * np.pi * (whole(self.bob[0]) * t + self.bob[1]))
        track[:, p.SCALE], track[:, p.DEPTH] = keys[:, SIZE].clip(0.06, 1.5), keys[:, DEPTH].clip(0.02, 0.98)
        track[:, p.PRESENCE] = keys[:, SEEN].clip(0, 1)
        track[:, p.FACING] = self.facing(track, t, fps, period is not None)
        if upright_tilt(self.reference, 0.0) or upright_tilt(self.reference, 90.0):
            up = np.array([1.0 * self.at(self.upright, s, False) for s in t])
            track[:, p.FACING] = np.where(up > 0.5, self.looks_first, track[:, p.FACING])
            up = box(up, round(0.4 * fps), period is not None)
            flat, high = upright_tilt(self.reference, 0.0), upright_tilt(self.reference, 90.0)
            track[:, p.TILT] = track[:, p.FACING] * (flat + (high - flat) * up)
        track[:, p.PHASE] = self.phase(track, t, aspect, fps, period)
        track[:, p.X] = here + travel * slide  # where it is, for a camera that has gone so far
        return [self.member(track, i) for i in range(len(self.members))]

    def member(self, track: np.ndarray, i: int) -> np.ndarray:
        """The i-th of those alike: beside the others, not quite of one size, not quite in step."""
        track, n = track.copy(), len(self.members)
        if n > 1:
            track[:, p.X] += (i - (n - 1) / 2) * 1.12 * self.wide * track[:, p.SCALE]
            track[:, p.SCALE] *= (1.0, 0.95, 1.04)[i % 3]
            track[:, p.PHASE] += 0.37 * i
        return track.astype(np.float32)

    @staticmethod
    def at(events: list, seconds: float, otherwise):
        """What the last event until then says."""
        return next((value for when, value in reversed(events) if when <= seconds), otherwise)

    def facing(self, track: np.ndarray, t: np.ndarray, fps: float, wrap: bool) -> np.ndarray:
        """(n) the way it goes; while it stands, the way it last went or turned to. It turns round within half a second."""
        step = np.gradient(track[:, p.X]) * fps if len(t) > 1 else np.zeros(len(t))
        moving = np.flatnonzero(np.abs(step) > 0.05)
        first = self.side if not len(moving) else np.sign(step[moving[-1 if wrap else 0]])
        side, sides, looks = float(first) or 1.0, np.empty(len(t)), sorted(self.looks)
        for i, speed in enumerate(step):
            while looks and looks[0][0] <= t[i]:
                side = looks.pop(0)[1]
            side = float(np.sign(speed)) if abs(speed) > 0.05 else side
            sides[i] = side
        return box(sides, max(1, round(0.2 * fps)), wrap)

    def phase(self, track, t, aspect, fps, period) -> np.ndarray:
        """(n) cycles of its gait, going on where the gait changes; whole cycles in a loop."""
        steps = {gait: np.diff(gait_phase(track, gait, aspect, fps), prepend=0.0) for gait in {g for _, g in self.gaits} | {self.gait}}
        chosen = [self.at(self.gaits, s, self.gait) for s in t]
        step = np.array([steps[gait][i] for i, gait in enumerate(chosen)])
        total = np.cumsum(np.minimum(step * self.strength**0.5, 0.34))
        total -= total[0]
        return total * (max(round(total[-1]), 1) / total[-1]) if period and total[-1] > 0.5 else total
