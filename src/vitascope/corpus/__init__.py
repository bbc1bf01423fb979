"""Where training data come from: sources and licences, the library, and scenes rendered from it with captions."""

from .captions import structured
from .fetch import fetch, fetched
from .films import load_photographs, load_shots
from .ledger import read_ledger, root_hash, write_croissant


def pack(archives, out):
    """Build the library; see `vitascope.corpus.pack`."""
    from .pack import pack as build

    return build(archives, out)


def preview(path, count, seed):
    """Draw a contact sheet of rendered films; see `vitascope.corpus.preview`."""
    from .preview import preview as draw

    return draw(path, count, seed)


__all__ = ["fetch", "fetched", "load_photographs", "load_shots", "pack", "preview", "read_ledger", "root_hash", "structured",
           "write_croissant"]  # fmt: skip
