"""The text encoder and what counts as a prompt."""

import numpy as np
import pytest

from vitascope.prompts import TextEncoder, validate
from vitascope.prompts.limits import MAX_CHARACTERS

ENCODER = TextEncoder()


def test_shapes_and_masks():
    states, mask = ENCODER.encode(["a cat", "a red fox runs through a snowy forest"])
    assert states.shape == (2, 10, 384) and states.dtype == np.float32
    assert mask.sum(1).tolist() == [4, 10] and not states[0, 4:].any()


def test_neighbours_and_cache_change_nothing():
    alone, _ = TextEncoder().encode(["a cat"])
    beside, _ = TextEncoder(cache_size=1).encode(["a red fox runs through a snowy forest", "a cat"])
    again, _ = ENCODER.encode(["a cat"])
    assert alone[0].tobytes() == beside[1, :4].tobytes() == again[0].tobytes()


def test_long_texts_are_cut_at_a_closing_mark():
    states, mask = ENCODER.encode(["cat " * 300], max_tokens=16)
    assert states.shape == (1, 16, 384) and mask.all()


def test_near_meanings_are_near():
    puppy, dog, rocket = ENCODER.embed(["puppy", "dog", "rocket"])
    assert np.isclose(np.linalg.norm(puppy), 1, atol=1e-5)
    assert puppy @ dog > puppy @ rocket + 0.2


def test_nothing_to_encode():
    states, mask = ENCODER.encode([])
    assert states.shape == (0, 0, 384) and mask.shape == (0, 0)


@pytest.mark.parametrize("texts, tokens", [("a cat", 64), (["a cat"], 1), (["a cat"], 513)])
def test_wrong_calls_say_so(texts, tokens):
    with pytest.raises(ValueError, match=r"\.$"):
        ENCODER.encode(texts, max_tokens=tokens)


def test_prompts_are_tidied():
    assert validate("  a\tcat\x00 \n runs\u202e ") == "a cat runs"
    assert validate("👩‍🚀") == "👩‍🚀"


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t\x00", "…!?", "\u200d"])
def test_an_empty_prompt_says_what_to_do(prompt):
    with pytest.raises(ValueError, match="The prompt is empty: say in a few words"):
        validate(prompt)


@pytest.mark.parametrize("prompt", ["x" * (MAX_CHARACTERS + 1), "x" * 40_000, None, 7, b"a cat"])
def test_what_cannot_be_a_prompt(prompt):
    with pytest.raises(ValueError) as error:
        validate(prompt)
    assert str(error.value).count(". ") == 0 and str(error.value).endswith((".", "quotes."))
