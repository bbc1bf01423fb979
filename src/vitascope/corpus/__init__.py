"""Where training data come from: sources and licences, the library, and scenes rendered from it with captions."""

from .captions import structured
from .films import load_photographs, load_shots

__all__ = ["load_photographs", "load_shots", "structured"]
