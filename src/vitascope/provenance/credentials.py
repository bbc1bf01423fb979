"""Content Credentials (C2PA 2.4): what a film says about itself, signed into the finished file.

    sign("film.mp4", Credentials(title="A fox", seed=7, film_id=0x0123456789abcdef))

Signing comes last: whatever writes the file afterwards breaks what was signed, and `read.sealed` tells.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vitascope.media import whole_file
from vitascope.media.files import sniff

if TYPE_CHECKING:
    from .signers import Signer

RELATIONSHIPS = ("parentOf", "componentOf", "inputTo")
FORMATS = {"mp4": "video/mp4", "PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}  # that leave signed
SETTINGS = {
    "verify": {"verify_after_sign": False, "verify_trust": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    # No thumbnails: a small copy of somebody's picture would outlive the film. Ingredients are asserted by us too, not merely gathered.
    "builder": {"thumbnail": {"enabled": False}, "created_assertion_labels": ["c2pa.ingredient"]},
}


@dataclass(frozen=True)
class Source:
    """A picture of the library that the film drew on; the fields are those of a film's report["sources"]."""

    id: str
    label: str = ""
    author: str = ""
    licence: str = ""
    source: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Ingredient:
    """A file that the user gave: by `path`, or as its bytes (`data`).

    relationship: "parentOf" (the film is this file, changed: one at most), "componentOf" (its pixels are in the film), "inputTo" (it was
    shown to the model). title: what it is called; None: the name of the file. Credentials that it carries are kept.
    """

    relationship: str
    path: str | os.PathLike | None = None
    data: bytes | None = None
    title: str | None = None

    def __post_init__(self):
        if self.relationship not in RELATIONSHIPS:
            raise ValueError(f"An ingredient is {', '.join(RELATIONSHIPS[:2])} or {RELATIONSHIPS[2]}, not {self.relationship!r}.")
        if (self.path is None) == (self.data is None):
            raise ValueError("An ingredient is a file or its bytes: give one of path and data.")


@dataclass(frozen=True)
class Credentials:
    """What the manifest says. Everything but the title may be left out, and what is left out is not said.

    task: the verb that made it ("generate", "extend", "fill", ...); description: the same in a sentence
    model, model_hash, ledger_root: name and SHA-256 of the weights, and the root hash of the ledger of what they were trained on
    prompt: the operator may leave it out, None
    settings, energy, moderation: as in the film's report; switched_off: parts of the policy that the operator turned off
    film_id: the 64 bits in the watermark, which bind the manifest to the pixels; None where there is no watermark
    training: whether others may train on it: "allowed", "notAllowed" or "constrained" (cawg.training-mining)
    actions: further steps after the first, such as {"action": "c2pa.resized", "description": "..."}
    made_at: when; None: now
    """

    title: str
    task: str = "generate"
    description: str = ""
    model: str = ""
    model_hash: str = ""
    ledger_root: str = ""
    prompt: str | None = None
    seed: int | None = None
    settings: dict = field(default_factory=dict)
    energy: dict = field(default_factory=dict)
    moderation: dict = field(default_factory=dict)
    switched_off: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    film_id: int | None = None
    training: str = "notAllowed"
    actions: tuple[dict, ...] = ()
    made_at: dt.datetime | None = None


def sign(path: str | os.PathLike, credentials: Credentials, signer: Signer | None = None) -> dict:
    """Sign a finished MP4, PNG, JPEG, WebP or GIF in place: the file is replaced whole, or stays as it was.

    signer: `signers.default()` when None. What the file already said of itself is replaced; ingredients keep theirs. The manifest is
    kept by the film's id too (see `store`). Returns what happened, for the film's report: signed, manifest (its URN), signer, bytes
    (added), seconds, time_stamp (whether there is one), notes. Raises ValueError in one sentence.
    """
    from .store import keep

    started, path = time.perf_counter(), Path(path)
    kind, size = format_of(path), path.stat().st_size
    if kind not in FORMATS.values():
        raise ValueError(f"Cannot sign {path}: it is none of {', '.join(FORMATS)} by its bytes.")
    with whole_file(path) as part:
        shutil.copymode(path, part)
        with open(path, "rb") as source, open(part, "w+b") as target:
            manifests, said = signature(source, target, kind, credentials, signer)
    if credentials.film_id is not None:
        keep(credentials, manifests)
    return said | dict(bytes=path.stat().st_size - size, seconds=round(time.perf_counter() - started, 4))


def signature(source, target, kind: str, credentials: Credentials, signer: Signer | None = None, embed: bool = True) -> tuple[bytes, dict]:
    """Signs what is in the binary file `source` into `target`; returns the manifest store's bytes and what happened.

    With `embed` False the target is a copy of the source, to which `boxes.manifest_box` may be added at the end. When a time stamp was
    wanted and the authority did not give one, it is signed without, and `notes` says so: no film is lost to somebody else's server.
    """
    from .boxes import active_urn
    from .certificates import check
    from .signers import default

    signer = signer or default()
    check(signer.chain)
    notes: list[str] = []
    for stamped in (True, False) if signer.tsa_url else (False,):
        source.seek(0), target.seek(0), target.truncate()
        try:
            manifests, notes = _signed(source, target, kind, credentials, signer, stamped, embed)
            break
        except ValueError as error:
            if not stamped:
                raise
            missed = f"The time stamp authority {signer.tsa_url} gave no time stamp, so the film carries none ({error})"
    if signer.tsa_url and not stamped:
        notes.append(missed)
    return manifests, dict(signed=True, manifest=active_urn(manifests), signer=signer.to_dict(), time_stamp=stamped, notes=notes)


def _signed(source, target, kind, credentials, signer, stamped, embed) -> tuple[bytes, list[str]]:
    import c2pa

    from .manifest import definition, ingredients

    given, notes = ingredients(credentials)
    raised: list[str] = []
    try:
        with contextlib.ExitStack() as stack:
            context = stack.enter_context(c2pa.Context(c2pa.Settings.from_dict(SETTINGS)))
            builder = stack.enter_context(c2pa.Builder(definition(credentials, given), context))
            if not embed:
                builder.set_no_embed()
            for one in given:
                if one.file is not None:
                    builder.add_ingredient(one.to_dict(), one.format, one.file)
            hand = stack.enter_context(_telling(signer, raised).native(stamped))
            return builder.sign(hand, kind, source, target), notes
    except c2pa.C2paError as error:
        why = raised[0] if raised else " ".join(str(error).split())[:300].rstrip(".")
        raise ValueError(f"The film could not be signed: {why}.") from None
    finally:
        for one in given:
            if one.file is not None:
                one.file.close()


def _telling(signer: Signer, raised: list[str]) -> Signer:
    """The signer, with what its callback raises written down, which c2pa would only count."""
    from dataclasses import replace

    if signer.sign is None:
        return signer

    def sign(data: bytes) -> bytes:
        try:
            return signer.sign(data)
        except Exception as error:
            raised.append(f"the signing callback failed with {type(error).__name__}: {str(error)[:200].rstrip('.')}")
            raise

    return replace(signer, sign=sign)


def format_of(path: str | os.PathLike) -> str | None:
    """The media type of a file by its bytes, whatever its name says; None when they say nothing. Raises ValueError."""
    try:
        with open(path, "rb") as file:
            return media_type(file.read(400))
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from None


def media_type(head: bytes) -> str | None:
    """The media type of a file that begins with `head` (400 bytes are enough)."""
    found = sniff(head)
    others = {"AVIF": "image/avif", "avi": "video/avi", "matroska": "video/x-matroska", "ogg": "video/ogg", "mpeg": "video/mpeg",
              "mpegts": "video/mp2t"}  # fmt: skip
    return (FORMATS | others).get(found[1]) if found else None
