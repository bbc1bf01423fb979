"""What people write on storyboards, checked field by field: each mistake is one sentence that names the card."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import os
import re
from dataclasses import replace
from pathlib import Path

from .clip import parse_size
from .storyboard import Card, Storyboard, seed_of
from .storyboard_text import MAX_BYTES, load

LAST_CARD = 4.0  # seconds of the last card where the film's length is not given
MAX_CARDS = 500
STYLES = ("3d", "flat", "noto", "twemoji", "clipart")
BOARD = ("title", "size", "fps", "seed", "style", "camera", "motion", "negative_prompt", "characters", "cards", "seconds")
CARD = ("at", "id", "seed", "prompt", "picture", "clip", "from", "to", "hold", "cut", "camera")


def as_storyboard(source, folder: str | os.PathLike = ".") -> Storyboard:
    """A storyboard out of a file's path, a list of cards, the dict that such a file holds, or a Storyboard.

    `folder` is where relative paths start when there is no file. Raises ValueError with one sentence.
    """
    if isinstance(source, Storyboard):
        return source
    if isinstance(source, list | tuple):
        return _board({"cards": list(source)}, Path(folder))
    if isinstance(source, dict):
        return _board(source, Path(folder))
    path = Path(source)
    if path.is_dir():
        raise ValueError(f"{path} is a folder; give the storyboard's file.")
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"Cannot read the storyboard {path}: {os.strerror(error.errno or 0).lower()}.") from error
    plain = load(data, path.name)
    return as_storyboard(plain if isinstance(plain, dict | list) else {}, path.parent)


def _board(plain: dict, folder: Path) -> Storyboard:
    _known_fields(plain, BOARD, "The storyboard")
    seed, cards = _seed(plain.get("seed"), "The storyboard"), plain.get("cards")
    if not isinstance(cards, list) or not cards:
        raise ValueError("A storyboard needs a list of `cards`, each with `at` and a `prompt`, a `picture` or a `clip`.")
    if len(cards) > MAX_CARDS:
        raise ValueError(f"A storyboard has at most {MAX_CARDS} cards, not {len(cards)}: make several.")
    made = [_card(card, f"Card {number}", seed, folder) for number, card in enumerate(cards, 1)]
    counts: dict[str, int] = {}
    for index, card in enumerate(made):
        counts[card.id] = counts.get(card.id, 0) + 1
        if counts[card.id] > 1:
            if "id" in cards[index]:
                raise ValueError(f"Card {index + 1} has the id {card.id!r} of an earlier card: give it another.")
            card = replace(card, id=f"{card.id}-{counts[card.id]}")
            made[index] = card if "seed" in cards[index] else replace(card, seed=seed_of(seed, card.id))
    who = "The storyboard"
    style = plain.get("style")
    if style is not None and style not in STYLES:
        raise ValueError(f"The storyboard's style must be one of {', '.join(STYLES)}, not {str(style)[:40]!r}.")
    size = plain.get("size", "512x320")
    if isinstance(size, list | tuple) and len(size) == 2:
        size = f"{size[0]}x{size[1]}"
    motion = plain.get("motion")
    return check_order(Storyboard(
        tuple(made), _end(plain, made[-1]), title=_text(plain.get("title", ""), who, "title"), size=parse_size(size),
        fps=_number(plain.get("fps", 24.0), who, "fps", 1, 60), seed=seed, style=style,
        camera=_text(plain["camera"], who, "camera") if plain.get("camera") else None,
        motion=None if motion is None else _number(motion, who, "motion", 0, 2),
        negative_prompt=_text(plain.get("negative_prompt", ""), who, "negative_prompt"),
        characters=_characters(plain.get("characters") or {}, folder),
    ))  # fmt: skip


def _end(plain: dict, last: Card) -> float:
    """When the film ends: as it says, or after what the last card takes."""
    if "seconds" in plain:
        return _seconds(plain["seconds"], "The storyboard", "seconds")
    takes = last.stop - last.start if last.stop is not None else last.hold
    return round(last.at + (takes or LAST_CARD), 6)


def _card(plain, who: str, seed: int | None, folder: Path) -> Card:
    if not isinstance(plain, dict):
        raise ValueError(f"{who} is no card: write fields such as `at: 0` and `prompt: a dog runs`.")
    _known_fields(plain, CARD, who)
    if "at" not in plain:
        raise ValueError(f"{who} does not say when it comes: give it `at`, in seconds.")
    at = _seconds(plain["at"], who, "at")
    prompt = _text(plain.get("prompt", ""), who, "prompt")
    picture, clip = (_file(plain.get(name), who, name, folder) for name in ("picture", "clip"))
    if picture and clip:
        raise ValueError(f"{who} has both a picture and a clip: put one of them on a card of its own.")
    if not (prompt or picture or clip):
        raise ValueError(f"{who} is empty: give it a `prompt`, a `picture` or a `clip`.")
    for name in ("from", "to"):
        if name in plain and not clip:
            raise ValueError(f"{who} has `{name}` but no clip: only a clip has a part to choose.")
    if "hold" in plain and not picture:
        raise ValueError(f"{who} has `hold` but no picture: only a picture is held.")
    start = _seconds(plain.get("from", 0), who, "from")
    stop = _seconds(plain["to"], who, "to") if plain.get("to") is not None else None
    if stop is not None and stop <= start:
        raise ValueError(f"{who} takes its clip from {start:g} to {stop:g} s, which is nothing: `to` must be after `from`.")
    if not isinstance(plain.get("cut", False), bool):
        raise ValueError(f"{who} has `cut: {plain['cut']}`, but a cut is true or false.")
    name = _text(str(plain.get("id", "")), who, "id") or _id(prompt, plain)
    return Card(
        at, name, _seed(plain.get("seed"), who) if plain.get("seed") is not None else seed_of(seed, name), prompt, picture, clip,
        start, stop, _seconds(plain.get("hold", 0), who, "hold"), plain.get("cut", False),
        _text(plain["camera"], who, "camera") if plain.get("camera") else None,
    )  # fmt: skip


def check_order(board: Storyboard) -> Storyboard:
    """The storyboard itself when its cards follow one another without overlap; else ValueError names the card."""
    for number, (card, length) in enumerate(zip(board.cards, board.lengths()), 1):
        what = f"card {number + 1}" if number < len(board.cards) else "the film's end"
        if length <= 0 and number < len(board.cards):
            raise ValueError(f"Card {number + 1} comes at {card.at + length:g} s, no later than card {number} at {card.at:g} s: "
                             f"put the cards in order of time.")  # fmt: skip
        if length <= 0:
            raise ValueError(f"Card {number} comes at {card.at:g} s, but the film ends after {board.seconds:g} s: give it more `seconds`.")
        takes = card.stop - card.start if card.stop is not None else card.hold
        if takes > length + 1e-3:
            raise ValueError(f"Card {number} takes {takes:g} s from {card.at:g} s on and so overlaps {what} at {card.at + length:g} s: "
                             f"shorten it or move what follows.")  # fmt: skip
    return board


# --- fields -----------------------------------------------------------------------------------------------------------


def _known_fields(plain: dict, known: tuple[str, ...], who: str) -> None:
    for name in plain:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}."
            raise ValueError(f"{who} has an unknown field `{str(name)[:40]}`: {hint}")


def _text(value, who: str, name: str) -> str:
    if not isinstance(value, str) or len(value) > 4000 or "\0" in value:
        raise ValueError(f"{who} has a `{name}` that is no text of at most 4,000 letters: put it in quotation marks.")
    return " ".join(value.split())


def _number(value, who: str, name: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{who} has `{name}: {str(value)[:40]}`, but it must be a number from {least:g} to {most:g}.")
    return float(value)


def _seconds(value, who: str, name: str) -> float:
    """Seconds from 5, 5.5, "5", "0:05" or "1:02:03.5"."""
    found = re.fullmatch(r"\s*(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d{1,9})?)\s*(?:s\s*)?", value) if isinstance(value, str) else None
    if found:
        value = 3600 * int(found[1] or 0) + 60 * int(found[2] or 0) + float(found[3])
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{who} has `{name}: {str(value)[:40]}`, which is no time: write seconds, or minutes as \"0:05\".")
    if not 0 <= value < 86_400:
        raise ValueError(f"{who} has `{name}: {value:g}`, but times count from 0 on.")
    return round(float(value), 6)


def _seed(value, who: str) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63):
        raise ValueError(f"{who} has `seed: {str(value)[:40]}`, but a seed is a whole number from 0 on.")
    return value


def _file(value, who: str, name: str, folder: Path) -> Path | None:
    if value is None:
        return None
    path = folder / _text(os.fspath(value) if isinstance(value, os.PathLike) else value, who, name)
    if not path.is_file():
        raise ValueError(f"{who} needs the {name} {path}, which {'is a folder' if path.is_dir() else 'is not there'}.")
    return path


def _characters(plain, folder: Path) -> dict[str, tuple[Path, ...] | str]:
    if not isinstance(plain, dict):
        raise ValueError("The storyboard's `characters` must be names with pictures, such as `milo: milo.png`.")
    found: dict[str, tuple[Path, ...] | str] = {}
    for name, value in plain.items():
        who = f"The character {str(name)[:40]}"
        if not re.fullmatch(r"[^\W\d_][\w-]{0,39}", str(name)):
            raise ValueError(f"{who} needs a name of letters, digits and dashes that begins with a letter.")
        given = value if isinstance(value, list) else [value]
        if not 1 <= len(given) <= 4:
            raise ValueError(f"{who} has {len(given)} pictures, but must have 1 to 4.")
        saved = isinstance(value, str) and not Path(value).suffix and not (folder / value).exists()
        found[str(name)] = value if saved else tuple(_file(path, who, "picture", folder) for path in given)
        if None in given:
            raise ValueError(f"{who} has no picture: give a file, or the name of a saved character.")
    return found


def _id(prompt: str, plain: dict) -> str:
    """A short name from what is on the card, so that it stays when cards around it change."""
    shown = [prompt, *(str(plain.get(name, "")) for name in ("picture", "clip", "from", "to"))]
    word = re.sub(r"[^a-z0-9]+", "-", (prompt or Path(shown[1] or shown[2]).stem).lower())[:20].strip("-") or "card"
    return f"{word}-{hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:4]}"
