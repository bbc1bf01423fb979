"""From the words of a prompt to what the director and the painter are conditioned on."""

from .encoder import TextEncoder
from .enrich import Expansion, enrich
from .expand import expand
from .limits import validate
from .reader import Mention, Reading, read

__all__ = ["Expansion", "Mention", "Reading", "TextEncoder", "enrich", "expand", "read", "validate"]
