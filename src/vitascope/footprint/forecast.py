"""What a film will cost before it is made: core-seconds, seconds and watt-hours, from films that were measured.

A film costs something to begin with, something a call of the painter, something a second of film at its base rate, and something a
finished pixel. The four are fitted to measured films by least squares, none below zero; the range is how far those films were off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache

import numpy as np

from vitascope.library import ASSETS

from .grid import grid
from .model import estimate

MEASURED = ASSETS / "footprint" / "films.json"
ENOUGH = 8  # measured films of an installation from which on they count instead of the shipped ones
SPREAD = 1.25  # the least factor up and down that a forecast leaves


@cache
def shipped() -> tuple[dict, ...]:
    """The measured films that ship: seconds, size, fps, steps, core_seconds, took (seconds)."""
    return tuple(json.loads(MEASURED.read_text(encoding="utf-8"))["films"])


def forecast(
    seconds: float, size: tuple[int, int], fps: float = 24.0, steps: int = 4, films: Iterable[dict] = (), threads: int | None = None,
) -> dict:
    """Forecast of a film made of words: `core_seconds`, `seconds`, `watt_hours`, `grams_co2`, each as [low, high], and `method`.

    size: (w, h); films: reports of films made on this machine (seconds, size, fps, num_inference_steps, footprint), which count
    instead of the shipped ones once ENOUGH of them can be read. Raises ValueError for a film of no length, size, rate or steps.
    """
    if not (seconds > 0 and fps > 0 and steps >= 1 and min(size) > 0):
        raise ValueError("A forecast needs the seconds, size, frames a second and steps of a film, all above zero.")
    mine = [row for row in map(row_of, films) if row]
    rows = mine if len(mine) >= ENOUGH else list(shipped())
    costs, off = fit(rows)
    core = float(features(dict(seconds=seconds, size=size, fps=fps, steps=steps)) @ costs)
    busy = float(np.median([row["core_seconds"] / row["took"] for row in rows]))  # cores at work on average
    if rows is not mine:
        busy = min(busy, threads or os.cpu_count() or 1)
    most = max(busy, min(threads or os.cpu_count() or 1, 2))  # work spreads over two cores at most to speak of
    cores, took = (core / off, core * off), (core / off / most, core * off / busy)
    low, high = estimate(cores[0], took[0]).low / 3600, estimate(cores[1], took[1]).high / 3600
    here = grid()
    whose = "made on this machine" if rows is mine else "measured on two cores of a server of 2024; another processor may be twice as fast or slow"
    return dict(
        core_seconds=_round(cores), seconds=_round(took), watt_hours=_round((low, high)),
        grams_co2=_round((low * here.grams / 1000, high * here.grams / 1000)), grid=here.source,
        method=f"fitted to {len(rows)} films {whose}; within a factor of {off:.2f}",
    )  # fmt: skip


def forecast_text(found: dict) -> str:
    """A forecast in one line for people."""
    return "about {:g} to {:g} s of work, {:g} to {:g} Wh, {:g} to {:g} g of CO2".format(*found["seconds"], *found["watt_hours"], *found["grams_co2"])


def features(film: dict) -> np.ndarray:
    """(4,) what a film costs by: one start, seconds times painter's calls, seconds, finished megapixels."""
    w, h = film["size"]
    return np.array([1.0, film["seconds"] * film["steps"], film["seconds"], film["seconds"] * film["fps"] * w * h / 1e6])


def fit(rows: list[dict]) -> tuple[np.ndarray, float]:
    """(costs in core-seconds (4,), factor within which nine of ten of the rows lie), weighting every film by its own cost."""
    spent = np.array([row["core_seconds"] for row in rows])
    x = np.stack([features(row) for row in rows]) / spent[:, None]
    costs = nonnegative(x, np.ones(len(rows)))
    off = np.exp(np.quantile(np.abs(np.log(np.maximum(x @ costs, 1e-3))), 0.9))
    return costs, max(SPREAD, float(off))


def nonnegative(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares of x (n k) @ b = y with b >= 0, by trying every set of columns: exact, and k is small."""
    best, least = np.zeros(x.shape[1]), float(y @ y)
    for chosen in range(1, 2 ** x.shape[1]):
        columns = [k for k in range(x.shape[1]) if chosen >> k & 1]
        b = np.linalg.lstsq(x[:, columns], y, rcond=None)[0]
        error = float(((x[:, columns] @ b - y) ** 2).sum())
        if (b >= 0).all() and error < least - 1e-12:
            best, least = np.zeros(x.shape[1]), error
            best[columns] = b
    return best


def row_of(report: dict) -> dict | None:
    """One measured film out of a film's report; None for a report that doesn't say enough."""
    try:
        w, h = (int(side) for side in str(report["size"]).split("x"))
        spent = report["footprint"]
        row = dict(seconds=float(report["seconds"]), size=(w, h), fps=float(report["fps"]), steps=int(report["num_inference_steps"]),
                   core_seconds=float(spent["core_seconds"]), took=float(spent["seconds"]))  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None
    return row if min(row["seconds"], row["core_seconds"], row["took"], w, h) > 0 else None


def _round(pair) -> list[float]:
    return [float(f"{value:.2g}") for value in pair]
