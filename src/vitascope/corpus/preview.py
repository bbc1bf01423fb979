"""Contact sheets: many clips at a glance, five frames each with the caption below."""

from __future__ import annotations

import os
import textwrap
import unicodedata
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SHOWN = 5  # frames a clip


def contact_sheet(clips, captions, path, columns: int = 5) -> Path:
    """Write a PNG of `clips` (each (t h w 3) uint8), `columns` a row: a strip of five frames over its caption.

    Raises ValueError when there is no clip, or not one caption a clip.
    """
    clips, captions = list(clips), list(captions)
    if not clips or len(clips) != len(captions):
        raise ValueError(
            f"A contact sheet needs at least one clip and a caption for each, not {len(clips)} and {len(captions)}."
        )
    font, gap = ImageFont.load_default(size=11), 6
    cells = []
    for frames, text in zip(clips, captions):
        picked = frames[np.linspace(0, len(frames) - 1, SHOWN).round().astype(int)]
        strip = np.pad(picked, ((0, 0), (0, 0), (0, 2), (0, 0)), constant_values=255)
        strip = strip.transpose(1, 0, 2, 3).reshape(strip.shape[1], -1, 3)
        plain = (
            unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        )  # the built-in font has no accents
        lines = textwrap.wrap(plain, max(int(strip.shape[1] / 5.8), 20)) or [""]
        cells.append((strip, lines))
    width = max(strip.shape[1] for strip, _ in cells) + gap
    rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
    heights = [max(strip.shape[0] + 14 * len(lines) for strip, lines in row) + gap + 4 for row in rows]
    sheet = Image.new("RGB", (width * min(columns, len(cells)), sum(heights)), "white")
    pen, y = ImageDraw.Draw(sheet), 0
    for row, height in zip(rows, heights):
        for i, (strip, lines) in enumerate(row):
            sheet.paste(Image.fromarray(strip), (i * width, y))
            pen.multiline_text(
                (i * width + 2, y + strip.shape[0] + 1), "\n".join(lines), fill="black", font=font, spacing=2
            )
        y += height
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    sheet.save(part, "PNG")
    os.replace(part, path)
    return path


def preview(
    folder_or_path,
    count: int = 20,
    seed: int = 0,
    *,
    num_frames: int = 33,
    fps: float = 8.0,
    size: tuple[int, int] = (128, 80),
    split: str = "train",
    lang: str = "en",
    columns: int = 2,
    sketch: bool = False,
    **fixed,
) -> Path:
    """Draw `count` random films with their captions on one contact sheet; returns its path.

    `folder_or_path` is a folder, in which it is called corpus-SEED.png, or the PNG's own path. `sketch` draws the
    animatics, faults included. `fixed` pins facts as sample_plan does.
    """
    from vitascope.director.stage import Life, render_plan
    from vitascope.library import Library

    from .captions import caption
    from .scenes import corrupt, sample_plan

    if count < 1:
        raise ValueError(f"A preview shows at least one film, not {count}.")
    path, library = Path(folder_or_path), Library()
    clips, texts, forms = [], [], ("plain", "long", "structured", "short")
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        plan, facts = sample_plan(rng, library, num_frames, fps, split=split, aspect=size[0] / size[1], **fixed)
        if sketch:
            rough, post = corrupt(rng, plan)
            clips.append(post.apply(render_plan(rough, library, size, Life.none())))
        else:
            clips.append(render_plan(plan, library, size, Life.full()))
        texts.append(caption(facts, np.random.default_rng([seed, i, 1]), lang=lang, form=forms[i % len(forms)]))
    return contact_sheet(clips, texts, path if path.suffix.lower() == ".png" else path / f"corpus-{seed}.png", columns)
