"""The camera over a long take: a beat for each move, one smooth path through all of them, and the lead kept in view."""

from __future__ import annotations

import numpy as np

from . import plan as p
from .curves import box, pchip
from .scenery import parallax

PAN_X, PAN_Y, ZOOM, ROLL, SHAKE, ORBIT = range(6)  # columns of a key; zoom is a logarithm
# What a camera does, beat by beat, when nobody said: it waits, comes closer, looks along, and goes back.
FREE = ("still", "pan", "zoom in", "still", "zoom out", "orbit")

OPPOSITE = {"pan left": "pan right", "pan right": "pan left", "tilt up": "tilt down", "tilt down": "tilt up",
            "zoom in": "zoom out", "zoom out": "zoom in"}  # fmt: skip


class Camera:
    """Keys of a camera's path. Strength 0 never moves it, 2 moves it as far as the scenery reaches."""

    def __init__(self, rng: np.random.Generator, strength: float):
        self.rng, self.strength = rng, strength
        self.times, self.keys = [0.0], [np.zeros(6)]
        self.side = float(rng.choice([-1.0, 1.0]))
        self.told: list[tuple[float, str]] = []  # seconds, and the name of the move that begins then

    def go(self, when: float, **to: float) -> None:
        """A key at a time, everything else at home."""
        names = ("pan_x", "pan_y", "zoom", "roll", "shake", "orbit")
        key = np.array([to.get(name, 0.0) for name in names])
        key[[PAN_X, PAN_Y]] *= min(self.strength, 1.5)
        key[[ZOOM, SHAKE, ORBIT]] *= self.strength
        self.times.append(max(when, self.times[-1] + 0.1))
        self.keys.append(key)

    def hold(self, when: float) -> None:
        if when - self.times[-1] > 0.1:
            self.times.append(when)
            self.keys.append(self.keys[-1].copy())

    def play(self, name: str | None, start: float, stop: float, travels: bool, free: bool) -> None:
        """The move called `name` from a time to another; `free`: first that, then what suits. `travels`: it goes along with the
        subjects."""
        if start - self.times[-1] > 0.1:
            self.hold(start)
        now, k, known = start, 0, len(self.told)
        while stop - now > 0.2:
            s = self.rng.uniform(5.0, 8.0) / max(self.strength, 1.0) ** 0.5
            s = stop - now if stop - now < s + 3.0 else s
            if free:
                suits = ("follow", "zoom in", "follow", "zoom out") if travels else ((name or "still"), *FREE)
                self.beat(suits[k % len(suits)], now, s, 0, now > 0, travels, 0.26)
            else:
                self.beat(name or "still", now, s, k, now > 0, travels)
            now, k = now + s, k + 1
        if travels:  # it goes along, whatever else it does
            self.told[known:] = [(start, name or "follow")]

    def beat(self, name: str, now: float, s: float, k: int, later: bool, along: bool, closer_by: float = 0.42) -> None:
        """One move of `s` seconds; the k-th of its kind: every second one goes back, so that it can be made again.

        along: it goes with the subjects, which is a pan by itself.
        """
        back, end, first = bool(k % 2), now + s, not later
        self.told.append((now, OPPOSITE.get(name, name) if back else name))
        if name == "pan":
            self.told[-1] = now, "pan right" if self.side > 0 else "pan left"
        if along and name.startswith("pan"):
            name = "follow"
        if name in ("pan left", "pan right", "pan", "tilt up", "tilt down"):
            tilt = name.startswith("tilt")
            sign = {"pan left": -1.0, "pan right": 1.0, "tilt up": -1.0, "tilt down": 1.0}.get(name, self.side)
            far = (0.14 if tilt else 0.3) * sign
            if name == "pan":
                self.side, far = -self.side, 0.2 * sign
            elif first:  # it begins on the other side
                self.keys[-1][PAN_Y if tilt else PAN_X] = -far * min(self.strength, 1.5)
            column = "pan_y" if tilt else "pan_x"
            self.go(now + 0.85 * s, **{column: -far if back else far})
            self.hold(end)
        elif name in ("zoom in", "zoom out"):
            closer = (name == "zoom in") != back
            if first:
                self.keys[-1][ZOOM] = (0.0 if closer else closer_by) * self.strength
            self.go(now + 0.8 * s, zoom=closer_by if closer else 0.04)
            self.hold(end)
        elif name == "orbit":
            if first:
                self.keys[-1][ORBIT] = self.strength
            self.go(now + min(2.0, 0.3 * s), orbit=1.0)
            self.hold(end)
        elif name == "shake":
            if first:
                self.keys[-1][SHAKE], self.keys[-1][ZOOM] = self.strength, 0.06
            self.go(now + min(1.5, 0.3 * s), shake=1.0, zoom=0.06 / max(self.strength, 0.1))
            self.hold(end)
        else:  # still, follow
            self.go(now + min(2.0, 0.5 * s))
            self.hold(end)

    def path(self, t: np.ndarray, travel: np.ndarray, period: float | None = None) -> np.ndarray:
        """(n 4) pan, zoom and roll at seconds `t` (n), going along with `travel` (n)."""
        keys = pchip(np.array(self.times), np.stack(self.keys), t, period)
        whole = (lambda rate: max(round(rate * period), 1) / period) if period else (lambda rate: rate)
        swing = np.sin(2 * np.pi * whole(1 / 7.5) * t + 0.5)
        camera = np.zeros((len(t), 4))
        camera[:, p.PAN_X] = keys[:, PAN_X] + travel + 0.17 * keys[:, ORBIT] * swing
        camera[:, p.PAN_Y] = keys[:, PAN_Y]
        camera[:, p.ROLL] = keys[:, ROLL] - 0.032 * keys[:, ORBIT] * swing
        camera[:, p.ZOOM] = np.exp(keys[:, ZOOM] + keys[:, ORBIT] * (0.09 + 0.04 * (1 - swing**2)))
        rng = np.random.default_rng([int(self.rng.integers(2**31)), 5])
        for column, part in ((p.PAN_X, 1.0), (p.PAN_Y, 1.2), (p.ROLL, 0.7)):
            waves = sum(np.sin(2 * np.pi * (t * whole(rng.uniform(0.7, 2.6)) + rng.random())) for _ in range(4))
            camera[:, column] += 0.009 * part * keys[:, SHAKE] * waves
        return camera


def kept(camera: np.ndarray, lead: np.ndarray, travel: np.ndarray, wide: float, fps: float, wrap: bool, follow: np.ndarray) -> np.ndarray:
    """The same path (n 4), panned as little as keeps a lead (n 8) in view where it would be without the camera.

    travel (n): how far the take has gone. wide: the lead's width for a height of one view. follow (n): 0..1, how far the
    camera keeps it in the middle. Who walks out of the view on purpose is let go.
    """
    camera, zoom = camera.copy(), camera[:, p.ZOOM]
    slide, here = parallax(lead[:, p.DEPTH]), np.clip(lead[:, p.PRESENCE], 0, 1)
    half = np.minimum(lead[:, p.SCALE] * wide / 2 * zoom, 0.36)
    x = 0.5 + zoom * (lead[:, p.X] - slide * camera[:, p.PAN_X] - 0.5)
    low, high = half + 0.05, 0.95 - half
    wanted = np.clip(x, low + (0.44 - low) * follow, high - (high - 0.56) * follow)
    away = np.abs(lead[:, p.X] - slide * travel - 0.5)
    gone = np.clip((away - 0.42) / 0.16, 0, 1) * (1 - 0.6 * follow)
    shift = np.clip((x - wanted) / zoom / slide, -0.6, 0.6) * here * (1 - gone)
    camera[:, p.PAN_X] += _heavy(shift, fps, wrap)
    middle = 0.5 + zoom * (lead[:, p.Y] - lead[:, p.SCALE] / 2 - slide * camera[:, p.PAN_Y] - 0.5)
    tall = np.minimum(lead[:, p.SCALE] * zoom / 2, 0.42)
    inside = np.clip(middle, np.minimum(tall + 0.02, 0.5), np.maximum(0.98 - tall, 0.5))
    camera[:, p.PAN_Y] += _heavy(np.clip((middle - inside) / zoom / slide, -0.2, 0.2) * here, fps, wrap)
    return camera


def _heavy(shift: np.ndarray, fps: float, wrap: bool) -> np.ndarray:
    """(n) evened out over a second: a camera has weight."""
    return box(box(shift, round(0.6 * fps), wrap), round(0.4 * fps), wrap)
