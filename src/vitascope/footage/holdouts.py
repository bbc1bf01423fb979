"""Where, in the known footage beside a gap, gaps like it can be made on purpose to see how well they are filled."""

from __future__ import annotations

import numpy as np

from vitascope.finishing import is_cut

MOST = 6  # held-out gaps
REACH = 4.0  # how many lengths of the gap away from it footage is still like it


def holdouts(clip: np.ndarray, start: int, stop: int) -> tuple[list[int], int]:
    """First frames of held-out gaps, nearest first, and their length in frames, which is the gap's where that fits.

    A held-out gap and the frame on each side of it lie in known footage of the same shot. Shorter ones are held out
    where the footage is short; none (and length 0) where a side has fewer than three frames.
    """
    first, last = shot(clip, start, stop)
    longest = max(start - first, last - stop) - 2
    length = min(stop - start, longest)
    if length < 1:
        return [], 0
    step = max(1, length // 2)
    before = range(start - 1 - length, first, -step)
    after = range(stop + 1, last - length, step)
    places = sorted([*before, *after], key=lambda place: max(start - place - length, place - stop))
    return places[:MOST], length


def shot(clip: np.ndarray, start: int, stop: int) -> tuple[int, int]:
    """First frame and end of the known footage around a gap that has no cut in it, as far as REACH."""
    reach = max(12, round(REACH * (stop - start)))
    first, last = start, stop
    while first > max(0, start - reach) and (first == start or not is_cut(clip[first - 1], clip[first])):
        first -= 1
    while last < min(len(clip), stop + reach) and (last == stop or not is_cut(clip[last - 1], clip[last])):
        last += 1
    return first, last
