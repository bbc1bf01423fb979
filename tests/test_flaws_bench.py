"""The bench of flaws: films that are broken where it says, shares with their intervals, a report that can be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.director.stage import Life, render_plan
from vitascope.evaluation.flaws import summary, tripped
from vitascope.evaluation.flaws_film import film
from vitascope.evaluation.flaws_planted import planted, stretched, without
from vitascope.evaluation.flaws_report import figures, table
from vitascope.evaluation.metrics import share
from vitascope.evaluation.report import latest
from vitascope.flaws import FLAWS
from vitascope.library import Library

LIBRARY = Library()


@pytest.mark.parametrize("flaw", ["size", "merging"])
def test_a_film_is_broken_where_it_says_and_only_there(flaw):
    plan, broken = planted(flaw, 3, LIBRARY, seed=9)
    clean, bad = (film(plan.shots[0], LIBRARY, (64, 40), Life.full(), b) for b in (None, broken))
    assert (clean == render_plan(plan, LIBRARY, (64, 40), Life.full())).all()
    changed = (clean != bad).any((1, 2, 3))
    assert changed[broken.span[0] : broken.span[1]].any()
    again, same = planted(flaw, 3, LIBRARY, seed=9)
    assert again.to_json() == plan.to_json() and same.span == broken.span


def test_sections_are_as_long_as_they_are_told():
    picture = np.full((10, 90, 4), 255, np.uint8)
    picture[:, 30:60, 0] = 0
    out = stretched(picture, [1, 2, 1])
    assert out.shape[1] == 120 and abs((out[5, :, 0] < 128).sum() - 60) <= 2
    assert without(picture, True)[-1, :, 3].max() == 0 and without(picture, False)[0, 0, 3] == 0


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_share_lies_in_its_interval(hits):
    found = share(hits)
    assert 0 <= found["low"] <= found["value"] + 1e-3 and found["value"] - 1e-3 <= found["high"] <= 1


def test_what_could_not_have_a_flaw_is_no_false_alarm():
    none, high, low = (dict.fromkeys(FLAWS, value) for value in (None, 9.0, 0.0))
    rows = [dict(flaw="size", render=high, painted=low, clean_render=low, clean_painted=none)]
    sample = [dict(clean_render=high, clean_painted=low), dict(clean_render=none)]
    found = summary("size", rows, sample)
    assert found["found_render"]["value"] == 1 and found["found_painted"]["value"] == 0
    assert (found["false_render"]["n"], found["false_render"]["value"], found["false_painted"]["n"]) == (2, 0.5, 1)
    assert tripped(sample) == share([False])


def test_the_shipped_report_can_be_read(tmp_path):
    report = latest(tmp_path, "flaws")
    text = table(report)
    assert all(name in text for name in FLAWS.values())
    assert len(figures(report)) == len(FLAWS)
    assert all(row["found_render"]["n"] >= 5 for row in report["flaws"].values())
