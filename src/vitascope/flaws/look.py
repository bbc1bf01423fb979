"""One shot of a film beside its plan, as every flaw looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vitascope.director.plan import Shot

from .actors import Actor, hold_still
from .fit import fit
from .plates import Plates, cleared

SURE = 0.25  # share of a subject's contrast that must be explained before its size or form is believed


@dataclass(frozen=True)
class Fitted:
    """A subject's place and size over what is planned: see `fit.fit`; `sure` (t) bool, `left` (t): the share of it unexplained."""

    theta: np.ndarray
    error: np.ndarray
    missing: np.ndarray

    @property
    def left(self) -> np.ndarray:
        return self.error / np.maximum(self.missing, 1e-3)

    @property
    def sure(self) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return (self.left < 1 - SURE) & (self.missing > 4)


class Look:
    """film (t h w 3) uint8 at the work size, the frames `picks` of `shot`, and what the plan draws there; the shot begins at `start` seconds."""

    def __init__(self, shot: Shot, library, picks: list[int], film: np.ndarray, plates: Plates, start: float, fps: float):
        self.shot, self.library, self.picks, self.plates = shot, library, picks, plates
        self.film = cleared(film, shot, plates, picks, start, fps)

    @cached_property
    def actors(self) -> list[Actor]:
        return [hold_still(k, self.shot, self.library, self.picks, self.film, self.plates) for k in range(len(self.shot.subjects))]

    @cached_property
    def fits(self) -> list[Fitted]:
        names = [actor.subject.reference for actor in self.actors]
        return [Fitted(*fit(actor, stretched=names.count(actor.subject.reference) > 1)) for actor in self.actors]

    @property
    def none(self) -> np.ndarray:
        """(t) NaN: nothing to judge."""
        return np.full(len(self.picks), np.nan)


def steady(values: np.ndarray, reach: int = 2) -> np.ndarray:
    """The median of (t) values over `reach` frames to both sides, those that are NaN left out; NaN where fewer than `reach` are there."""
    padded = np.pad(values, reach, constant_values=np.nan)
    rows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    enough = np.isfinite(rows).sum(1) > reach
    out = np.full(len(values), np.nan)
    if enough.any():
        out[enough] = np.nanmedian(rows[enough], 1)
    return out


def most(*series: np.ndarray) -> np.ndarray:
    """The largest of several (t), NaN only where all are."""
    stack = np.stack(series)
    return np.where(np.isnan(stack).all(0), np.nan, np.nanmax(np.where(np.isnan(stack), -np.inf, stack), 0))
