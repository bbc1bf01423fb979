"""The last steps of a film: more frames between the painted ones, more pixels, the size that was asked for."""

from .cuts import find_cuts, is_cut
from .interpolate import Interpolator
from .redraw import redraw
from .upscale import Upscaler, fit

__all__ = ["Interpolator", "Upscaler", "find_cuts", "fit", "is_cut", "redraw"]
