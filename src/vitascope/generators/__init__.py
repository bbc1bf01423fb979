"""Models that paint windows of film behind one protocol; the studio does not know which one runs."""

from .base import Conditions, Generator
from .embedded import EmbeddedGenerator

__all__ = ["Conditions", "EmbeddedGenerator", "Generator"]
