"""Grams of CO2 a kilowatt-hour, by country."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from functools import cache

from vitascope.library import ASSETS


@dataclass(frozen=True)
class Grid:
    """Carbon intensity of electricity: `grams` CO2 equivalent a kWh, and where the figure is from."""

    grams: float
    source: str


@cache
def table() -> dict:
    """The shipped table: "what", "credit", "world" [grams, year, source], "countries" [alpha-2, alpha-3, name, grams, year]."""
    return json.loads((ASSETS / "footprint" / "grid.json").read_text(encoding="utf-8"))


def grid() -> Grid:
    """The grid that films are made with: VITASCOPE_GRID_G_PER_KWH, else that of VITASCOPE_COUNTRY (FR, FRA or France), else the world's.

    Raises ValueError for a number below zero or none at all, and for a country that is not in the table.
    """
    if (told := os.environ.get("VITASCOPE_GRID_G_PER_KWH", "")).strip():
        return Grid(_number(told), "VITASCOPE_GRID_G_PER_KWH")
    if country := os.environ.get("VITASCOPE_COUNTRY", "").strip():
        return of_country(country)
    grams, year, source = table()["world"]
    return Grid(grams, f"world average of {year} ({source})")


def of_country(name: str) -> Grid:
    """The grid of a country by its ISO 3166 code of two or three letters, or its English name. Raises ValueError for an unknown one."""
    for two, three, full, grams, year in table()["countries"]:
        if name.strip().lower() in (two.lower(), three.lower(), full.lower()):
            return Grid(grams, f"{full}, average of {year} (codecarbon's table, from Our World in Data and Ember)")
    raise ValueError(f"There is no carbon intensity for the country {name[:40]!r}: write its code, such as FR, or the grams as VITASCOPE_GRID_G_PER_KWH.")


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("VITASCOPE_GRID_G_PER_KWH must be a number of grams of CO2 a kilowatt-hour, such as 56.")
    if value < 0:
        raise ValueError("VITASCOPE_GRID_G_PER_KWH cannot be below zero.")
    return value
