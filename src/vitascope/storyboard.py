"""A storyboard: cards on a time axis, each with words, a picture or a clip, in YAML or JSON.

    title: A fox's morning
    size: 512x320
    seed: 7
    characters: {milo: pictures/milo.png}     # named "@milo" in the prompts
    cards:
      - {at: 0, prompt: "@milo sleeps in a snowy forest", camera: zoom in}
      - {at: "0:03", picture: meadow.png, hold: 0.5, prompt: "@milo runs over a meadow"}
      - {at: 6, cut: true, clip: sea.mp4, from: 1, to: 2.5}
    seconds: 9

A card is in force until the next one. A picture is a key frame at the card's time, shown still for `hold` seconds; a
clip plays from the card's time, to its end or the next card's; both are known, all else is painted. `cut: true` is a
hard cut before the card; without it the film goes over. Paths are relative to the storyboard's file.
`tasks.storyboard` lays a `Storyboard` out as a timeline; storyboard_fields.py checks what people wrote.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path


@dataclass(frozen=True)
class Card:
    """One card. Times are in seconds; `at` counts in the film, `start` and `stop` (None: its end) in the clip.

    `id` stays with the card when the storyboard is cut anew, and so does `seed`, which is derived from it.
    """

    at: float
    id: str
    seed: int
    prompt: str = ""
    picture: Path | None = None
    clip: Path | None = None
    start: float = 0.0
    stop: float | None = None
    hold: float = 0.0
    cut: bool = False
    camera: str | None = None


@dataclass(frozen=True)
class Storyboard:
    """Cards in rising order of time, and what holds for all of them. None: as the maker of films is set."""

    cards: tuple[Card, ...]
    seconds: float
    title: str = ""
    size: tuple[int, int] = (512, 320)
    fps: float = 24.0
    seed: int | None = None
    style: str | None = None
    camera: str | None = None
    motion: float | None = None
    negative_prompt: str = ""
    characters: dict[str, tuple[Path, ...] | str] = field(default_factory=dict)  # pictures, or the name of a saved one

    def lengths(self) -> tuple[float, ...]:
        """How long each card is in force, in seconds."""
        ends = [card.at for card in self.cards[1:]] + [self.seconds]
        return tuple(round(end - card.at, 6) for card, end in zip(self.cards, ends))

    def shots(self) -> tuple[Storyboard, ...]:
        """The storyboard at its hard cuts, each part counted from zero: what can be painted, and kept, on its own."""
        firsts = [i for i, card in enumerate(self.cards) if i == 0 or card.cut] + [len(self.cards)]
        shots = []
        for first, last in zip(firsts, firsts[1:]):
            begin = self.cards[first].at if first else 0.0
            end = self.cards[last].at if last < len(self.cards) else self.seconds
            cards = tuple(replace(card, at=round(card.at - begin, 6)) for card in self.cards[first:last])
            shots.append(replace(self, cards=cards, seconds=round(end - begin, 6)))
        return tuple(shots)

    def key(self) -> str:
        """A hash of all that decides the pixels; shots with the same key need not be painted again.

        The first card's `cut` and the title do not count; files count by path, size and date.
        """
        first = replace(self.cards[0], cut=False)
        parts = [replace(self, cards=(first, *self.cards[1:]), title="")]
        used = [path for card in self.cards for path in (card.picture, card.clip) if path]
        used += [path for pictures in self.characters.values() if not isinstance(pictures, str) for path in pictures]
        for path in used:
            parts.append((path.stat().st_size, path.stat().st_mtime_ns) if path.exists() else None)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def reseed(self, seed: int) -> Storyboard:
        """The same cards under another seed: another variation."""
        return replace(self, seed=seed, cards=tuple(replace(card, seed=seed_of(seed, card.id)) for card in self.cards))

    def to_dict(self, folder: Path = Path(".")) -> dict:
        """Plain data that reads back as this storyboard, with paths relative to `folder`."""
        plain = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name not in ("cards", "seconds") and value != (one.default if one.name != "characters" else {}):
                plain[one.name] = value
        plain["size"] = "x".join(map(str, self.size))
        if self.characters:
            plain["characters"] = {
                name: value if isinstance(value, str) else [_relative(path, folder) for path in value]
                for name, value in self.characters.items()
            }
        plain["cards"] = [_plain_card(card, self.seed, folder) for card in self.cards]
        return plain | {"seconds": _number(self.seconds)}

    def to_yaml(self, folder: Path = Path(".")) -> str:
        """The text of a storyboard file that would lie in `folder`."""
        import yaml

        return yaml.safe_dump(self.to_dict(folder), sort_keys=False, allow_unicode=True, width=100)


def seed_of(seed: int | None, card_id: str) -> int:
    """A card's own seed (0 to 2^32 - 1), the same wherever the card stands."""
    return int.from_bytes(hashlib.sha256(f"{seed or 0}:{card_id}".encode()).digest()[:4], "big")


def recut(
    board: Storyboard, order: list[str | int] | None = None, moves: dict[str | int, int] | None = None,
    lengths: dict[str | int, float] | None = None,
) -> Storyboard:  # fmt: skip
    """The same cards in another order, or at other lengths. Cards are named by number (from 1) or by id.

    order: all that stay, in their new order; moves: {card: its new number}; lengths: {card: seconds}. The card that
    opened the film keeps its beginning as a hard cut when it moves. Raises ValueError with one sentence.
    """
    cards, lasting = list(board.cards), dict(zip((card.id for card in board.cards), board.lengths()))
    for name, seconds in (lengths or {}).items():
        if not 0 < seconds < 86_400:
            raise ValueError(f"Card {name} cannot last {seconds:g} seconds: give it more than 0.")
        lasting[_named(board, name).id] = seconds
    if order is not None:
        cards = [_named(board, name) for name in order]
        if not cards or len({card.id for card in cards}) < len(cards):
            raise ValueError("A new order needs at least one card, and each only once.")
    for name, to in (moves or {}).items():
        card = _named(board, name)
        if card not in cards or not 1 <= to <= len(cards):
            raise ValueError(f"Card {name} cannot become number {to}: there are {len(cards)} cards.")
        cards.remove(card)
        cards.insert(to - 1, card)
    at, placed = board.cards[0].at, []
    for number, card in enumerate(cards):
        opened = card.id == board.cards[0].id and number > 0
        placed.append(replace(card, at=round(at, 6), cut=card.cut or opened))
        at += lasting[card.id]
    from .storyboard_fields import check_order

    return check_order(replace(board, cards=tuple(placed), seconds=round(at, 6)))


def _named(board: Storyboard, name: str | int) -> Card:
    if str(name).isdecimal() and 1 <= int(name) <= len(board.cards):
        return board.cards[int(name) - 1]
    found = [card for card in board.cards if card.id == name]
    if not found:
        raise ValueError(f"There is no card {name}: the {len(board.cards)} cards are {', '.join(card.id for card in board.cards)}.")
    return found[0]


def _plain_card(card: Card, seed: int | None, folder: Path) -> dict:
    plain = {"at": _number(card.at), "id": card.id, "cut": card.cut, "prompt": card.prompt, "camera": card.camera}
    if card.seed != seed_of(seed, card.id):
        plain["seed"] = card.seed
    for name in ("picture", "clip"):
        path = getattr(card, name)
        plain[name] = path and _relative(path, folder)
    plain |= {"from": _number(card.start), "to": card.stop and _number(card.stop), "hold": _number(card.hold)}
    return {name: value for name, value in plain.items() if name == "at" or value}


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def read_storyboard(path: str | os.PathLike) -> Storyboard:
    """The storyboard in a YAML or JSON file. Raises ValueError with one sentence that names the card."""
    from .storyboard_fields import as_storyboard

    return as_storyboard(path)
