"""The invisible watermark: `Marker` lays a film's id into its frames, `detect` finds it in a copy, `load_key` is the secret between them."""

from __future__ import annotations

from .detect import CHANCE, Detection, detect
from .keys import load_key
from .marking import Marker

__all__ = ["CHANCE", "Detection", "Marker", "detect", "load_key"]
