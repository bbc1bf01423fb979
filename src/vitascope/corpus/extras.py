"""Pictures that exist in one style only: clip art, characters with walk cycles, and animated Fluent objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from .drawings import artist, draw, drawings_folder, require_public_domain, tinted
from .sheets import SIDE, Archive, digest, key_of, trim, trim_all, webp
from .sources import BY_KEY

HERE = Path(__file__).parent
LOOP_SIDE, LOOP_FRAMES = 96, 8  # pixels on the longer side of an animated object, pictures of its loop
STRIDE = 0.8  # seconds of one walk cycle of the characters


def add_extras(
    archives: dict[str, Path], out: Path, things: dict, headings: dict, held: set[str], index: list[dict]
) -> dict[str, int]:
    """Pack what the archives at hand allow, append to `index`, return pictures a style. `headings`: of the 3d style."""
    counts = {}
    if "openclipart" in archives:
        counts["clipart"] = _clipart(drawings_folder(archives["openclipart"]), out, held, index)
    if "characters" in archives:
        counts["kenney"] = _characters(archives["characters"], out, held, index)
    if loops := {name: archives[name] for name in sorted(archives) if name.startswith("animations")}:
        counts["anim"] = _animations(loops, out, things, headings, held, index)
    return counts


def listed(name: str) -> list[dict]:
    """The rows of one of the hand-made lists, `clipart` or `characters`."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def _clipart(folder: Path, out: Path, held: set[str], index: list[dict]) -> int:
    rows = [row for row in listed("clipart") if (folder / row["file"]).exists()]
    with Archive(out / "clipart.zip") as archive:
        for row in sorted(rows, key=lambda row: row["object"]):
            svg = (folder / row["file"]).read_text(encoding="utf-8", errors="ignore")
            require_public_domain(svg, row["file"])
            picture = draw(svg, 2 * SIDE)
            if "tint" in row:
                picture = tinted(picture, row["tint"])
            if (picture := trim(picture)) is None:
                raise ValueError(f"{row['file']} shows next to nothing; take it off the list of drawings.")
            blob = webp(picture)
            archive.add(row["object"], blob)
            credit = dict(author=artist(svg), **_origin("openclipart", f"svg/{row['file']}"))
            index.append(_row("clipart", row, [picture], digest([blob]), held, 0.0, credit))
    return len(rows)


def _characters(folder: Path, out: Path, held: set[str], index: list[dict]) -> int:
    images = next((path.parent for path in sorted(folder.rglob("animated_characters")) if path.is_dir()), None)
    if images is None:
        raise ValueError(f"{folder} holds no animated characters; unpack the package arcade there.")
    rows = listed("characters")
    with Archive(out / "kenney.zip") as archive:
        for row in sorted(rows, key=lambda row: row["object"]):
            pictures = trim_all([Image.open(images / name).convert("RGBA") for name in row["files"]], SIDE)
            blobs = _add_loop(archive, row["object"], pictures)
            credit = dict(author="Kenney (www.kenney.nl)", **_origin("characters", row["files"][0]))
            fps = round(len(blobs) / STRIDE, 3) if len(blobs) > 1 else 0.0
            index.append(_row("kenney", row, pictures, digest(blobs), held, fps, credit))
    return len(rows)


def _animations(folders: dict[str, Path], out: Path, things: dict, headings: dict, held: set[str], index: list[dict]) -> int:
    files = {
        key_of(path.stem): (name, f"assets/{path.name}")
        for name, folder in folders.items()
        for path in sorted((folder / "assets").glob("*.webp"))
    }
    wanted = set(json.loads((HERE / "animated.json").read_text()))
    count = 0
    with Archive(out / "anim.zip") as archive:
        for key in sorted(wanted & files.keys() & things.keys()):
            pictures, fps = loop(folders[files[key][0]] / files[key][1])
            pictures = trim_all(pictures, LOOP_SIDE)
            if len(pictures) < 2:
                continue
            thing = dict(things[key], object=key, en=things[key]["label"], heading=headings.get(key, things[key]["heading"]))
            blobs = _add_loop(archive, key, pictures)
            credit = dict(author="Microsoft", **_origin(*files[key]))
            index.append(_row("anim", thing, pictures, digest(blobs), held, fps, credit))
            count += 1
    return count


def loop(path: Path) -> tuple[list[Image.Image], float]:
    """LOOP_FRAMES pictures evenly spaced over one run of an animated file, and their rate (frames a second).

    A run that does not end where it began is played forth and back, so that every loop closes.
    """
    with Image.open(path) as file:
        frames, seconds = [], 0.0
        for i in range(getattr(file, "n_frames", 1)):
            file.seek(i)
            frames.append(file.convert("RGBA"))
            seconds += file.info.get("duration", 42) / 1000
    if len(frames) < LOOP_FRAMES:
        return frames[:1], 0.0
    small = [np.asarray(frame.resize((32, 32)), np.float32) for frame in frames]
    changes = [np.abs(a - b).mean() for a, b in zip(small, small[1:])]
    if np.abs(small[0] - small[-1]).mean() <= max(2.0, 3 * float(np.max(changes))):
        return [frames[i * len(frames) // LOOP_FRAMES] for i in range(LOOP_FRAMES)], round(LOOP_FRAMES / seconds, 3)
    half = LOOP_FRAMES // 2
    there = [frames[round(i * (len(frames) - 1) / half)] for i in range(half + 1)]
    return there + there[-2:0:-1], round(half / seconds, 3)


def _origin(key: str, file: str) -> dict:
    """Licence and source of one file of a fetched archive."""
    return dict(licence=BY_KEY[key].licence, source=f"{BY_KEY[key].name}:{file}")


def _add_loop(archive: Archive, name: str, pictures: list[Image.Image]) -> list[bytes]:
    blobs = [webp(picture) for picture in pictures]
    for i, blob in enumerate(blobs):
        archive.add(name if len(blobs) == 1 else f"{name}~{i:02d}", blob)
    return blobs


def _row(style: str, thing: dict, pictures: list, sha256: str, held: set[str], fps: float, credit: dict) -> dict:
    names = {"names": {"en": [thing["en"]], "fr": [thing["fr"]]}} if "fr" in thing else {}
    return dict(
        id=f"{style}/{thing['object']}", object=thing["object"], style=style, label=thing["en"], kind=thing["kind"],
        heading=thing["heading"], gait=thing["gait"], frames=len(pictures), fps=fps,
        aspect=round(pictures[0].width / pictures[0].height, 3), **credit, sha256=sha256,
        held_out=thing["object"] in held or thing.get("shows") in held, **names,
    )  # fmt: skip
