"""Façade lines that turn with the camera: against the drawing under the same camera, upright lines of the scene lean."""

from __future__ import annotations

import cv2
import numpy as np

from vitascope.director.scenery import paint
from vitascope.director.stage import draw_layer

from .look import Look, steady
from .plates import left

THRESHOLD = 0.028
FACADES = {"city": ("towers",), "street": ("houses", "lamps"), "bridge": ("bridge", "cables", "railing"), "room": ("wall", "furniture"),
           "farm": ("barn", "fence")}  # fmt: skip
STRIPS = 5  # parts of the picture from left to right, each of which may have moved to the side on its own
LEAST = 80  # pixels with upright edges


def measure(look: Look) -> np.ndarray:
    """(t): how far the scene's upright lines lean, as the tangent of an angle."""
    names = FACADES.get(look.shot.scene.kind)
    if names is None or look.plates.own:
        return look.none
    layers = [layer for layer in paint(look.shot.scene, look.film.shape[2:0:-1], look.shot.style) if layer.name.startswith(names)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    leans = look.none
    for k, (seen, empty) in enumerate(zip(look.film, look.plates.empty)):
        view, shape = look.plates.views[k], seen.shape[:2]
        facade = np.zeros(shape, bool)
        for layer in layers:
            facade |= left(lambda canvas, layer=layer: draw_layer(canvas, layer, view, 0.0, False), shape) < 0.3
        if len(look.plates.masks):
            facade &= cv2.dilate(look.plates.masks[:, k].max(0), np.ones((9, 9))) < 0.1
        one, other = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (empty, seen))
        moved = flow.calc(one, other, None)[..., 0]
        edges = np.abs(cv2.Sobel(one, cv2.CV_32F, 1, 0)) / 8
        leans[k] = slope(moved, np.where(facade & (edges > 5), np.minimum(edges, 25), 0))
    return np.abs(steady(leans, 3))


def slope(moved: np.ndarray, weight: np.ndarray) -> float:
    """How much farther to the side lower rows have moved, a row, by weighted least squares within strips; NaN where there is too little."""
    if (weight > 0).sum() < LEAST:
        return np.nan
    h, w = moved.shape
    rows = np.broadcast_to(np.arange(h, dtype=np.float32)[:, None], (h, w))
    strips = np.broadcast_to(np.arange(w) * STRIPS // w, (h, w)).ravel()
    total = np.maximum(np.bincount(strips, weight.ravel(), STRIPS), 1e-6)
    y, u = ((values - (np.bincount(strips, (weight * values).ravel(), STRIPS) / total)[strips].reshape(h, w)) for values in (rows, moved))
    use = weight * 1.0
    for _ in range(3):  # what does not move with the rest counts less (Cauchy's weights)
        lean = (use * y * u).sum() / max((use * y * y).sum(), 1e-6)
        use = weight / (1 + ((u - lean * y) / 1.5) ** 2)
    return float(lean)
