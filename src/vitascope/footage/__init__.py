"""What is missing in real footage, proposed or completed without a network of our own."""

from .damage import Damage, examine, find_damage
from .gaps import fill_gap
from .guess import guess
from .hidden import fill_region, hide
from .masks import read_mask, spans
from .measures import drift, flicker, seam_error

__all__ = [
    "Damage",
    "drift",
    "examine",
    "fill_gap",
    "fill_region",
    "find_damage",
    "flicker",
    "guess",
    "hide",
    "read_mask",
    "seam_error",
    "spans",
]
