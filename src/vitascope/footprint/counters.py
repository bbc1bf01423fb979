"""The counters of energy that machines have: RAPL of the processor packages, NVML of the graphics cards."""

from __future__ import annotations

from pathlib import Path

RAPL = Path("/sys/class/powercap")
NEVER = float("inf")  # joules at which a graphics card's counter starts again: it is 64 bits of millijoules


def read_counters(folder: Path = RAPL) -> dict[str, tuple[float, float]]:
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


def read_gpus() -> dict[str, tuple[float, float]]:
    """(joules since the driver was loaded, NEVER) of each NVIDIA card that counts its energy, by its unique name.

    Needs nvidia-ml-py, which is not asked for: empty without it, without a driver, and on cards older than Volta.
    """
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # the module, the library or the driver is not there; NVML has its own family of errors
        return {}
    found = {}
    try:
        for i in range(pynvml.nvmlDeviceGetCount()):
            card = pynvml.nvmlDeviceGetHandleByIndex(i)
            found[str(pynvml.nvmlDeviceGetUUID(card))] = pynvml.nvmlDeviceGetTotalEnergyConsumption(card) / 1000, NEVER
    except pynvml.NVMLError:
        return {}
    finally:
        pynvml.nvmlShutdown()
    return found


def joules_between(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> float | None:
    """Joules used between two readings, a counter that started again once allowed for; None when nothing was read."""
    both = before.keys() & after.keys()
    return sum((after[k][0] - before[k][0]) % after[k][1] for k in both) if both else None
