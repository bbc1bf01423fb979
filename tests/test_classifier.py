"""The classifier of prompts: what it is made of, and what it says about plain cases."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.corpus import safety as corpus
from vitascope.safety import gloss
from vitascope.safety.classifier import (
    BUCKETS,
    CATEGORIES,
    LONGEST,
    THRESHOLD,
    WEIGHTS,
    Classifier,
    features,
    pieces,
    pooled,
)


@pytest.fixture(scope="module")
def classifier():
    return Classifier()


def refused(classifier, text, language="en"):
    return {name for name, score in classifier.scores(text, language).items() if score >= THRESHOLD}


@pytest.mark.parametrize(("text", "language", "category"), [
    ("a soldier cuts off the head of a prisoner with a sword", "en", "violence"),
    ("un homme égorge une femme dans la rue", "fr", "violence"),
    ("two people having sex on a bed, explicit", "en", "sexual"),
    ("une femme nue se masturbe", "fr", "sexual"),
    ("the crowd shouts that all Jews must be exterminated", "en", "hate"),
    ("a man hangs himself in the attic", "en", "self_harm"),
    ("elle se suicide avec des somnifères", "fr", "self_harm"),
])  # fmt: skip
def test_plain_cases_are_found(classifier, text, language, category):
    assert category in refused(classifier, text, language)


@pytest.mark.parametrize(("text", "language"), [
    ("a red fox runs through a snowy forest", "en"), ("a shooting star over the sea", "en"), ("a kiss on the cheek", "en"),
    ("un chat dort sur un lit", "fr"), ("une étoile filante", "fr"), ("", "en"), ("   ", "fr"), ("!?", "en"),
])  # fmt: skip
def test_harmless_cases_pass(classifier, text, language):
    assert not refused(classifier, text, language)


def test_an_act_in_a_long_calm_scene_counts_as_much_as_alone(classifier):
    act = "A man stabs a woman to death with a knife."
    calm = "The camera glides over a misty valley at golden hour. Soft light falls on the grass and birds cross the sky."
    alone, within = (classifier.scores(text, "en")["violence"] for text in (act, f"{calm} {act} {calm}"))
    assert within >= alone - 0.02
    assert not refused(classifier, calm)


def test_words_that_count_are_named(classifier):
    words = classifier.words("In a quiet village by the sea, a man beheads a stranger while gulls cry", "violence", "en")
    assert any("behead" in word for word in words) and len(words) <= 4
    assert classifier.words("", "violence") == ()
    with pytest.raises(ValueError, match="no category"):
        classifier.words("a dog", "boredom")


def test_the_same_text_has_the_same_scores_whatever_came_before(classifier):
    text = "a pirate ship in a storm"
    first = classifier.scores(text, "en")
    classifier.scores("something else", "en")
    assert Classifier().scores(text, "en") == first
    assert set(first) == set(CATEGORIES) and all(0 <= p <= 1 for p in first.values())


def test_weights_are_small_and_checked(tmp_path):
    assert sum(path.stat().st_size for path in (WEIGHTS, WEIGHTS.with_suffix(".json"), gloss.GLOSSARY)) < 250_000
    for name in (WEIGHTS, WEIGHTS.with_suffix(".json")):
        shutil.copy(name, tmp_path)
    damaged = tmp_path / WEIGHTS.name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x00\x01")
    for path in (damaged, tmp_path / "nothing.safetensors"):
        with pytest.raises(ValueError, match="missing or damaged"):
            Classifier(path=path).scores("a dog", "en")
    assert json.loads(WEIGHTS.with_suffix(".json").read_text())["threshold"] == THRESHOLD


def test_gloss_puts_french_into_english_words():
    assert gloss.gloss("un homme poignarde une femme") == "a man stab a woman"
    assert gloss.gloss("L'étoile filante, là-haut") .startswith("the star shooting,")
    assert len(gloss.readings("a man poignarde a woman", "en", frozenset({"woman"}))) == 2
    assert gloss.readings("A Man Walks", "en") == ["a man walks"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_pieces_keep_every_word_and_are_short(text):
    found = pieces(text)
    assert set(" ".join(found).split()) == set(text.split())
    assert all(len(part.split()) <= LONGEST for part in found)


@given(st.text(max_size=60), st.text(max_size=60))
def test_features_take_any_text(reading, written):
    ids = features(reading, written)
    assert ((ids >= 0) & (ids < BUCKETS)).all() and (ids == features(reading, written)).all()


def test_pooled_states_have_one_length():
    for n in (1, 5, 40):
        assert np.linalg.norm(pooled(np.random.default_rng(n).normal(size=(n, 384)))) == pytest.approx(0.5 * np.sqrt(384))


def test_pairs_differ_only_in_the_act_and_nothing_written_for_judging_is_learnt():
    train = {row.text.lower() for make in (corpus.short_prompts, corpus.words, corpus.long_scenes) for row in make("train", 1, 0)}
    for language in ("en", "fr"):
        judged = list(corpus.judged(language))
        assert sum(row.unsafe for row in judged) >= 60 and sum(row.kind == "lookalike" for row in judged) >= 60
        assert sum(row.kind == "long" and not row.unsafe for row in judged) >= 40
        assert not {row.text.lower() for row in judged} & train
    rows = list(corpus.long_scenes("train", 1, 3))
    assert sum(row.unsafe for row in rows) * 2 == len(rows)
    lengths = [np.mean([len(row.text) for row in rows if row.unsafe == unsafe]) for unsafe in (True, False)]
    assert abs(lengths[0] / lengths[1] - 1) < 0.1


def test_training_learns_from_a_few_prompts(tmp_path):
    torch = pytest.importorskip("torch")
    from vitascope.prompts import TextEncoder
    from vitascope.training import safety
    from vitascope.training.safety_data import Pieces

    torch.manual_seed(0)
    rows = [corpus.Row(text, "en", frozenset(labels)) for text, labels in (
        ("a man stabs a woman", ["violence"]), ("a man paints a woman", []), ("a naked woman", ["sexual"]), ("a happy woman", []))] * 8
    table = Pieces(TextEncoder())
    parts = [table.of(row) for row in rows]
    net = safety.fit(safety.SafetyNet(), table, parts, rows, safety.SafetyRecipe(epochs=12, size=8), report=lambda _: None)
    found = safety.evidence(net, table, parts[:4])
    assert found[0, 0] > found[1, 0] and found[2, 1] > found[3, 1]
    tensors = safety.quantised(net)
    safety.restore(net, tensors)
    tensors["calibration"], facts = safety.calibrate(safety.evidence(net, table, parts), rows)
    path = safety.write(tmp_path / WEIGHTS.name, tensors, facts)
    # numpy runs what torch trained
    logits = Classifier(path=path)._logits("a man stabs a woman", "en")
    assert logits == pytest.approx(safety.evidence(net, table, parts[:1])[0], abs=0.02)
