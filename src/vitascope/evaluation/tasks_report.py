"""The report of `vitascope bench tasks` written out for people: tables by part, and figures with their goals beside them."""

from __future__ import annotations

from collections.abc import Callable

TITLES = {
    "fill": "Gaps in real footage, filled: PSNR in dB and SSIM of the missing frames",
    "region": "Regions of real footage, painted anew: PSNR in dB inside, SSIM of whole frames, against cv2.inpaint",
    "extend": "Real footage of two seconds, extended second by second",
    "animate": "Four seconds from the first frame of real footage",
    "bridge": "Real footage looped, and connected over a second",
    "long": "A minute by our own model",
    "subject": "Subjects after a minute: the end's pictures looked for among the beginnings of films about others of their kind",
    "steps": "Denoising steps: films painted over true plans that training never saw, beside the real renders",
}
SIMPLE = ("freeze", "blend", "rife")
SAME = 0.05  # dB below which nobody could tell
LONG = 1.0  # seconds from which a gap is long
Figure = tuple[str, str, str, bool | None]


def table(report: dict) -> str:
    """The report for people."""
    lines = [f"{report['date']}, {report['cores']} cores" + (", quick" if report["quick"] else "")]
    if goals := figures(report):
        lines += ["", f"{'what':58}{'measured':>20}{'goal':>16}"]
        lines += [f"{what:58}{measured:>20}{goal:>16}{'' if met is None else '  reached' if met else '  NOT reached'}"
                  for what, measured, goal, met in goals]  # fmt: skip
    for part, rows in report["rows"].items():
        lines += ["", TITLES[part], *(TABLES[part](rows) if part in TABLES else columns(rows, SHOWN[part]))]
    return "\n".join(lines)


def figures(report: dict) -> list[Figure]:
    """(what, measured, goal, reached) of every goal that the report has the rows for."""
    return [figure for part, rows in report["rows"].items() for figure in FIGURES[part](rows)]


def line_of(part: str, row: dict) -> str:
    """One line below a film."""
    if part == "fill":
        return ", ".join(f"{name} {near(row.get(name))}" for name in (*SIMPLE, "ours") if row.get(name))
    return ", ".join(f"{title} {cell(row, key)}" for title, key in SHOWN.get(part, ()) if cell(row, key) != "-")


# Columns: (title, key) with a dot into a dict within the row.
_HELD = (("known changed", "known_changed"), ("seam", "seam"), ("worst", "worst_seam"), ("flicker", "flicker"), ("filmed", "flicker_filmed"))
_DRIFT = (("colour", "colour"), ("sharpness", "sharpness"), ("motion", "motion"), ("frozen", "frozen"))
_TRUTH = (("dB 1st s", "psnr_first_second"), ("dB frozen", "psnr_frozen"))
SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "region": (("frames", "frames"), ("inpaint", "inpaint.psnr"), ("SSIM", "inpaint.ssim"), ("ours", "ours.psnr"), ("SSIM", "ours.ssim"),
               ("gain", "gain"), ("known changed", "known_changed")),
    "extend": (("times", "extensions"), *_HELD, *_DRIFT, *_TRUTH),
    "animate": (*_HELD, *_DRIFT, *_TRUTH),
    "bridge": _HELD,
    "subject": (("films", "measured"), ("still itself", "still_itself.value"), ("animatic", "of_animatic.value"), ("guessing", "guessing")),
}  # fmt: skip


def cell(row: dict, key: str) -> str:
    value: object = row
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def columns(rows: list[dict], shown: tuple[tuple[str, str], ...]) -> list[str]:
    lines = [f"{'':34}" + "".join(f"{title:>{max(10, len(title) + 2)}}" for title, _ in shown)]
    return lines + [f"{row['case']:34}" + "".join(f"{cell(row, key):>{max(10, len(title) + 2)}}" for title, key in shown) for row in rows]


def fill_table(rows: list[dict]) -> list[str]:
    lines = [f"{'clip, gap':28}{'frames':>7}" + "".join(f"{name:>15}" for name in (*SIMPLE, "ours")) + f"{'ours - best':>12}  verdict"]
    for row in rows:
        cells = "".join(f"{near(row.get(name)):>15}" for name in (*SIMPLE, "ours"))
        lines.append(f"{row['case']:28}{row['frames']:>7}{cells}{row['gain']:>+12.2f}  {verdict(row)}")
    return lines


def near(value: dict | None) -> str:
    return f"{value['psnr']:.2f} {value['ssim']:.3f}" if value else "-"


def verdict(row: dict) -> str:
    """Against the best of the three simple methods, known only afterwards."""
    if row["gain"] < -SAME:
        return f"worse than {row['best']}"
    return f"better than {row['best']}" if row["gain"] > SAME else f"as good as {row['best']}"


def fill_figures(rows: list[dict]) -> list[Figure]:
    worse, long = sum(row["gain"] < -SAME for row in rows), [row["gain"] for row in rows if not isinstance(row["gap"], str) and row["gap"] >= LONG]
    found: list[Figure] = [("fill: worse than the best of freeze, blend, RIFE", f"{worse} of {len(rows)}", "0", worse == 0)]
    if long:
        mean = sum(long) / len(long)
        found.append((f"fill: gaps of 1 s and more, against that best ({len(long)})", f"{mean:+.2f} dB", "above 0", mean > SAME))
    return [*found, unchanged("fill", rows)]


def unchanged(part: str, rows: list[dict]) -> Figure:
    changed = sum(row["known_changed"] for row in rows)
    return f"{part}: known {'pixels' if part == 'region' else 'frames'} changed", str(changed), "0", changed == 0


def region_figures(rows: list[dict]) -> list[Figure]:
    better = sum(row["gain"] > SAME for row in rows)
    mean = sum(row["gain"] for row in rows) / len(rows)
    return [("region: better than cv2.inpaint", f"{better} of {len(rows)} ({mean:+.1f} dB)", "", None), unchanged("region", rows)]


def seam_figures(part: str) -> Callable[[list[dict]], list[Figure]]:
    def made(rows: list[dict]) -> list[Figure]:
        mean = sum(row["seam"] for row in rows) / len(rows)
        found: list[Figure] = [(f"{part}: change at joins over change beside them", f"{mean:.2f}", "1.1", mean <= 1.1), unchanged(part, rows)]
        if "colour" in rows[0]:
            worst = max(rows, key=lambda row: row["colour"])
            found.append((f"{part}: most colour drift (2.3 is just noticed)", f"{worst['colour']:.1f} ({worst['case']})", "", None))
            tails = sum(row["frozen"] > 0.5 for row in rows)
            found.append((f"{part}: films whose last second stands still", f"{tails} of {len(rows)}", "0", tails == 0))
        return found

    return made


def long_table(rows: list[dict]) -> list[str]:
    lines = []
    for row in rows:
        if "identical" in row:
            lines.append(f"{row['case']}: {row['windows_kept']} windows kept, then made in {row['made_again']:g} s instead of {row['made']:g} s; "
                         f"{'the same bytes' if row['identical'] else 'OTHER BYTES'}")  # fmt: skip
            continue
        lines.append(f"{row['case']}, {row['seconds']:g} s: {row['took']:g} s from process start, first second after {row['first_of_long']:g} s; "
                     f"{row['memory']} MiB against {row['memory_short']} MiB for 4 s; {row['core_seconds']:g} core-seconds against "
                     f"{row['core_seconds_shorts']:g} as films of 4 s ({row['measured_shorts']} measured)"
                     + (f"; {row['busy_elsewhere']:g} other processes were running" if row["busy_elsewhere"] > 0.5 else ""))  # fmt: skip
        if seams := row.get("seams"):
            lines.append(f"{'':4}change at {seams['joins']} window joins {seams['at_joins']:g} grey levels, inside {seams['inside']:g}: {seams['ratio']:g} times; "
                         f"against other beginnings of latent frames {seams['beat_ratio']:g} times")  # fmt: skip
    return lines


def long_figures(rows: list[dict]) -> list[Figure]:
    found: list[Figure] = []
    for row in rows:
        name = row["case"]
        if "identical" in row:
            found.append(("long: resumed after kill -9, the same bytes", "yes" if row["identical"] else "no", "yes", row["identical"]))
            continue
        goal = 30 if "base" in name else 180
        whole = row["seconds"] >= 60
        found += [
            (f"long: {row['seconds']:g} s, {name}", f"{row['took']:g} s", f"{goal} s", row["took"] <= goal if whole else None),
            (f"long: first second after process start, {name}", f"{row['first']:g} s", "4 s", row["first"] <= 4),
            (f"long: cost against films of 4 s, {name}", f"{row['cost_ratio']:.2f} times", "1.0 times", row["cost_ratio"] <= 1.05),
            (f"long: peak memory against 4 s, {name}", f"{row['memory_ratio']:.2f} times", "1.1 times", row["memory_ratio"] <= 1.1),
        ]
        if "seams" in row:
            found.append(("long: change at window joins against inside windows", f"{row['seams']['ratio']:.2f} times", "1.1 times", row["seams"]["ratio"] <= 1.1))
    return found


def subject_figures(rows: list[dict]) -> list[Figure]:
    s = rows[0]["still_itself"]
    if s["value"] is None:
        return []
    return [(f"subject: still itself after {rows[0]['seconds']:g} s (guessing: {rows[0]['guessing']:.0%})", f"{s['value']:.0%} of {s['n']}", "90 %", s["value"] >= 0.9)]


def steps_table(rows: list[dict]) -> list[str]:
    lines = [f"{'':12}{'dB':>8}{'dB alive':>10}{'features':>10}{'sharpness':>11}{'subject found':>16}"]
    for name, row in rows[0]["columns"].items():
        alive = "-" if row["psnr_alive"] is None else f"{row['psnr_alive']:.2f}"
        s = row["subject"]
        lines.append(f"{name:12}{row['psnr']:>8.2f}{alive:>10}{row['feature_distance']:>10.3f}{row['sharpness']:>11.2f}{s['value']:>10.0%} of {s['n']}")
    return lines + [f"features: mean squared distance to the real render in {rows[0]['features']}; alive: where the real render differs from the animatic"]


def steps_figures(rows: list[dict]) -> list[Figure]:
    four, most = (rows[0]["columns"][steps] for steps in ("4", "32"))
    apart = 100 * (four["subject"]["value"] - most["subject"]["value"])
    nearer = four["psnr"] - most["psnr"]
    return [
        ("steps: judge's subject score, 4 against 32", f"{apart:+.0f} points", "within 3", abs(apart) <= 3),
        ("steps: dB to the real render, 4 against 32", f"{nearer:+.2f} dB", "", None),
    ]


TABLES = {"fill": fill_table, "long": long_table, "steps": steps_table}
FIGURES = {
    "fill": fill_figures, "region": region_figures, "extend": seam_figures("extend"), "animate": seam_figures("animate"),
    "bridge": seam_figures("bridge"), "long": long_figures, "subject": subject_figures, "steps": steps_figures,
}  # fmt: skip
