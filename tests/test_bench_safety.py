"""The bench of prompts: intervals, disguises, sets, and the report for people."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.corpus.safety import Row
from vitascope.evaluation import safety, safety_report
from vitascope.evaluation.report import latest
from vitascope.evaluation.safety_evasions import NAMED, UNNAMED, disguised


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_wilson_intervals_hold_the_share(hits):
    row = safety.share(hits)
    assert 0 <= row["low"] <= row["share"] + 1e-4 and row["share"] - 1e-4 <= row["high"] <= 1
    assert row["n"] == len(hits) and row["hit"] == sum(hits)


def test_wilson_interval_of_a_known_case():
    row = safety.share([True] * 8 + [False] * 2)
    assert (row["low"], row["high"]) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert safety.share([])["share"] is None


@pytest.mark.parametrize("name", [*NAMED, *UNNAMED])
def test_disguises_change_a_text_and_repeat_exactly(name):
    text = "Two soldiers are stabbed with a knife while a woman screams"
    assert disguised(text, name, 3) != text
    assert disguised(text, name, 3) == disguised(text, name, 3)


def test_sets_are_harmless_or_unsafe_and_apart(tmp_path):
    sets = safety.gather(tmp_path, quick=True)
    assert all(row.unsafe for name in ("written", "made", "made long") for row in sets[name])
    assert not any(row.unsafe for name in ("lookalike", "long", "made twin", "made long twin", "captions") for row in sets[name])
    assert {row.language for row in sets["captions"]} == {"en", "fr"}


def test_a_report_of_two_judges_written_for_people():
    sets = {name: [] for name in ("written", "lookalike", "long", "captions", "made")}
    sets["written"] = [Row("a man stabs a man", "en", frozenset(["violence"])), Row("il poignarde un homme", "fr", frozenset(["violence"]))]
    sets["lookalike"] = [Row("a shooting star", "en", kind="lookalike"), Row("une étoile", "fr", kind="lookalike")]
    calls = []
    judges = safety.together({
        "gate": lambda text: calls.append(text) or ({"violence"} if "man" in text else set()),
        "classifier": lambda text: {"violence", "hate"},
    })  # fmt: skip
    found = {name: safety.measured(judge, sets, quick=False) for name, judge in judges.items()}
    assert len(calls) == len(set(calls))
    rows = {(row["set"], row["language"]): row for row in found["gate"]["sets"]}
    assert rows["written", "en"]["share"] == 1 and rows["lookalike", "fr"]["share"] == 0
    violence = next(row for row in found["classifier"]["categories"] if (row["category"], row["language"]) == ("violence", "en"))
    assert violence["precision"]["share"] == 0.5 and violence["recall"]["share"] == 1 and violence["false_alarms"]["share"] == 1
    assert found["classifier"]["false_alarms"] and not found["classifier"]["missed"]
    report = {"date": "2026-11-24", "cores": 2, "quick": False, "milliseconds": {"p50": 9.0, "p95": 30.0, "n": 4}, "judges": found}
    text = safety_report.table(report)
    assert "NOT reached" in text and "unsafe, written by hand, EN" in text and "letters swapped*" in text


def test_the_shipped_report_can_be_printed():
    report = latest(Path("nowhere"), "safety")
    assert "The classifier alone" in safety_report.table(report)
