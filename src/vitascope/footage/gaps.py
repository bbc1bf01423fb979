"""A missing passage of real footage: filled by the mix of candidates that fills known passages beside it best."""

from __future__ import annotations

import time as clock

import cv2
import numpy as np

from vitascope.finishing import is_cut

from .candidates import COASTING, SHORT, Candidates
from .holdouts import holdouts, shot, spread_out
from .onward import onward
from .stacking import Stack

MEASURED = 640  # pixels of the longer side at which held-out gaps are filled
BESIDE = 4  # known frames on each side from which a gap's candidates are made
MODEL_HOLDOUTS = 2  # held-out gaps on which a model that can be called is measured: each costs a painting
MODEL_BELOW = 20.0  # dB of the mix on held-out gaps below which frames of an unmeasured model are preferred
UNLIKE = 0.5  # share of the usual agreement of motion there and back below which a gap hides something else, as a cut
USUAL = 0.8  # that agreement where no gap can be held out
ALONE = 0.5  # how far a single held-out gap is believed
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of fine detail that may be mixed, sharpest first
GAIN = 0.2  # dB by which a sharp mix must beat the best candidate on held-out gaps
MOVING = dict(freeze=0.0, blend=0.1, rife=0.8, steady=0.1)  # weights where no gap can be held out, for gaps so short
SHARED = dict(freeze=0.0, blend=0.4, rife=0.35, steady=0.25, coast=0.0)  # weights where no gap can be held out


def fill_gap(
    clip_frames: np.ndarray, start: int, stop: int, interpolator, model=None, *, known: np.ndarray | None = None, sharp: bool = True
):
    """Fills frames start..stop-1 of `clip_frames` (t h w 3) uint8, whose contents there are not read.

    `known` (t) bool says which other frames may be read (None: all); those beside the gap are known.

    Returns frames (stop-start h w 3) uint8 and a report: method ("mix", a candidate's name, "cut", "onward" or "model"),
    weights (of each candidate, mean), psnr (dB of each candidate and of the mix on the held-out gaps), gaps (how many,
    and of how many frames), agreement (of motion there and back in this gap, and usually), seconds. `model` is frames
    (stop-start h w 3) painted for the gap, or a callable (frames, start, stop) that paints them, which is then measured
    like the others; gaps of at most SHORT frames are filled without it.
    Mixing lowers error and blurs. `sharp` mixes fine detail only as far as is needed to err less than the best candidate;
    without it error is the least that can be had.
    Raises ValueError when the span is not inside the film or the model's frames do not fit.
    """
    began = clock.perf_counter()
    model = model if stop - start > SHORT else None
    t, count = len(clip_frames), stop - start
    if not 0 <= start < stop <= t or count == t:
        raise ValueError(f"Frames {start} to {stop} cannot be filled in a film of {t} frames: name a span inside it.")
    if start == 0 or stop == t:
        frames, report = _apart(clip_frames, start, stop, model, known)
    else:
        frames, report = _mixed(clip_frames, start, stop, interpolator, model, sharp, known)
    return frames, report | dict(seconds=round(clock.perf_counter() - began, 2))


def _apart(clip, start: int, stop: int, model, known) -> tuple[np.ndarray, dict]:
    """At a film's end, where only one side is known: what was painted, or that side carried on by its camera."""
    count, nothing = stop - start, dict(weights={}, psnr={}, gaps=dict(number=0, frames=0))
    if model is not None:
        return _painted(model, clip, start, stop), dict(method="model") | nothing
    whole, beside = shot(clip, start, stop, known), reach(start, stop, known, len(clip), len(clip))
    first, last = max(whole[0], beside[0]), min(whole[1], beside[1])
    if start:
        return onward(clip[first:start], count, COASTING), dict(method="onward") | nothing
    return onward(clip[stop:last][::-1], count, COASTING)[::-1], dict(method="onward") | nothing


def _mixed(clip, start: int, stop: int, interpolator, model, sharp: bool, known) -> tuple[np.ndarray, dict]:
    stacks, length, usual = measure(clip, start, stop, interpolator, model if callable(model) else None, known)
    painted = _painted(model, clip, start, stop)
    usual_weights = MOVING if stop - start <= SHORT else SHARED
    stacks, weights, psnr, method = with_or_without(stacks, sharp, usual_weights)
    mixer = stacks[0] if stacks else Stack(list(usual_weights))
    low, high = reach(start, stop, known, len(clip))
    painting = painted if "model" in mixer.names else None
    found = Candidates(clip[low:high], start - low, stop - low, interpolator, painting)
    agreed = float(found.trust((stop - start) // 2).mean())
    holds = agreed > UNLIKE * usual
    told = believed(length / (stop - start), len(stacks), agreed)
    if not holds:  # what was measured on other passages says nothing of this one
        method = "cut" if is_cut(clip[start - 1], clip[stop]) else "blend"
        fade = np.broadcast_to(plain(mixer.names, usual_weights, agreed), mixer.products.shape[:-1])
        weights = mixer.alone("coast") if method == "cut" and "coast" in mixer.names else fade
    elif stacks and told < 1:
        weights = told * weights + (1 - told) * plain(mixer.names, usual_weights, agreed)
    best = psnr.get("model", 0.0) >= max(psnr.values(), default=0.0) - GAIN  # where it was measured
    unsure = not holds and (best or "model" not in psnr)
    if painted is not None and (unsure or "model" not in psnr and psnr.get("mix", 0.0) < MODEL_BELOW):
        frames, method, mean = painted, "model", dict(model=1.0)
    else:
        mixed = (mixer.mix(found.at(k), found.trust(k), found.time(k), weights) for k in range(stop - start))
        frames = np.stack([(frame + 0.5).clip(0, 255).astype(np.uint8) for frame in mixed])
        mean = {name: round(float(w), 3) for name, w in zip(mixer.names, weights.mean((0, 1, 2)))}
    gaps = dict(number=len(stacks), frames=length)
    agreement = dict(gap=round(agreed, 3), usual=round(usual, 3))
    return frames, dict(method=method, weights=mean, psnr=psnr, gaps=gaps, agreement=agreement)


def believed(shorter: float, number: int, agreed: float) -> float:
    """How far held-out gaps, `number` of them, `shorter` times as long as the gap, speak for it, 0..1: less where motion
    there and back hardly agrees, since what still held over fewer frames may not hold over more."""
    told = 1.0 if shorter >= 1 else shorter * min(1.0, agreed / USUAL)
    return told if number > 1 else told * ALONE


def plain(names: list[str], usual: dict[str, float], agreed: float) -> np.ndarray:
    """Weights (n) for a gap that nothing speaks for: the `usual` ones, motion less and a cross-fade more as motion
    there and back agrees less."""
    weights = np.array([usual.get(name, 0.0) for name in names])
    fade = names.index("blend")
    moving = np.arange(len(names)) != fade
    weights[moving] *= min(1.0, agreed / USUAL)
    weights[fade] = 1 - weights[moving].sum()
    return weights


def measure(clip, start: int, stop: int, interpolator, model=None, known=None) -> tuple[list[Stack], int, float]:
    """Errors of every candidate on held-out gaps, one Stack each, the length of those gaps in frames, and how well motion
    there and back agrees in the usual one of them, 0..1."""
    places, length = holdouts(clip, start, stop, known)
    made = [(range(*reach(place, place + length, known, len(clip))), place) for place in places]
    if not made and stop - start <= SHORT:
        length = 1
        made = [(trio, trio[1]) for trio in spread_out(clip, start, stop, known)]
    stacks, agreed = [], []
    for number, (numbers, place) in enumerate(made):
        part, at = np.stack([_fit(clip[i]) for i in numbers]), numbers.index(place)
        painted = None
        if model and number < MODEL_HOLDOUTS:
            hidden = clip.copy()
            hidden[place : place + length] = 0
            painted = np.stack([_fit(frame) for frame in model(hidden, place, place + length)])
        found = Candidates(part, at, at + length, interpolator, painted)
        agreed.append(float(found.trust(length // 2).mean()))
        for k in sorted({length // 8, length // 4, length // 2, 3 * length // 4}):
            ways = found.at(k)
            if k == length // 8:
                stacks.append(Stack(list(ways)))
            stacks[-1].learn(ways, found.trust(k), found.time(k), part[at + k].astype(np.float32))
    return stacks, length, float(np.median(agreed)) if agreed else USUAL


def choose(stacks: list[Stack], sharp: bool, usual: dict[str, float] = SHARED) -> tuple[np.ndarray, dict[str, float], str]:
    """Weights, PSNR of each candidate and of the mix where it was not learned, and what was chosen: "mix" or a name.

    When sharp, as little of the fine detail is mixed as leaves the mix better by GAIN than the best candidate.
    """
    if not stacks:
        weights = np.broadcast_to(np.array(list(usual.values())), (2, 2, 2, len(usual)))
        return weights, {}, "mix"
    whole = sum(stacks[1:], stacks[0])
    errors = {name: whole.error(whole.alone(name)) for name in whole.names}
    best = min(errors, key=errors.get)
    shares = SHARES if sharp else (1.0,)
    mixed = [apart(stacks, share) for share in shares]
    enough = [i for i, error in enumerate(mixed) if error <= errors[best] * 10 ** (-GAIN / 10)]
    i = enough[0] if enough else int(np.argmin(mixed))
    psnr = {name: decibels(error) for name, error in (errors | dict(mix=mixed[i])).items()}
    if mixed[i] <= errors[best]:
        return blended(whole, shares[i]), psnr, "mix"
    return whole.alone(best), psnr, best


def with_or_without(stacks: list[Stack], sharp: bool, usual: dict[str, float]):
    """The stacks to go by, and what `choose` says of them: with the model where it gains GAIN on the gaps on which it was
    measured, else all gaps without it."""
    asked, rest = [s for s in stacks if "model" in s.names], [s.without("model") for s in stacks]
    chosen = rest, *choose(rest, sharp, usual)
    if not asked:
        return chosen
    found = choose(asked, sharp, usual)
    other = choose([s.without("model") for s in asked], sharp, usual)
    if found[1][found[2]] > other[1][other[2]] + GAIN:
        return asked, *found
    chosen[2]["model"] = found[1]["model"]
    return chosen


def apart(stacks: list[Stack], share: float) -> float:
    """Mean squared error of mixes, each on a held-out gap from which it was not learned (unless there is only one)."""
    errors = []
    for one in stacks:
        others = [s for s in stacks if s is not one] or [one]
        errors.append(one.error(blended(sum(others[1:], others[0]), share)))
    return float(np.mean(errors))


def blended(stack: Stack, share: float) -> np.ndarray:
    """Weights (2 2 2 n) whose fine band is mixed only by `share`, the rest being of the moving candidate best at it."""
    weights = stack.weights()
    errors = np.diagonal(stack.products[1].sum((0, 1)))
    moving = [i for i, name in enumerate(stack.names) if name not in ("blend", "freeze", "coast")]
    weights[1] = share * weights[1] + (1 - share) * np.eye(len(errors))[min(moving, key=lambda i: errors[i])]
    return weights


def decibels(error: float) -> float:
    return round(float(10 * np.log10(255**2 / max(error, 1e-6))), 2)


def reach(start: int, stop: int, known: np.ndarray | None, count: int, most: int = BESIDE) -> tuple[int, int]:
    """First frame and end of the footage known without a break on both sides of a gap, at most `most` frames on each."""
    there = np.ones(count, bool) if known is None else known
    low, high = start, stop
    while low > max(0, start - most) and there[low - 1]:
        low -= 1
    while high < min(count, stop + most) and there[high]:
        high += 1
    return low, high


def _painted(model, clip, start: int, stop: int) -> np.ndarray | None:
    if model is None:
        return None
    if callable(model):
        hidden = clip.copy()
        hidden[start:stop] = 0
        model = model(hidden, start, stop)
    wanted = (stop - start, *clip.shape[1:])
    if np.shape(model) != wanted:
        raise ValueError(f"The model's frames for the gap have the shape {np.shape(model)}; they must have {wanted}.")
    return np.asarray(model, np.uint8)


def _fit(frame: np.ndarray) -> np.ndarray:
    h, w = frame.shape[:2]
    scale = MEASURED / max(h, w)
    return frame if scale >= 1 else cv2.resize(frame, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)
