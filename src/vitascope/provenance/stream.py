"""A fragmented MP4 that is handed out while it is made, and carries its credentials in its last box.

C2PA's hash leaves the manifest's own box out wherever it stands, and what stands before it keeps its offsets: so a stream's manifest can
come last, when the hash of all that was sent is known. A player that stops earlier has seen an unsigned film.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from .boxes import manifest_box

if TYPE_CHECKING:
    from .credentials import Credentials
    from .signers import Signer


class SealedStream:
    """A binary file object that passes on what is written and keeps a copy, in memory at first, to sign.

    >>> stream = SealedStream(sys.stdout.buffer)
    >>> with VideoWriter(stream, (512, 320), fps=24) as writer:
    ...     ...
    >>> stream.seal(credentials)   # once the writer is closed: nothing may be written afterwards

    An error of the file that it writes to passes through, as from that file itself.
    """

    def __init__(self, file: BinaryIO, in_memory: int = 16 << 20):
        self._file, self._copy, self._sealed = file, tempfile.SpooledTemporaryFile(in_memory), False

    def write(self, data: bytes) -> int:
        if self._sealed:
            raise ValueError("The stream has been signed: nothing may follow.")
        sent = self._file.write(data)
        sent = len(data) if sent is None else sent
        self._copy.write(memoryview(data)[:sent])
        return sent

    def flush(self) -> None:
        self._file.flush()

    def seal(self, credentials: Credentials | Callable[[], Credentials], signer: Signer | None = None) -> dict:
        """Sign what was written and send the box that says so; returns what `credentials.sign` does. Raises ValueError."""
        from .credentials import signature
        from .store import keep

        said = credentials() if callable(credentials) else credentials
        with contextlib.closing(self._copy), tempfile.TemporaryFile() as target:
            manifests, report = signature(self._copy, target, "video/mp4", said, signer, embed=False)
        self._sealed, box = True, memoryview(manifest_box(manifests))
        added = len(box)
        while box:
            box = box[self._file.write(box) or len(box) :]
        self._file.flush()
        keep(said, manifests)
        return report | dict(bytes=added)
