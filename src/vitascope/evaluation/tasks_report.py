"""The report of `vitascope bench tasks` written out for people: tables by part, and figures with their goals beside them."""

from __future__ import annotations

TITLES = {
    "fill": "Gaps in real footage, filled: PSNR in dB and SSIM of the missing frames",
}
SIMPLE = ("freeze", "blend", "rife")
SAME = 0.05  # dB below which nobody could tell
LONG = 1.0  # seconds from which a gap is long


def table(report: dict) -> str:
    """The report for people."""
    lines = [f"{report['date']}, {report['cores']} cores" + (", quick" if report["quick"] else "")]
    if goals := figures(report):
        lines += ["", f"{'what':52}{'measured':>22}{'goal':>22}"]
        lines += [f"{what:52}{measured:>22}{goal:>22}{'' if met is None else '  reached' if met else '  NOT reached'}"
                  for what, measured, goal, met in goals]  # fmt: skip
    for part, rows in report["rows"].items():
        lines += ["", TITLES[part], *TABLES[part](rows)]
    return "\n".join(lines)


def figures(report: dict) -> list[tuple[str, str, str, bool | None]]:
    """(what, measured, goal, reached) of every goal that the report has the rows for."""
    found = []
    for part, rows in report["rows"].items():
        found += FIGURES[part](rows)
    return found


def fill_table(rows: list[dict]) -> list[str]:
    lines = [f"{'clip, gap':28}{'frames':>7}" + "".join(f"{name:>15}" for name in (*SIMPLE, "ours")) + f"{'ours - best':>12}  verdict"]
    for row in rows:
        cells = "".join(f"{near(row.get(name)):>15}" for name in (*SIMPLE, "ours"))
        gain = f"{row['gain']:>+12.2f}  {verdict(row)}" if "gain" in row else ""
        lines.append(f"{row['case']:28}{row['frames']:>7}{cells}{gain}")
    return lines


def near(cell: dict | None) -> str:
    return f"{cell['psnr']:.2f} {cell['ssim']:.3f}" if cell else "-"


def verdict(row: dict) -> str:
    """Against the best of the three simple methods, known only afterwards."""
    if row["gain"] < -SAME:
        return f"worse than {row['best']}"
    return f"better than {row['best']}" if row["gain"] > SAME else f"as good as {row['best']}"


def fill_figures(rows: list[dict]) -> list[tuple]:
    rows = [row for row in rows if "gain" in row]
    if not rows:
        return []
    worse, long = sum(row["gain"] < -SAME for row in rows), [row["gain"] for row in rows if not isinstance(row["gap"], str) and row["gap"] >= LONG]
    found = [("fill: worse than the best of freeze, blend, RIFE", f"{worse} of {len(rows)}", "0", worse == 0)]
    if long:
        mean = sum(long) / len(long)
        found.append(("fill: better than that on gaps of 1 s and more", f"{mean:+.2f} dB", "above 0", mean > SAME))
    changed = sum(row["known_changed"] for row in rows)
    return [*found, ("fill: known frames changed", str(changed), "0", changed == 0)]


def line_of(part: str, row: dict) -> str:
    """One line below a film."""
    if part == "fill":
        return ", ".join(f"{name} {near(row.get(name))}" for name in (*SIMPLE, "ours") if row.get(name))
    return ""


TABLES = {"fill": fill_table}
FIGURES = {"fill": fill_figures}
