"""The user's own pictures: made into actors, kept for later films, and brought to life where they stand."""

from .brushes import Stroke, brush
from .character import KINDS, Character
from .cutout import cut_out, cut_out_clip
from .living import Sketch, animate_picture
from .looks import backdrop, recolor
from .store import load, names, save

__all__ = ["KINDS", "Character", "Sketch", "Stroke", "animate_picture", "backdrop", "brush", "cut_out", "cut_out_clip", "load",
           "names", "recolor", "save"]  # fmt: skip
