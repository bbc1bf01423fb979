"""One take, told in beats: who comes, stays and goes as the prompt changes, and the camera over all of it.

Who leaves and comes back is the same actor, so the same picture at the same size; a place that comes again is the same place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from . import choreography
from . import plan as p
from .beats import Actor, Floor
from .curves import pchip
from .moves import Camera, kept
from .plan import Scene, Shot, Subject

DISSOLVE = 1.0  # seconds that one scene goes over into another
TRAVELLING = ("crosses", "follows")
# How large newcomers are beside the others: what flies and hops is small.
SIZES = {"fly": 0.6, "hop": 0.72, "hover": 0.8}
WAY = {"right": "pan right", "left": "pan left"}


@dataclass(frozen=True)
class Part:
    """One mention in a segment: `key` tells who it is over the whole film; `members` are alike, without tracks."""

    key: str
    members: tuple[Subject, ...]
    motion: str | None = None
    way: str | None = None


@dataclass(frozen=True)
class Segment:
    """What holds from base frame `first` on.

    states (1 n 384), mask (1 n) of its caption; embeddings (m 384) of its subjects' names, or None. `said`: scene, time,
    weather, ground, style, camera, as in `Director.direct`. cut: it begins with a cut. stays: who is there and is not
    named stays. free: names in `said` that nobody asked for, which may vary in a long take.
    """

    first: int
    states: np.ndarray
    mask: np.ndarray
    parts: tuple[Part, ...] = ()
    embeddings: np.ndarray | None = None
    said: dict = field(default_factory=dict)
    cut: bool = True
    stays: bool = False
    free: frozenset = frozenset()


class Take:
    """One take being laid out: its actors, its camera, and the shots it comes apart in where the prompt changes."""

    def __init__(self, library, segments, opening: Shot, count, aspect, fps, seed, motion, loop, places):
        self.library, self.segments, self.opening, self.count = library, segments, opening, count
        self.aspect, self.fps, self.motion, self.places = aspect, fps, motion, places
        self.rng = np.random.default_rng(seed)
        self.period = (count - 1) / fps if loop and count > 8 else None  # the last frame is the first again
        self.across = False  # a loop that goes out on one side and in on the other
        begin = segments[0].first
        self.starts = [(segment.first - begin) / fps for segment in segments]
        self.stops = [*self.starts[1:], count / fps]
        self.actors: dict[str, Actor] = {}
        self.motions: list[dict[str, str]] = []  # of each segment: who is there, doing what
        self.travel: list[tuple[float, float]] = [(0.0, 0.0)]
        self.told: list[tuple[float, str]] = []
        self.lead: str | None = None
        self.scenes, self.styles = self._scenes()

    def _scenes(self) -> tuple[list[Scene], list[str]]:
        """Where each segment plays: what is not said stays as it was, and a place that comes again is the same place."""
        scenes, styles = [self.opening.scene], [self.opening.style]
        for segment in self.segments[1:]:
            said, last = segment.said, scenes[-1]
            kind = said.get("scene") or last.kind
            moved = kind != last.kind
            if kind not in self.places:
                self.places[kind] = int(self.rng.integers(2**31))
            scenes.append(Scene(kind, said.get("time") or last.time, said.get("weather") or last.weather,
                                said.get("ground") or ("normal" if moved else last.ground), self.places[kind]))  # fmt: skip
            styles.append(said.get("style") or styles[-1])
        return scenes, styles

    def shots(self) -> list[Shot]:
        """The take as shots that dissolve into each other where the prompt changes."""
        for i in range(len(self.segments)):
            self._segment(i)
        t = np.arange(self.count) / self.fps
        when, gone = np.array(self.travel).T
        keep = np.concatenate([np.diff(when) > 0.04, [True]])
        travel = pchip(when[keep], gone[keep][:, None], t)[:, 0] if len(self.travel) > 1 else np.zeros(len(t))
        camera = self._camera(t, travel)
        tracks = {key: actor.track(t, travel, self.aspect, self.fps, self.period) for key, actor in self.actors.items()}
        if self.actors and not self.across and not self._still():
            follow, lead = np.zeros(len(t)), self.actors[self.lead] if self.lead else next(iter(self.actors.values()))
            for a, b, segment in zip(self.starts, self.stops, self.segments):
                if segment.said.get("camera") == "follow" and len(self.travel) == 1:
                    follow[(t >= a) & (t < b)] = 1.0
            many = tracks[lead.key]
            camera = kept(camera, np.mean(many, 0), travel, lead.wide, self.fps, self.period is not None, follow)
        return self._cut_up(tracks, camera.astype(np.float32))

    def _still(self) -> bool:
        """Whether the camera must not move at all."""
        asked = [s.said.get("camera") for s in self.segments]
        return self.motion == 0 or not any("camera" in s.free for s in self.segments) and all(
            name == "still" or name is None and i and asked[0] == "still" for i, name in enumerate(asked))  # fmt: skip

    def _segment(self, i: int) -> None:
        segment, start, stop, kind = self.segments[i], self.starts[i], self.stops[i], self.scenes[i].kind
        before = self.motions[-1] if self.motions else {}
        closing = min(3.0, 0.5 * (stop - start)) if self.period and i == len(self.segments) - 1 else 0.0
        now: dict[str, str] = {}
        named = {part.key for part in segment.parts}
        drawn = {s.reference: s.motion for s in self.opening.subjects} if i == 0 else {}
        for key, motion in before.items():
            actor = self.actors[key]
            actor.until(start)
            if key in named or segment.stays or not segment.parts:
                actor.set_scene(kind, DISSOLVE)
                now[key] = motion
            else:
                actor.goes(start)
        for n, part in enumerate(segment.parts):
            if part.key not in self.actors:
                self.actors[part.key] = self._cast(part, i)
            actor = self.actors[part.key]
            if part.key not in before:
                self._enter(actor, part, i, n, start, kind)
            gait = part.members[0].gait
            if gait != Actor.at(actor.gaits, start, actor.gait):
                actor.gaits.append((start, gait))
            now[part.key] = part.motion or drawn.get(part.members[0].reference) or now.get(part.key) or "stands"
            if part.way in ("left", "right"):
                actor.side = 1.0 if part.way == "right" else -1.0
        self.motions.append(now)
        if self.motion > 0:
            self._play(i, now, stop - closing)
        for key in now:
            actor = self.actors[key]
            actor.until(stop - closing)
            if closing:
                first = actor.keys[0]
                actor.times.append(self.period)
                actor.keys.append(first.copy())

    def _cast(self, part: Part, i: int) -> Actor:
        """An actor of a size that leaves room for the others; in the first segment as large as the network made it."""
        reference = self.library[part.members[0].reference]
        wide, floor = reference.aspect / self.aspect, Floor.of(self.scenes[i].kind, part.members[0].gait)
        cast = self.segments[i].parts
        scale = {1: 0.46, 2: 0.4}.get(sum(len(q.members) for q in cast), 0.34)
        mine = [s for s in self.opening.subjects if s.reference == reference.id] if i == 0 else []
        if mine:
            feet = float(np.clip(mine[0].track[0, p.Y], floor.far, floor.near))
            scale = float(np.median(mine[0].track[:, p.SCALE])) / floor.perspective(feet)
        elif i:
            scale *= SIZES.get(reference.gait, 1.0)
        if any(q.motion == "hides" for q in cast):
            scale = min(scale, 0.34) if part.motion == "hides" else max(scale, 0.56)
        room = 0.62 if len(cast) == 1 else 0.4  # of the view's width
        scale = float(np.clip(min(scale, room / wide / len(part.members)), 0.16, 0.62))
        rng = np.random.default_rng([int(self.rng.integers(2**31)), 1])
        return Actor(part.key, part.members, reference, wide, scale, rng, self.motion)

    def _enter(self, actor: Actor, part: Part, i: int, n: int, start: float, kind: str) -> None:
        """In the first segment they are there; later they come."""
        if i == 0:
            mine = [s for s in self.opening.subjects if s.reference == part.members[0].reference]
            row = mine[0].track[0] if mine else np.array([0.5, 0.8, 0.4, 1, 0.3, 0, 0, 1])
            actor.floor = Floor.of(kind, actor.gait)
            x = float(np.mean([s.track[0, p.X] for s in mine[: len(part.members)]])) if mine else 0.5
            actor.start(start, float(np.clip(x, 0.5 - max(0.45 - actor.half, 0.02), 0.5 + max(0.45 - actor.half, 0.02))),
                        float(row[p.Y]), float(row[p.DEPTH]))  # fmt: skip
            actor.side = float(np.sign(row[p.FACING]) or 1.0)
            if part.way is None and part.motion in (None, "crosses", "waits"):
                actor.side = 1.0 if actor.here[0] < 0.5 else -1.0
            return
        taken = [a.here[0] for a in self.actors.values() if a.keys and a is not actor and a.here[4] > 0.5]
        x = max((0.3, 0.7, 0.5), key=lambda place: min([abs(place - other) for other in taken] or [1.0]))
        actor.comes(start, kind, x, last=bool(actor.keys))

    def _play(self, i: int, now: dict[str, str], stop: float) -> None:
        """Beats for everyone who is there: leaders and covers before those that go by them."""
        segment, keys = self.segments[i], list(now)
        if not keys:
            return
        free = segment.said.get("camera") is None or "camera" in segment.free
        goes = [key for key in keys if now[key] in TRAVELLING and self.actors[key].mobile]
        lead = self._leader(keys, now)
        said = next((part.way for part in segment.parts if part.key == lead and part.way), None)
        self.lead = self.lead or lead
        camera, along = segment.said.get("camera"), WAY.get(said)
        travels = (self.period is None and lead in goes and len(goes) == len(keys)
                   and (camera == "follow" or along and (free or camera == along)))  # fmt: skip
        order = sorted(keys, key=lambda key: (key != lead, now[key] in ("follows", "meets", "hides")))
        met: set[str] = set()
        for key in order:
            actor, motion = self.actors[key], now[key]
            since = actor.now
            other = next((k for k in order if k != key), None)
            if motion == "follows" and other:
                choreography.trail(actor, self.actors[lead if lead != key else other], since, stop)
            elif motion == "hides" and other:
                choreography.hide(actor, self.actors[other], stop)
            elif motion == "meets" and other and key not in met:
                partner = next((k for k in order if k != key and now[k] == "meets"), other)
                choreography.meet(actor, self.actors[partner], stop)
                met |= {key, partner}
            elif key in met:
                continue
            elif travels and key == lead:
                choreography.journey(actor, self.travel, stop, bool(said) and "direction" not in segment.free)
            elif self._across(motion, said if "direction" not in segment.free else None, now):
                self.across = True
                actor.keys[0][0] = actor.outside(-actor.side)
                actor.times.append(self.period - 1e-3)
                actor.keys.append(actor.keys[0].copy())
                actor.keys[-1][0] = actor.outside(actor.side)
            else:
                named = any(part.key == key and part.motion for part in segment.parts) and "motion" not in segment.free
                choreography.play(actor, "strolls" if motion == "stands" and not named else motion, stop)

    def _across(self, motion: str, said: str | None, now) -> bool:
        """Whether a loop is made by going out on one side and in again on the other."""
        return bool(self.period and said and motion == "crosses" and len(now) == 1 and len(self.segments) == 1)

    @staticmethod
    def _leader(keys: list[str], now: dict[str, str]) -> str:
        """Who sets the pace: the first that neither follows nor hides."""
        return next((key for key in keys if now[key] not in ("follows", "hides")), keys[0])

    def _camera(self, t: np.ndarray, travel: np.ndarray) -> np.ndarray:
        camera = Camera(np.random.default_rng([int(self.rng.integers(2**31)), 2]), self.motion)
        name = None
        for i, segment in enumerate(self.segments):
            name = segment.said.get("camera") or (name if i else self.opening.camera_name)
            stop = self.stops[i]
            if self.period and i == len(self.segments) - 1:
                stop = self.starts[i] + 0.5 * (stop - self.starts[i])
            moves = travel[(t >= self.starts[i]) & (t < self.stops[i])]
            travels = len(moves) > 1 and np.ptp(moves) > 0.05
            name = "still" if self.across and name in ("follow", "pan left", "pan right") else name
            free = "camera" in segment.free or segment.said.get("camera") is None and not (i and name != "still")
            camera.play(name, self.starts[i], stop, travels, free and not self.across)
        self.told = camera.told if self.motion > 0 else [(0.0, "still")]
        return camera.path(t, travel, self.period)

    def _cut_up(self, tracks, camera) -> list[Shot]:
        """Shots of the segments; each but the first begins as the one before dissolves into it."""
        shots, edges = [], [round(s * self.fps) for s in self.starts] + [self.count]
        overlaps = []
        for i in range(1, len(self.segments)):
            same = self.scenes[i] == self.scenes[i - 1] and self.styles[i] == self.styles[i - 1]
            whole = 1 if same else max(1, round(DISSOLVE * self.fps))
            overlaps.append(min(whole, edges[i + 1] - edges[i]))
        for i, segment in enumerate(self.segments):
            first, last = edges[i], edges[i + 1] + (overlaps[i] if i < len(overlaps) else 0)
            subjects = []
            for key, actor in self.actors.items():
                for member, track in zip(actor.members, tracks[key]):
                    piece = track[first:last]
                    if i and actor.times[0] > self.stops[i] or not piece[:, p.PRESENCE].max() > 0.01:
                        continue
                    motion = self.motions[i].get(key, "leaves")
                    gait = Actor.at(actor.gaits, self.starts[i], actor.gait)
                    subjects.append(replace(member, motion=motion, gait=gait, track=piece.copy()))
            name = segment.said.get("camera") or (shots[-1].camera_name if shots else self.opening.camera_name)
            shots.append(Shot(self.scenes[i], tuple(subjects), camera[first:last].copy(), self.styles[i], name,
                              overlaps[i - 1] if i else 0, self.segments[i].said.get("backdrop")))  # fmt: skip
        return shots
