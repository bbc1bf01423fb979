"""Energy: counters where there are any, else a range."""

import pytest

from vitascope.footprint import Meter, read_counters


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
    (package / "energy_uj").write_text("2500000\n")
    (tmp_path / "intel-rapl:0:0").mkdir()
    assert read_counters(tmp_path) == {"intel-rapl:0": 2.5}
    assert read_counters(tmp_path / "nowhere") == {}


def test_the_grid_can_be_told(monkeypatch):
    monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", "0")
    with Meter() as meter:
        busy()
    assert meter.report()["grams_co2"] == [0, 0]
    monkeypatch.setenv("VITASCOPE_GRID_G_PER_KWH", "green")
    with pytest.raises(ValueError, match="VITASCOPE_GRID_G_PER_KWH"):
        meter.report()
