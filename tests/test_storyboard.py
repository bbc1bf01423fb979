"""Storyboards in files: read, refused in one sentence, cut anew and written back."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.clip import Clip
from vitascope.storyboard import read_storyboard, recut, seed_of
from vitascope.storyboard_fields import as_storyboard

BOARD = """
title: A fox's morning
size: 320x192
seed: 7
style: flat
motion: 1.5
negative_prompt: rain
characters: {milo: milo.png, anna: saved-anna, tom: [milo.png, milo.png]}
cards:
  - {at: 0, prompt: "@milo sleeps in a snowy forest", camera: zoom in}
  - {at: "0:03", picture: milo.png, hold: 0.5, prompt: "@milo runs"}
  - {at: 6, cut: true, clip: sea.mp4, from: 0.25, to: 1}
  - {at: 0:08.5, cut: true, prompt: a city at night}
seconds: 1:00
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    Clip(np.full((1, 16, 16, 3), 90, np.uint8)).write(folder / "milo.png")
    Clip(np.full((12, 16, 16, 3), 90, np.uint8), 12).write(folder / "sea.mp4")
    (folder / "story.yaml").write_text(BOARD)
    return folder


def test_a_board_is_read_with_its_files_beside_it(folder):
    board = read_storyboard(folder / "story.yaml")
    assert (board.title, board.size, board.seed, board.style, board.motion, board.seconds) == ("A fox's morning", (320, 192), 7, "flat", 1.5, 60)
    assert [card.at for card in board.cards] == [0, 3, 6, 8.5] and board.lengths() == (3, 3, 2.5, 51.5)
    assert board.cards[1].picture == folder / "milo.png" and board.cards[1].hold == 0.5
    assert (board.cards[2].clip, board.cards[2].start, board.cards[2].stop) == (folder / "sea.mp4", 0.25, 1)
    assert board.characters == {"milo": (folder / "milo.png",), "anna": "saved-anna", "tom": (folder / "milo.png",) * 2}
    assert len({card.seed for card in board.cards}) == 4


def test_json_and_plain_cards_say_the_same(folder):
    plain = yaml.safe_load(BOARD)
    (folder / "story.json").write_text(json.dumps(plain))
    assert read_storyboard(folder / "story.json") == read_storyboard(folder / "story.yaml") == as_storyboard(plain, folder)
    assert as_storyboard([{"at": 0, "prompt": "a dog"}]).seconds == 4


def test_written_back_it_reads_the_same_even_from_another_folder(folder, tmp_path):
    board = read_storyboard(folder / "story.yaml")
    (tmp_path / "moved.yaml").write_text(board.to_yaml(tmp_path))
    again = read_storyboard(tmp_path / "moved.yaml")
    resolved = lambda b: [(card.at, card.id, card.seed, card.prompt, (card.picture or card.clip or tmp_path).resolve()) for card in b.cards]
    assert resolved(again) == resolved(board) and again.seconds == board.seconds and again.title == board.title


def test_a_recut_keeps_ids_seeds_and_the_shots_that_did_not_change(folder):
    board = read_storyboard(folder / "story.yaml")
    new = recut(board, order=[4, 1, 2, 3])
    assert [card.seed for card in new.cards] == [board.cards[i].seed for i in (3, 0, 1, 2)]
    assert [card.at for card in new.cards] == [0, 51.5, 54.5, 57.5] and new.seconds == 60
    assert new.cards[1].cut  # what opened the film is a shot of its own wherever it stands
    assert {shot.key() for shot in new.shots()} == {shot.key() for shot in board.shots()} and len(new.shots()) == 3
    shorter = recut(board, lengths={2: 1})
    assert [a.key() == b.key() for a, b in zip(board.shots(), shorter.shots())] == [False, True, True]
    assert shorter.seconds == 58 and recut(board, moves={board.cards[3].id: 1}) == new
    assert recut(board, order=[3]).cards[0].clip == folder / "sea.mp4"
    assert all(a.seed != b.seed for a, b in zip(board.cards, board.reseed(8).cards)) and board.reseed(7) == board


@settings(max_examples=40, deadline=None)
@given(st.permutations([1, 2, 3, 4]))
def test_any_order_and_back_is_the_board_again(folder, order):
    board = read_storyboard(folder / "story.yaml")
    there = recut(board, order=list(order))
    back = recut(there, order=[card.id for card in board.cards])
    assert [replace(card, cut=False) for card in back.cards] == [replace(card, cut=False) for card in board.cards]
    assert sum(there.lengths()) == pytest.approx(board.seconds) and all(card.seed == seed_of(7, card.id) for card in there.cards)


CARD = "cards: [{at: 0, prompt: a}, %s]"


@pytest.mark.parametrize("text, told", [
    ("", "needs a list of `cards`"), ("a film", "needs a list"), ("cards: []", "needs a list"), ("cards: [7]", "Card 1 is no card"),
    (CARD % "{at: 1}", "Card 2 is empty"), (CARD % "{prompt: b}", "Card 2 does not say when"),
    (CARD % "{at: 0, prompt: b}", "Card 2 comes at 0 s, no later"), (CARD % "{at: -1, prompt: b}", "Card 2 has `at: -1`"),
    (CARD % "{at: soon, prompt: b}", "Card 2 has `at: soon`"), (CARD % "{at: .nan, prompt: b}", "Card 2 has `at: nan`"),
    (CARD % "{at: 1, promt: b}", "Card 2 has an unknown field `promt`: did you mean `prompt`"),
    (CARD % "{at: 1, prompt: no}", "Card 2 has a `prompt` that is no text"),
    (CARD % "{at: 1, picture: nowhere.png}", "Card 2 needs the picture"), (CARD % "{at: 1, clip: .}", "which is a folder"),
    (CARD % "{at: 1, clip: sea.mp4, picture: milo.png}", "Card 2 has both a picture and a clip"),
    (CARD % "{at: 1, clip: sea.mp4, from: 2, to: 1}", "Card 2 takes its clip from 2 to 1 s"),
    (CARD % "{at: 1, prompt: b, from: 2}", "Card 2 has `from` but no clip"), (CARD % "{at: 1, prompt: b, hold: 2}", "Card 2 has `hold`"),
    (CARD % "{at: 1, clip: sea.mp4, to: 3}, {at: 2, prompt: c}", "Card 2 takes 3 s from 1 s on and so overlaps card 3"),
    (CARD % "{at: 1, picture: milo.png, hold: 3}" + "\nseconds: 2", "Card 2 takes 3 s from 1 s on and so overlaps the film's end"),
    (CARD % "{at: 5, prompt: b}" + "\nseconds: 4", "Card 2 comes at 5 s, but the film ends after 4 s"),
    (CARD % "{at: 1, prompt: b, cut: maybe}", "a cut is true or false"), (CARD % "{at: 1, prompt: b, seed: -2}", "Card 2 has `seed: -2`"),
    (CARD % "{at: 1, prompt: b, id: x}, {at: 2, prompt: c, id: x}", "Card 3 has the id 'x'"),
    ("cards: [{at: 0, prompt: a}]\nsize: big", "not WIDTHxHEIGHT"), ("cards: [{at: 0, prompt: a}]\nfps: 0", "`fps: 0`"),
    ("cards: [{at: 0, prompt: a}]\nstyle: oil", "style must be one of"), ("cards: [{at: 0, prompt: a}]\nmotion: 9", "`motion: 9`"),
    ("cards: [{at: 0, prompt: a}]\ncharacters: {milo: x.png}", "The character milo needs the picture"),
    ("cards: [{at: 0, prompt: a}]\ncharacters: {'@': milo.png}", "needs a name"), ("cards: [{at: 0, prompt: a, at: 1}]", "'at' twice"),
    ("cards: [", "is no valid YAML"), ("? [a]\n: b", "is no valid YAML"), ("[" * 3000, "nested too deeply"), ("a: &x b\nc: *x", "alias"),
    ("x: !!python/object/apply:os.system ['true']", "is no valid YAML"), ("#" * 300_000, "too much for a storyboard"),
    ("\0\1", "is no valid YAML"), ("cards:\n\t- at: 1", "is no valid YAML"),
])  # fmt: skip
def test_mistakes_are_told_in_one_sentence(folder, text, told):
    (folder / "bad.yaml").write_text(text)
    with pytest.raises(ValueError) as error:
        read_storyboard(folder / "bad.yaml")
    assert told in str(error.value) and "\n" not in str(error.value)


def test_a_bomb_of_aliases_is_not_unpacked(folder):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    (folder / "bomb.yaml").write_text("\n".join(lines))
    with pytest.raises(ValueError, match="uses the alias"):
        read_storyboard(folder / "bomb.yaml")


@pytest.mark.parametrize("data, told", [(b"[" * 100_000, "too deeply"), (b'{"cards": [', "no valid JSON"), (b'{"a": 1, "a": 2}', "twice"),
                                        (b"\xff\xfe", "UTF-8"), (b"\x89PNG\r\n\x1a\n" + bytes(300_000), "too much")])  # fmt: skip
def test_mistakes_in_json(folder, data, told):
    (folder / "bad.json").write_bytes(data)
    with pytest.raises(ValueError, match=told):
        read_storyboard(folder / "bad.json")


@pytest.mark.parametrize("wrong, told", [(dict(order=[1, 1]), "only once"), (dict(order=[]), "at least one"), (dict(order=[9]), "no card 9"),
                                         (dict(moves={1: 9}), "cannot become number 9"), (dict(lengths={1: 0}), "cannot last 0"),
                                         (dict(lengths={3: 0.25}), "overlaps card 4")])  # fmt: skip
def test_a_recut_that_cannot_be(folder, wrong, told):
    with pytest.raises(ValueError, match=told):
        recut(read_storyboard(folder / "story.yaml"), **wrong)


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "cards", "prompt", "clip", "size", "from", "characters", "cut"]), inner), max_leaves=12))  # fmt: skip
def test_whatever_is_in_the_file_ends_in_a_board_or_one_sentence(folder, plain):
    try:
        as_storyboard({"cards": [{"at": 0, "prompt": "a"} | plain] if isinstance(plain, dict) else plain}, folder)
    except ValueError as error:
        assert "\n" not in str(error)
