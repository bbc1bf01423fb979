"""The user's own picture or footage as the place of a shot: it stands where the scenery layers would.

A still picture is one far layer under the shot's camera: as much parallax, and as little enlarging, as its margins allow. Moving footage
has a camera of its own and is shown as it is.
"""

from __future__ import annotations

import cv2
import numpy as np

SLIDES = (0.75, 0.6, 0.45, 0.3, 0.2, 0.13)  # of the camera's pan; subjects slide by about 0.8
OVERSCANS = tuple(np.linspace(1, 1.6, 25))


class Backdrop:
    """`picture` uint8 (h w 3), or one a frame (t h w 3), for the frames of `views` (stage.View)."""

    def __init__(self, picture: np.ndarray, views: list):
        if not (isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim in (3, 4)
                and picture.shape[-1] == 3 and picture.size):  # fmt: skip
            raise ValueError("A backdrop is a uint8 picture (h, w, 3), or one a frame (t, h, w, 3).")
        if picture.ndim == 4 and len(picture) != len(views):
            raise ValueError(f"A moving backdrop of {len(picture)} frames cannot stand behind {len(views)}; give it one a frame.")
        self.w, self.h = views[0].w, views[0].h
        self.moving = picture.ndim == 4
        self.picture = picture
        if self.moving:
            return
        sharp = max(1.0, max(view.zoom for view in views))
        self.slide, overscan = margins(picture.shape[1] / picture.shape[0], views)
        scale = overscan * max(self.w / picture.shape[1], self.h / picture.shape[0])
        finer = scale * min(sharp, max(1.0, 1 / scale))  # as many pixels as the closest view shows, if there are so many
        size = round(picture.shape[1] * finer), round(picture.shape[0] * finer)
        if size != picture.shape[1::-1]:
            self.picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if finer < 1 else cv2.INTER_CUBIC)
        per_x, per_y = picture.shape[1] * scale / size[0], picture.shape[0] * scale / size[1]  # home pixels a picture pixel
        self.home = np.array([[per_x, 0, (self.w - size[0] * per_x) / 2 + (per_x - 1) / 2],
                              [0, per_y, (self.h - size[1] * per_y) / 2 + (per_y - 1) / 2], [0, 0, 1]])  # fmt: skip

    def draw(self, canvas: np.ndarray, view, i: int) -> None:
        """Frame i onto canvas (h w 3), in place. Beyond its edge a picture goes on as its mirror image."""
        if self.moving:
            canvas[:] = cover(self.picture[i], self.w, self.h)
            return
        matrix = view.matrix(self.slide) @ self.home
        cv2.warpAffine(self.picture, matrix, (self.w, self.h), dst=canvas, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def margins(aspect: float, views: list) -> tuple[float, float]:
    """(slide, overscan) for a picture of this width / height: the least enlarging for the most parallax without leaving it."""
    w, h = views[0].w, views[0].h
    wide, tall = (w, w / aspect) if w / h > aspect else (h * aspect, h)
    corners = np.array([[0, 0], [w, 0], [0, h], [w, h]], float)
    best, cost = (SLIDES[-1], OVERSCANS[-1]), np.inf
    for slide in SLIDES:
        seen = []
        for view in views:
            turn = view.matrix(slide)
            seen.append(np.linalg.solve(turn[:, :2], (corners - turn[:, 2]).T).T)
        reach = np.abs(np.concatenate(seen) - (w / 2, h / 2)).max(0)
        need = max(1.0, 2 * reach[0] / wide, 2 * reach[1] / tall)
        overscan = next((o for o in OVERSCANS if o >= need - 1e-6), None)
        if overscan is not None and (price := overscan - 1 + 0.5 * (SLIDES[0] - slide)) < cost:
            best, cost = (slide, float(overscan)), price
    return best


def cover(frame: np.ndarray, w: int, h: int) -> np.ndarray:
    """A frame (h w 3) that fills w x h pixels without distortion, what stands out cropped evenly."""
    fh, fw = frame.shape[:2]
    if (fw, fh) == (w, h):
        return frame
    cw, ch = min(fw, max(1, round(fh * w / h))), min(fh, max(1, round(fw * h / w)))
    x, y = (fw - cw) // 2, (fh - ch) // 2
    method = cv2.INTER_AREA if cw > w else cv2.INTER_CUBIC
    return cv2.resize(frame[y : y + ch, x : x + cw], (w, h), interpolation=method)
