"""Energy and carbon of one piece of work. Measured where the processor's own counters (RAPL) can be read; elsewhere estimated from
processor time, as a range that says how little is known. Graphics cards that count their energy (NVML) are measured either way.
"""

from __future__ import annotations

import os
import time

from .counters import joules_between, read_counters, read_gpus
from .grid import grid
from .model import WATTS_PER_CORE, estimate

# The counters see the processor packages alone; memory, disk and the loss of the power supply come on top.
BEYOND_COUNTERS = 1.6


class Meter:
    """`with Meter() as meter: ...` and then `meter.report()`.

    The grid's carbon intensity in g/kWh is taken from VITASCOPE_GRID_G_PER_KWH, else VITASCOPE_COUNTRY's, else the world average.
    """

    def __enter__(self) -> Meter:
        self._joules, self._gpu = read_counters(), read_gpus()
        self._cpu, self._clock = _cpu_seconds(), time.perf_counter()
        return self

    def __exit__(self, *_) -> None:
        self.seconds = time.perf_counter() - self._clock
        self.cpu_seconds = _cpu_seconds() - self._cpu
        self.joules = joules_between(self._joules, read_counters())
        self.gpu_joules = joules_between(self._gpu, read_gpus()) if self._gpu else None

    def report(self) -> dict:
        """Watt-hours and grams of CO2 as [low, high], and how they were found; while still running, up to now.

        Where they are estimated, `model_watt_hours` is what codecarbon's model gives for the whole machine.
        """
        if not hasattr(self, "seconds"):
            self.__exit__()
            found = self.report()
            del self.seconds
            return found
        more = {}
        if self.joules:
            low, high = self.joules, BEYOND_COUNTERS * self.joules
            method = (
                "measured: the processor's energy counters (RAPL) while it ran, other work on the machine included; "
                f"the upper end adds {BEYOND_COUNTERS - 1:.0%} for what they do not see"
            )
        else:
            found = estimate(self.cpu_seconds, self.seconds)
            low, high, more = found.low, found.high, dict(model_watt_hours=_two(found.model / 3600))
            method = (
                f"estimated, as no energy counter can be read: {self.cpu_seconds:.0f} core-seconds at {WATTS_PER_CORE[0]:g} W a busy core, "
                f"to {WATTS_PER_CORE[1]:g} W and all of the machine's memory; codecarbon's model of the whole machine lies between"
            )
        if self.gpu_joules is not None:
            low, high = low + self.gpu_joules, high + self.gpu_joules
            more["gpu_watt_hours"] = _two(self.gpu_joules / 3600)
            method += "; graphics cards measured by their own counters (NVML), other work on them included"
        return _figures(low, high) | more | dict(core_seconds=round(self.cpu_seconds, 1), seconds=round(self.seconds, 1), method=method)


def _figures(low: float, high: float) -> dict:
    """Joules as watt-hours and grams of CO2."""
    here = grid()
    hours = low / 3600, high / 3600
    return dict(
        watt_hours=[_two(h) for h in hours], grams_co2=[_two(h * here.grams / 1000) for h in hours],
        grid_grams_per_kwh=here.grams, grid=here.source,
    )  # fmt: skip


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _two(value: float) -> float:
    """Two significant digits: an estimate has no more."""
    return float(f"{value:.2g}")
