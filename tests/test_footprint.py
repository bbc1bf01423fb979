"""Energy: counters where there are any, else codecarbon's model within a range; the grid by country; forecasts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.footprint import Meter, forecast, forecast_text, grid, joules_between, read_counters, read_gpus
from vitascope.footprint.forecast import ENOUGH, features, fit, nonnegative, row_of, shipped
from vitascope.footprint.grid import table
from vitascope.footprint.model import estimate, memory_watts, processor_watts


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    monkeypatch.delenv("VITASCOPE_COUNTRY", raising=False)
    monkeypatch.delenv("VITASCOPE_GRID_G_PER_KWH", raising=False)


def busy():
    return sum(i * i for i in range(400_000))


def measured(rounds: int) -> Meter:
    with Meter() as meter:
        for _ in range(rounds):
            busy()
    meter.joules = meter.gpu_joules = None  # as on a machine without counters
    return meter


def test_an_estimate_is_a_range_that_grows_with_work():
    short, long = measured(1).report(), measured(8).report()
    low, high = short["watt_hours"]
    assert 0 < low < high and "estimated" in short["method"]
    assert low <= short["model_watt_hours"] <= high
    assert long["watt_hours"][0] > low


def test_counters_are_read_from_the_file_system(tmp_path):
    package = tmp_path / "intel-rapl:0"
    package.mkdir()
    assert read_counters(tmp_path) == {}
    (package / "energy_uj").write_text("2500000\n")
    (package / "max_energy_range_uj").write_text("10000000\n")
    (tmp_path / "intel-rapl:0:0").mkdir()
    assert read_counters(tmp_path) == {"intel-rapl:0": (2.5, 10.0)}
    assert read_counters(tmp_path / "nowhere") == {}


def test_a_counter_that_starts_again_is_allowed_for():
    assert joules_between({"a": (2.0, 10.0)}, {"a": (5.0, 10.0)}) == 3
    assert joules_between({"a": (9.0, 10.0), "b": (1.0, 10.0)}, {"a": (2.0, 10.0), "b": (1.0, 10.0)}) == 3
    assert joules_between({"a": (9.0, 10.0)}, {}) is None
    assert joules_between({"card": (9.0, float("inf"))}, {"card": (29.5, float("inf"))}) == 20.5


def test_cards_are_counted_only_where_there_are_any():
    cards = read_gpus()
    assert all(joules > 0 and limit == float("inf") for joules, limit in cards.values())
    meter = measured(1)
    without = meter.report()["watt_hours"][0]
    meter.gpu_joules = 3600.0
    report = meter.report()
    assert report["gpu_watt_hours"] == 1 and "NVML" in report["method"] and report["watt_hours"][0] == pytest.approx(1 + without, abs=0.1)


def test_what_counters_do_not_see_is_the_upper_end():
    meter = measured(1)
    meter.joules = 3600.0
    report = meter.report()
    assert report["watt_hours"] == [1, 1.6] and "measured" in report["method"] and "model_watt_hours" not in report


def test_the_model_is_the_published_one():
    # trust notes: codecarbon 3.3.2, 12 s of one busy core of two, 24 GB: 7.2e-5 kWh
    found = estimate(12, 12, threads=2, memory_gb=23.5)
    assert found.model / 3.6e6 == pytest.approx(7.2e-5, rel=0.03)
    assert found.low < found.model < found.high
    assert processor_watts(2, 0) == pytest.approx(0.8) and processor_watts(2, 1) == 8
    assert [memory_watts(g) for g in (1, 8, 16, 24, 64)] == [10, 10, 10, 20, 20]
    assert memory_watts(100) == pytest.approx(38) and memory_watts(4096) == pytest.approx(126)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.integers(1, 256), st.floats(0.1, 4000))
def test_the_models_figure_lies_in_the_range(core, seconds, threads, memory):
    found = estimate(core, seconds, threads, memory)
    assert 0 < found.low <= found.model <= found.high


def test_the_grid_can_be_told(monkeypatch):
    meter = measured(1)
    assert "world" in meter.report()["grid"]
    monkeypatch.setenv("VITASCOPE_COUNTRY", "fr")
    assert meter.report()["grid_grams_per_kwh"] == 56 and "France, average of 2023" in meter.report()["grid"]
    monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", "0")
    assert meter.report()["grams_co2"] == [0, 0]
    for wrong in ("green", "nan", "-1"):
        monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", wrong)
        with pytest.raises(ValueError, match="VITASCOPE_GRID_G_PER_KWH"):
            meter.report()


def test_countries_by_code_and_name(monkeypatch):
    for name in ("POL", "pl", " Poland "):
        monkeypatch.setenv("VITASCOPE_COUNTRY", name)
        assert grid().grams == 662
    monkeypatch.setenv("VITASCOPE_COUNTRY", "Atlantis")
    with pytest.raises(ValueError, match="Atlantis.*VITASCOPE_GRID_G_PER_KWH"):
        grid()
    rows = table()["countries"]
    assert len(rows) > 200 and len({r[0] for r in rows}) == len({r[1] for r in rows}) == len(rows)
    assert all(0 <= grams < 2000 and 2000 < year < 2026 for *_, grams, year in rows) and "MIT" in table()["credit"]


def test_a_forecast_grows_with_the_film_and_holds_what_was_measured():
    short, long = forecast(2, (256, 160)), forecast(60, (512, 320))
    assert long["core_seconds"][0] > short["core_seconds"][1] and long["watt_hours"][0] > 0
    assert "films" in short["method"] and "Wh" in forecast_text(short)
    rows = shipped()
    inside = [forecast(r["seconds"], r["size"], r["fps"], r["steps"])["core_seconds"] for r in rows]
    held = [low <= row["core_seconds"] * 1.05 and row["core_seconds"] * 0.95 <= high for (low, high), row in zip(inside, rows)]
    assert sum(held) >= 0.8 * len(rows)
    with pytest.raises(ValueError, match="above zero"):
        forecast(0, (512, 320))


def test_a_film_left_out_of_the_fit_is_still_forecast():
    rows = list(shipped())
    off = []
    for i, row in enumerate(rows):
        costs, _ = fit(rows[:i] + rows[i + 1 :])
        off.append(abs(np.log(features(row) @ costs / row["core_seconds"])))
    assert np.exp(np.median(off)) < 1.35


def test_films_made_here_count_once_there_are_enough():
    report = lambda s: dict(seconds=s, size="512x320", fps=24.0, num_inference_steps=4, footprint=dict(core_seconds=100.0 * s, seconds=50.0 * s))
    few, many = [report(2.0)] * (ENOUGH - 1), [report(float(s)) for s in range(1, ENOUGH + 1)]
    assert forecast(4, (512, 320), films=few) == forecast(4, (512, 320))
    low, high = forecast(4, (512, 320), films=many)["core_seconds"]
    assert low < 400 < high
    assert row_of({}) is None and row_of(report(2.0) | dict(size="wide")) is None and row_of(report(0.0)) is None


def test_least_squares_without_negative_costs():
    x = np.array([[1.0, 0, 0], [1, 1, 0], [1, 2, 1], [1, 3, 5]])
    assert nonnegative(x, x @ [2.0, 3.0, 0.5]) == pytest.approx([2, 3, 0.5])
    assert (nonnegative(x, x @ [2.0, -3.0, 0.5]) >= 0).all()
