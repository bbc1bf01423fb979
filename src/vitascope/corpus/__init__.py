"""Where training data come from: sources and licences, the library, and scenes rendered from it with captions."""

# Each name is taken at once: `fetch`, `pack` and `preview` are functions as well as modules, and the function has to win.
from .captions import structured
from .croissant import write_croissant
from .fetch import fetch, fetched
from .films import load_photographs, load_shots
from .ledger import check, read_ledger, root_hash
from .pack import pack
from .preview import preview

__all__ = [
    "check", "fetch", "fetched", "load_photographs", "load_shots", "pack", "preview", "read_ledger", "root_hash",
    "structured", "write_croissant",
]  # fmt: skip
