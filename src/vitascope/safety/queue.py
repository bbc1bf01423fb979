"""Films that somebody should look at before they are shown: a queue on disk, with approve and reject."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from vitascope import home

from .audit import Audit

STATES = ("waiting", "approved", "rejected")
SIDE = 320  # pixels of the pictures that are kept for whoever decides
MOST = 8  # pictures a film
TABLE = """CREATE TABLE IF NOT EXISTS films (id TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, added TEXT NOT NULL,
           decided TEXT, who TEXT, note TEXT, report TEXT NOT NULL, pictures TEXT NOT NULL)"""


@dataclass(frozen=True)
class Item:
    """One film in the queue. id: the film's own, so that the same film made again is the same item; report: the frame review's."""

    id: str
    title: str
    state: str
    added: str
    decided: str | None
    who: str | None
    note: str | None
    report: dict
    pictures: tuple[float, ...]  # the times in seconds that a picture is kept of


class Queue:
    """SQLite in the data folder. What is decided is in the audit log first, and only then in the queue."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or home.folder("review")
        self.audit = Audit(self.folder)
        with self._open() as database:
            database.execute(TABLE)

    def add(self, film_id: str, title: str, report: dict, pictures: list[tuple[float, np.ndarray]] = ()) -> Item:
        """Put a borderline film in. A film that is in already keeps its state: what was approved once may be made again.

        film_id: letters and digits, 64 at most; title: its prompt or file name; report: Session.report; pictures: (seconds,
        frame (h w 3) uint8) of what is in doubt, kept small until somebody has decided.
        """
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", film_id):
            raise ValueError(f"A film in the queue needs an id of letters and digits, not {film_id[:80]!r}.")
        known = self.find(film_id)
        if known:
            return known
        pictures = list(pictures)[:MOST]
        self.audit.write("queue.add", film_id, detail={"title": title[:200], "borderline": report.get("borderline", [])})
        for index, (_, frame) in enumerate(pictures):
            self._keep(self.picture(film_id, index), frame)
        row = film_id, title[:500], "waiting", _now(), json.dumps(report), json.dumps([round(time, 3) for time, _ in pictures])
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO films (id, title, state, added, report, pictures) VALUES (?, ?, ?, ?, ?, ?)", row)
        return self[film_id]

    def find(self, film_id: str) -> Item | None:
        with self._open() as database:
            row = database.execute("SELECT * FROM films WHERE id = ?", (film_id,)).fetchone()
        return _item(row) if row else None

    def __getitem__(self, film_id: str) -> Item:
        """ValueError with one sentence when it is not there."""
        item = self.find(film_id)
        if item is None:
            raise ValueError(f"The review queue has no film {film_id[:80]!r}; see `vitascope review list --all`.")
        return item

    def items(self, state: str | None = "waiting") -> list[Item]:
        """Those in a state, or all, oldest first."""
        where, values = ("WHERE state = ?", (state,)) if state else ("", ())
        with self._open() as database:
            return [_item(row) for row in database.execute(f"SELECT * FROM films {where} ORDER BY added, id", values)]

    def approve(self, film_id: str, who: str | None = None, note: str = "") -> Item:
        """The film may be shown."""
        return self._decide(film_id, "approved", who, note)

    def reject(self, film_id: str, who: str | None = None, note: str = "") -> Item:
        """The film may not be shown."""
        return self._decide(film_id, "rejected", who, note)

    def picture(self, film_id: str, index: int = 0) -> Path:
        """Where a picture of a film in doubt is kept."""
        return self.folder / f"{film_id}-{index}.jpg"

    def _decide(self, film_id: str, state: str, who: str | None, note: str) -> Item:
        item = self[film_id]
        if item.state == state:
            raise ValueError(f"The film {film_id} is {state} already.")
        who = self.audit.write(f"queue.{state}", film_id, who, {"note": note, "before": item.state})["who"]
        with self._open() as database:
            database.execute("UPDATE films SET state = ?, decided = ?, who = ?, note = ?, pictures = '[]' WHERE id = ?", (state, _now(), who, note, film_id))
        for index in range(MOST):
            self.picture(film_id, index).unlink(missing_ok=True)
        return self[film_id]

    @staticmethod
    def _keep(path: Path, frame: np.ndarray) -> None:
        from PIL import Image

        picture = Image.fromarray(frame)
        picture.thumbnail((SIDE, SIDE))
        picture.save(path, format="JPEG", quality=85)
        path.chmod(0o600)

    @contextmanager
    def _open(self):
        path = self.folder / "queue.sqlite"
        try:
            database = sqlite3.connect(path, timeout=10)
            try:
                database.row_factory = sqlite3.Row
                with database:
                    yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise ValueError(f"The review queue {path} cannot be used: {error}.") from None


def _item(row) -> Item:
    fields = dict(row)
    return Item(**{**fields, "report": json.loads(fields["report"]), "pictures": tuple(json.loads(fields["pictures"]))})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
