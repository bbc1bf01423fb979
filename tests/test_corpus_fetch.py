"""Fetching: pip itself serves a tiny package from a folder; what arrives is checked, kept, and unpacked all or not at all."""

import hashlib
import io
import random
import shutil
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from vitascope.corpus import fetch, fetched
from vitascope.corpus.fetch import command, download, root_of, unpack
from vitascope.corpus.sources import ALLOWED, BY_KEY, GROUPS, SOURCES, Source, check_licence


def wheel(path: Path, **files: str) -> Path:
    """A wheel that pip accepts, with these files beside its metadata."""
    about = {
        "tinypictures-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tinypictures\nVersion: 1.0\n",
        "tinypictures-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tinypictures-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in (about | files).items():
            file.writestr(name, text)
    return path


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """A folder that pip takes packages from instead of the network."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def source(shelf) -> Source:
    path = wheel(shelf / "tinypictures-1.0-py3-none-any.whl", **{"pictures/a.txt": "a"})
    return Source("tiny", "PyPI", "tinypictures", "1.0", path.name, hashlib.sha256(path.read_bytes()).hexdigest(),
                  "MIT", "Somebody", "© Somebody, MIT", "https://example.org", "test")  # fmt: skip


def test_an_archive_is_fetched_once_and_then_kept(source, shelf, tmp_path):
    first = download(source, tmp_path / "archives")
    assert hashlib.sha256(first.read_bytes()).hexdigest() == source.sha256
    assert [path.name for path in first.parent.iterdir()] == [source.archive]
    shutil.rmtree(shelf)  # from here on nothing can be fetched
    assert download(source, tmp_path / "archives") == first


def test_a_half_written_archive_is_fetched_again(source, tmp_path):
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / source.archive).write_bytes(b"half")
    assert hashlib.sha256(download(source, tmp_path / "archives").read_bytes()).hexdigest() == source.sha256


def test_another_file_than_pinned_is_refused(source, tmp_path):
    with pytest.raises(ValueError, match="not the file that was pinned"):
        download(replace(source, sha256="0" * 64), tmp_path / "archives")
    assert not list((tmp_path / "archives").iterdir())


def test_no_network_and_no_client_are_one_sentence_each(source, shelf, tmp_path, monkeypatch):
    (shelf / source.archive).unlink()
    with pytest.raises(ValueError, match="could not be fetched .* run the same command again") as error:
        download(source, tmp_path / "archives")
    assert "\n" not in str(error.value)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="is fetched with npm, which is not installed"):
        download(BY_KEY["noto"], tmp_path / "archives")
    with pytest.raises(ValueError, match="is fetched with apt-get, which is not installed"):
        download(BY_KEY["openclipart"], tmp_path / "archives")
    assert not list((tmp_path / "archives").iterdir())


def test_a_download_that_hangs_is_given_up(source, tmp_path):
    with pytest.raises(ValueError, match="did not arrive"):
        download(source, tmp_path / "archives", wait=0.01)
    assert not list((tmp_path / "archives").iterdir())


def test_each_registry_is_asked_for_the_exact_version(tmp_path):
    assert command(BY_KEY["noto"], tmp_path)[-1] == "@iconify-json/noto@1.2.9"
    assert command(BY_KEY["openclipart"], tmp_path)[-1] == "openclipart-svg=1:0.18+dfsg-19"
    assert command(BY_KEY["film"], tmp_path)[:3] == [sys.executable, "-m", "pip"]
    assert (tmp_path / "wanted.txt").read_text() == f"moviepy==2.2.1 --hash=sha256:{BY_KEY['film'].sha256}\n"


def test_unpacking_is_all_or_nothing(source, shelf, tmp_path):
    folder = unpack(shelf / source.archive, tmp_path / "unpacked" / "tiny")
    assert (folder / "pictures" / "a.txt").read_text() == "a"
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as file:
        entry = tarfile.TarInfo("package/big")
        entry.size = 100_000
        file.addfile(entry, io.BytesIO(random.Random(0).randbytes(100_000)))
    (tmp_path / "cut.tgz").write_bytes(whole.getvalue()[:-200])
    with pytest.raises(ValueError, match="cut.tgz could not be unpacked"):
        unpack(tmp_path / "cut.tgz", tmp_path / "unpacked" / "cut")
    assert [path.name for path in (tmp_path / "unpacked").iterdir()] == ["tiny"]


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/vitascope-outside.txt"])
def test_entries_that_point_outside_are_refused_or_kept_inside(name, tmp_path):
    with tarfile.open(tmp_path / "bad.tgz", "w:gz") as file:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        file.addfile(entry, io.BytesIO(b"x"))
    wheel(tmp_path / "bad.whl", **{name: "x"})
    with pytest.raises(ValueError, match="outside"):
        unpack(tmp_path / "bad.whl", tmp_path / "in" / "whl")
    if name.startswith(".."):
        with pytest.raises(ValueError, match="bad.tgz could not be unpacked"):
            unpack(tmp_path / "bad.tgz", tmp_path / "in" / "tgz")
    else:  # a leading slash is dropped
        unpack(tmp_path / "bad.tgz", tmp_path / "in" / "tgz")
    assert not (tmp_path / "in" / "outside.txt").exists() and not Path("/tmp/vitascope-outside.txt").exists()


def test_a_link_that_points_outside_is_refused(tmp_path):
    with tarfile.open(tmp_path / "link.tgz", "w:gz") as file:
        entry = tarfile.TarInfo("package/link")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(entry)
    with pytest.raises(ValueError, match="link.tgz could not be unpacked"):
        unpack(tmp_path / "link.tgz", tmp_path / "in")
    assert not (tmp_path / "in").exists()


def test_an_unknown_group_and_a_missing_core_say_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="no group 'pictures'; choose from core, films"):
        fetch(tmp_path, groups=("pictures",))
    with pytest.raises(ValueError, match="run `vitascope corpus fetch"):
        fetched(tmp_path)


def test_every_source_is_pinned_and_openly_licensed():
    assert len({source.key for source in SOURCES}) == len(SOURCES)
    for source in SOURCES:
        assert source.licence in ALLOWED and source.group in GROUPS
        assert len(source.sha256) == 64 and source.credit and source.url.startswith("https://") and source.use
        assert root_of(source, Path("x")).parts[0] == "x"


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0-only", "CC-BY-SA-4.0", "CC-BY-NC-4.0", ""])
def test_other_licences_stop_at_once(source, licence):
    with pytest.raises(ValueError, match="pypi:tinypictures@1.0 is under .*leave it out"):
        replace(source, licence=licence)
    with pytest.raises(ValueError, match="a thing is under"):
        check_licence("a thing", licence)
