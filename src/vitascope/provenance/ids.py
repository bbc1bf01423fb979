"""The register of the films that this installation made: what was recorded of each, found again by the id in its watermark.

An id read from a worn copy may have wrong bits. `Register.nearest` then asks which issued id agrees best with what was read, and
how likely so good an agreement is by chance among all that were issued.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitascope import home

from .codes import BITS, CODED, encode

AT_ONCE = 4096  # ids whose signs are held in memory
KEPT = (  # of a film's report: enough to say what it is, to make it again, and to learn what films cost
    "prompt", "negative_prompt", "seed", "size", "seconds", "fps", "base_size", "style", "camera", "motion", "num_inference_steps",
    "guidance_scale", "sketch_strength", "best_of", "upscaled", "interpolated", "added", "model", "task", "sources", "footprint", "policy",
)  # fmt: skip


def file_hash(path: str | os.PathLike) -> str:
    """SHA-256 of a file as it is, signed and all, in hexadecimal: what `record` is given."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Issued:
    """One film of the register: `made` in seconds since 1970, `sha256` of the file as it left ("" for a stream), `about` its report."""

    film_id: int
    made: float
    sha256: str = ""
    about: dict = field(default_factory=dict)

    def to_dict(self) -> dict:
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.made))
        return dict(film_id=f"{self.film_id:016x}", made=when, sha256=self.sha256, about=self.about)


@dataclass(frozen=True)
class Match:
    """An issued id that agrees with bits that were read: `agreement` 0..1 of the bits, `p_value` of so good a match by chance."""

    film_id: int
    agreement: float
    p_value: float


class Register:
    """SQLite in `folder` (the installation's own by default); several processes may write at once.

    Raises ValueError in one sentence where the file is damaged, locked for long, or may not be written.
    """

    def __init__(self, folder: Path | None = None):
        self.path = (Path(folder) if folder else home.folder("films")) / "films.sqlite"

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=20)) as connection:
                with connection:
                    connection.execute(
                        "CREATE TABLE IF NOT EXISTS films (id TEXT PRIMARY KEY, made REAL NOT NULL, sha256 TEXT NOT NULL, about TEXT NOT NULL)"
                    )
                    connection.execute("CREATE INDEX IF NOT EXISTS by_file ON films (sha256)")
                    yield connection
        except sqlite3.Error as error:
            raise ValueError(f"The register of films {self.path} cannot be used ({error}): move it away, or name another VITASCOPE_HOME.") from None

    def record(self, film_id: int, report: dict, sha256: str = "", made: float | None = None) -> Issued:
        """Write down a film that leaves; recorded twice, the later one counts. `report`: studio.Film.report, of which KEPT is kept."""
        if not 0 < film_id < 2**BITS:
            raise ValueError(f"A film id has 64 bits and is not 0, unlike {film_id}.")
        about = {name: report[name] for name in KEPT if report.get(name) not in (None, "", [], {})}
        film = Issued(film_id, time.time() if made is None else made, sha256, about)
        with self._open() as db:
            row = f"{film_id:016x}", film.made, sha256, json.dumps(about, ensure_ascii=False)
            db.execute("INSERT INTO films VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, about = excluded.about", row)
        return film

    def __getitem__(self, film_id: int) -> Issued:
        """The film of an id. Raises KeyError for one that was not issued here."""
        if found := self._rows("WHERE id = ?", f"{film_id:016x}"):
            return found[0]
        raise KeyError(f"{film_id:016x}")

    def __len__(self) -> int:
        with self._open() as db:
            return db.execute("SELECT COUNT(*) FROM films").fetchone()[0]

    def of_file(self, sha256: str) -> Issued | None:
        """The film that left as exactly this file."""
        found = self._rows("WHERE sha256 = ? ORDER BY made DESC LIMIT 1", sha256) if sha256 else []
        return found[0] if found else None

    def latest(self, count: int = 100) -> list[Issued]:
        """The newest films first."""
        return self._rows("ORDER BY made DESC LIMIT ?", count)

    def nearest(self, scores: np.ndarray, others: Iterable[int] = ()) -> Match | None:
        """The issued id that agrees best with `scores`, each above 0 for a one (or +1) and larger when surer: of its 64 bits, most
        significant first, or of the 480 signs that a watermark carries for it (codes.encode), which tell more.

        `others`: ids that were issued and are not in the register. For signs drawn at random the sum of scores with them is at least t
        times the scores' norm with a chance of at most exp(-t^2 / 2) (Hoeffding 1963); that, times the number of ids, is the p-value. It
        is a bound for the bits of random ids; the coded signs of an id depend on each other, and it was checked that they keep to it.
        None where no id was issued.
        """
        scores = np.asarray(scores, np.float32)
        if scores.shape not in ((BITS,), (CODED,)) or not np.isfinite(scores).all():
            raise ValueError(f"An id is looked up by {BITS} or {CODED} finite scores, not by an array {scores.shape}.")
        with self._open() as db:
            ids = sorted({int(row[0], 16) for row in db.execute("SELECT id FROM films")} | set(others))
        norm = float(np.linalg.norm(scores))
        if not ids or not norm:
            return None
        parts = [np.array(ids[i : i + AT_ONCE], np.uint64) for i in range(0, len(ids), AT_ONCE)]
        sums = np.concatenate([signs_of(part, len(scores)).astype(np.float32) @ scores for part in parts])
        best = int(sums.argmax())
        p_value = len(ids) * math.exp(-0.5 * max(0.0, float(sums[best]) / norm) ** 2)
        signs = signs_of(np.array([ids[best]], np.uint64), len(scores))[0]
        return Match(ids[best], float(((scores > 0) == (signs > 0)).mean()), min(1.0, p_value))

    def _rows(self, where: str, *values) -> list[Issued]:
        with self._open() as db:
            rows = db.execute(f"SELECT id, made, sha256, about FROM films {where}", values).fetchall()
        return [Issued(int(id_, 16), made, sha256, json.loads(about)) for id_, made, sha256, about in rows]


def signs_of(ids: np.ndarray, count: int) -> np.ndarray:
    """Signs (n count) int8, +-1, of ids (n,) uint64: of their BITS bits or of their CODED coded signs."""
    if count == CODED:
        return encode(ids)
    return np.unpackbits(ids.astype(">u8").view(np.uint8).reshape(-1, BITS // 8), axis=1).astype(np.int8) * 2 - 1
