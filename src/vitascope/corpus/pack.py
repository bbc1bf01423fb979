"""Builds the library that ships with the package from the fetched archives: same archives, same bytes.

Four drawing styles of the same objects, joined by code point; heading, gait and kind of each come from emojibase's groups and
from the tables in `objects.json`, which were made by eye.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from . import optout
from .extras import add_extras
from .sheets import SIDE, Archive, digest, key_of, trim, webp

HERE = Path(__file__).parent
CREDITS = {
    "3d": ("Microsoft", "MIT", "npm:@lobehub/fluent-emoji-3d@1.1.0"),
    "flat": ("Microsoft", "MIT", "npm:@iconify-json/fluent-emoji-flat@1.2.6"),
    "noto": ("Google", "Apache-2.0", "npm:@iconify-json/noto@1.2.9"),
    "twemoji": ("Twitter and jdecked", "CC-BY-4.0", "npm:@iconify-json/twemoji@1.2.5"),
}
LANGUAGES = (
    "bn da de en es et fi fr hi hu it ja ko lt ms nb nl pl pt ru sv th uk vi zh zh-hant en-gb es-mx"
).split()
KINDS = {  # emojibase subgroups of things that can stand in a film, and the kind each belongs to
    "animal": (34, 35, 36, 37, 38, 39), "plant": (40, 41), "food": (42, 43, 44, 45, 46, 47),
    "person": (23, 24, 25, 26, 27, 28, 29), "vehicle": (54, 55, 56), "building": (51, 52),
    "nature": (50, 59), "face": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
    "object": (48, 53, 58, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82),
}  # fmt: skip


def raster(svg: str, side: int = 2 * SIDE) -> Image.Image:
    import resvg_py

    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side)))).convert("RGBA")


def iconify(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """(object, picture) of every icon in an Iconify package that has a code point."""
    icons = json.loads((folder / "icons.json").read_text())
    names = json.loads((folder / "chars.json").read_text())
    w, h = icons.get("width", 16), icons.get("height", 16)
    for code, name in sorted(names.items()):
        icon = icons["icons"].get(name) or icons["icons"].get(icons.get("aliases", {}).get(name, {}).get("parent", ""))
        if icon:
            width, height = icon.get("width", w), icon.get("height", h)
            yield key_of(code), (icon["body"], width, height)


def svg_of(icon) -> str:
    body, width, height = icon
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{body}</svg>'
    )


def describe(objects: dict, tables: dict) -> dict[str, dict]:
    """Kind, gait and heading of each emoji object; only things that can stand in a film."""
    kind_of = {sub: kind for kind, subs in KINDS.items() for sub in subs}
    rows = {}
    for key, row in objects.items():
        kind = kind_of.get(row.get("subgroup"))
        if kind is None or key in tables["not_things"]:
            continue
        head = row["label"].endswith(" face") or key in tables["heads"]
        if kind == "animal" and head:
            kind = "face"
        if key in tables["scenes"]:
            kind = "scene"
        kind = tables["kind"].get(key, kind)
        gait = tables["gait"].get(key) or tables["gait_of_subgroup"].get(str(row["subgroup"]), "none")
        sided = kind in ("animal", "vehicle") and key not in tables["fronts"]  # emoji in profile look left
        heading = tables["heading"].get(key, 180.0 if sided or row["subgroup"] == 27 else None)
        rows[key] = dict(label=row["label"], kind=kind, gait=gait, heading=heading)
    return rows


def hold_out(keys: list[str], never: set[str], share: float = 0.15, seed: int = 20261124) -> list[str]:
    """The objects that no training sees: a fixed draw that never takes what the README's own prompts ask for."""
    pool = sorted(key for key in keys if key not in never)
    return sorted(random.Random(seed).sample(pool, round(share * len(keys))))


def pack(archives: dict[str, Path], out: Path) -> dict[str, int]:
    """Write the library into `out` from unpacked archives keyed by source name; returns pictures a style."""
    out.mkdir(parents=True, exist_ok=True)
    tables = json.loads((HERE / "objects.json").read_text())
    data = {lang: json.loads((archives["emojibase"] / lang / "data.json").read_text()) for lang in LANGUAGES}
    rows = {key_of(row["hexcode"]): row for row in data["en"]}
    fluent = {key_of(path.stem): path for path in sorted((archives["fluent-3d"] / "assets").glob("*.webp"))}
    vectors = {style: dict(iconify(archives[source]))
               for style, source in (("flat", "fluent-flat"), ("noto", "noto"), ("twemoji", "twemoji"))}  # fmt: skip
    things = describe({k: r for k, r in rows.items() if k in fluent and all(k in v for v in vectors.values())}, tables)
    held_path = HERE / "held_out.json"
    if not held_path.exists():
        held = dict(objects=hold_out(list(things), set(tables["never_held_out"])), scene="farm",
                    grid=[["circles", "vehicle"], ["bounces", "person"]])  # fmt: skip
        held_path.write_text(json.dumps(held, indent=1))
    held = set(json.loads(held_path.read_text())["objects"])
    index, counts = [], {}
    for style in CREDITS:
        with Archive(out / f"{style}.zip") as archive:
            for key, thing in sorted(things.items()):
                whole = Image.open(fluent[key]).convert("RGBA") if style == "3d" else raster(svg_of(vectors[style][key]))
                picture = trim(whole)
                if picture is None:
                    continue
                blob = webp(picture)
                archive.add(key, blob)
                index.append(_row(style, key, thing, picture, blob, tables, key in held))
        counts[style] = sum(row["style"] == style for row in index)
    counts |= add_extras(archives, out, things, tables["heading_of_style"].get("3d", {}), held, index)
    index = optout.prune(out, index)
    names = {key: {lang: [] for lang in LANGUAGES} for key in things}
    for lang, entries in data.items():
        for row in entries:
            if (key := key_of(row["hexcode"])) in names:
                names[key][lang] = list(dict.fromkeys([row["label"], *row.get("tags", [])]))
    names |= {row["object"]: row.pop("names") for row in index if "names" in row}
    _write(out / "index.json.gz", index)
    _write(out / "names.json.gz", names)
    return counts


def _row(style, key, thing, picture, blob, tables, held_out) -> dict:
    author, licence, source = CREDITS[style]
    heading = tables["heading_of_style"].get(style, {}).get(key, thing["heading"])
    kind = tables["kind_of_style"].get(style, {}).get(key, thing["kind"])
    return dict(
        id=f"{style}/{key}", object=key, style=style, label=thing["label"], kind=kind, heading=heading,
        gait=thing["gait"], frames=1, fps=0.0, aspect=round(picture.width / picture.height, 3), author=author,
        licence=licence, source=source, sha256=digest([blob]), held_out=held_out,
    )  # fmt: skip


def _write(path: Path, value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    part = path.with_suffix(".part")
    part.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    os.replace(part, path)
