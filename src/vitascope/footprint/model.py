"""Energy where no counter can be read: codecarbon's published model of a machine, and a range around it.

codecarbon 3 (https://docs.codecarbon.io, methodology) takes the processor's listed power, or 4 W a thread where it is not listed, times
0.1 + 0.9 load^3, and for memory 5 W a module, whose number it guesses from the memory's size. For 24 GB that is 20 W, however little the
memory does: for a process on one or two cores the guess about memory is most of the figure. So it is one figure within a range here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

# Watts of one busy core with its share of the rest of the machine: from a laptop's (low) to an old server's (high).
WATTS_PER_CORE = (4.0, 18.0)
WATTS_PER_THREAD = 4.0  # codecarbon's for a processor that is not in its list
WATTS_PER_MODULE = 5.0  # codecarbon's, of memory on x86


@dataclass(frozen=True)
class Estimate:
    """Joules: the least and the most there is reason to believe in, and what codecarbon's model says for the whole machine."""

    low: float
    high: float
    model: float


def estimate(core_seconds: float, seconds: float, threads: int | None = None, memory_gb: float | None = None) -> Estimate:
    """Joules of work that kept cores busy for `core_seconds` within `seconds`, on a machine of `threads` and `memory_gb` (this one's).

    low: this process's share alone, at a laptop's watts a core; high: an old server's, with all of the machine's memory on top.
    """
    threads = threads or os.cpu_count() or 1
    memory = memory_watts(memory_gb if memory_gb is not None else memory_of_machine())
    load = min(1.0, core_seconds / (threads * seconds)) if seconds > 0 else 0.0
    model = (processor_watts(threads, load) + memory) * seconds
    low, high = WATTS_PER_CORE[0] * core_seconds, WATTS_PER_CORE[1] * core_seconds + memory * seconds
    return Estimate(min(low, model), max(high, model), model)


def processor_watts(threads: int, load: float) -> float:
    """codecarbon's watts of a processor that is not in its list, under `load` 0..1."""
    return threads * WATTS_PER_THREAD * (0.1 + 0.9 * load**3)


def memory_watts(gigabytes: float) -> float:
    """codecarbon's watts of x86 memory: two modules at least, four up to 64 GB, eight up to 128, up to 32 beyond, each further one a
    little less."""
    if gigabytes <= 64:
        modules = 2 if gigabytes <= 16 else 4
    else:
        modules = 8 if gigabytes <= 128 else min(32, _modules(gigabytes))
    steps = ((4, 1.0), (4, 0.9), (8, 0.8), (16, 0.7))  # modules and the share of WATTS_PER_MODULE of each
    watts = 0.0
    for count, share in steps:
        watts += WATTS_PER_MODULE * share * min(modules, count)
        modules -= min(modules, count)
    return watts


def _modules(gigabytes: float) -> int:
    size = max(s for s in (4, 8, 16, 32, 64, 128) if s <= gigabytes / 8)
    return -int(-gigabytes // size)


def memory_of_machine() -> float:
    """Gigabytes (2^30 bytes) of memory; 16 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return 16.0
