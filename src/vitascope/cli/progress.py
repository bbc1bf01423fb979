"""Progress on standard error: one line that is rewritten on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import sys
import time
from pathlib import Path

STAGES = {"paint": "painting", "finish": "finishing"}


class Progress:
    """Give it every studio event. `release`: the way out of the film (release.Release), which previews take, too."""

    def __init__(self, preview: str | None = None):
        self.preview, self.started, self.seen, self.open = preview, time.perf_counter(), set(), False
        self.shown, self.release = -1.0, None  # seconds at which the preview was last replaced
        if preview:
            check_preview(Path(preview))

    def __call__(self, event) -> None:
        if self.preview and event.peek is not None and self.seconds - self.shown >= 0.5:
            self._show(event.peek())
        if event.total:
            name = STAGES.get(event.stage, event.stage)
            if sys.stderr.isatty():
                filled = round(24 * event.done / event.total)
                bar = "█" * filled + "·" * (24 - filled)
                print(f"\r  {name:<10} {bar} {event.done}/{event.total}  {self.seconds:.0f} s ", end="", file=sys.stderr, flush=True)
                self.open = True
                if event.done == event.total:
                    self.line()
            elif event.done == event.total or event.stage not in self.seen:
                print(f"  {name} {event.done}/{event.total}  {self.seconds:.0f} s", file=sys.stderr, flush=True)
        elif event.text:
            self.line()
            print(f"  {event.text}", file=sys.stderr, flush=True)
        self.seen.add(event.stage)

    def line(self):
        if self.open:
            print(file=sys.stderr, flush=True)
            self.open = False

    def say(self, text: str) -> None:
        self.line()
        print(f"  {text}", file=sys.stderr, flush=True)

    def _show(self, frame) -> None:
        """Replace the preview by a frame (h w 3), or leave the last one where this one is not to be shown."""
        if frame is not None:
            self.release.preview(frame, Path(self.preview))
        self.shown = self.seconds

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


def check_preview(path: Path) -> None:
    """Raises ValueError unless a picture can be written there."""
    from vitascope.media import PICTURES

    if path.suffix.lower() not in PICTURES or path.is_dir() or not path.absolute().parent.is_dir():
        raise ValueError(f"Cannot write the preview {path}: give a .png, .jpg or .webp file in a folder that is there.")
