"""Four times the pixels each way: Real-ESRGAN's small video model (Wang et al. 2021), run by ncnn on the CPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from .ahead import in_order
from .weights import checked

FACTOR = 4


class Upscaler:
    """Upscales frames, `threads` of them at a time. The same frame gives the same bytes."""

    def __init__(self, threads: int = 2):
        import ncnn

        self._ncnn, self.threads = ncnn, threads
        self.net = ncnn.Net()
        self.net.opt.use_vulkan_compute = False
        self.net.opt.num_threads = 1  # the threads work on a frame each
        self.net.load_param(str(checked("realesr-animevideov3-x4.param")))
        self.net.load_model(str(checked("realesr-animevideov3-x4.bin")))

    def upscale(self, frame: np.ndarray) -> np.ndarray:
        """(h w 3) uint8 to (4h 4w 3) uint8."""
        h, w = frame.shape[:2]
        pixels = np.ascontiguousarray(frame)
        mat = self._ncnn.Mat.from_pixels(pixels, self._ncnn.Mat.PixelType.PIXEL_RGB, w, h)
        mat.substract_mean_normalize([], [1 / 255] * 3)
        extractor = self.net.create_extractor()
        extractor.input("data", mat)
        _, out = extractor.extract("output")
        return (np.array(out).transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8)

    def stream(self, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Frame by frame, so that what follows can begin before the last one is done."""
        return in_order(lambda submit: (submit(self.upscale, frame) for frame in frames), self.threads)


def fit(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bring one frame (h w 3) to `size` (width, height) without distortion: what stands out on two sides is cut away."""
    from vitascope.clip import Clip

    return Clip(frame[None]).cover(*size).frames[0]
