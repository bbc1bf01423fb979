"""The operator's policy: one readable YAML file, checked line by line, what is weakened kept on record."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

CATEGORIES = ("violence", "sexual", "sexual_minors", "hate", "self_harm", "likeness", "ip", "misinformation")
ACTIONS = ("refuse", "label", "off")
SHIPPED = Path(__file__).with_name("policy.yaml")
MINORS_RULE = "Sexual content with minors is always refused; no setting changes that."


@dataclass(frozen=True)
class Category:
    """action: refuse, label or off; threshold: 0 to 1; rule: the sentence for whoever is refused."""

    action: str
    threshold: float
    rule: str


@dataclass(frozen=True)
class Prompts:
    """How texts are judged. refuse: the operator's own words by category; allow: names that are free here."""

    enabled: bool
    categories: dict[str, Category]
    classifier: bool
    allow: tuple[str, ...]
    refuse: dict[str, tuple[str, ...]]
    appeal: str


@dataclass(frozen=True)
class Scored:
    """A reviewer of frames with a score: refused at or above refuse, queued for a person from review on (0 to 1)."""

    enabled: bool
    refuse: float
    review: float


@dataclass(frozen=True)
class Faces:
    """distance: dlib distance under which two faces are one person; consent: real-person references need it on record."""

    enabled: bool
    distance: float
    consent: bool


@dataclass(frozen=True)
class Text:
    """confidence: of the reading (0 to 1), below which words in frames do not count."""

    enabled: bool
    confidence: float


@dataclass(frozen=True)
class Frames:
    """The reviewers of pictures."""

    enabled: bool
    nudity: Scored
    gore: Scored
    weapons: Scored
    symbols: Scored
    faces: Faces
    text: Text


@dataclass(frozen=True)
class Switch:
    """A part that is on or off."""

    enabled: bool


@dataclass(frozen=True)
class Policy:
    """All of it. source: the file's name ("shipped" for ours); digest: SHA-256 of what is in force, 16 hex digits."""

    prompts: Prompts
    frames: Frames
    watermark: Switch
    credentials: Switch
    source: str = "shipped"
    digest: str = ""
    switched_off: tuple[str, ...] = field(default=())

    @classmethod
    def load(cls, path: str | Path | None = None) -> Policy:
        """The shipped policy, or the operator's (path, else VITASCOPE_POLICY) on top of it.

        Raises ValueError with one sentence for a file that cannot be read, unknown keys and values out of range.
        """
        chosen = path or os.environ.get("VITASCOPE_POLICY") or None
        shipped = _read(SHIPPED)
        if chosen is None:
            return _build(shipped, shipped, "shipped")
        return _build(_merged(shipped, _read(Path(chosen)), ()), shipped, Path(chosen).name)

    def to_dict(self) -> dict:
        return asdict(self)


@lru_cache(maxsize=8)
def _parsed(text: str):
    return yaml.safe_load(text)


def _read(path: Path) -> dict:
    """The file as nested dictionaries."""
    try:
        found = _parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"The policy {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ValueError(f"The policy {path} is not a text file in UTF-8.") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"The policy {path} is not valid YAML{f' (line {mark.line + 1})' if mark else ''}; compare it with `vitascope policy show`.") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"The policy {path} must have sections such as prompts: and frames:; compare it with `vitascope policy show`.")
    return found


def _merged(shipped: dict, given: dict, where: tuple[str, ...]) -> dict:
    """The operator's values over ours; every key must be one that we have."""
    out = dict(shipped)
    for key, value in given.items():
        name = ".".join((*where, str(key)))
        if key == "sexual_minors":
            raise ValueError(f"{MINORS_RULE} Take {name} out of the policy.")
        if key not in shipped:
            raise ValueError(f"The policy has no {name}; known here: {', '.join(map(str, shipped))}.")
        if isinstance(shipped[key], dict) and key != "refuse":
            if not isinstance(value, dict):
                raise ValueError(f"The policy's {name} must be a section with {', '.join(map(str, shipped[key]))}.")
            value = _merged(shipped[key], value, (*where, str(key)))
        out[key] = value
    return out


def _build(tree: dict, shipped: dict, source: str) -> Policy:
    prompts, frames = tree["prompts"], tree["frames"]
    categories = {name: _category(name, section) for name, section in prompts["categories"].items()}
    categories["sexual_minors"] = Category("refuse", 0.5, MINORS_RULE)
    built = Prompts(_flag(prompts["enabled"], "prompts.enabled"), categories, _flag(prompts["classifier"], "prompts.classifier"),
                    _words(prompts["allow"], "prompts.allow"), _own(prompts["refuse"]), _text(prompts["appeal"], "prompts.appeal"))  # fmt: skip
    scored = {name: _scored(frames[name], f"frames.{name}") for name in ("nudity", "gore", "weapons", "symbols")}
    faces, text = frames["faces"], frames["text"]
    review = Frames(_flag(frames["enabled"], "frames.enabled"), **scored,
                    faces=Faces(_flag(faces["enabled"], "frames.faces.enabled"), _share(faces["distance"], "frames.faces.distance"), _flag(faces["consent"], "frames.faces.consent")),
                    text=Text(_flag(text["enabled"], "frames.text.enabled"), _share(text["confidence"], "frames.text.confidence")))  # fmt: skip
    switches = {name: Switch(_flag(tree[name]["enabled"], f"{name}.enabled")) for name in ("watermark", "credentials")}
    digest = hashlib.sha256(json.dumps(tree, sort_keys=True, default=str).encode()).hexdigest()[:16]
    return Policy(built, review, **switches, source=source, digest=digest, switched_off=tuple(_weakened(tree, shipped, ())))


def _weakened(tree: dict, shipped: dict, where: tuple[str, ...]) -> list[str]:
    """Names of what is off, only a label, or asks for more evidence than ours does."""
    found = []
    for key, ours in shipped.items():
        name, theirs = ".".join((*where, key)), tree[key]
        if isinstance(ours, dict) and key != "refuse":
            if theirs.get("enabled") in (False,) and ours["enabled"]:
                found.append(name)
            elif theirs.get("action") != ours.get("action"):
                found += _milder(name, theirs["action"], ours["action"])
            else:
                found += _weakened(theirs, ours, (*where, key))
        elif ours is True and theirs is False:
            found.append(name)
        elif key == "distance" and theirs < ours or key in ("threshold", "refuse", "review", "confidence") and not isinstance(ours, dict) and theirs > ours:
            found.append(f"{name} {theirs}")
        elif key == "allow" and theirs:
            found.append(f"{name}: {', '.join(theirs)}")
    return found


def _milder(name: str, theirs, ours: str) -> list[str]:
    action = "off" if theirs is False else theirs
    if ACTIONS.index(action) <= ACTIONS.index(ours):
        return []
    return [name if action == "off" else f"{name}: {action} only"]


def _category(name: str, section: dict) -> Category:
    where = f"prompts.categories.{name}"
    action = "off" if section["action"] is False else section["action"]  # YAML reads a bare off as false
    if action not in ACTIONS:
        raise ValueError(f"The policy's {where}.action is {action!r}; it must be one of {', '.join(ACTIONS)}.")
    return Category(action, _share(section["threshold"], f"{where}.threshold"), _text(section["rule"], f"{where}.rule"))


def _scored(section: dict, where: str) -> Scored:
    found = Scored(_flag(section["enabled"], f"{where}.enabled"), _share(section["refuse"], f"{where}.refuse"), _share(section["review"], f"{where}.review"))
    if found.review > found.refuse:
        raise ValueError(f"The policy's {where}.review ({found.review}) must not be above its refuse ({found.refuse}).")
    return found


def _flag(value, where: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"The policy's {where} is {value!r}; it must be true or false.")
    return value


def _share(value, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise ValueError(f"The policy's {where} is {value!r}; it must be a number above 0 and up to 1.")
    return float(value)


def _text(value, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"The policy's {where} must be a sentence.")
    return " ".join(value.split())


def _words(value, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(w, str) and w.strip() for w in value):
        raise ValueError(f'The policy\'s {where} must be a list of words, such as ["acme cola"].')
    return tuple(w.strip() for w in value)


def _own(value) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('The policy\'s prompts.refuse must name words by category, such as {ip: ["acme cola"]}.')
    for name in value:
        if name not in CATEGORIES:
            raise ValueError(f"The policy's prompts.refuse has no category {name!r}; known: {', '.join(CATEGORIES)}.")
    return {name: _words(words, f"prompts.refuse.{name}") for name, words in value.items()}
