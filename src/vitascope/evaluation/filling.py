"""Filling gaps in real footage: frames are taken out, filled in, and compared with what was there.

Every method is given the same known frames. Freezing shows the known frame nearest in time, blending fades from the last known
frame to the next, RIFE moves between the two.
"""

from __future__ import annotations

import numpy as np

from vitascope.clip import Clip

from .metrics import psnr, ssim

PASSAGES = (0.25, 0.5, 1.0, 2.0)  # seconds
EVERY_SECOND = "every 2nd frame"
SINGLES = 12  # gaps of one frame that are measured, enough for a figure
SIMPLE = ("freeze", "blend", "rife")


def gaps(clip: Clip, seconds: float | None, most: int = 3) -> list[tuple[int, int]]:
    """Which frames to take out: (first, last + 1) of each gap; for None every second frame, up to SINGLES of them.

    Passages are spread evenly, at most `most`, with at least half a second and as much again as a quarter of a passage known
    around each; none where the clip is too short. A frame is known at both ends.
    """
    count = len(clip)
    if seconds is None:
        return [(i, i + 1) for i in range(1, count - 1, 2)][:SINGLES]
    long = max(1, round(seconds * clip.fps))
    apart = max(1, round(clip.fps / 2), long // 4)
    number = min(most, (count - apart) // (long + apart))
    if number < 1:
        return []
    rest = (count - number * long) / (number + 1)
    starts = [round(rest * (k + 1) + long * k) for k in range(number)]
    return [(start, start + long) for start in starts]


def freeze(before: np.ndarray, after: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(n h w 3) uint8 at `times` in 0..1 between two frames (h w 3): the nearer one."""
    return np.stack([before if t < 0.5 else after for t in times])


def blend(before: np.ndarray, after: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(n h w 3) uint8: faded from one to the other."""
    a, b = before.astype(np.float32), after.astype(np.float32)
    return np.stack([(a + (b - a) * t + 0.5).astype(np.uint8) for t in times])


def baselines(clip: Clip, spans: list[tuple[int, int]], interpolator) -> dict[str, np.ndarray]:
    """The clip filled by each simple method: (t h w 3) uint8 by name."""
    methods = dict(freeze=freeze, blend=blend, rife=lambda a, b, ts: np.stack([interpolator.between(a, b, float(t)) for t in ts]))
    films = {name: clip.frames.copy() for name in methods}
    for first, last in spans:
        times = np.arange(1, last - first + 1, dtype=np.float32) / (last - first + 1)
        for name, method in methods.items():
            films[name][first:last] = method(clip.frames[first - 1], clip.frames[last], times)
    return films


def missing_of(count: int, spans: list[tuple[int, int]]) -> np.ndarray:
    """Mask (count) of the frames that were taken out."""
    mask = np.zeros(count, bool)
    for first, last in spans:
        mask[first:last] = True
    return mask


def damaged(clip: Clip, spans: list[tuple[int, int]]) -> Clip:
    """The clip with black where frames were taken out, so that no method can see them."""
    frames = clip.frames.copy()
    frames[missing_of(len(clip), spans)] = 0
    return Clip(frames, clip.fps)


def nearness(film: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """PSNR in dB over all frames (t h w 3) together, since repeated frames would each count as 99 dB, and mean SSIM."""
    return dict(psnr=round(psnr(film, truth), 2), ssim=round(ssim(film, truth), 4))


def compare(films: dict[str, np.ndarray], truth: Clip, spans: list[tuple[int, int]]) -> dict:
    """One row of the table: each film's nearness on the missing frames, known frames changed, and the verdict on "ours"."""
    missing = missing_of(len(truth), spans)
    row = dict(frames=int(missing.sum()), gaps=len(spans))
    for name, film in films.items():
        row[name] = nearness(film[missing], truth.frames[missing])
    if "ours" in films:
        known = films["ours"][~missing] != truth.frames[~missing]
        row["known_changed"] = int(known.any((1, 2, 3)).sum())
        best = max(SIMPLE, key=lambda name: row[name]["psnr"])
        row |= dict(best=best, gain=round(row["ours"]["psnr"] - row[best]["psnr"], 2))
    return row


def cases(bench) -> list:
    """A case for each shot and gap: see `tasks.Case`."""
    from .tasks import Case

    found = []
    for seconds in (None, 0.5, 1.0) if bench.quick else (None, *PASSAGES):
        for shot in bench.shots:
            spans = gaps(bench.clip(shot), seconds)
            name = f"{shot.name}, {EVERY_SECOND if seconds is None else f'{seconds:g} s'}"
            if spans and (seconds is None or spans[0][1] - spans[0][0] > 1):  # gaps of one frame are there already
                found.append(Case("fill", name, lambda shot=shot, seconds=seconds, name=name: measure(bench, shot, seconds, name)))
    return found


def measure(bench, shot, seconds: float | None, name: str) -> dict:
    """The row of one shot and gap, its film kept for the page."""
    truth = bench.clip(shot)
    spans = gaps(truth, seconds)
    films = baselines(truth, spans, bench.interpolator)
    films["ours"], report = bench.fill(damaged(truth, spans), spans)
    missing = missing_of(len(truth), spans)
    row = dict(shot=shot.name, gap=EVERY_SECOND if seconds is None else seconds, **compare(films, truth, spans))
    row["film"] = bench.film("fill", name, dict(truth=truth.frames, **films), truth.fps, missing)
    return row | dict(methods=report)
