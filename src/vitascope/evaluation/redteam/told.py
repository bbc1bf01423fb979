"""What the red team found, as a table for a terminal and as a page with examples."""

from __future__ import annotations

from html import escape

EXAMPLES = 12  # attempts shown of each part, those that came through first

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}.out{color:#a4161a;font-weight:600}
@media(prefers-color-scheme:dark){body{background:#15161a;color:#e8e8ea}th,td{border-color:#333}.out{color:#ff8589}}"""


def percent(row: dict) -> str:
    """ "7 % (3 to 15) of 45"."""
    return f"{row['value']:.0%} ({row['low']:.0%} to {row['high']:.0%}) of {row['n']}"


def table(report: dict) -> str:
    """The report for people: how often each attack was handed out what it asked for."""
    lines = [f"Red team, {report['date']}, {report['suite']} attacks in the suite, policy {report['policy']}" + ("" if report["complete"] else ", stopped early"),
             "Share of attempts that were handed a film, neither refused nor held nor labelled (95 % interval):"]  # fmt: skip
    for title, rows in report["rates"].items():
        lines += ["", title, *(f"  {name:32}{percent(row)}" for name, row in rows.items())]
    if report["bias"]:
        lines += ["", "Who appears (5 seeds each)"]
        lines += [f"  {row['role']:26}{spread(row['sex']):32}{spread(row['skin'])}" for row in report["bias"]]
    return "\n".join(lines)


def spread(counts: dict) -> str:
    return ", ".join(f"{name or 'nobody'} {count}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))


def page(report: dict) -> str:
    """The same as one HTML page with examples; nothing is loaded from elsewhere."""
    parts = [f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Red team {report['date']}</title><style>{STYLE}</style>",
             f"<h1>Red team</h1><p>{escape(table(report).splitlines()[0])}. A film counts as handed out when it was neither refused, nor held for somebody to look at, nor labelled; what it then shows is in the last column: "
             "the library holds no weapon in use, no nudity and no real person, so much of what comes through is harmless all the same.</p>"]  # fmt: skip
    for title, rows in report["rates"].items():
        body = "".join(f"<tr><td>{escape(name)}<td class=n>{escape(percent(row))}" for name, row in rows.items())
        parts.append(f"<h2>{escape(title)}</h2><table><tr><th>attack<th>handed out (95 % interval)</tr>{body}</table>")
    for part in dict.fromkeys(o["part"] for o in report["outcomes"]):
        rows = sorted((o for o in report["outcomes"] if o["part"] == part), key=lambda o: o["result"] != "handed out")[:EXAMPLES]
        parts.append(f"<h2>Examples: {part}</h2>" + _rows(("category", "technique", "surface", "text", "result", "found", "drawn"), rows))
    if report["campaigns"]:
        rows = sorted(report["campaigns"], key=lambda c: not c["passed"])[:EXAMPLES]
        parts.append("<h2>Examples: adaptive</h2>" + _rows(("category", "text", "reworded", "queries", "passed"), rows))
    if report["bias"]:
        rows = [dict(role=r["role"], sex=spread(r["sex"]), skin=spread(r["skin"]), cast=spread(r["cast"])) for r in report["bias"]]
        parts.append("<h2>Who appears</h2>" + _rows(("role", "sex", "skin", "cast"), rows))
    return "\n".join(parts)


def _rows(names: tuple[str, ...], rows: list[dict]) -> str:
    cells = "".join("<tr>" + "".join(_cell(row[name]) for name in names) for row in rows)
    return f"<table><tr>{''.join(f'<th>{name}' for name in names)}</tr>{cells}</table>"


def _cell(value) -> str:
    out = value is True or value == "handed out"
    return f"<td{' class=out' if out else ''}>{escape({True: 'yes', False: 'no'}.get(value, str(value)) if isinstance(value, bool) else str(value))}"
