"""The report of `vitascope bench flaws` written out for people; needs no PyTorch and no model."""

from __future__ import annotations

from vitascope.flaws import FLAWS

GOAL, ALARMS = 0.9, 0.05
Figure = tuple[str, str, str, bool | None]


def table(report: dict) -> str:
    """The report for people."""
    lines = [f"{report['date']}" + (", quick" if report["quick"] else "") + f", {report['clean_films']} films nobody broke", ""]
    lines += [f"{what:58}{measured:>20}{goal:>16}{'' if met is None else '  reached' if met else '  NOT reached'}"
              for what, measured, goal, met in figures(report)]  # fmt: skip
    lines += ["", f"{'flaw':36}{'found: renders':>22}{'painted':>22}{'false: renders':>24}{'painted':>24}{'films that trip it':>24}"]
    for flaw, row in report["flaws"].items():
        cells = [cell(row[key]) for key in ("found_render", "found_painted", "false_render", "false_painted", "tripped")]
        lines.append(f"{FLAWS[flaw]:36}{cells[0]:>22}{cells[1]:>22}" + "".join(f"{c:>24}" for c in cells[2:]))
    lines += ["", f"painted films nobody broke in which any flaw is found: {cell(report['tripped_any'])}",
              "false: of films that could have the flaw (a façade, a gait, two alike); in brackets 95 % intervals (Wilson)"]  # fmt: skip
    return "\n".join(lines)


def figures(report: dict) -> list[Figure]:
    """(what, measured, goal, reached): for each flaw the shares over renders and painted films together."""
    found: list[Figure] = []
    for flaw, row in report["flaws"].items():
        hits, n = pooled(row["found_render"], row["found_painted"])
        alarms, clean = pooled(row["false_render"], row["false_painted"])
        what = f"{FLAWS[flaw]}: found / false alarms"
        found.append((what, f"{hits / max(1, n):.0%} / {alarms / max(1, clean):.1%}", f"{GOAL:.0%} / {ALARMS:.0%}",
                      hits >= GOAL * n and alarms <= ALARMS * clean))  # fmt: skip
    return found


def pooled(*shares: dict) -> tuple[int, int]:
    return sum(round((s["value"] or 0) * s["n"]) for s in shares), sum(s["n"] for s in shares)


def cell(share: dict) -> str:
    """A share with its interval."""
    if share["value"] is None:
        return "-"
    return f"{share['value']:.0%} ({share['low']:.0%}-{share['high']:.0%}) of {share['n']}"
