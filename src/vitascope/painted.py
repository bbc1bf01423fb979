"""What becomes of painted base frames before they are mastered: how much of the change is taken, and how a loop closes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

CROSSING = 4  # base frames over which a loop's end goes over into what led up to its beginning


def believed(painted: np.ndarray, plain: np.ndarray, share: float) -> np.ndarray:
    """A painted frame (h w c) with `share` of its change."""
    if share == 1:
        return painted
    return (plain + share * (painted.astype(np.float32) - plain)).round().clip(0, 255).astype(np.uint8)


def closed(pairs: Iterator[tuple], count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """A loop of `count` base frames, the last of which shows what the first does, out of frames that begin CROSSING before it.

    Its end is cross-faded into what led up to its beginning; both were painted from the same sketch, so they hardly differ.
    """
    ahead = [next(pairs) for _ in range(CROSSING)]
    ahead.append(next(pairs))
    yield ahead[-1]
    for i, pair in enumerate(pairs, start=1):
        left = count - 1 - i
        share = 1 - left / (CROSSING + 1)
        if share > 0:
            pair = tuple(np.round(a * (1 - share) + b * share).astype(np.uint8) for a, b in zip(pair, ahead[CROSSING - left]))
        yield pair
