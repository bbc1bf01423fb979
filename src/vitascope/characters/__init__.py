"""The user's own pictures: made into actors, kept for later films, and brought to life where they stand."""

from .character import KINDS, Character
from .cutout import cut_out, cut_out_clip
from .store import load, names, save

__all__ = ["KINDS", "Character", "cut_out", "cut_out_clip", "load", "names", "save"]
