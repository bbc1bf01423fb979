"""Frames between frames, by RIFE (Huang et al. 2022) as an ONNX graph on the CPU."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future

import numpy as np

from .ahead import in_order
from .cuts import is_cut
from .weights import checked

MULTIPLE = 32
FLOW = 320  # pixels of the longer side at which motion is found


class Interpolator:
    """Puts `factor` - 1 frames into every gap; the frames given come back unchanged. Same frames, same bytes."""

    def __init__(self, threads: int = 2):
        import onnxruntime as ort

        self.threads = threads
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the threads work on a frame each
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

    def _run(self, outputs: list[str], before: np.ndarray, after: np.ndarray, time: float) -> list[np.ndarray]:
        h, w = before.shape[:2]
        inputs = dict(before=prepare(before), after=prepare(after), time=np.full((1, 1, 1, 1), time, np.float32))
        return [out[0, :, :h, :w].transpose(1, 2, 0) for out in self.session.run(outputs, inputs)]

    def between(self, before: np.ndarray, after: np.ndarray, time: float) -> np.ndarray:
        """The frame (h w 3) uint8 at `time` in 0..1 between two."""
        (frame,) = self._run(["frame"], before, after, time)
        return (frame * 255).round().clip(0, 255).astype(np.uint8)

    def motion(self, before: np.ndarray, after: np.ndarray, time: float) -> tuple[np.ndarray, np.ndarray]:
        """Where the frame at `time` comes from: flows (h w 4) float32 in pixels, x and y into `before`, then x and y into
        `after`, and the share (h w 1) in 0..1 of `before`."""
        flow, share = self._run(["flow", "share"], before, after, time)
        return flow, share

    def interpolate(self, frames: np.ndarray, factor: int = 3, cuts: Sequence[int] | None = None) -> np.ndarray:
        """(t h w 3) uint8 to ((t - 1) * factor + 1 h w 3). `cuts` are the frame numbers at which shots begin, looked for
        if None; across one, frames are repeated, not mixed. Raises ValueError when `factor` < 1."""
        return np.stack(list(self.stream(frames, factor, cuts)))

    def stream(
        self, frames: Iterable, factor: int = 3, cuts: Sequence[int] | None = None, enlarge: Callable | None = None
    ) -> Iterator[np.ndarray]:
        """The same frame by frame, taking frames in only as they are needed.

        `enlarge(frame)` makes a large frame (h w 3) of each, such as Upscaler.upscale; frames may then be anything that it
        takes, if `cuts` are given. Only the frames given are enlarged. Those between are moved at the large size along flows
        found at no more than half of it: detail moves with its object instead of being invented anew in each, and frames are
        a little nearer to the truth than upscaled ones (25.9 dB against 25.5 on an animated film).
        """
        if factor < 1:
            raise ValueError(f"Frames can be multiplied by 1 or more, not {factor}.")
        return in_order(lambda submit: self._jobs(submit, frames, factor, cuts, enlarge), self.threads)

    def _jobs(self, submit, frames, factor, cuts, enlarge) -> Iterator[Future]:
        larger, enlarge = enlarge is not None, enlarge or np.asarray
        frames = iter(frames)
        after = next(frames)
        large = submit(enlarge, after)
        for i, frame in enumerate(frames, start=1):
            before, after = after, frame
            yield large
            large_after = submit(enlarge, after)
            cut = factor > 1 and (is_cut(before, after) if cuts is None else i in cuts)
            for k in range(1, factor):
                if cut:
                    yield large if 2 * k <= factor else large_after
                elif larger:
                    yield submit(self._moved, large, large_after, k / factor)
                else:
                    yield submit(self.between, before, after, k / factor)
            large = large_after
        yield large

    def _moved(self, before: Future, after: Future, time: float) -> np.ndarray:
        one, other = before.result(), after.result()
        return move(one, other, *self.motion(small(one), small(other), time))


def move(before: np.ndarray, after: np.ndarray, flow: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The frame (h w 3) uint8 between two of that size, by flows and share as `motion` gives them, of any smaller size."""
    import cv2

    h, w = before.shape[:2]
    flow = cv2.resize(flow, (w, h)) * np.float32([w / flow.shape[1], h / flow.shape[0]] * 2)
    share = cv2.resize(share, (w, h))[..., None]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    one, other = (
        cv2.remap(frame, x + dx, y + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for frame, dx, dy in ((before, flow[..., 0], flow[..., 1]), (after, flow[..., 2], flow[..., 3]))
    )
    return (one * share + other * (1 - share) + 0.5).astype(np.uint8)


def small(frame: np.ndarray) -> np.ndarray:
    """(h w 3) uint8 at half its size, or less where that would be more than FLOW pixels a side."""
    import cv2

    h, w = frame.shape[:2]
    scale = min(0.5, FLOW / max(h, w))
    return cv2.resize(frame, (max(16, int(w * scale)), max(16, int(h * scale))), interpolation=cv2.INTER_AREA)


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
