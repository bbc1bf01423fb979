"""Energy and carbon of one film. Measured where the processor's own counters (RAPL) can be read; elsewhere estimated from
processor time, as a range that says how little is known.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

COUNTERS = Path("/sys/class/powercap")
# Watts of one busy core with its share of the rest of the machine: from a laptop's (low) to an old server's (high).
WATTS_PER_CORE = (4.0, 18.0)
# The counters see the processor packages alone; memory, disk and the loss of the power supply come on top.
BEYOND_COUNTERS = 1.6
GRID = 480.0  # g CO2 a kWh: world average of electricity in 2023 (Ember, Global Electricity Review 2024)


class Meter:
    """`with Meter() as meter: ...` and then `meter.report()`.

    The grid's carbon intensity in g/kWh is taken from VITASCOPE_GRID_G_PER_KWH, else the world average.
    """

    def __enter__(self) -> Meter:
        self._joules, self._cpu, self._clock = read_counters(), _cpu_seconds(), time.perf_counter()
        return self

    def __exit__(self, *_) -> None:
        self.seconds = time.perf_counter() - self._clock
        self.cpu_seconds = _cpu_seconds() - self._cpu
        after = read_counters()
        self.joules = joules_between(self._joules, after)

    def report(self) -> dict:
        """Watt-hours and grams of CO2 as [low, high], and how they were found; while still running, up to now."""
        if not hasattr(self, "seconds"):
            self.__exit__()
            found = self.report()
            del self.seconds
            return found
        if self.joules:
            low, high = self.joules / 3600, BEYOND_COUNTERS * self.joules / 3600
            method = (
                "measured: the processor's energy counters (RAPL) while the film was made, other work on the machine included; "
                f"the upper end adds {BEYOND_COUNTERS - 1:.0%} for what they do not see"
            )
        else:
            low, high = (watts * self.cpu_seconds / 3600 for watts in WATTS_PER_CORE)
            method = f"estimated: {self.cpu_seconds:.0f} core-seconds at {WATTS_PER_CORE[0]:g} to {WATTS_PER_CORE[1]:g} W a busy core"
        grid = _grid()
        return dict(
            watt_hours=[_two(low), _two(high)], grams_co2=[_two(low * grid / 1000), _two(high * grid / 1000)],
            grid_grams_per_kwh=grid, core_seconds=round(self.cpu_seconds, 1), method=method,
        )  # fmt: skip


def read_counters(folder: Path = COUNTERS) -> dict[str, tuple[float, float]]:
    """(joules so far, joules at which it starts again at 0) of each processor package, by counter name; empty where there
    are none or they may not be read."""
    found = {}
    for path in sorted(folder.glob("intel-rapl:[0-9]*")) if folder.is_dir() else ():
        if path.name.count(":") == 1:  # those with two are parts of a package, counted in it already
            try:
                now, limit = (int((path / name).read_text()) / 1e6 for name in ("energy_uj", "max_energy_range_uj"))
            except (OSError, ValueError):
                continue
            found[path.name] = now, limit
    return found


def joules_between(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> float | None:
    """Joules used between two readings, a counter that started again once allowed for; None when nothing was read."""
    both = before.keys() & after.keys()
    return sum((after[k][0] - before[k][0]) % after[k][1] for k in both) if both else None


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _grid() -> float:
    try:
        value = float(os.environ.get("VITASCOPE_GRID_G_PER_KWH", GRID))
    except ValueError:
        raise ValueError(
            "VITASCOPE_GRID_G_PER_KWH must be a number of grams of CO2 a kilowatt-hour, such as 56."
        ) from None
    if value < 0:
        raise ValueError("VITASCOPE_GRID_G_PER_KWH cannot be below zero.")
    return value


def _two(value: float) -> float:
    """Two significant digits: an estimate has no more."""
    return float(f"{value:.2g}")
