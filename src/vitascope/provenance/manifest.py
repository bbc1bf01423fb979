"""The manifest of a film in the words of C2PA 2.4: actions, assertions and ingredients."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import math
import os
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from .credentials import Credentials, Ingredient

SPEC = "2.4.0"
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MADE, MIXED = IPTC + "trainedAlgorithmicMedia", IPTC + "compositeWithTrainedAlgorithmicMedia"
# C2PA's list of soft bindings takes names of any vendor in this form; ours is not entered in it, so only we can look such an id up.
SOFT_BINDING = "org.vitascope.watermark.1"
GENERATION, SOURCES, INPUTS = "org.vitascope.generation", "org.vitascope.sources", "org.vitascope.inputs"
USES = ("allowed", "notAllowed", "constrained")
TRAINING = ("cawg.ai_inference", "cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
# Steps that need not say what kind of source their pixels are (conformance programme 0.2); "opened" may not.
UNSOURCED = {f"c2pa.{name}" for name in (
    "converted", "edited.metadata", "enhanced", "opened", "placed", "published", "redacted", "repackaged", "resized.proportional",
    "transcoded", "watermarked.bound", "watermarked.unbound")}  # fmt: skip
MAX_TEXT, MAX_DEPTH, MAX_ITEMS = 8000, 8, 2000
CARRIERS = {"video/mp4", "image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "video/avi"}  # that c2pa can look into


@dataclass(frozen=True)
class Given:
    """An ingredient as the manifest has it; `file` when its bytes are looked into for credentials of its own."""

    label: str
    relationship: str
    title: str
    format: str
    sha256: str = ""
    description: str = ""
    uri: str = ""
    file: BinaryIO | None = None

    def to_dict(self) -> dict:
        said = dict(title=self.title, format=self.format, relationship=self.relationship, label=self.label, instance_id=f"xmp:iid:{self.label}")
        return said | {k: v for k, v in dict(description=self.description, informational_URI=self.uri).items() if v}


def ingredients(credentials: Credentials) -> tuple[list[Given], list[str]]:
    """The user's files, opened, then the library's pictures; and what there is to note about them."""
    found, notes, parents = [], [], 0
    for number, one in enumerate(credentials.ingredients):
        given, note = _given(one, f"input-{number}")
        parents += given.relationship == "parentOf"
        if given.relationship == "parentOf" and parents > 1:  # C2PA allows one parent
            given = replace(given, relationship="componentOf")
        found.append(given)
        notes += [note] if note else []
    for number, source in enumerate(credentials.sources):
        who = ", ".join(part for part in (source.author and f"by {source.author}", source.licence) if part)
        text = clean(f"{source.label or source.id}, a picture of the library" + (f", {who}" if who else ""))
        uri = source.source if source.source.startswith(("http://", "https://")) else ""
        found.append(Given(f"source-{number}", "componentOf", clean(source.label or source.id), "image/png", source.sha256, text, clean(uri)))
    return found, notes


def _given(one: Ingredient, label: str) -> tuple[Given, str]:
    from .credentials import media_type
    from .read import harmless

    title = clean(one.title if one.title is not None else Path(one.path).name if one.path is not None else "picture")
    try:
        file = open(one.path, "rb") if one.path is not None else io.BytesIO(one.data)
    except OSError as error:
        return Given(label, one.relationship, title, "application/octet-stream"), f"{title} could not be read again: {error.strerror}."
    kind = media_type(file.read(400)) or "application/octet-stream"
    file.seek(0)
    given = Given(label, one.relationship, title, kind, hashlib.file_digest(file, "sha256").hexdigest())
    file.seek(0)
    if kind in CARRIERS and harmless(one.path if one.path is not None else one.data):
        return replace(given, file=file), ""
    file.close()
    note = f"{title} cannot be looked into for credentials of its own, so it is an ingredient by its hash alone."
    return given, note if kind in CARRIERS else ""


def definition(credentials: Credentials, given: list[Given]) -> dict:
    """The manifest as c2pa's builder reads it; ingredients with a `file` are added by the caller. Raises ValueError."""
    made = dict(
        claim_version=2, title=clean(credentials.title), assertions=assertions(credentials, given),
        claim_generator_info=[dict(name="Vitascope", version=version("vitascope"), specVersion=SPEC)],
        ingredients=[one.to_dict() for one in given if one.file is None],
    )  # fmt: skip
    if len(json.dumps(made)) > 1 << 20:
        raise ValueError("The credentials of this film have more than a megabyte: leave some of the settings out.")
    return made


def assertions(credentials: Credentials, given: list[Given]) -> list[dict]:
    """All that is asserted, each as created by us: without that, C2PA would count it as merely gathered."""
    if credentials.training not in USES:
        raise ValueError(f"Training on a film is {', '.join(USES[:2])} or {USES[2]}, not {credentials.training!r}.")
    sources = [{k: v for k, v in vars(source).items() if v} for source in credentials.sources]
    inputs = [dict(title=one.title, relationship=one.relationship, format=one.format, sha256=one.sha256) for one in given
              if one.label.startswith("input-") and one.sha256]  # fmt: skip
    said = [
        ("c2pa.actions.v2", dict(actions=actions(credentials, given), allActionsIncluded=True)),
        ("cawg.training-mining", dict(entries={name: dict(use=credentials.training) for name in TRAINING})),
        (GENERATION, generation(credentials)),
    ]
    if credentials.model:
        known = dict(modelIdentifier=f"urn:sha256:{credentials.model_hash}") if credentials.model_hash else {}
        said.append(("c2pa.ai-disclosure", dict(modelType="c2pa.types.model", modelName=credentials.model, **known)))
    if credentials.film_id is not None:
        said.append(("c2pa.soft-binding", dict(alg=SOFT_BINDING, blocks=[dict(scope={}, value=hexadecimal(credentials.film_id))])))
    said += [(SOURCES, dict(sources=sources))] * bool(sources) + [(INPUTS, dict(inputs=inputs))] * bool(inputs)
    return [dict(label=label, created=True, data=plain(data)) for label, data in said]


def generation(credentials: Credentials) -> dict:
    """How the film was made, under a label of our own; what is not known is left out."""
    c = credentials
    facts = dict(task=c.task, prompt=c.prompt, seed=c.seed, model=c.model, model_sha256=c.model_hash, ledger_root=c.ledger_root,
                 settings=c.settings, energy=c.energy, moderation=c.moderation, switched_off=list(c.switched_off))  # fmt: skip
    return {k: v for k, v in facts.items() if v not in (None, "", {}, [])}


def actions(credentials: Credentials, given: list[Given]) -> list[dict]:
    """What was done, in order: created, or opened and edited; then placed, the caller's own steps, and marked."""
    when = (credentials.made_at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    by = lambda *relationships: [one.label for one in given if one.relationship in relationships]
    mixed = any(one.label.startswith("input-") and one.relationship != "inputTo" for one in given)
    text, source = credentials.description or credentials.task, MIXED if mixed else MADE
    steps = [dict(action="c2pa.created", digitalSourceType=source, description=text, ids=by("inputTo"))]
    if by("parentOf"):
        steps = [dict(action="c2pa.opened", ids=by("parentOf")),
                 dict(action="c2pa.edited", digitalSourceType=source, description=text, ids=by("inputTo"))]  # fmt: skip
    if by("componentOf"):
        steps.append(dict(action="c2pa.placed", ids=by("componentOf")))
    for step in credentials.actions:
        name = str(step.get("action", ""))
        if "." not in name:
            raise ValueError(f"{name!r} is no step of a film's history: name it as C2PA does, such as c2pa.resized.")
        exempt = not name.startswith("c2pa.") or name in UNSOURCED
        steps.append(({} if exempt else dict(digitalSourceType=source)) | plain(step))
    if credentials.film_id is not None:
        steps.append(dict(action="c2pa.watermarked.bound", description="A 64-bit id in the luma of every frame"))
    agent = dict(name="Vitascope", version=version("vitascope"))
    return [_step(step) | dict(when=when, softwareAgent=agent) for step in steps]


def _step(step: dict) -> dict:
    labels = step.pop("ids", [])
    return step | (dict(parameters=dict(ingredientIds=labels)) if labels else {})


def hexadecimal(film_id: int) -> str:
    """A film's id as manifests and the store name it: 16 hexadecimal digits. Raises ValueError."""
    if not 0 <= film_id < 2**64:
        raise ValueError(f"A film's id has 64 bits, which {film_id} has not.")
    return f"{film_id:016x}"


def clean(text: str) -> str:
    """Text without control characters and lone surrogates, of at most 8,000 characters."""
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in str(text)[:MAX_TEXT])
    return text.encode("utf-8", "replace").decode()


def plain(value, depth: int = 0):
    """A value as CBOR and JSON both have it: whole numbers of 64 bits, finite fractions, clean text; numpy's own made plain.

    Lists of numbers become lists of text: readers built on c2pa-rs show them as if they were bytes.
    """
    if isinstance(value, (bool, type(None))):
        return value
    if isinstance(value, (str, os.PathLike)):
        return clean(value if isinstance(value, str) else Path(value).name)
    if hasattr(value, "tolist"):
        return plain(value.tolist(), depth)
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth >= MAX_DEPTH:
        return clean(value)
    if isinstance(value, dict):
        return {clean(k): plain(v, depth + 1) for k, v in list(value.items())[:MAX_ITEMS]}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [plain(v, depth + 1) for v in list(sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)[:MAX_ITEMS]]
        numbers = all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items)
        return list(map(str, items)) if numbers else items
    return clean(value)
