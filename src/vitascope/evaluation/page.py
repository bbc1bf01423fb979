"""The bench's page: figures above, and below them every prompt with its films as strips of frames, to look at."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .report import COLUMNS, table


def strip(film: np.ndarray, frames: int = 5) -> str:
    """Evenly spaced frames of a film (t h w 3) side by side, as a data URL."""
    pick = np.linspace(0, len(film) - 1, frames).round().astype(int)
    data = io.BytesIO()
    Image.fromarray(np.concatenate(film[pick], 1)).save(data, "WEBP", quality=85)
    return "data:image/webp;base64," + base64.b64encode(data.getvalue()).decode()


def write_sheets(stem: Path, cases) -> list[Path]:
    """STEM-train.png and STEM-held_out.png: a row a case, its films side by side, the prompt above them."""
    paths = []
    for split in ("train", "held_out"):
        rows = []
        for case in (c for c in cases if c.split == split):
            strips = [np.concatenate(film[np.linspace(0, len(film) - 1, 5).round().astype(int)], 1)
                      for film in (case.films[c] for c in COLUMNS if c in case.films)]  # fmt: skip
            title = Image.new("RGB", (sum(s.shape[1] for s in strips), 16), "white")
            ImageDraw.Draw(title).text((4, 2), case.prompt.encode("ascii", "replace").decode(), "black")
            rows += [np.asarray(title), np.concatenate(strips, 1)]
        if rows:
            paths.append(stem.with_name(f"{stem.name}-{split}.png"))
            Image.fromarray(np.concatenate(rows)).save(paths[-1])
    return paths


def write_page(path: Path, report: dict, cases) -> Path:
    """Write a self-contained page and return its path."""
    rows = []
    for case in cases:
        shown = "".join(
            f'<figure><img alt="{html.escape(COLUMNS[c])}" src="{strip(case.films[c])}"><figcaption>{html.escape(COLUMNS[c])}</figcaption></figure>'
            for c in COLUMNS if c in case.films
        )  # fmt: skip
        rows.append(f"<section><h2>{html.escape(case.prompt)}</h2><p>{'trained' if case.split == 'train' else 'never trained'}</p>{shown}</section>")
    style = (
        "body{font:15px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
        "pre{overflow-x:auto}section{display:grid;grid-template-columns:1fr 1fr;gap:.3rem 1rem;margin:1.5rem 0}"
        "h2,p{grid-column:1/-1;font-size:1rem;margin:0}figure{margin:0}img{width:100%}figcaption{font-size:.8rem;opacity:.75}"
    )
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Vitascope bench: quality</title><style>{style}</style><h1>Vitascope bench: quality</h1>"
        f"<pre>{html.escape(table(report))}</pre>{''.join(rows)}</html>"
    )
    path.write_text(page, encoding="utf-8")
    return path
