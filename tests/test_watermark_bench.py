"""The watermark's bench: its table from the report that ships, its changes, its films."""

import numpy as np
import pytest

from vitascope.evaluation.provenance import _copies, film_id_of
from vitascope.evaluation.provenance_attacks import ATTACKS
from vitascope.evaluation.provenance_films import Source, fitted
from vitascope.evaluation.provenance_report import GOALS, hit, interval, table
from vitascope.evaluation.report import latest


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return latest(tmp_path_factory.mktemp("none"), "provenance")


def test_the_shipped_table_names_every_change_and_hides_no_failure(report):
    text = table(report)
    assert all(attack in text for attack in ATTACKS)
    main = [row for row in report["rows"] if row["size"] == "512x320" and row["length"] == "4 s"]
    for attack in GOALS:
        some = [row for row in main if row["attack"] == attack]
        assert f"{sum(map(hit, some))} of {len(some)}" in text and len(some) >= 10
    assert min(row["psnr"] for row in report["rows"]) >= 40 and not any(row["found"] for row in report["unmarked"])


def test_the_tail_seen_keeps_below_the_bound(report):
    import math

    places = sum(row["places"] for row in report["unmarked"])
    for t in report["unmarked"][0]["above"]:
        bound = 3.178 * 0.5 * math.erfc(float(t) / math.sqrt(2))
        seen = sum(row["above"][t] for row in report["unmarked"])
        assert seen <= bound * places + 3 * math.sqrt(bound * places) + 1


def test_intervals_are_wilsons():
    low, high = interval(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert interval(10, 10)[1] == pytest.approx(1)


def test_one_film_is_measured_whole(monkeypatch):
    monkeypatch.setattr("vitascope.evaluation.provenance.AT_SIZES", ("CRF 28",))
    rng = np.random.default_rng(0)
    scene = np.repeat(np.repeat(rng.integers(60, 200, (6, 8, 3)), 30, 0), 30, 1).astype(np.uint8)
    film = Source("blocks", "ours", lambda size: fitted(np.stack([np.roll(scene, i, 1) for i in range(4)]), size))
    rows = _copies(film, (176, 144), 3)
    assert [row["length"] for row in rows] == ["4 s", "1 frame"]
    assert all(row["psnr"] > 40 and not row["misread"] and row["embed_ms"] > 0 for row in rows)
    assert film_id_of(3) != film_id_of(4) and film.slug == "blocks" and film.fits((176, 144))
