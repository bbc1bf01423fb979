"""Vitascope: text to video in the open. `vitascope.generate("a red fox runs through a snowy forest").save("fox.mp4")`."""

from __future__ import annotations

__version__ = "0.3.0"
__all__ = ["animate", "connect", "edit", "extend", "fill", "generate", "image", "loop", "outpaint", "storyboard"]


def __getattr__(name: str):
    if name in __all__:  # nothing heavy is imported before it is needed
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module 'vitascope' has no attribute {name!r}")
