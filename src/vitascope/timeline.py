"""The one idea: a film is a timeline, each part of it known, sketched or open.

Known pixels come from the user and are kept exactly. Sketched ones are a guess worth starting from, with a strength a frame.
The rest is open. A task (tasks.py) lays a timeline out; an engine (studio.py) fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

SMALLEST, LARGEST = 64, 2048  # pixels a side of a film
LONGEST = 60.0  # seconds
NARROWEST, WIDEST = 9 / 16, 21 / 9


@dataclass(frozen=True)
class Timeline:
    """What is asked for. Frames are counted at the base frame rate, before interpolation.

    num_frames    frames at `base_fps`, 1 for an image
    size          (width, height) of the finished film in pixels
    fps           frames a second of the finished film
    prompts       (first frame, text) in rising order; empty where there is nothing to say
    known         (t h w c) uint8 at the base size, meaningful where `known_mask` (t h w) bool is True; or None
    sketch        (t h w c) uint8 at the base size, trusted as far as `strength` (t) in 0..1 says; or None: the director's
    """

    num_frames: int
    size: tuple[int, int]
    fps: float = 24.0
    base_fps: float = 8.0
    prompts: tuple[tuple[int, str], ...] = ()
    negative_prompt: str = ""
    known: np.ndarray | None = None
    known_mask: np.ndarray | None = None
    sketch: np.ndarray | None = None
    strength: np.ndarray | None = field(default=None)

    def __post_init__(self):
        width, height = self.size
        for side in self.size:
            if not SMALLEST <= side <= LARGEST:
                raise ValueError(
                    f"A film is {SMALLEST} to {LARGEST} pixels a side, not {width}x{height}: choose another --size."
                )
        if not NARROWEST - 0.01 <= width / height <= WIDEST + 0.01:
            raise ValueError(
                f"{width}x{height} is too long a strip: choose a --size between 9:16 (tall) and 21:9 (wide)."
            )
        if self.num_frames < 1 or self.num_frames / self.base_fps > LONGEST + 1:
            raise ValueError(f"A film lasts up to {LONGEST:g} seconds: choose another --seconds.")
        if not 1 <= self.fps <= 60:
            raise ValueError(f"A film has 1 to 60 frames a second, not {self.fps:g}: choose another --fps.")

    @property
    def base_size(self) -> tuple[int, int]:
        """Width and height that the model paints at: multiples of 16, near 10,240 pixels, close to the asked shape."""
        return base_size(*self.size)

    @property
    def seconds(self) -> float:
        return self.num_frames / self.base_fps

    def prompt_at(self, frame: int) -> str:
        """The prompt in force at a frame."""
        said = ""
        for first, text in self.prompts:
            if first <= frame:
                said = text
        return said

    def with_(self, **changes) -> Timeline:
        return replace(self, **changes)


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


def frames_for(seconds: float, base_fps: float = 8.0) -> int:
    """Frames 1 + 4k that last at least `seconds` at the base rate; raises ValueError for an impossible length."""
    if not 0 < seconds <= LONGEST:
        raise ValueError(f"A film lasts more than 0 and up to {LONGEST:g} seconds, not {seconds:g}: choose another --seconds.")
    return 1 + 4 * max(1, int(np.ceil(seconds * base_fps / 4 - 1e-6)))
