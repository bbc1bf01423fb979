"""Progress on standard error: one line that is rewritten on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import sys
import time

STAGES = {"paint": "painting", "finish": "finishing"}


class Progress:
    """Give it every studio event."""

    def __init__(self, quiet: bool = False):
        self.quiet, self.started, self.stage, self.open = quiet, time.perf_counter(), "", False

    def __call__(self, event) -> None:
        if self.quiet:
            return
        if event.total:
            name = STAGES.get(event.stage, event.stage)
            if sys.stderr.isatty():
                filled = round(24 * event.done / event.total)
                bar = "█" * filled + "·" * (24 - filled)
                print(f"\r  {name:<10} {bar} {event.done}/{event.total}  {self.seconds:.0f} s ", end="", file=sys.stderr, flush=True)
                self.open = True
                if event.done == event.total:
                    self.line()
            elif event.done == event.total or self.stage != event.stage:
                print(f"  {name} {event.done}/{event.total}  {self.seconds:.0f} s", file=sys.stderr, flush=True)
        elif event.text:
            self.line()
            print(f"  {event.text}", file=sys.stderr, flush=True)
        self.stage = event.stage

    def line(self):
        if self.open:
            print(file=sys.stderr, flush=True)
            self.open = False

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started
