"""Energy: counters where there are any, else a range."""

import pytest

from vitascope.footprint import Meter, joules_between, read_counters


def busy():
    return sum(i * i for i in range(400_000))


def test_an_estimate_is_a_range_that_grows_with_work(monkeypatch):
    monkeypatch.setattr("vitascope.footprint.read_counters", lambda: {})
    with Meter() as short:
        busy()
    with Meter() as long:
        for _ in range(8):
            busy()
    low, high = short.report()["watt_hours"]
    assert 0 < low < high and "estimated" in short.report()["method"]
    assert long.report()["watt_hours"][0] > low


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


def test_what_counters_do_not_see_is_the_upper_end():
    with Meter() as meter:
        busy()
    meter.joules = 3600.0
    report = meter.report()
    assert report["watt_hours"] == [1, 1.6] and "measured" in report["method"]


def test_the_grid_can_be_told(monkeypatch):
    monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", "0")
    with Meter() as meter:
        busy()
    assert meter.report()["grams_co2"] == [0, 0]
    monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", "green")
    with pytest.raises(ValueError, match="VITASCOPE_GRID_G_PER_KWH"):
        meter.report()
