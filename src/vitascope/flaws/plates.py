"""What a film should look like if nothing had gone wrong: its plan drawn anew, with every subject apart from what is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vitascope.director import atmosphere
from vitascope.director.backdrop import Backdrop
from vitascope.director.plan import DEPTH, PAN_X, PAN_Y, PRESENCE, ROLL, ZOOM, Plan, Shot
from vitascope.director.scenery import STAGES, paint, palette
from vitascope.director.stage import Life, View, draw_layer, draw_shadow, draw_subject

AREA = 16_000  # pixels at which films are looked at: little more than the size at which they are painted
STILL = Life(shadows=True, gait=False, weather=False, light=True, nature=False, poses=False)


def work_size(width: int, height: int) -> tuple[int, int]:
    """The size (width, height) of about AREA pixels and the same shape."""
    scale = (AREA / (width * height)) ** 0.5
    return max(16, round(width * scale)), max(16, round(height * scale))


@dataclass(frozen=True)
class Plates:
    """One shot, drawn: t frames of w x h.

    whole    (t h w 3) uint8: everything, in the light of the scene, limbs at rest
    empty    (t h w 3) uint8: without the subjects, their shadows left
    masks    (s t h w) float32: how much of each pixel a subject is, what stands before it taken off
    shade    (t h w) bool: where subjects throw shadows
    views    cameras, one a frame
    own      whether a picture of the user's stands behind it all
    """

    whole: np.ndarray
    empty: np.ndarray
    masks: np.ndarray
    shade: np.ndarray
    views: list[View]
    own: bool = False


def draw_plates(shot: Shot, library, size: tuple[int, int], picks: list[int], start: float, fps: float, backdrop=None) -> Plates:
    """The frames `picks` of a shot that begins at `start` seconds; backdrop: as in director.stage.draw."""
    w, h = size
    views = [View(w, h, *(float(row[k]) for k in (PAN_X, PAN_Y, ZOOM, ROLL))) for row in shot.camera]
    layers = paint(shot.scene, size, shot.style) if backdrop is None else []
    own = Backdrop(backdrop, views) if backdrop is not None else None
    light, grounded = lighting(shot)
    whole, empty = np.zeros((2, len(picks), h, w, 3), np.uint8)
    masks = np.zeros((len(shot.subjects), len(picks), h, w), np.float32)
    shade = np.zeros((len(picks), h, w), bool)
    for n, i in enumerate(picks):
        seconds, view, canvases = start + i / fps, views[i], [empty[n]]
        if own is not None:
            own.draw(empty[n], view, i)
        for thing, number in in_order(shot, layers, i):
            if number is not None and len(canvases) == 1:  # the two are one up to the first subject
                whole[n] = empty[n]
                canvases.append(whole[n])
            if number is None:
                for canvas in canvases:
                    draw_layer(canvas, thing, view, seconds, False)
                if len(canvases) > 1:  # what stands before a subject covers it
                    masks[:, n] *= left(lambda canvas, thing=thing: draw_layer(canvas, thing, view, seconds, False), (h, w))
                continue
            if grounded:
                for canvas in canvases:
                    draw_shadow(canvas, thing, i, view, shot, library)
                shade[n] |= left(lambda canvas, thing=thing: draw_shadow(canvas, thing, i, view, shot, library), (h, w)) < 0.97
            draw_subject(whole[n], thing, i, view, library, STILL, light, seconds)
            clear = left(lambda canvas, thing=thing: draw_subject(canvas, thing, i, view, library, Life.none(), light, seconds), (h, w))
            masks[:, n] *= clear
            masks[number, n] = 1 - clear
        if len(canvases) == 1:
            whole[n] = empty[n]
    return Plates(whole, empty, masks, shade, [views[i] for i in picks], own is not None)


def lighting(shot: Shot) -> tuple[np.ndarray, bool]:
    """The colour (3) that a shot's subjects are lit in, and whether they throw shadows on a ground, as director.stage has it."""
    light = np.clip(palette(shot.scene, shot.style).tint, 0.02, 1.1) ** 0.55
    if shot.scene.kind == "underwater":
        light = light * (0.72, 0.94, 1.0)
    return light, STAGES[shot.scene.kind].horizon < 1 and shot.scene.kind not in ("underwater", "bridge")


def in_order(shot: Shot, layers: list, i: int) -> Iterator[tuple]:
    """(layer, None) and (subject, its number), farthest first."""
    queue = [(layer.depth, layer, None) for layer in layers]
    queue += [(float(s.track[i, DEPTH]), s, k) for k, s in enumerate(shot.subjects) if s.track[i, PRESENCE] > 0.01]
    for _, thing, number in sorted(queue, key=lambda entry: -entry[0]):
        yield thing, number


def left(draw, shape: tuple[int, int]) -> np.ndarray:
    """How much (h w) 0..1 of what was there still shows after `draw(canvas)`."""
    black, white = np.zeros((*shape, 3), np.uint8), np.full((*shape, 3), 255, np.uint8)
    draw(black)
    draw(white)
    return cv2.subtract(white, black)[..., 1].astype(np.float32) / 255


def picked(plan: Plan) -> list[tuple[Shot, int, list[int]]]:
    """(shot, first frame, frames of the shot to look at) of a plan: all that are not mixed with another shot's."""
    found = []
    for k, (shot, start) in enumerate(zip(plan.shots, plan.starts)):
        after = plan.shots[k + 1].dissolve if k + 1 < len(plan.shots) else 0
        found.append((shot, start, list(range(shot.dissolve, shot.num_frames - after))))
    return [entry for entry in found if entry[2]]


def cleared(film: np.ndarray, shot: Shot, plates: Plates, picks: list[int], start: float, fps: float) -> np.ndarray:
    """A film (t h w 3) uint8 with its weather taken off: drops and flakes where the plan has them fall, and fog, if that brings it
    nearer to what the plan draws."""
    if shot.scene.weather == "clear":
        return film
    out = np.empty_like(film)
    for n, i in enumerate(picks):
        veil, sheet = np.zeros_like(film[n]), np.full_like(film[n], 255)
        atmosphere.fall(veil, shot.scene, plates.views[n], start + i / fps)
        if shot.scene.weather != "fog":
            atmosphere.fall(sheet, shot.scene, plates.views[n], start + i / fps)
            drops = cv2.dilate(((veil > 8) | (sheet < 247)).any(-1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
            out[n] = np.where(drops[..., None], cv2.medianBlur(film[n], 5), film[n])
            continue
        dark = plates.whole[n].mean()
        light = (0.55 + 0.45 * min(dark, 140) / 140) / 0.55  # fog over a dark scene is itself dark
        kept = 1 - veil[..., 1:2] / (0.55 * 232)
        out[n] = ((film[n] - veil * light) / np.maximum(kept, 0.1)).clip(0, 255).astype(np.uint8)
    away = [np.abs(f.astype(np.int16) - plates.whole).mean() for f in (film, out)]
    return out if away[1] < away[0] else film
