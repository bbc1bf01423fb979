"""Films broken on purpose are told from their clean twins; the plan is all that the scores know."""

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.director.plan import Plan
from vitascope.director.stage import Life, render_plan
from vitascope.evaluation.flaws_film import film
from vitascope.evaluation.flaws_planted import planted
from vitascope.flaws import FLAWS, Score, Watch, score, worst
from vitascope.flaws.watch import judged
from vitascope.library import Library

LIBRARY = Library()


EXAMPLES = dict.fromkeys(FLAWS, 0) | {"presence": 1}  # not every break is found (docs/flaws.md says how many): these are


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_broken_film_measures_worse_than_its_twin(flaw):
    plan, broken = planted(flaw, EXAMPLES[flaw], LIBRARY, seed=7)
    bad, good = (score(film(plan.shots[0], LIBRARY, (128, 80), Life.full(), b), plan, fps=8.0, library=LIBRARY)[flaw] for b in (broken, None))
    assert bad.found and not good.found
    assert bad.value > 0.5 > good.value
    a, b = bad.window
    assert a < broken.span[1] / 8 and b > broken.span[0] / 8  # where it is worst is where it was broken


@pytest.fixture(scope="module")
def clean():
    plan, _ = planted("shape", 0, LIBRARY, seed=7)
    return plan, render_plan(plan, LIBRARY, (128, 80), Life.full())


def test_a_film_whole_or_in_pieces_scores_the_same(clean):
    plan, frames = clean
    watch = Watch(plan, 8.0, LIBRARY)
    for part in np.array_split(frames, 4):
        watch.look(part)
    assert watch.scores() == score(frames, plan, fps=8.0, library=LIBRARY)


def test_a_film_at_another_rate_and_size_is_the_same_film(clean):
    plan, frames = clean
    large = np.repeat(np.repeat(np.repeat(frames, 3, 0), 2, 1), 2, 2)
    found = score(large, plan, fps=24.0, library=LIBRARY)
    for name, same in score(frames, plan, fps=8.0, library=LIBRARY).items():
        assert found[name].measure == pytest.approx(same.measure, abs=0.1)
        assert found[name].found == same.found


def test_scores_are_json_and_cheap(clean):
    plan, frames = clean
    score(frames, plan, fps=8.0, library=LIBRARY)
    start = time.process_time()
    found = score(frames, plan, fps=8.0, library=LIBRARY)
    assert time.process_time() - start < 2
    assert set(json.loads(json.dumps({k: s.to_dict() for k, s in found.items()}))) == set(FLAWS)
    assert worst(found)[1].value == max(s.value for s in found.values())


def test_a_film_that_was_stopped_is_judged_as_far_as_it_came(clean):
    plan, frames = clean
    found = score(frames[:12], plan, fps=8.0, library=LIBRARY)
    assert all(s.window[1] <= 1.5 for s in found.values())


def test_without_a_plan_there_is_one_sentence():
    with pytest.raises(ValueError, match="no plan"):
        score(np.zeros((3, 80, 128, 3), np.uint8), Plan(()), fps=8.0)


@given(st.lists(st.one_of(st.floats(0, 3), st.just(float("nan"))), min_size=1, max_size=40), st.floats(0.01, 2))
@settings(max_examples=60, deadline=None)
def test_a_series_is_judged_by_its_peak(values, threshold):
    series = np.array(values)
    found = judged(series, threshold, 1.0, 8.0)
    if not np.isfinite(series).any():
        assert found is None
        return
    assert isinstance(found, Score) and 0 <= found.value <= 1
    assert found.found == (round(float(np.nanmax(series)), 4) > threshold)
    peak = 1.0 + int(np.nanargmax(series)) / 8
    assert found.window[0] - 1e-3 <= peak < found.window[1] + 1e-3
