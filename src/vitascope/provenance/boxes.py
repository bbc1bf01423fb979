"""The outer boxes of an MP4 (ISO/IEC 14496-12), and which of them a C2PA hash covers (C2PA 2.4, "BMFF-based hash")."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
OPEN = ("ftyp", "free", "skip", "mfra")  # by the standard's design outside the hash, beside boxes under C2PA's own uuid
MAX_BOXES = 1_000_000


@dataclass(frozen=True)
class Box:
    """`start` and `stop` in bytes, head included; `manifest`: it is under C2PA's own uuid."""

    name: str
    start: int
    stop: int
    manifest: bool = False

    @property
    def hashed(self) -> bool:
        """Whether a change in it is found by the hash; the manifest itself is guarded by its signature."""
        return self.name not in OPEN and not self.manifest


def boxes(path: str | os.PathLike) -> Iterator[Box]:
    """The outer boxes in order. A last one that is torn or nonsense ends where the file does."""
    size, at = Path(path).stat().st_size, 0
    with open(path, "rb") as file:
        for _ in range(MAX_BOXES):
            if at + 8 > size:
                return
            file.seek(at)
            head = file.read(32)
            length, name, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
            if length == 1:
                length, skip = int.from_bytes(head[8:16], "big"), 16
            stop = size if length == 0 else min(size, at + max(length, skip))
            yield Box(name.decode("latin-1"), at, stop, name == b"uuid" and head[skip : skip + 16] == C2PA_UUID)
            at = stop


def manifest_box(manifests: bytes) -> bytes:
    """A uuid box that carries a manifest store: purpose "manifest", no Merkle boxes after it."""
    body = C2PA_UUID + bytes(4) + b"manifest\0" + bytes(8) + manifests
    return (len(body) + 8).to_bytes(4, "big") + b"uuid" + body


def active_urn(manifests: bytes) -> str:
    """The label of the active manifest, the last one in a store (JUMBF, ISO/IEC 19566-5); empty where the bytes are no store."""
    inside, last = manifests[8 : int.from_bytes(manifests[:4], "big")], b""
    while len(inside) >= 8 and (length := int.from_bytes(inside[:4], "big")) >= 8:
        last = inside[:length] if inside[4:8] == b"jumb" else last
        inside = inside[length:]
    label = last[8 + 8 + 16 + 1 :].partition(b"\0")[0]  # heads of the box and of its description, its type, its toggles
    return label.decode("ascii", "replace") if last[12:16] == b"jumd" else ""
