"""The report of `vitascope bench provenance` written out for people."""

from __future__ import annotations

import math

GOALS = {"CRF 28": 0.99, "half size, CRF 23": 0.99, "crop 10 %, CRF 23": 0.99, "15 to 8 fps, CRF 28": 0.99, "all in turn": 0.95}
SIZE = "512x320"
TIGHT = 3.178


def interval(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, hits / n
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def table(report: dict) -> str:
    """The report for people."""
    rows, n = report["rows"], len(report["films"])
    ours = sum(film["kind"] == "ours" for film in report["films"])
    lines = [f"{report['date']}, {n} films ({ours} ours, {n - ours} filmed or drawn by others); at 176x144 carphone and vtest were seen while tuning" + (", quick" if report["quick"] else ""),
             f"alone: by its key only; found: as `vitascope verify` does, with a register of {report['issued']:,} other films beside it; both at {report['chance']:.0e} false alarms a file",
             "95 %: Wilson's interval of found; read: the id by its code alone; named: the right film", "", f"{SIZE}, 4 s, 15 fps"]  # fmt: skip
    lines += _block([row for row in rows if row["size"] == SIZE and row["length"] == "4 s"], GOALS)
    for size in dict.fromkeys(row["size"] for row in rows if row["size"] != SIZE):
        lines += ["", f"{size}, 4 s", *_block([row for row in rows if row["size"] == size and row["length"] == "4 s"], {})]
    lines += ["", "found at CRF 28, by size and length", *_lengths(rows), "", *_costs(rows), "", *_alarms(report["unmarked"])]
    return "\n".join(lines)


def hit(row: dict) -> bool:
    """Whether the mark counts as found: by itself, or as that of a film in the register."""
    return row["found"] or row["looked_up"]


def _block(rows: list[dict], goals: dict[str, float]) -> list[str]:
    lines = [f"{'':40}{'found':>12}{'95 %':>14}{'alone':>8}{'read':>7}{'named':>8}{'goal':>8}"]
    for attack in dict.fromkeys(row["attack"] for row in rows):
        some = [row for row in rows if row["attack"] == attack]
        hits, (low, high) = sum(map(hit, some)), interval(sum(map(hit, some)), len(some))
        goal = goals.get(attack)
        met = "" if goal is None else "  reached" if hits / len(some) >= goal else "  NOT reached"
        lines.append(f"{attack:40}{f'{hits} of {len(some)}':>12}{f'{low:.0%} - {high:.0%}':>14}" + "".join(
            f"{sum(row[key] for row in some):>{width}}" for key, width in (("found", 8), ("read", 7), ("looked_up", 8))
        ) + f"{'' if goal is None else f'{goal:.0%}':>8}{met}")  # fmt: skip
    return lines


def _lengths(rows: list[dict]) -> list[str]:
    lengths = [length for length in ("1 frame", "1 s", "4 s") if any(row["length"] == length for row in rows)]
    lines = [f"{'':12}" + "".join(f"{length:>12}" for length in lengths)]
    for size in sorted({row["size"] for row in rows}, key=lambda size: int(size.split("x")[0])):
        some = [[hit(row) for row in rows if (row["size"], row["length"], row["attack"]) == (size, length, "CRF 28")] for length in lengths]
        lines.append(f"{size:12}" + "".join(f"{f'{sum(s)} of {len(s)}':>12}" for s in some))
    return lines


def _costs(rows: list[dict]) -> list[str]:
    lines, misread = [], sum(row["misread"] for row in rows)
    for size in sorted({row["size"] for row in rows}, key=lambda size: int(size.split("x")[0])):
        some = [row for row in rows if row["size"] == size]
        lines.append(f"{size}: PSNR {min(r['psnr'] for r in some):.1f} dB for the worst frame, {sum(r['psnr_mean'] for r in some) / len(some):.1f} on average; "
                     f"{sorted(r['embed_ms'] for r in some)[len(some) // 2]:.1f} ms a frame to mark, {max(r['detect_s'] for r in some):.1f} s at most to look (one core)")  # fmt: skip
    return [*lines, f"ids misread where the mark was found: {misread} of {sum(row['found'] for row in rows)}"]


def _alarms(rows: list[dict]) -> list[str]:
    places, tails = sum(row["places"] for row in rows), list(rows[0]["above"])
    lines = [f"without a mark: {sum(row['found'] for row in rows)} of {len(rows)} films found, smallest p {min(row['p'] for row in rows):.2g}; "
             f"{max(row['detect_s'] for row in rows):.1f} s at most to find nothing",
             f"chance, over {places:,} places of wrong keys on them:", f"{'z above':12}{'seen':>12}{'normal tail':>14}{'bound':>12}"]  # fmt: skip
    for tail in tails:
        normal = 0.5 * math.erfc(float(tail) / math.sqrt(2))
        lines.append(f"{tail:12}{sum(row['above'][tail] for row in rows) / places:>12.2e}{normal:>14.2e}{TIGHT * normal:>12.2e}")
    return lines
