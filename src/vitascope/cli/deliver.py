"""How a film leaves: written as its segments come, kept when it is stopped, told about at the end."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from .making import check_output, settings_of
from .progress import Progress


def deliver(options, make: Callable) -> int:
    """Make the film, or its variations, and write it to options.output; returns the exit status.

    make(**settings) returns what `vitascope.api` does with stream=True. What is finished can be watched at any time: in
    "film.partial.mp4" beside "film.mp4", or on standard output. Finished windows are kept in a hidden folder until the
    film is whole, so that --resume goes on from there.
    """
    from vitascope.release import Release
    from vitascope.safety.decision import Refused

    outputs, settings, reports = outputs_of(options), settings_of(options), []
    for output in outputs:
        check_output(output)
    for number, output in enumerate(outputs):
        progress = Progress(options.preview)
        folder = prepare_folder(output, options.resume, progress)
        if number == 0:
            first = settings["seed"] if settings["seed"] is not None else kept_seed(folder)
        making = None
        try:
            making = make(**settings | {"seed": first + number, "resume": folder, "on_event": progress, "stream": True})
            if said := expected(making):
                progress.say(said)
            release = Release(making.studio.part("policy"), making.film_id, lambda: (making.report, making.inputs), making)
            progress.release = release
            release.write(making, output)
        except Refused:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        except KeyboardInterrupt:
            progress.line()
            print(f"vitascope: {stopped(output, folder)}", file=sys.stderr)
            return 130
        finally:
            progress.line()
            drop_folder(folder)
        if getattr(options, "plan", None):
            Path(options.plan).write_text(making.plan.to_json(), encoding="utf-8")
        reports.append(making.report | release.report | {"file": name_of(output), "took_seconds": round(progress.seconds, 1)})
        if not options.json:
            print(in_words(reports[-1]), file=sys.stderr if str(output) == "-" else sys.stdout, flush=True)
    if options.json:
        shown = reports[0] if len(reports) == 1 else reports
        print(json.dumps(shown, ensure_ascii=False, indent=2), file=sys.stderr if options.output == "-" else sys.stdout)
    return 0


def expected(making) -> str:
    """What a film of words will take, before it is made; "" for one of footage, whose cost hangs on what is missing in it."""
    from vitascope.footprint import forecast, forecast_text
    from vitascope.provenance.ids import Register

    shots = getattr(making, "makings", [making])
    if any(shot.line.pieces for shot in shots):
        return ""
    line, films = shots[0].line, [film.about for film in Register().latest()]
    seconds = sum(shot.layout.num_frames / shot.fps for shot in shots)
    found = forecast(seconds, line.size, line.fps, shots[0].steps, films=films, threads=shots[0].settings.threads)
    return f"Expected: {forecast_text(found)}"


def outputs_of(options) -> list[Path]:
    """The file of each variation: "film.mp4", or "film-1.mp4", "film-2.mp4" and so on."""
    path, count = Path(options.output), getattr(options, "variations", 1)
    if not 1 <= count <= 100:
        raise ValueError(f"There can be 1 to 100 variations, not {count}: choose another --variations.")
    if count > 1 and options.output == "-":
        raise ValueError("Only one film goes to standard output: give -o a file for several variations.")
    return [path] if count == 1 else [path.with_name(f"{path.stem}-{i}{path.suffix}") for i in range(1, count + 1)]


def in_words(report: dict) -> str:
    """The report in a few lines."""
    by = lambda source: ", ".join(part for part in (source["author"], source["licence"]) if part) or "your own"
    used = sorted({f"{source['label']} ({by(source)})" for source in report.get("sources", ())})
    seed = f"seed {report['seed']}, " if "seed" in report else ""
    lines = [report["file"], f"{seed}{report['size']}, {report['seconds']:g} s at {report['fps']:g} fps, made in {report['took_seconds']:g} s"]
    if "sources" in report:
        lines.append(f"drawn from: {', '.join(used) or 'no picture of the library'}")
    return "\n  ".join([*lines, *trust_in_words(report)])


def trust_in_words(report: dict) -> list[str]:
    """How the film can be known again, and what was judged of it that its maker should know."""
    from vitascope.safety.decision import SPOKEN

    sealed, moderation = report.get("credentials", {}), report.get("moderation", {})
    known = [f"signed by {sealed['signer']['name']}" if sealed.get("signed") else "not signed"]
    known += [f"watermark {report['watermark']['film_id']}"] if "watermark" in report else ["no watermark"]
    lines = [", ".join(known)]
    if labels := moderation.get("labels"):
        lines.append("label: " + ", ".join(SPOKEN.get(label, label) for label in labels))
    if off := moderation.get("switched_off"):
        lines.append("this installation's policy switches off or weakens: " + ", ".join(off))
    return lines


def name_of(output: Path) -> str:
    return "-" if str(output) == "-" else str(output.absolute())


# --- stopping and going on --------------------------------------------------------------------------------------------


def prepare_folder(output: Path, resume: bool, progress: Progress) -> Path | None:
    """Where the finished windows of a film lie while it is being made: ".film.mp4.resume" beside it; emptied unless resumed."""
    if str(output) == "-":
        return None
    folder = output.absolute().parent / f".{output.name[:80]}.resume"
    if resume and not (folder / "film.json").exists():
        progress.say("There is nothing to resume: made from the beginning.")
    if not resume and (folder / "film.json").exists():
        shutil.rmtree(folder)
    return folder


def drop_folder(folder: Path | None) -> None:
    """Remove the folder of windows when there is none in it."""
    if folder and folder.exists() and not any(folder.glob("window-*.npy")):
        shutil.rmtree(folder, ignore_errors=True)


def kept_seed(folder: Path | None) -> int:
    """The seed of the film that is to be resumed, or a new one."""
    with contextlib.suppress(ValueError, OSError, KeyError, TypeError, AttributeError):
        return int(json.loads((folder / "film.json").read_text(encoding="utf-8"))["seed"])
    return secrets.randbits(32)


def stopped(output: Path, folder: Path | None) -> str:
    """What is left after Ctrl-C, in one sentence."""
    from vitascope.media import part_of

    if str(output) == "-":
        return "Stopped; what was made has been sent."
    drop_folder(folder)
    again = "; go on with --resume" if folder.exists() else ""
    part = part_of(output)
    return f"Stopped; what is done is in {part}{again}." if part.exists() else f"Stopped; nothing was written{again}."
