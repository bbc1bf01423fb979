"""Drawings and loops that exist in one style only: what the library holds beside the four emoji styles."""

from __future__ import annotations

from pathlib import Path


def add_extras(archives: dict[str, Path], out: Path, things: dict, held: set[str], index: list[dict]) -> dict[str, int]:
    return {}
