"""What becomes of a film once it has left the house: each changes frames (t h w 3) as people, platforms and players do."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np

Frames = np.ndarray


def encoded(crf: int, fps: float = 15) -> Callable[[Frames], Frames]:
    """H.264 at a constant rate factor, as x264 does it by default, and decoded."""

    def done(frames: Frames) -> Frames:
        import av

        height, width = (side // 2 * 2 for side in frames.shape[1:3])
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=round(fps))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.options = {"crf": str(crf), "preset": "medium"}
            stream.codec_context.thread_count = 1
            for frame in frames:
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        buffer.seek(0)
        with av.open(buffer) as container:
            return np.stack([picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)])

    return done


def each(change: Callable[[Frames], Frames]) -> Callable[[Frames], Frames]:
    return lambda frames: np.stack([change(frame) for frame in frames])


def scaled(x: float, y: float | None = None) -> Callable[[Frames], Frames]:
    how = cv2.INTER_AREA if x < 1 else cv2.INTER_CUBIC
    return each(lambda frame: cv2.resize(frame, None, fx=x, fy=x if y is None else y, interpolation=how))


def cropped(share: float) -> Callable[[Frames], Frames]:
    """Each side shorter by `share`, more of it off one end than off the other."""

    def done(frames: Frames) -> Frames:
        height, width = frames.shape[1:3]
        y, x = int(height * share * 0.37), int(width * share * 0.61)
        return frames[:, y : y + round(height * (1 - share)), x : x + round(width * (1 - share))]

    return done


def turned(degrees: float) -> Callable[[Frames], Frames]:
    def one(frame: Frames) -> Frames:
        height, width = frame.shape[:2]
        return cv2.warpAffine(frame, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), (width, height), flags=cv2.INTER_LINEAR)

    return each(one)


def slower(now: float, then: float) -> Callable[[Frames], Frames]:
    """From `now` to `then` frames a second by leaving frames out."""
    return lambda frames: frames[np.arange(0, len(frames), now / then).round().astype(int).clip(max=len(frames) - 1)]


def toned(gain: float, offset: float, gamma: float) -> Callable[[Frames], Frames]:
    table = ((np.arange(256) / 255) ** gamma * 255 * gain + offset).clip(0, 255).round().astype(np.uint8)
    return lambda frames: table[frames]


def noisy(deviation: float) -> Callable[[Frames], Frames]:
    def done(frames: Frames) -> Frames:
        rng = np.random.default_rng([7, len(frames)])
        return (frames + rng.normal(0, deviation, frames.shape)).clip(0, 255).round().astype(np.uint8)

    return done


def letterboxed(frames: Frames) -> Frames:
    """Made 0.9 times as large, black bars above and below."""
    frames = scaled(0.9)(frames)
    return np.pad(frames, ((0, 0), (frames.shape[1] // 8,) * 2, (0, 0), (0, 0)))


def jpeg(quality: int) -> Callable[[Frames], Frames]:
    return each(lambda frame: cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR))


def one_frame(frames: Frames) -> Frames:
    return frames[len(frames) // 2 :][:1]


def chain(*changes: Callable[[Frames], Frames]) -> Callable[[Frames], Frames]:
    def done(frames: Frames) -> Frames:
        for change in changes:
            frames = change(frames)
        return frames

    return done


ATTACKS: dict[str, Callable[[Frames], Frames]] = {
    "none": lambda frames: frames,
    "CRF 23": encoded(23),
    "CRF 28": encoded(28),
    "CRF 35": encoded(35),
    "half size, CRF 23": chain(scaled(0.5), encoded(23)),
    "half size, CRF 28": chain(scaled(0.5), encoded(28)),
    "crop 10 %, CRF 23": chain(cropped(0.1), encoded(23)),
    "15 to 8 fps, CRF 28": chain(slower(15, 8), encoded(28, 8)),
    "24 to 15 fps, CRF 28": chain(slower(24, 15), encoded(28)),
    "mirrored, CRF 23": chain(lambda frames: frames[:, :, ::-1], encoded(23)),
    "turned 1 degree, CRF 23": chain(turned(1), encoded(23)),
    "turned 3 degrees, CRF 23": chain(turned(3), encoded(23)),
    "turned 5 degrees, CRF 23": chain(turned(-5), encoded(23)),
    "brighter, more contrast, CRF 23": chain(toned(1.15, 10, 1.0), encoded(23)),
    "gamma 1.4, CRF 23": chain(toned(1, 0, 1.4), encoded(23)),
    "blurred by 1.5 pixels, CRF 23": chain(each(lambda frame: cv2.GaussianBlur(frame, (0, 0), 1.5)), encoded(23)),
    "noise of 8 levels, CRF 23": chain(noisy(8), encoded(23)),
    "stretched 1.12 : 1, CRF 23": chain(scaled(1.06, 0.95), encoded(23)),
    "letterboxed, CRF 23": chain(letterboxed, encoded(23)),
    "one frame, JPEG 75": chain(one_frame, jpeg(75)),
    "screen shot: 1.3 times, cut, JPEG 80": chain(one_frame, scaled(1.3), cropped(0.15), jpeg(80)),
    "all in turn": chain(encoded(28), cropped(0.1), scaled(0.5), slower(15, 8), encoded(23, 8)),
    "all in turn, CRF 28 once more": chain(encoded(28), cropped(0.1), scaled(0.5), slower(15, 8), encoded(28, 8)),
}
