"""Energy and carbon: of a film, of a training run, and of a film that is yet to be made.

Measured where the machine's own counters can be read (RAPL, NVML), else estimated as a range; every figure says which.
"""

from .counters import joules_between, read_counters, read_gpus
from .forecast import forecast, forecast_text
from .grid import Grid, grid
from .meter import Meter

__all__ = ["Grid", "Meter", "forecast", "forecast_text", "grid", "joules_between", "read_counters", "read_gpus"]
