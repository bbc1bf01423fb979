"""The last steps of a film: more frames between the painted ones, more pixels, the size that was asked for."""

from .interpolate import Interpolator
from .upscale import Upscaler, fit

__all__ = ["Interpolator", "Upscaler", "fit"]
