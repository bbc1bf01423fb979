"""Samples whole plans with the exact facts beside them: the ground truth that training and the bench caption from.

plan, facts = sample_plan(np.random.default_rng(7), Library(), 33, 8.0)
caption(facts, rng)   # vitascope.corpus.captions
"""

from __future__ import annotations

import numpy as np

from vitascope.director.plan import (
    CAMERAS,
    FACING,
    MOTIONS,
    PHASE,
    SCALE,
    SCENES,
    TILT,
    Plan,
    Scene,
    Shot,
    Subject,
    X,
    Y,
)
from vitascope.library import Library, Reference

from . import casting, motions
from .cameras import film
from .corruptions import Post, corrupt
from .photos import photo_clip

__all__ = ["Post", "corrupt", "photo_clip", "sample_plan"]

FIXED = (
    "motion",
    "object",
    "objects",
    "scene",
    "time",
    "weather",
    "ground",
    "camera",
    "style",
    "direction",
    "count",
    "subjects",
    "cut",
    "gait",
    "cover",
)
PAIRED = {"follows": 0.055, "meets": 0.055, "hides": 0.075}  # shares of films with these
DIRECTIONS = {"left": -1.0, "right": 1.0}


def sample_plan(
    rng: np.random.Generator,
    library: Library,
    num_frames: int,
    fps: float,
    *,
    split: str = "train",
    aspect: float = 1.6,
    **fixed,
) -> tuple[Plan, dict]:
    """A random film of `num_frames` at `fps` and its facts.

    split: "train" never shows what held_out.json names; "held_out" shows nothing without it; "all" ignores it.
    aspect: width / height of the view it will be drawn for: in a tall view wide subjects are made smaller.
    fixed pins facts: motion, object (of the first subject), objects (of all), scene, time, weather, ground, camera,
        style, direction ("left" or "right"), count (1 to 3 alike), subjects (0 to 3 different ones), cut (bool), gait,
        cover (an object to hide behind).
    facts: subjects [{object, label, label_fr, kind, count, motion, direction, gait, speed, then, behind or target}],
        camera, scene, time, weather, ground, style, order [[label, event], ...] in time, cut (facts of the second shot
        or None).
    Raises ValueError for an unknown name among the pinned ones, or a length below 1.
    """
    if num_frames < 1 or fps <= 0:
        raise ValueError("A film needs at least one frame and a rate above zero.")
    if unknown := set(fixed) - set(FIXED):
        raise ValueError(f"sample_plan cannot pin {sorted(unknown)[0]!r}; choose from {', '.join(FIXED)}.")
    for key, values in (("motion", MOTIONS), ("camera", CAMERAS), ("scene", SCENES)):
        if fixed.get(key) is not None and fixed[key] not in values:
            raise ValueError(f"There is no {key} {fixed[key]!r}; choose one of {', '.join(values)}.")
    take = _Take(rng, library, fps, split, aspect, {k: v for k, v in fixed.items() if v is not None})
    cut = take.fixed.get("cut", rng.random() < 0.05 and "camera" not in fixed and "motion" not in fixed)
    if not cut or num_frames < 10:
        shot, facts = take.shoot(num_frames)
        return Plan((shot,), fps), facts
    first = int(round(num_frames * rng.uniform(0.4, 0.6)))
    one, facts = take.shoot(first)
    again = rng.random() < 0.6 and facts["subjects"] and take.new != "grid"
    take.fixed = {"style": one.style} | ({"object": facts["subjects"][0]["object"]} if again else {})
    two, facts["cut"] = take.shoot(num_frames - first)
    return Plan((one, two), fps), facts


class _Take:
    """The choices that hold for every shot of one film."""

    def __init__(self, rng, library: Library, fps: float, split: str, aspect: float, fixed: dict):
        self.rng, self.library, self.fps, self.split, self.aspect, self.fixed = rng, library, fps, split, aspect, fixed
        self.pool = casting.pool_of(library, split)
        # Held-out films isolate what is new about them: an object, or else the scene or a pairing, with known objects.
        self.new = "object"
        if split == "held_out":
            self.new = casting.pick(rng, {"object": 0.7, "scene": 0.15, "grid": 0.15})
            if self.new != "object":
                self.pool = casting.pool_of(library, "train")

    def shoot(self, n: int) -> tuple[Shot, dict]:
        rng, fixed = self.rng, self.fixed
        style = fixed.get("style") or casting.pick(rng, {s: casting.STYLE_WEIGHTS[s] for s in self.pool.styles})
        grid = None
        if self.new == "grid" and "motion" not in fixed and "object" not in fixed and "objects" not in fixed:
            pairs = casting.held_out()["grid"]
            grid = pairs[rng.integers(len(pairs))]
        motion = grid[0] if grid else fixed.get("motion")
        if motion is None and fixed.get("subjects") is None and fixed.get("count") is None:
            if (mark := rng.random()) < sum(PAIRED.values()):
                motion = next(m for m, edge in zip(PAIRED, np.cumsum(list(PAIRED.values()))) if mark < edge)
        names = list(fixed.get("objects") or ([fixed["object"]] if "object" in fixed else []))
        many = fixed.get("subjects")
        if many is None:
            many = (
                0
                if rng.random() < 0.04 and not (names or motion or self.split == "held_out" or "count" in fixed)
                else (casting.pick(rng, {1: 0.66, 2: 0.26, 3: 0.08}))
            )
        if motion in PAIRED:
            many = max(many, 2) if motion != "hides" else 2
        many = min(max(many, len(names)), 3)
        cast = self.cast(many, names, style, motion, grid[1] if grid else None)
        kind = fixed.get("scene") or (
            casting.held_out()["scene"]
            if self.new == "scene"
            else casting.place(rng, cast[0] if cast else None, "train" if self.split != "all" else "all")
        )
        time, weather, ground = casting.light(rng, kind)
        scene = Scene(
            kind,
            fixed.get("time", time),
            fixed.get("weather", weather),
            fixed.get("ground", ground),
            int(rng.integers(2**31)),
        )
        seconds = np.arange(n) / self.fps
        played = self.play(cast, motion, kind, seconds, style) if cast else []
        camera_name = fixed.get("camera") or self.camera(played)
        # Subjects in the order in which a caption names them, each as often as it is there.
        subjects, rows = [], []
        for reference, tracks, row, gait in played:
            for track in tracks:
                subjects.append(self.subject(reference, track, row, gait))
            rows.append(row)
        shown = 2 if played and rows[0]["motion"] in PAIRED else 1
        tracks = [np.asarray(s.track, np.float64) for s in subjects[:shown]]
        camera = film(camera_name, rng, seconds, tracks).astype(np.float32)
        shot = Shot(scene, tuple(subjects), camera, style, camera_name)
        facts = dict(
            subjects=rows,
            camera=camera_name,
            scene=kind,
            time=scene.time,
            weather=scene.weather,
            ground=scene.ground,
            style=style,
            order=_order(rows),
            cut=None,
        )
        return shot, facts

    def camera(self, played) -> str:
        weights = dict(casting.CAMERA_WEIGHTS)
        if played and played[0][2]["motion"] == "hides":  # what hides must be seen before and after
            weights |= {"pan left": 0.05, "pan right": 0.05, "zoom in": 0.03}
        if not any(row["motion"] in ("crosses", "waits", "rises", "follows") for _, _, row, _ in played[:1]):
            weights["follow"] = 0.0
        if not played:
            weights["still"] = 0.08
        return casting.pick(self.rng, weights)

    def cast(self, many: int, names: list[str], style: str, motion: str | None, kind: str | None) -> list[Reference]:
        """One picture for each different subject, the mover first."""
        rng, out = self.rng, [self.pool.of(self.rng, name, style) for name in names]
        grid = {tuple(pair) for pair in casting.held_out()["grid"]} if self.split == "train" else set()
        first_kinds = {"follows": 1, "meets": 1}
        while len(out) < many:
            wanted = kind if not out else None
            if not out and motion in PAIRED or motion in first_kinds and len(out) < 2:
                wanted = casting.pick(rng, {"animal": 0.6, "person": 0.2, "vehicle": 0.2})
            for _ in range(12):
                reference = self.pool.draw(rng, style, wanted)
                if (motion, reference.kind) not in grid and all(reference.object != r.object for r in out):
                    break
            out.append(reference)
        return out

    def make(self, reference: Reference, kind: str, scale: float, side: float | None = None) -> motions.Cast:
        rng = self.rng
        gait = self.fixed.get("gait") or casting.gait_for(rng, reference)
        zone = motions.zone_of(kind, gait)
        if zone.mode == "ground" and gait == "none" and reference.kind in ("nature",) and rng.random() < 0.6:
            zone = motions.zone_of(kind, "hover")
        aspect = reference.aspect / self.aspect
        scale = float(np.clip(min(scale, 0.5 / aspect), 0.16, 0.66))
        y = zone.near - (zone.near - zone.far) * rng.random() ** 1.8
        if zone.mode == "air":
            y = max(rng.uniform(zone.far, zone.near), scale + 0.03)
        elif kind == "underwater" and zone.mode == "water":
            y = rng.uniform(max(scale + 0.03, 0.35), zone.near)
        scale = max(scale, 0.23 / float(zone.perspective(y))) if 0.23 * aspect < 0.5 else scale
        side = side or DIRECTIONS.get(self.fixed.get("direction")) or float(rng.choice([-1.0, 1.0]))
        return motions.Cast(gait, zone, scale, aspect, y, zone.depth(y, rng), side)

    def play(self, cast, motion, kind, seconds, style):
        """[(reference, tracks, row of facts, gait), ...] in the order of mention."""
        rng, fps = self.rng, self.fps
        crowd = {1: 1.0, 2: 0.8, 3: 0.66}[len(cast)]
        size = float(rng.uniform(0.36, 0.65)) * crowd
        if motion == "hides":
            return self.hidden(cast, kind, seconds, style)
        if motion in ("follows", "meets"):
            one, other = (self.make(r, kind, min(size, 0.45) * rng.uniform(0.85, 1.1)) for r in cast[:2])
            other.side = one.side
            act = motions.follow if motion == "follows" else motions.meet
            (a, fa), (b, fb) = act(one, other, rng, seconds, fps)
            rows = [
                self.row(cast[0], motion, one, fa, target=cast[1].label),
                self.row(
                    cast[1],
                    "crosses" if motion == "follows" else "meets",
                    other,
                    fb,
                    target=None if motion == "follows" else cast[0].label,
                ),
            ]
            out = [(cast[0], [a], rows[0], one.gait), (cast[1], [b], rows[1], other.gait)]
            rest = cast[2:]
        else:
            out, rest = [], cast
        for reference in rest:
            actor = self.make(reference, kind, size * rng.uniform(0.85, 1.1))
            name = (
                motion
                if motion and not out and motion in motions.SOLO
                else casting.motion_for(rng, reference, actor.gait, self.split)
            )
            if out and rng.random() < 0.35:
                name = "stands"
            count = self.fixed.get("count") or 1
            if len(rest) == len(cast) == 1 and "count" not in self.fixed and rng.random() < 0.15:
                count = int(rng.choice([2, 2, 3]))
            count = count if not out else 1
            gap = self.company(actor, count)
            track, facts = motions.SOLO[name](actor, rng, seconds, fps)
            if name in ("stands", "approaches", "leaves", "rises", "falls") and len(cast) > 1:  # each in its own lane
                lane = np.clip((len(out) + rng.uniform(0.3, 0.7)) / len(cast), *actor.inside())
                track[:, X] += lane - track[:, X].mean()
            row = self.row(reference, name, actor, facts)
            row["count"] = count
            out.append((reference, self.group(track, actor, count, gap), row, actor.gait))
        return out

    def company(self, actor: motions.Cast, count: int) -> float:
        """Make one of `count` alike small enough for all to be in view; returns the gap from one to the next."""
        actor.scale *= {1: 1.0, 2: 0.8, 3: 0.66}[count]
        gap = min(actor.width + self.rng.uniform(0.02, 0.06), 0.28)
        actor.spread = (count - 1) / 2 * gap
        return gap

    def group(self, track: np.ndarray, actor: motions.Cast, count: int, gap: float) -> list[np.ndarray]:
        """`count` alike moving together, side by side, not quite of one size."""
        out = []
        for i in range(count):
            one = track.copy()
            if count > 1:
                one[:, SCALE] *= self.rng.uniform(0.94, 1.06)
                one[:, X] += (i - (count - 1) / 2) * gap
                if actor.zone.mode == "air":
                    one[:, Y] += self.rng.uniform(-0.06, 0.06)
            out.append(one)
        return out

    def hidden(self, cast, kind, seconds, style):
        rng = self.rng
        actor = self.make(cast[0], kind, float(rng.uniform(0.24, 0.36)))
        names = self.fixed.get("cover")
        cover = (
            self.pool.of(rng, names, style)
            if names
            else cast[1]
            if len(self.fixed.get("objects") or ()) > 1
            else casting.cover_for(rng, self.pool, style, kind, actor.zone.mode)
        )
        ground = motions.zone_of(kind, "walk")
        aspect = cover.aspect / self.aspect
        scale = float(np.clip(max(actor.scale * 1.7, actor.width * 1.25 / aspect), 0.4, 0.82))
        scale = min(scale, 0.4 / aspect)  # there must be room beside it to be seen in
        shrunk = min(
            1.0,
            0.68 * scale / (actor.scale * float(actor.zone.perspective(actor.y))),
            0.85 * scale * aspect / actor.width,
        )
        actor.scale *= shrunk
        if ground.mode == "ground" and actor.zone.mode != "ground":
            actor.zone = motions.Zone(kind, "air", 0.3, ground.near)
            actor.y = ground.near - scale * (0.35 if kind == "underwater" else rng.uniform(0.3, 0.55)) + actor.scale / 2
        wall = motions.Cast("none", ground, scale, aspect, 0.0, 0.0, 1.0)
        if ground.mode == "ground":
            actor.y = min(actor.y, ground.near - 0.06) if actor.zone.mode == "ground" else actor.y
            wall.y = ground.near if actor.zone.mode != "ground" else min(actor.y + 0.05, ground.near)
            wall.scale /= float(ground.perspective(wall.y))
            actor.depth = actor.zone.depth(actor.y, rng)
            wall.depth = min(ground.depth(wall.y, rng), actor.depth - 0.03)
        else:
            wall.y = float(np.clip(actor.y + (scale - actor.scale) / 2, scale + 0.02, 0.98))
            wall.depth = actor.depth - 0.08
        wall.depth = max(wall.depth, 0.02)
        actor.depth = max(actor.depth, wall.depth + 0.03)
        (a, fa), (b, fb) = motions.hide(actor, wall, rng, seconds, self.fps)
        rows = [self.row(cast[0], "hides", actor, fa, behind=cover.label), self.row(cover, "stands", wall, fb)]
        return [(cast[0], [a], rows[0], actor.gait), (cover, [b], rows[1], "none")]

    def row(self, reference: Reference, motion: str, actor: motions.Cast, facts: dict, **more) -> dict:
        return dict(
            object=reference.object,
            label=reference.label,
            label_fr=french(self.library).get(reference.object),
            kind=reference.kind,
            count=1,
            motion=motion,
            direction=facts["direction"],
            gait=actor.gait,
            speed=facts.get("speed", "normal"),
            then=facts.get("then"),
            **more,
        )

    def subject(self, reference: Reference, track: np.ndarray, row: dict, gait: str) -> Subject:
        from vitascope.director.stage import gait_phase, upright_tilt

        if reference.heading is not None and reference.heading % 180 != 0 and row["motion"] != "falls":
            # Drawn at a slant (rockets, aeroplanes): turned to point the way it goes, mirrored when that is leftwards.
            side = 1.0 if row["direction"] == "up" or track[0, FACING] > 0 else -1.0
            degrees = (
                90.0 if row["direction"] == "up" or reference.object == "1f680" and row["direction"] is None else 0.0
            )
            if degrees:
                track[:, FACING] = side
            track[:, TILT] += track[:, FACING] * upright_tilt(reference, degrees)
        track = track.astype(np.float32)
        track[:, PHASE] = gait_phase(track, gait, self.aspect, self.fps)
        return Subject(reference.label, reference.id, row["motion"], gait, track)


def _order(rows: list[dict]) -> list[list[str]]:
    """What happens when, for captions: [label, event] in time order."""
    events = []
    for row in rows:
        if row["motion"] == "waits":
            events += [[row["label"], "waits"], [row["label"], "moves off"]]
        elif row["motion"] == "hides":
            events += [[row["label"], "disappears"], [row["label"], "comes out"]]
        elif row["then"] == "turns":
            events += [[row["label"], row["motion"]], [row["label"], "turns"], [row["label"], "comes back"]]
        else:
            events.append([row["label"], row["motion"]])
    return events


_french: dict = {}


def french(library: Library) -> dict[str, str]:
    """French label of each object that has one."""
    if library.folder not in _french:
        import gzip
        import json

        with gzip.open(library.folder / "names.json.gz", "rt", encoding="utf-8") as file:
            names = json.load(file)
        _french[library.folder] = {key: rows["fr"][0] for key, rows in names.items() if rows.get("fr")}
    return _french[library.folder]
