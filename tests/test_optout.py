"""The opt-out list: read strictly, and left out by fetching, packing, training and the ledger alike."""

import gzip
import json
import shutil
import zipfile

import numpy as np
import pytest

from vitascope.corpus import fetch, load_photographs, load_shots
from vitascope.corpus import optout as o
from vitascope.corpus.films import PHOTOGRAPHS, left_out_photograph, store_photographs
from vitascope.corpus.ledger import build, read_ledger
from vitascope.corpus.sources import BY_KEY, SOURCES
from vitascope.library import ASSETS


@pytest.fixture
def opt_out(tmp_path, monkeypatch):
    def write(text: str):
        path = tmp_path / f"optout-{abs(hash(text))}.txt"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("VITASCOPE_OPTOUT", str(path))
        return path

    return write


def test_entries_are_read_and_compared_in_one_form():
    found = o.parse(["# nobody yet", "", "Author:  Jane   DOE  # asked in March", "url: https://www.example.org/art/", f"sha256: {'AB' * 32}"])
    assert found.covers(author="jane doe") and found.covers(sha256="ab" * 32)
    assert found.covers(url="http://example.org/art/1.png") and found.covers(url="https://example.org/art")
    assert not found.covers(url="https://example.org/artist") and not found.covers(author="Jane Doesn't") and not found.covers()


@pytest.mark.parametrize("line", ["Jane Doe", "painter: Jane", "author:", "sha256: 12ab"])
def test_a_line_that_is_no_entry_is_one_sentence(line):
    with pytest.raises(ValueError, match="Line 2 of mine"):
        o.parse(["# ok", line], "mine")


def test_a_list_that_cannot_be_read_stops_everything(monkeypatch, tmp_path):
    monkeypatch.setenv("VITASCOPE_OPTOUT", str(tmp_path / "nowhere.txt"))
    with pytest.raises(ValueError, match="VITASCOPE_OPTOUT"):
        o.listed()


def test_packages_are_named_without_their_version():
    found = o.parse(["package: npm:@iconify-json/noto", "package: PyPI:moviepy"])
    assert {source.key for source in SOURCES if found.covers_source(source)} == {"noto", "film"}


def test_rows_of_the_ledger_are_left_out_by_any_kind_of_entry():
    rows = read_ledger()
    first = next(row for row in rows if row["item"] == "3d/1f98a")
    for line, gone in (("author: Google", 1193), (f"sha256: {first['sha256']}", 1), ("item: photograph:Wine_by_Jakkub_Mede", 1),
                       ("url: https://www.bigbuckbunny.org", 113)):  # fmt: skip
        assert len(rows) - len(o.parse([line]).without(rows)) == gone, line
    assert o.listed().without(rows) == rows  # nobody whose work ships has opted out


def test_a_source_that_is_opted_out_is_not_fetched(opt_out, tmp_path):
    opt_out("\n".join(f"package: {source.name}" for source in SOURCES))
    said = []
    assert fetch(tmp_path, groups=("all",), progress=said.append) == {} and not (tmp_path / "archives").exists()
    assert len(said) == len(SOURCES) and all("opt-out list" in line for line in said)


def test_packing_takes_pictures_out_of_index_and_archive(opt_out, tmp_path):
    shutil.copy(ASSETS / "library" / "kenney.zip", tmp_path / "kenney.zip")
    with gzip.open(ASSETS / "library" / "index.json.gz", "rt", encoding="utf-8") as file:
        index = [row for row in json.load(file) if row["style"] == "kenney"]
    gone = next(row for row in index if row["frames"] > 1)
    opt_out(f"item: {gone['id']}\n")
    kept = o.prune(tmp_path, index)
    assert [row for row in index if row not in kept] == [gone]
    with zipfile.ZipFile(ASSETS / "library" / "kenney.zip") as old, zipfile.ZipFile(tmp_path / "kenney.zip") as new:
        missing = set(old.namelist()) - set(new.namelist())
        assert len(missing) == gone["frames"] and {name.split("~")[0] for name in missing} == {gone["object"]}
        assert all(new.read(name) == old.read(name) for name in new.namelist())


def test_training_does_not_see_what_is_opted_out(opt_out, tmp_path):
    from PIL import Image

    package = tmp_path / "unpacked"
    package.mkdir()
    for name in PHOTOGRAPHS:
        Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(package / f"{name}.jpg")
    (tmp_path / "films").mkdir()
    np.save(tmp_path / "films" / "big-buck-bunny.npy", np.zeros((9, 4, 6, 3), np.uint8))
    (tmp_path / "films" / "big-buck-bunny.json").write_text(json.dumps([dict(start=0, stop=4, held_out=False), dict(start=4, stop=9, held_out=False)]))
    assert store_photographs(package, tmp_path / "photographs") == 10 and len(load_shots(tmp_path)) == 2
    opt_out("author: Aitzol Berasategi\nitem: big-buck-bunny:0-4\n")
    assert len(load_photographs(tmp_path)) == 5 and [name for name, _ in load_shots(tmp_path)] == ["big-buck-bunny:4-9"]
    assert store_photographs(package, tmp_path / "again") == 5 and left_out_photograph("life_by_Aitzol_Berasategi")
    opt_out("author: Blender Foundation\n")
    assert load_shots(tmp_path) == []


def test_the_ledger_is_built_without_them(opt_out, tmp_path):
    opt_out(f"package: {BY_KEY['film'].name}\npackage: {BY_KEY['photographs'].name}\nauthor: Google\n")
    rows = build(ASSETS / "library", tmp_path)  # neither was fetched, and neither is asked for
    assert len(rows) == len(read_ledger()) - 113 - 10 - 1193
