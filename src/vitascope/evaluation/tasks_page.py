"""The page of `vitascope bench tasks`: the table, and below it the films, to look at."""

from __future__ import annotations

import html
from pathlib import Path

import numpy as np

from .tasks_report import TITLES, line_of, table

WIDTH = 256  # pixels of each film on the page
MARK = (255, 60, 60)  # a line over frames that were missing


def side_by_side(films: dict[str, np.ndarray], marked: np.ndarray | None = None) -> np.ndarray:
    """Films (t h w 3) of any size and length beside each other, each with its name above: one film (t H W 3).

    Shorter ones stay on their last frame. `marked` (t) bool: frames with a red line.
    """
    import cv2

    count = max(len(film) for film in films.values())
    high = max(round(film.shape[1] * WIDTH / film.shape[2]) for film in films.values()) // 2 * 2
    columns = []
    for name, film in films.items():
        size = WIDTH, min(high, round(film.shape[1] * WIDTH / film.shape[2]))
        column = np.zeros((count, high + 20, WIDTH, 3), np.uint8)
        for i in range(count):
            frame = film[min(i, len(film) - 1)]
            shrinks = frame.shape[1] > WIDTH
            column[i, 20 : 20 + size[1]] = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
            cv2.putText(column[i], name, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235, 235, 235), 1, cv2.LINE_AA)
            if marked is not None and i < len(marked) and marked[i]:
                column[i, 18:20] = MARK
        columns.append(column)
    return np.concatenate(columns, 2)


def write_page(path: Path, report: dict) -> Path:
    """Write the page; its films lie beside it. Returns the path."""
    parts = []
    for part, rows in report["rows"].items():
        shown = "".join(
            f'<figure><video controls loop muted playsinline preload="metadata" src="{html.escape(row["film"])}"></video>'
            f"<figcaption>{html.escape(row['case'])}: {html.escape(line_of(part, row))}</figcaption></figure>"
            for row in rows if row.get("film")
        )  # fmt: skip
        if shown:
            parts.append(f"<section><h2>{html.escape(TITLES[part])}</h2>{shown}</section>")
    style = (
        "body{font:15px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
        "pre{overflow-x:auto}h2{font-size:1.1rem}figure{margin:1rem 0}video{max-width:100%}figcaption{font-size:.85rem}"
    )
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Vitascope bench: tasks</title><style>{style}</style><h1>Vitascope bench: tasks</h1>"
        f"<pre>{html.escape(table(report))}</pre>{''.join(parts)}</html>"
    )
    path.write_text(page, encoding="utf-8")
    return path
