"""Frames between frames, by RIFE (Huang et al. 2022) as an ONNX graph on the CPU."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from .weights import checked

MULTIPLE = 32
CUT = 60.0  # mean change of a pixel, in grey levels, above which two frames are taken for two shots


class Interpolator:
    """Puts `factor` - 1 frames into every gap; the frames given come back unchanged. The same frames give the same bytes."""

    def __init__(self, threads: int = 2):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        graph = checked("rife.onnx")
        with np.load(checked("rife.npz")) as file:
            tensors = {name: file[name] for name in file.files}
        used = json.loads(graph.with_suffix(".json").read_text())
        # Options and values only point at the arrays, so all are kept for as long as the session lives.
        self._arrays = {name: restore(tensors, name) for name in used}
        self._values = [ort.OrtValue.ortvalue_from_numpy(array) for array in self._arrays.values()]
        options.add_external_initializers(list(self._arrays), self._values)
        self.session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def between(self, before: np.ndarray, after: np.ndarray, time: float) -> np.ndarray:
        """The frame (h w 3) uint8 at `time` in 0..1 between two."""
        a, b, (h, w) = prepare(before), prepare(after), before.shape[:2]
        (frame,) = self.session.run(None, dict(before=a, after=b, time=np.full((1, 1, 1, 1), time, np.float32)))
        return (frame[0, :, :h, :w].transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8)

    def interpolate(self, frames: np.ndarray, factor: int = 3, cuts: Sequence[int] = ()) -> np.ndarray:
        """(t h w 3) uint8 to ((t - 1) * factor + 1 h w 3). Across a cut (a frame number at which a shot begins, given or
        seen as a sudden change) frames are repeated, not mixed. Raises ValueError when `factor` < 1."""
        if factor < 1:
            raise ValueError(f"Frames can be multiplied by 1 or more, not {factor}.")
        out = []
        for i in range(len(frames) - 1):
            before, after = frames[i], frames[i + 1]
            cut = i + 1 in cuts or np.abs(before.astype(np.int16) - after).mean() > CUT
            out.append(before)
            for k in range(1, factor):
                if cut:
                    out.append(before if 2 * k <= factor else after)
                else:
                    out.append(self.between(before, after, k / factor))
        return np.stack([*out, frames[-1]])


def prepare(frame: np.ndarray) -> np.ndarray:
    """(h w 3) uint8 to (1 3 h' w') float32 in 0..1, its edges repeated up to multiples of 32."""
    h, w = frame.shape[:2]
    padded = np.pad(frame, ((0, -h % MULTIPLE), (0, -w % MULTIPLE), (0, 0)), mode="edge")
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None].astype(np.float32) / 255)


def restore(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A tensor in float32 from its 8 bits and a scale a row, or from half precision."""
    value = tensors[name].astype(np.float32)
    if (scale := tensors.get(f"{name}:scale")) is not None:
        value = value * scale.reshape((-1,) + (1,) * (value.ndim - 1))
    return value
