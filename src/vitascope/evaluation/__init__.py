"""The bench: what the films are worth, measured, with real renders as the ceiling and shuffled captions as the floor."""

from __future__ import annotations

from pathlib import Path

from .report import latest, table

__all__ = ["latest", "quality", "table"]


def quality(folder: Path, films: int = 60, **options) -> dict:
    """Measure everything (see `bench.quality`). Raises ValueError where PyTorch or weights are missing."""
    try:
        import torch  # noqa: F401
    except ImportError:
        raise ValueError("The bench needs PyTorch: install vitascope with the extra [train].") from None
    from .bench import quality as measure

    return measure(folder, films, **options)
