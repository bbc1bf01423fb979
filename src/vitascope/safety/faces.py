"""Human faces in frames: dlib's HOG detector (Boost licence), and its embedding (CC0, the [faces] extra) where people are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .nudity import packaged

LEAST = 0.25  # of the detector's score: from here on real faces outnumber false alarms (docs/safety.md)
FLAT = 0.35  # share of a face's pixels without any texture, above which it was drawn


@dataclass(frozen=True)
class Face:
    """box (left, top, right, bottom) in pixels of the frame; score of the detector; drawn: a cartoon's, by its flat colours."""

    box: tuple[int, int, int, int]
    score: float
    drawn: bool
    share: float  # of the frame that it covers, 0 to 1


class Faces:
    """Finds faces that look at the camera, at about 80 pixels of `side` or larger, and tells people apart."""

    def __init__(self):
        import dlib

        self._detector, self._networks = dlib.get_frontal_face_detector(), None

    def find(self, frame: np.ndarray, side: int = 512) -> list[Face]:
        """Faces in a frame (h w 3) uint8, surest first. side: pixels of the longer side at which they are looked for."""
        import cv2

        h, w = frame.shape[:2]
        scale = side / max(h, w)
        small = cv2.resize(frame, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        boxes, scores, _ = self._detector.run(grey, 0, LEAST)
        return [_face(frame, box, score, scale) for score, box in sorted(zip(scores, boxes), key=lambda pair: -pair[0])]

    def embed(self, frame: np.ndarray, face: Face) -> np.ndarray:
        """The face's 128 numbers, float32, of dlib's network: two of one person are less than about .6 apart.

        Raises ValueError with one sentence where the [faces] extra is not installed.
        """
        import dlib

        if self._networks is None:
            try:
                files = [packaged("face_recognition_models", "models", f"{name}.dat") for name in
                         ("shape_predictor_5_face_landmarks", "dlib_face_recognition_resnet_model_v1")]  # fmt: skip
            except ValueError:
                raise ValueError("Faces are to be compared with the register, which needs: pip install 'vitascope[faces]'.") from None
            self._networks = dlib.shape_predictor(str(files[0])), dlib.face_recognition_model_v1(str(files[1]))
        shaper, network = self._networks
        frame = np.ascontiguousarray(frame)
        shape = shaper(frame, dlib.rectangle(*face.box))
        return np.array(network.compute_face_descriptor(dlib.get_face_chip(frame, shape)), np.float32)


def _face(frame: np.ndarray, box, score: float, scale: float) -> Face:
    h, w = frame.shape[:2]
    sides = [round(side / scale) for side in (box.left(), box.top(), box.right(), box.bottom())]
    left, top, right, bottom = (int(np.clip(side, 0, limit)) for side, limit in zip(sides, (w - 1, h - 1, w, h)))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    share = (right - left) * (bottom - top) / (h * w)
    return Face((left, top, right, bottom), float(score), flatness(frame[top:bottom, left:right]) > FLAT, share)


def flatness(picture: np.ndarray) -> float:
    """The share (0 to 1) of a picture (h w 3) uint8, at 64 pixels, that has the very colour of its neighbours, as in drawings."""
    import cv2

    small = cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA if picture.shape[0] > 64 else cv2.INTER_LINEAR)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return float((cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) <= 4).mean())
