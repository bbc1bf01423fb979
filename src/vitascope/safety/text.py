"""Words that can be read in frames, by PP-OCRv6 small (Apache-2.0) as the package rapidocr ships it.

The two networks are run by hand: the package's own way would download what it does not find, and its log is loud.
Detection: "Real-time Scene Text Detection with Differentiable Binarization" (arXiv:1911.08947); reading: CTC, greedy.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .nudity import load, packaged

DETECTOR = "PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
READER = "PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
INK, SURE, GROWN = 0.3, 0.5, 1.6  # a pixel is text; a box is; how far a box grows (of area / girth), as the networks were trained
MOST = 24  # lines that are read in one frame
HEIGHT = 48  # pixels of a line that is read


@dataclass(frozen=True)
class Line:
    """words as read, how sure the reading is (0 to 1), and the middle and size (x, y, w, h) in shares of the frame."""

    words: str
    confidence: float
    box: tuple[float, float, float, float]


class TextReader:
    """Finds lines of text in a frame and reads them. Both files are checked by hash; nothing is downloaded."""

    def __init__(self, folder: Path | None = None, threads: int = 1):
        """folder: with the two ONNX files, that of the package rapidocr when left out. Raises ValueError with one sentence."""
        self._detector, self._reader = (load(checked(folder, *part), threads) for part in (DETECTOR, READER))
        characters = self._reader.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._alphabet = ["", *characters]  # the first class of CTC is "nothing new", what follows the last is a space

    def __call__(self, frame: np.ndarray, side: int = 512) -> list[Line]:
        """The lines in a frame (h w 3) uint8, top down. side: pixels of the longer side at which text is looked for."""
        return [self.read(frame, box) for box in self.boxes(frame, side)]

    def boxes(self, frame: np.ndarray, side: int = 512) -> list:
        """Rotated rectangles ((x, y), (w, h), degrees) around lines of text, in pixels of the frame."""
        import cv2

        h, w = frame.shape[:2]
        scale = side / max(h, w)
        size = max(32, round(w * scale / 32) * 32), max(32, round(h * scale / 32) * 32)
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        ink = self._detector.run(None, {"x": (small[..., ::-1].transpose(2, 0, 1)[None] / np.float32(127.5) - 1).astype(np.float32)})[0][0, 0]
        contours, _ = cv2.findContours(cv2.dilate((ink > INK).astype(np.uint8), np.ones((2, 2), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        found = [box for contour in contours if (box := boxed(contour, ink))]
        stretch = np.array([w / size[0], h / size[1]])
        found = [(tuple(np.array(middle) * stretch), tuple(np.array(sides) * stretch.mean()), turn) for middle, sides, turn in found]
        return sorted(found, key=lambda box: -box[1][0] * box[1][1])[:MOST]

    def read(self, frame: np.ndarray, box) -> Line:
        """What stands in one box of a frame."""
        import cv2

        corners = upright(cv2.boxPoints(box))
        (w, h), (x, y) = np.linalg.norm(corners[[1, 3]] - corners[0], axis=1), corners.mean(0)
        width = int(np.clip(round(HEIGHT * w / max(h, 1.0)), 16, 1600))
        target = np.float32([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]])
        crop = cv2.warpPerspective(frame, cv2.getPerspectiveTransform(corners, target), (width, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        chances = self._reader.run(None, {"x": (crop[..., ::-1].transpose(2, 0, 1)[None] / np.float32(127.5) - 1).astype(np.float32)})[0][0]
        best, sure = chances.argmax(1), chances.max(1)
        kept = (best != 0) & (best != np.r_[-1, best[:-1]])
        words = "".join(self._alphabet[i] if i < len(self._alphabet) else " " for i in best[kept])
        high, wide = frame.shape[:2]
        return Line(words.strip(), float(sure[kept].mean()) if kept.any() else 0.0, tuple(map(float, (x / wide, y / high, w / wide, h / high))))


def checked(folder: Path | None, name: str, sha256: str) -> Path:
    """The file, if it is the one that was measured. ValueError otherwise."""
    path = folder / name if folder else packaged("rapidocr", "models", name)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ValueError(f"The network that reads text in frames, {name}, is missing or damaged: install rapidocr 3.10.0 again.")
    return path


def boxed(contour: np.ndarray, ink: np.ndarray):
    """The rectangle around one blot of ink (h w) 0..1, grown to the whole line; None when it is too small or too pale."""
    import cv2

    (x, y), (w, h), turn = cv2.minAreaRect(contour)
    if min(w, h) < 3:
        return None
    left, top, wide, high = cv2.boundingRect(contour)
    inside = np.zeros((high, wide), np.uint8)
    cv2.fillPoly(inside, [contour - [left, top]], 1)
    if cv2.mean(ink[top : top + high, left : left + wide], inside)[0] < SURE:
        return None
    grown = 2 * w * h * GROWN / (2 * (w + h))
    return (x, y), (w + grown, h + grown), turn


def upright(corners: np.ndarray) -> np.ndarray:
    """A rectangle's corners (4 2) clockwise from where its line begins: the top left, or the bottom left of one that stands."""
    order = corners[np.argsort(corners[:, 0], kind="stable")]
    (a, d), (b, c) = order[:2][np.argsort(order[:2, 1])], order[2:][np.argsort(order[2:, 1])]
    turned = np.float32([a, b, c, d])
    standing = np.linalg.norm(d - a) > 1.5 * np.linalg.norm(b - a)
    return np.roll(turned, 1, axis=0) if standing else turned
