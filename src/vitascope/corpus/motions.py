"""Tracks: how a subject moves through the view, one function a motion of plan.MOTIONS.

Lengths are fractions of the home view, speeds are view widths or heights a second, so the same functions serve films of
two seconds and of a minute: what ends (a fall, a rise) comes to rest, what goes on (a crossing, a circle) goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vitascope.director.plan import DEPTH, FACING, PRESENCE, SCALE, TILT, X, Y
from vitascope.director.scenery import STAGES, depth_at


@dataclass(frozen=True)
class Zone:
    """Where a subject can be: on "ground" or "water" or in "air"; feet at heights `far` to `near` of the home view."""

    kind: str  # of the scene
    mode: str
    far: float
    near: float

    def perspective(self, y):
        """How much smaller a subject looks at height y than at `near`: 1 at near, less farther away."""
        horizon = STAGES[self.kind].horizon
        if self.mode == "air" or self.near - horizon < 0.02 or horizon < 0 or self.kind == "underwater":
            return np.ones_like(np.asarray(y, float))
        return (np.clip(np.asarray(y, float) - horizon, 0.02, None) / (self.near - horizon)) ** 0.8

    def depth(self, y: float, rng: np.random.Generator) -> float:
        """Depth of a subject whose feet are at height y; in the air and under water any middle depth will do."""
        if self.mode == "air" or (self.kind == "underwater" and self.mode == "water"):
            return float(rng.uniform(0.15, 0.42))
        return depth_at(self.kind, y)


def zone_of(kind: str, gait: str) -> Zone:
    """Where something with this gait belongs in a scene; what swims where there is no water floats in the air."""
    stage = STAGES[kind]
    if gait == "swim" and stage.swim:
        return Zone(kind, "water", *stage.swim)
    if gait in ("fly", "hover", "swim") or not stage.walk:
        return Zone(kind, "air", *((0.36, 0.88) if not stage.walk else (0.36, 0.72)))
    return Zone(kind, "ground", *stage.walk)


@dataclass
class Cast:
    """One subject on its way to a track: what it is, its zone, its size and its width in view widths."""

    gait: str
    zone: Zone
    scale: float  # height in view heights where the zone is nearest
    aspect: float  # of the picture, over the aspect of the view
    y: float
    depth: float
    side: float  # -1 or +1: which way it faces or goes first
    spread: float = 0.0  # how far its companions reach to either side, in view widths

    @property
    def width(self) -> float:
        return self.scale * float(self.zone.perspective(self.y)) * self.aspect

    def inside(self) -> tuple[float, float]:
        """The leftmost and rightmost x at which it is wholly in view."""
        half = min(self.width / 2 + self.spread + 0.02, 0.45)
        return half, 1 - half


def ease(u, kind: float):
    """Progress 0..1 with a soft start and end: kind 0 is even, 1 is a full smoothstep."""
    u = np.clip(u, 0, 1)
    return u * (1 - kind) + kind * u * u * (3 - 2 * u)


def base(cast: Cast, n: int) -> np.ndarray:
    """A track (n 8) standing in the middle."""
    track = np.zeros((n, 8), np.float64)
    track[:, X], track[:, Y] = 0.5, cast.y
    track[:, SCALE] = cast.scale * cast.zone.perspective(cast.y)
    track[:, FACING], track[:, DEPTH], track[:, PRESENCE] = cast.side, cast.depth, 1
    return track


def bob(cast: Cast, rng, seconds: np.ndarray) -> np.ndarray:
    """The slow rise and sink of what floats, flies or swims; zero for what stands on the ground."""
    if cast.gait not in ("fly", "hover", "swim") and cast.zone.mode == "ground":
        return np.zeros_like(seconds)
    amount = rng.uniform(0.004, 0.03) if cast.zone.mode != "water" or cast.zone.kind == "underwater" else 0.006
    return amount * np.sin(2 * np.pi * (seconds * rng.uniform(0.2, 0.6) + rng.random()))


def turn(track: np.ndarray, fps: float, first: float) -> None:
    """Face the way it goes, turning round within about half a second."""
    n = len(track)
    dx = np.gradient(track[:, X]) if n > 1 else np.zeros(n)
    side, sides = first, np.empty(n)
    for i, step in enumerate(dx):
        if abs(step) > 0.004:
            side = float(np.sign(step))
        sides[i] = side
    reach = max(1, round(0.2 * fps))
    padded = np.pad(sides, reach, mode="edge")
    track[:, FACING] = np.convolve(padded, np.ones(2 * reach + 1) / (2 * reach + 1), "valid")


def stands(cast, rng, seconds, fps, **_):
    track = base(cast, len(seconds))
    lo, hi = cast.inside()
    track[:, X] = rng.uniform(max(lo, 0.25), max(min(hi, 0.75), max(lo, 0.25)))
    track[:, Y] += bob(cast, rng, seconds)
    return track, {"direction": None}


def crosses(cast, rng, seconds, fps, delay: float = 0.0, **_):
    """Goes to one side, after `delay` seconds; in a long film it turns and comes back, again and again."""
    track = base(cast, len(seconds))
    lo, hi = cast.inside()
    if rng.random() < 0.22:
        lo = -cast.width / 2 - cast.spread
    if rng.random() < 0.22:
        hi = 1 + cast.width / 2 + cast.spread
    length = max(seconds[-1] - delay, 1e-3)
    full, speed = hi - lo, rng.uniform(0.15, 0.36) if length < 6 else rng.uniform(0.12, 0.26)
    legs = max(1, int(speed * length / full + 0.2))
    distance = full if legs > 1 else float(np.clip(speed * length, min(0.34, full), full))
    start = lo + rng.uniform(0, full - distance) if legs == 1 else lo
    path = np.clip((seconds - delay) / length, 0, 1) * legs
    leg = np.minimum(path.astype(int), legs - 1)
    along = ease(path - leg, rng.uniform(0.0, 0.5) if legs == 1 else rng.uniform(0.3, 0.7))
    along = np.where(leg % 2, 1 - along, along)
    x = start + distance * along
    track[:, X] = x if cast.side > 0 else 1 - x
    track[:, Y] += bob(cast, rng, seconds)
    if cast.zone.mode == "air" and rng.random() < 0.4:
        track[:, Y] += rng.uniform(-0.1, 0.1) * (along - 0.5)
    turn(track, fps, cast.side)
    pace = distance * legs / length
    return track, {"direction": side_name(cast.side), "speed": pace_name(pace), "then": "turns" if legs > 1 else None}


def waits(cast, rng, seconds, fps, **more):
    delay = min(rng.uniform(0.3, 0.45) * seconds[-1], rng.uniform(1.5, 3.0))
    track, facts = crosses(cast, rng, seconds, fps, delay=delay)
    if not cast.inside()[0] <= track[0, X] <= cast.inside()[1]:
        track[:, X] += np.clip(track[0, X], *cast.inside()) - track[0, X]
    return track, facts


def rises(cast, rng, seconds, fps, **_):
    track = base(cast, len(seconds))
    grounded = cast.zone.mode != "air" or STAGES[cast.zone.kind].walk and rng.random() < 0.5
    low = cast.y if cast.zone.mode != "air" else (0.9 if grounded else rng.uniform(0.8, 0.98))
    high = min(max(rng.uniform(0.2, 0.45), track[0, SCALE] * 0.7), low - 0.25)
    _vertical(track, rng, seconds, low, high, cast, rng.uniform(0.3, 1.0))
    return track, {"direction": "up"}


def falls(cast, rng, seconds, fps, **_):
    track = base(cast, len(seconds))
    low = cast.y if cast.zone.mode != "air" else rng.uniform(0.75, 0.95)
    high = min(rng.uniform(0.1, 0.34), low - 0.3)
    soft = cast.gait in ("fly", "hover", "swim")
    length = _vertical(track, rng, seconds, high, low, cast, 0.5, None if soft else 2.0)
    if not soft:  # a small bounce where it lands
        after = np.clip((seconds - length) / 0.5, 0, 1)
        track[:, Y] -= 0.05 * np.sin(np.pi * after)
    if cast.gait == "none":
        track[:, TILT] = rng.uniform(-0.5, 0.5) * np.sin(np.pi * np.clip(seconds / length, 0, 1))
    return track, {"direction": "down"}


def _vertical(track, rng, seconds, first, last, cast, softness, power=None) -> float:
    """Move from height `first` to `last` at a natural speed and rest there; returns the seconds it takes."""
    length = float(np.clip(abs(first - last) / rng.uniform(0.14, 0.4), 0.55 * seconds[-1], max(seconds[-1], 1e-3)))
    length = max(min(length, 5.0), 0.25)
    u = np.clip(seconds / length, 0, 1)
    u = u**power if power else ease(u, softness)
    track[:, Y] = first + (last - first) * u + bob(cast, rng, seconds) * u
    drift = rng.uniform(-0.12, 0.12)
    lo, hi = cast.inside()
    track[:, X] = np.clip(rng.uniform(0.28, 0.72), lo, hi) + drift * (u - 0.5)
    if cast.zone.mode == "ground":
        track[:, SCALE] = min(track[0, SCALE], 0.5)
    return length


def bounces(cast, rng, seconds, fps, **_):
    along = rng.random() < 0.45
    track, facts = crosses(cast, rng, seconds, fps) if along else stands(cast, rng, seconds, fps)
    height, rate = rng.uniform(0.12, 0.3), rng.uniform(0.6, 1.1)
    height = min(height, max(cast.y - track[0, SCALE] - 0.02, 0.08))
    track[:, Y] = cast.y - height * np.abs(np.sin(np.pi * rate * seconds))
    return track, facts | {"direction": facts["direction"] if along else None}


def circles(cast, rng, seconds, fps, **_):
    track = base(cast, len(seconds))
    period = float(np.clip(rng.uniform(2.2, 5.0), 0.8, max(1.15 * seconds[-1], 0.8)))
    angle = 2 * np.pi * (cast.side * seconds / period + rng.random())
    lo, hi = cast.inside()
    radius = min(rng.uniform(0.16, 0.32), max((hi - lo) / 2, 0.12))
    track[:, X] = 0.5 + rng.uniform(-0.08, 0.08) + radius * np.sin(angle)
    if cast.zone.mode == "air" or cast.zone.kind == "underwater" and cast.zone.mode == "water":
        tall = rng.uniform(0.08, 0.2)
        track[:, Y] = np.clip(cast.y, track[0, SCALE] + tall, 0.95 - tall) - tall * np.cos(angle)
    else:
        far, near = cast.zone.far, cast.zone.near
        track[:, Y] = (far + near) / 2 + (near - far) * 0.42 * np.cos(angle)
        track[:, SCALE] = cast.scale * cast.zone.perspective(track[:, Y])
        track[:, DEPTH] = [cast.zone.depth(y, rng) for y in track[:, Y]]
    turn(track, fps, cast.side)
    return track, {"direction": None}


def approaches(cast, rng, seconds, fps, away: bool = False, **_):
    """Comes from far to near (or the other way): grows, sinks on the screen and gains depth."""
    track = base(cast, len(seconds))
    length = max(min(seconds[-1], rng.uniform(4.0, 7.0)), 1e-3)
    u = ease(seconds / length, rng.uniform(0.1, 0.7))
    u = 1 - u if away else u
    zone = cast.zone
    drift = rng.uniform(-0.14, 0.14)
    track[:, X] = np.clip(rng.uniform(0.35, 0.65), *cast.inside()) + drift * (1 - u)
    ratio = float(zone.perspective(zone.far))
    if zone.mode == "ground" and ratio < 0.7:
        track[:, Y] = zone.far + (zone.near - zone.far) * u
        track[:, SCALE] = cast.scale * zone.perspective(track[:, Y]) * (0.85 + 0.3 * u)
        track[:, DEPTH] = [zone.depth(y, rng) for y in track[:, Y]]
    else:
        grow = rng.uniform(0.3, 0.45)
        track[:, SCALE] = cast.scale * (grow + (1.1 - grow) * u)
        if zone.mode == "air" or zone.kind == "underwater":
            track[:, Y] = cast.y + (track[:, SCALE] - track[:, SCALE].mean()) * 0.5
            track[:, DEPTH] = 0.6 - 0.45 * u
        else:
            track[:, Y] = zone.far + (zone.near - zone.far) * u
            track[:, DEPTH] = [zone.depth(y, rng) for y in track[:, Y]]
    track[:, Y] += bob(cast, rng, seconds)
    track[:, FACING] = cast.side
    return track, {"direction": "away" if away else "towards"}


def leaves(cast, rng, seconds, fps, **_):
    return approaches(cast, rng, seconds, fps, away=True)


def side_name(side: float) -> str:
    return "right" if side > 0 else "left"


def pace_name(pace: float) -> str:
    """View widths a second as a word of phrases.json."""
    return "fast" if pace > 0.31 else "slow" if pace < 0.17 else "normal"


SOLO = dict(stands=stands, crosses=crosses, waits=waits, rises=rises, falls=falls, bounces=bounces, circles=circles,
            approaches=approaches, leaves=leaves)  # fmt: skip


def follow(cast: Cast, leader: Cast, rng, seconds, fps):
    """Tracks of a follower and of the one it follows, both going to the same side."""
    gap = 0.08 + (cast.width + leader.width) / 2
    track, facts = crosses(leader, rng, seconds, fps)
    behind = base(cast, len(seconds))
    # Where they turn round the leader overtakes, so that the follower is behind on the way back too.
    reach = max(1, round(0.5 * fps))
    ahead = np.convolve(np.pad(track[:, FACING], reach, mode="edge"), np.ones(2 * reach + 1) / (2 * reach + 1), "valid")
    shift = min(gap / 2, 0.3) * ahead
    lag = rng.uniform(0.0, 0.3)
    behind[:, X] = np.interp(seconds - lag, seconds, track[:, X]) - shift
    behind[:, Y] += bob(cast, rng, seconds)
    track[:, X] += shift
    turn(behind, fps, leader.side)
    turn(track, fps, leader.side)
    return (behind, facts), (track, facts)


def meet(one: Cast, other: Cast, rng, seconds, fps):
    """Two come from both sides and stop in front of each other."""
    middle = 0.5 + rng.uniform(-0.06, 0.06)
    length = max(min(seconds[-1] * rng.uniform(0.7, 0.95), 5.0), 1e-3)
    u = ease(seconds / length, rng.uniform(0.3, 0.9))
    out = []
    for cast, side in ((one, one.side), (other, -one.side)):
        track = base(cast, len(seconds))
        rest = middle - side * (cast.width / 2 + 0.03)
        begin = middle - side * max(cast.width / 2 + 0.3, 0.42 + rng.uniform(-0.05, 0.1))
        track[:, X] = begin + (rest - begin) * u
        track[:, Y] += bob(cast, rng, seconds)
        track[:, FACING] = side
        out.append((track, {"direction": side_name(side)}))
    return out


def hide(cast: Cast, cover: Cast, rng, seconds, fps):
    """One goes behind a cover, is unseen for a while, and comes out again on the far side or where it went in."""
    where = rng.uniform(0.45, 0.55)
    still = base(cover, len(seconds))
    still[:, X] = where
    still[:, FACING] = 1
    track = base(cast, len(seconds))
    reach = min((cover.width + cast.width) / 2 + rng.uniform(0.03, 0.12), 0.46 - 0.35 * cast.width)
    length = max(seconds[-1], 1e-3)
    legs = max(1, int(length / rng.uniform(4.5, 8.0)))
    path = np.clip(seconds / length, 0, 1) * legs
    leg = np.minimum(path.astype(int), legs - 1)
    u = path - leg
    through = rng.random() < 0.7 or legs > 1
    along = 0.5 + 4 * (u - 0.5) ** 3 * 0.6 + (u - 0.5) * 0.4  # slows down behind the cover
    along = np.where(leg % 2, 1 - along, along)
    if not through:
        along = 0.5 - np.abs(u - 0.5) ** 0.8 * 0.5**0.2
    track[:, X] = where + cast.side * reach * (2 * along - 1)
    track[:, Y] += bob(cast, rng, seconds)
    turn(track, fps, cast.side)
    return (
        track,
        {"direction": side_name(cast.side), "then": "again" if legs > 1 else None if through else "same side"},
    ), (still, {"direction": None})
