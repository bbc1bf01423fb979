"""From the words of a prompt to what the director and the painter are conditioned on."""

from .encoder import TextEncoder
from .expand import expand
from .limits import validate
from .reader import Mention, Reading, read

__all__ = ["Mention", "Reading", "TextEncoder", "expand", "read", "validate"]
