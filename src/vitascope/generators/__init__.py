"""Models that paint windows of film behind one protocol; the studio does not know which one runs."""

from .base import Conditions, Generator, Painted, Passage
from .embedded import EmbeddedGenerator
from .store import LatentStore, digest

__all__ = ["Conditions", "EmbeddedGenerator", "Generator", "LatentStore", "Painted", "Passage", "digest"]
