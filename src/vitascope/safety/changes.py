"""Which frames show something that was not looked at yet: all of them are compared, at a size where that costs next to nothing."""

from __future__ import annotations

from collections import deque

import numpy as np

SIDE = 160  # pixels of the longer side at which frames are compared
BLOCK = 4  # pixels a side of the blocks that are compared
NEW = 22.0  # grey levels, averaged over a block, beyond what the neighbourhood held before
REMEMBERED = 6  # looks that a frame is compared with
LITTLE = 0.003  # share of the frame: two blocks of a film of ours, such as a short word
MUCH, MOST = 0.02, 0.35  # share that is looked at whatever came before: beyond three times the usual, beyond anything


class Changes:
    """Compares each frame with the one before and with the last ones that were judged.

    A pixel counts as new only by how far it lies outside the range of its 3 x 3 neighbourhood in the other frame, so that a
    slow pan or a walking figure is nothing new, and a flashed frame or a word that springs up is.
    """

    def __init__(self):
        self._last: np.ndarray | None = None
        self._judged: deque[np.ndarray] = deque(maxlen=REMEMBERED)
        self._shares: deque[float] = deque(maxlen=12)

    def look(self, frame: np.ndarray) -> tuple[float, bool]:
        """The share (0 to 1) of the frame (h w 3) uint8 that neither the frame before nor the last judged ones held, and
        whether that is abrupt: much, and far more than in the frames before, as at a cut, in a flash, when a title springs up."""
        import cv2

        h, w = frame.shape[:2]
        step = -(-max(h, w) // SIDE)  # whole, since the mean of whole squares of pixels is quick to take
        even = frame[: max(1, h // step) * step, : max(1, w // step) * step]
        small = cv2.resize(even, (max(1, w // step), max(1, h // step)), interpolation=cv2.INTER_AREA) if step > 1 else frame
        others, self._last = [*([] if self._last is None else [self._last]), *reversed(self._judged)], small
        share = 1.0
        for other in others:
            share = min(share, new_share(small, other))
            if not share:
                break
        usual = float(np.median(self._shares)) if self._shares else 0.0
        self._shares.append(share)
        return share, share > min(MOST, max(MUCH, 3 * usual))

    def judged(self) -> None:
        """The last frame was looked at by the networks: what it holds is known from now on."""
        self._judged.append(self._last)


def new_share(frame: np.ndarray, before: np.ndarray) -> float:
    """The share of blocks of `frame` (h w 3) uint8 that hold what `before` did not."""
    import cv2

    if frame.shape != before.shape:
        return 1.0
    kernel = np.ones((3, 3), np.uint8)
    beyond = cv2.max(cv2.subtract(frame, cv2.dilate(before, kernel)), cv2.subtract(cv2.erode(before, kernel), frame))
    worst = beyond.max(2)
    h, w = worst.shape
    means = cv2.resize(worst, (max(1, w // BLOCK), max(1, h // BLOCK)), interpolation=cv2.INTER_AREA)
    return float((means > NEW).mean())


class Watch:
    """When one part of the review is asked again: at once where much is new, soon where a little is, else every now and then."""

    def __init__(self, often: float, seldom: float, soon: float | None = None):
        """Seconds between looks: often, while the picture changes; seldom, while it stands; soon, after anything new (None: as often)."""
        self.often, self.seldom, self.soon = often, seldom, soon
        self._last: float | None = None
        self._moved = self._new = False

    def due(self, time: float, share: float, abrupt: bool) -> bool:
        """Whether the frame at `time` is to be looked at; share, abrupt: what Changes says about it."""
        self._moved |= share > 0
        self._new |= share > LITTLE
        if self._last is None or abrupt:
            return True
        wait = self.soon if self._new and self.soon else self.often if self._moved else self.seldom
        return time - self._last >= wait - 1e-6

    def looked(self, time: float) -> None:
        self._last, self._moved, self._new = time, False, False
