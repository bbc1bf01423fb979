"""The ledger: complete, true to what ships, stops at a licence that is not allowed, readable as Croissant."""

import gzip
import hashlib
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from vitascope.corpus import check, read_ledger, root_hash, write_croissant
from vitascope.corpus.ledger import FIELDS, LEDGER, build, row_hash, write_ledger
from vitascope.corpus.sources import ALLOWED, SOURCES
from vitascope.library import ASSETS, Library


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return read_ledger()


def test_every_picture_of_the_library_has_its_row(rows):
    by_item = {row["item"]: row for row in rows}
    library = Library()
    assert library.references.keys() <= by_item.keys()
    for reference in library.references.values():
        row = by_item[reference.id]
        assert (row["sha256"], row["licence"]) == (reference.sha256, reference.licence)
        assert reference.source.startswith(row["source"])
        assert ("held out" in row["use"]) == reference.held_out
    others = [row for row in rows if row["item"] not in library.references]
    assert Counter(row["item"].split(":")[0] for row in others) == {"big-buck-bunny": 113, "photograph": 10, "names": 1}


def test_hashes_are_those_of_the_files_that_ship(rows):
    library = Library()
    by_item = {row["item"]: row["sha256"] for row in rows}
    for style, pictures in library.styles.items():
        with zipfile.ZipFile(ASSETS / "library" / f"{style}.zip") as file:
            for object_, reference in pictures.items():
                names = [f"{object_}~{i:02d}" for i in range(reference.frames)] if reference.frames > 1 else [object_]
                data = b"".join(file.read(f"{name}.webp") for name in names)
                assert hashlib.sha256(data).hexdigest() == by_item[reference.id], reference.id
    assert hashlib.sha256((ASSETS / "library" / "names.json.gz").read_bytes()).hexdigest() == by_item["names"]


def test_every_row_says_whose_it_is_and_names_a_pinned_package(rows):
    assert check(rows) == rows
    names = {source.name for source in SOURCES}
    for row in rows:
        assert set(row) == set(FIELDS) and row["licence"] in ALLOWED and row["source"] in names
        assert len(row["sha256"]) == 64 and "@" not in row["author"]
        if row["licence"].startswith("CC-BY"):
            assert row["author"].split(" ")[0] in row["credit"] and row["licence"] in row["credit"]
    held = [row for row in rows if row["item"].startswith("big-buck-bunny") and "held out" in row["use"]]
    assert len(held) == 16


def test_the_root_hash_names_the_set_and_nothing_else(rows):
    few = rows[:5]
    assert root_hash(few) == root_hash(few[::-1]) != root_hash(rows[:4])
    for field in FIELDS:
        assert root_hash([few[0] | {field: "changed"}, *few[1:]]) != root_hash(few)
    text = json.dumps({k: few[0][k] for k in sorted(FIELDS)}, separators=(",", ":"), ensure_ascii=False)
    assert row_hash(few[0]) == hashlib.sha256(text.encode()).hexdigest()
    joined = "\n".join(sorted(row_hash(row) for row in few))
    assert root_hash(few) == hashlib.sha256(joined.encode()).hexdigest()


@pytest.mark.parametrize("licence", ["CC-BY-SA-4.0", "GPL-2.0-or-later", ""])
def test_an_item_that_is_not_openly_licensed_stops_everything(rows, licence, tmp_path):
    bad = [rows[0], rows[1] | {"licence": licence}]
    for stopped in (check, lambda r: write_ledger(r, tmp_path / "l.gz"), lambda r: write_croissant(r, tmp_path / "c.json")):
        with pytest.raises(ValueError, match=f"{rows[1]['item']} is under .*leave it out"):
            stopped(bad)
    assert not list(tmp_path.iterdir())


def test_incomplete_and_repeated_rows_are_refused(rows):
    with pytest.raises(ValueError, match="has no author"):
        check([rows[0] | {"author": ""}])
    with pytest.raises(ValueError, match="has no sha256"):
        check([{k: v for k, v in rows[0].items() if k != "sha256"}])
    with pytest.raises(ValueError, match="same item"):
        check([rows[0], rows[0]])


def test_written_and_read_again_it_is_the_same(rows, tmp_path):
    assert write_ledger(rows, tmp_path / "a.gz") == root_hash(rows)
    assert read_ledger(tmp_path / "a.gz") == rows
    assert (tmp_path / "a.gz").read_bytes() == LEDGER.read_bytes()


def test_a_missing_or_damaged_ledger_says_so(tmp_path):
    with pytest.raises(ValueError, match="missing"):
        read_ledger(tmp_path / "none.gz")
    for data in (b"nothing", LEDGER.read_bytes()[:5000], gzip.compress(b"{")):
        (tmp_path / "bad.gz").write_bytes(data)
        with pytest.raises(ValueError, match="damaged"):
            read_ledger(tmp_path / "bad.gz")


def test_it_is_not_built_without_the_film_and_the_photographs(tmp_path):
    with pytest.raises(ValueError, match="fetch --with films"):
        build(ASSETS / "library", tmp_path)
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "big-buck-bunny.mp4").write_bytes(b"film")
    (tmp_path / "films" / "big-buck-bunny.json").write_text("[]")
    with pytest.raises(ValueError, match="fetch --with photographs"):
        build(ASSETS / "library", tmp_path)


def test_croissant_is_valid_and_its_records_are_the_rows(rows, tmp_path):
    croissant = pytest.importorskip("mlcroissant")
    some = [*rows[:20], *(row for row in rows if row["licence"].startswith("CC"))][:40]
    beside = write_croissant(some, tmp_path / "corpus.json")
    assert beside == tmp_path / "corpus.jsonl" and len(list(tmp_path.iterdir())) == 2
    data = croissant.Dataset(jsonld=str(tmp_path / "corpus.json"))
    assert not data.metadata.issues.errors and not data.metadata.issues.warnings
    records = [{k.removeprefix("items/"): v.decode() for k, v in record.items()} for record in data.records("items")]
    assert records == [{field: row[field] for field in FIELDS} for row in some]
    assert root_hash(some) in data.metadata.cite_as


@pytest.mark.parametrize("name", ["nowhere/corpus.json", "", "corpus.jsonl"])
def test_croissant_names_a_path_that_cannot_be_written(rows, name, tmp_path):
    with pytest.raises(ValueError, match="name a file"):
        write_croissant(rows[:2], tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_data_card_counts_what_the_ledger_counts(rows):
    card = (Path(__file__).parents[1] / "docs" / "data-card.md").read_text()
    assert f"{len(rows):,} items" in card
    for source in SOURCES:
        mine = [row for row in rows if row["source"].split("@1.0.0")[0].rstrip("1234") == source.name.split("@1.0.0")[0].rstrip("1234")]
        held = sum("held out" in row["use"] for row in mine)
        name = "fluent-emoji-anim" if source.key.startswith("animations") else source.package
        line = next(line for line in card.splitlines() if line.startswith("| ") and f"{name}" in line)
        cells = [cell.strip() for cell in line.split("|")]
        assert int(cells[4].split(" ")[0].replace(",", "")) == len(mine) and int(cells[5] or 0) == held, line
