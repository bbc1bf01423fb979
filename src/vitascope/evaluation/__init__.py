"""The bench: what the films are worth, measured, with real renders as the ceiling and shuffled captions as the floor."""

from .quality import latest, quality, table

__all__ = ["latest", "quality", "table"]
