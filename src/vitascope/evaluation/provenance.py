"""`vitascope bench provenance`: in how many changed copies the watermark is still found, at one false alarm in a million files.

Each film is marked with its own id under a key made for the bench, changed (provenance_attacks.py), and looked at like any
file. Rows are kept in FOLDER/provenance as they are done. False alarms are counted on films without a mark, and the tail of chance is
compared with the bound on as many places as there is time for.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import os
import sys
import time
from pathlib import Path

import numpy as np

from vitascope.provenance import detect as detecting
from vitascope.provenance.detect import CHANCE, detect
from vitascope.provenance.marking import Marker, cells_of
from vitascope.provenance.synchronise import Geometry, all_scores

from .provenance_attacks import ATTACKS, Frames, chain, encoded
from .provenance_films import Source, sources

KEY = hashlib.sha256(b"the bench's own key, known to everybody").digest()
SIZE = 512, 320
SIZES = (176, 144), (256, 160), (640, 360)
AT_SIZES = "CRF 23", "CRF 28", "CRF 35", "crop 10 %, CRF 23", "half size, CRF 23", "turned 3 degrees, CRF 23"
LENGTHS = {"1 frame": 1, "1 s": 15, "4 s": 60}
ISSUED = 10_000  # ids among which one too worn to be read is looked up
TAILS = (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0)
ANGLES, KEYS = (-4.0, -2.0, 0.0, 1.0, 3.0, 5.0), 24


def provenance(folder: Path, corpus: Path = Path("corpus-cache"), quick: bool = False, threads: int | None = None) -> dict:
    """Measure, write FOLDER/provenance-DATE.json, and return the report. Raises ValueError in one sentence."""
    kept = folder / "provenance"
    kept.mkdir(parents=True, exist_ok=True)
    films = sources(kept, corpus, quick, threads)
    rows, unmarked = [], []
    for size in (SIZE, *SIZES) if not quick else (SIZE,):
        for index, film in enumerate(films):
            if film.fits(size) and (size == SIZE or index % 4 == 1 or film.width < SIZE[0]):  # other sizes: every fourth film
                print(f"  {film.name}, {size[0]}x{size[1]}", file=sys.stderr, flush=True)
                rows += _kept(kept / f"rows-{film.slug}-{size[0]}.json", lambda film=film, size=size, index=index: _copies(film, size, index))
    for film in films:
        print(f"  {film.name}, without a mark", file=sys.stderr, flush=True)
        unmarked += _kept(kept / f"unmarked-{film.slug}.json", lambda film=film: [_unmarked(film)])
    report = dict(date=datetime.date.today().isoformat(), quick=quick, cores=threads or os.cpu_count(), films=[dict(name=f.name, kind=f.kind) for f in films],
                  chance=CHANCE, issued=ISSUED, rows=rows, unmarked=unmarked)  # fmt: skip
    (folder / f"provenance-{report['date']}.json").write_text(json.dumps(report, ensure_ascii=False, indent=0), encoding="utf-8")
    return report


def _kept(path: Path, measure) -> list[dict]:
    """What is in `path` if it was measured with the same code, else measured now and kept."""
    stamp = hashlib.sha256()
    for source in sorted([*Path(detecting.__file__).parent.glob("*.py"), *Path(__file__).parent.glob("provenance*.py")]):
        if source.name in WATERMARK:
            stamp.update(source.read_bytes())
    if path.exists() and (found := json.loads(path.read_text(encoding="utf-8")))["stamp"] == stamp.hexdigest():
        return found["rows"]
    rows = measure()
    path.write_text(json.dumps(dict(stamp=stamp.hexdigest(), rows=rows)), encoding="utf-8")
    return rows


WATERMARK = (
    "keys.py", "codes.py", "marking.py", "synchronise.py", "detect.py", "provenance.py", "provenance_films.py", "provenance_attacks.py",
)  # fmt: skip


def film_id_of(index: int) -> int:
    """The id with which the bench marks its film number `index`, or issues to nobody from 1000 on."""
    return int.from_bytes(hashlib.sha256(f"film {index}".encode()).digest()[:8], "big")


def _copies(film: Source, size: tuple[int, int], index: int) -> list[dict]:
    frames = film.read(size)
    marker = Marker(size, film_id_of(index), KEY)
    start = time.process_time()
    marked = np.stack([marker.mark(frame, i) for i, frame in enumerate(frames)])
    embed = (time.process_time() - start) / len(frames)
    base = dict(film=film.name, kind=film.kind, size=f"{size[0]}x{size[1]}", psnr=round(min(_psnr(*pair) for pair in zip(frames, marked, strict=True)), 2),
                psnr_mean=round(_psnr(frames, marked), 2), embed_ms=round(1000 * embed, 2))  # fmt: skip
    rows = [base | _copy(name, change(marked), "4 s", index) for name, change in ATTACKS.items() if size == SIZE or name in AT_SIZES]
    for length, count in LENGTHS.items():
        if count < len(frames):
            rows.append(base | _copy("CRF 28", encoded(28)(marked[:count]), length, index))
    return rows


def _copy(attack: str, frames: Frames, length: str, index: int) -> dict:
    start = time.process_time()
    seen = detect(frames, key=KEY)
    took = time.process_time() - start
    looked_up = seen.match([film_id_of(index), *_issued()])
    return dict(attack=attack, length=length, found=seen.found, p=seen.p_value, z=round(seen.z, 2), read=seen.film_id == film_id_of(index),
                misread=seen.film_id not in (None, film_id_of(index)), looked_up=looked_up[0] == film_id_of(index) and looked_up[1] <= CHANCE,
                detect_s=round(took, 2))  # fmt: skip


def _issued() -> np.ndarray:
    return np.random.default_rng(4).integers(1, 1 << 63, ISSUED, np.uint64)


def _psnr(a: Frames, b: Frames) -> float:
    error = float(np.square(a.astype(np.float32) - b).mean())
    return 10 * math.log10(255**2 / max(error, 1e-9))


def _unmarked(film: Source) -> dict:
    """A film without a mark: looked at with the bench's key, then the tail of z over many keys, angles and places."""
    frames = chain(encoded(23))(film.read(SIZE if film.fits(SIZE) else SIZES[0]))
    start = time.process_time()
    seen = detect(frames, key=KEY)
    row = dict(film=film.name, p=seen.p_value, found=seen.found, z=round(seen.z, 2), tried=seen.tried, detect_s=round(time.process_time() - start, 2))
    averages = detecting.Averages(frames)
    counts, places = np.zeros(len(TAILS), np.int64), 0
    for index in range(KEYS):
        cells = cells_of(hashlib.sha256(f"wrong key {index}".encode()).digest())
        for k, angle in enumerate(ANGLES):
            kind = averages.kinds[k % 2]
            z = all_scores(averages[kind], cells, Geometry(kind, 0.8 + 0.08 * k, angle=angle))
            counts += (z[None] > np.array(TAILS)[:, None, None]).sum((1, 2))
            places += z.size
    return row | dict(places=places, above={str(t): int(n) for t, n in zip(TAILS, counts, strict=True)})
