"""The one idea: a film is a timeline, each part of it known, sketched or open.

Known pixels come from the user and are kept exactly. Sketched ones are a guess worth starting from, with a strength. The rest
is open. A task (tasks.py) lays a timeline out; an engine (studio.py) fills it in.

Everything that a user sees is counted in the finished film's own frames, at its own size and rate. The model paints fewer
and smaller ones, the base frames: base frame k is the film's frame k * stride.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

SMALLEST, LARGEST = 64, 2048  # pixels a side of a film that is made; a film that is only mended may be larger
FASTEST = 240.0  # frames a second of footage
LONGEST = 60.0  # seconds that one request makes
NARROWEST, WIDEST = 9 / 16, 21 / 9
BASE_FPS = 8.0  # frames a second that the model was trained at


@dataclass(frozen=True)
class Piece:
    """Part of a timeline that is not open: pictures placed on it.

    start      the film's frame at which it begins
    frames     (t h w c) uint8, at the film's size
    mask       (h w) or (t h w) bool: the pixels that count; None: all
    strength   None: known, kept bit for bit; 0..1, one number or one a frame (t): a sketch, trusted that far
    """

    start: int
    frames: np.ndarray
    mask: np.ndarray | None = None
    strength: float | np.ndarray | None = None

    @property
    def stop(self) -> int:
        return self.start + len(self.frames)

    def strength_at(self, frame: int) -> float:
        """How far a sketch is trusted at a frame of the film."""
        return float(self.strength if np.ndim(self.strength) == 0 else self.strength[frame - self.start])

    def mask_at(self, frame: int) -> np.ndarray | None:
        """The mask (h w) at a frame of the film."""
        return self.mask if self.mask is None or self.mask.ndim == 2 else self.mask[frame - self.start]


@dataclass(frozen=True)
class Timeline:
    """What is asked for.

    num_frames    frames of the finished film, 1 for an image
    size          (width, height) of the finished film in pixels
    fps           frames a second of the finished film
    prompts       (second, text) in rising order; empty where there is nothing to say
    pieces        what is known or sketched; of two that overlap the later one counts
    loop          whether the last frame leads back to the first
    drawn         spans (start, stop) of a film with pieces in which the director draws what is not known
    """

    num_frames: int
    size: tuple[int, int]
    fps: float = 24.0
    prompts: tuple[tuple[float, str], ...] = ()
    negative_prompt: str = ""
    pieces: tuple[Piece, ...] = ()
    loop: bool = False
    drawn: tuple[tuple[int, int], ...] = ()

    def __post_init__(self):
        width, height = self.size
        if not 1 <= self.fps <= FASTEST:
            raise ValueError(f"A film has 1 to {FASTEST:g} frames a second, not {self.fps:g}: bring it to another rate first.")
        if self.num_frames < 1:
            raise ValueError("A film has at least one frame: choose another --seconds.")
        for piece in self.pieces:
            if piece.frames.shape[1:3] != (height, width):
                h, w = piece.frames.shape[1:3]
                raise ValueError(f"A piece of {w}x{h} does not fit a film of {width}x{height}: resize it first.")
            if piece.start < 0 or piece.stop > self.num_frames:
                raise ValueError(f"Frames {piece.start} to {piece.stop} lie outside a film of {self.num_frames} frames.")
            if piece.mask is not None and piece.mask.shape[-2:] != (height, width):
                h, w = piece.mask.shape[-2:]
                raise ValueError(f"A mask of {w}x{h} does not fit a film of {width}x{height}: resize it first.")

    @property
    def stride(self) -> int:
        """The film's frames to a base frame: the whole number that brings the base rate nearest to BASE_FPS."""
        return min(range(1, 31), key=lambda s: abs(np.log(self.fps / s / BASE_FPS)))

    @property
    def skip(self) -> int:
        """Base frames to a frame of the film, above 1 only where the film has very few a second."""
        return max(1, round(BASE_FPS / self.fps)) if self.stride == 1 else 1

    @property
    def base_fps(self) -> float:
        return self.fps / self.stride * self.skip

    @property
    def base_count(self) -> int:
        """Base frames that cover the film: 1 + 4k, as the autoencoder takes them."""
        last = -(-(self.num_frames - 1) * self.skip // self.stride)
        return 1 + 4 * -(-last // 4)

    @property
    def base_size(self) -> tuple[int, int]:
        """Width and height that the model paints at: multiples of 16, near 10,240 pixels, close to the asked shape."""
        return base_size(*self.size)

    @property
    def seconds(self) -> float:
        return self.num_frames / self.fps

    @property
    def base_prompts(self) -> tuple[tuple[int, str], ...]:
        """Prompts with the base frame at which each begins."""
        return tuple((round(second * self.base_fps), text) for second, text in self.prompts)

    def frame_of(self, base: int) -> int:
        """The film's frame at a base frame; past the film's end, its last."""
        return min(base * self.stride // self.skip, self.num_frames - 1)

    def at(self, frame: int, sketched: bool = False) -> tuple[np.ndarray, np.ndarray] | None:
        """What is known (or sketched) at a frame: pixels (h w c) and which of them count (h w) bool; None if nothing."""
        pixels = counts = None
        for piece in self.pieces:
            if (piece.strength is not None) != sketched or not piece.start <= frame < piece.stop:
                continue
            picture, mask = piece.frames[frame - piece.start], piece.mask_at(frame)
            if mask is None or pixels is None:
                pixels, counts = picture, np.ones(picture.shape[:2], bool) if mask is None else mask
            else:
                pixels, counts = np.where(mask[..., None], picture, pixels), counts | mask
        return None if pixels is None else (pixels, counts)

    @property
    def picture(self) -> bool:
        """Whether one picture is all that is given."""
        if len(self.pieces) != 1:
            return False
        (piece,) = self.pieces
        return len(piece.frames) == 1 and piece.mask is None and piece.strength is None

    def whole(self) -> np.ndarray:
        """Which frames (num_frames) bool are known in every pixel."""
        known = np.zeros(self.num_frames, bool)
        for piece in self.pieces:
            if piece.strength is None:
                masks = np.ones(len(piece.frames), bool) if piece.mask is None else piece.mask.reshape(-1, *piece.mask.shape[-2:]).all((1, 2))
                known[piece.start : piece.stop] |= masks
        return known

    def base(self, sketched: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pixels (t h w c) uint8, which of them count (t h w) bool, and strength (t) of base frames; 1 where known."""
        width, height = self.base_size
        frames = np.zeros((self.base_count, height, width, 3), np.uint8)
        counts = np.zeros((self.base_count, height, width), bool)
        strength = np.zeros(self.base_count, np.float32)
        for k in range(self.base_count):
            frame = k * self.stride // self.skip
            there = self.at(frame, sketched) if frame < self.num_frames else None
            if there is None:
                continue
            frames[k], counts[k] = shrink(there[0], (width, height)), shrink_mask(there[1], (width, height))
            levels = [p.strength_at(frame) for p in self.pieces if sketched and p.strength is not None and p.start <= frame < p.stop]
            strength[k] = levels[-1] if levels else 1
        return frames, counts, strength

    def with_(self, **changes) -> Timeline:
        return replace(self, **changes)


def shrink(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h w c) stretched to `size` (width, height), by area when it shrinks."""
    import cv2

    smaller = size[0] * size[1] < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def shrink_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h w) bool to `size` (width, height): True only where every pixel underneath is."""
    return np.ones(size[::-1], bool) if mask.all() else shrink(mask.astype(np.float32), size) > 0.999


def check_size(width: int, height: int):
    """Raises ValueError for a size that no film is made at."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"A film is {SMALLEST} to {LARGEST} pixels a side, not {width}x{height}: choose another --size.")
    if not NARROWEST - 0.01 <= width / height <= WIDEST + 0.01:
        raise ValueError(f"{width}x{height} is too long a strip: choose a --size between 9:16 (tall) and 21:9 (wide).")


def check_fps(fps: float):
    """Raises ValueError for a rate that no film is made at."""
    if not 1 <= fps <= 60:
        raise ValueError(f"A film has 1 to 60 frames a second, not {fps:g}: choose another --fps.")


def base_size(width: int, height: int, pixels: int = 10_240) -> tuple[int, int]:
    """The multiple-of-16 size nearest in shape to width x height among those near `pixels`.

    Cost weighs a wrong shape most: what differs from the asked aspect ratio is cut away at the end.
    """
    aspect = width / height
    best = min(
        ((w, h) for w in range(48, 257, 16) for h in range(48, 257, 16) if 0.75 <= w * h / pixels <= 1.3),
        key=lambda size: (
            round(abs(np.log(size[0] / size[1] / aspect)), 2) * 4 + abs(np.log(size[0] * size[1] / pixels))
        ),
    )
    return best


def frames_of(seconds: float, fps: float, longest: float = LONGEST) -> int:
    """Frames that last `seconds` at `fps`; raises ValueError for an impossible length."""
    if not 0 < seconds <= longest:
        raise ValueError(f"A film lasts more than 0 and up to {longest:g} seconds, not {seconds:g}: choose another --seconds.")
    return max(1, round(seconds * fps))


def covering(base: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """The least size of the shape of `base` that covers `size`, both (width, height)."""
    scale = max(size[0] / base[0], size[1] / base[1])
    return max(size[0], round(base[0] * scale)), max(size[1], round(base[1] * scale))
