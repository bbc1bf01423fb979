"""`vitascope cards`: data card, model card and the EU AI Act's summary of training content, from the ledger."""

from __future__ import annotations

from pathlib import Path

from .making import verb

EXAMPLE = "mkdir -p cards && vitascope cards -o cards"
ASKED = {  # of the bench's report
    "subject_right_trained": "subject found in a film from a prompt, things trained on", "subject_right_never_trained": "the same, things never trained on",
    "scene_right": "scene found", "motion_right": "direction as asked", "camera_right": "camera as asked",
}  # fmt: skip


def add(verbs):
    p = verb(verbs, "cards", "data card, model card and AI Act summary, from the ledger", EXAMPLE)
    p.add_argument("-o", "--output", default="docs", metavar="FOLDER", help="where to write them (default: docs)")
    p.set_defaults(run=run)


def run(options) -> int:
    from vitascope import __version__
    from vitascope.corpus.cards import write_cards

    for path in write_cards(Path(options.output), __version__, figures()):
        print(path)
    return 0


def figures() -> dict[str, str]:
    """Figures of the bench's report that ships, as shares with their 95 % intervals."""
    from vitascope.evaluation.report import latest

    measured = latest(Path("nowhere"))["columns"]["films"]
    return {words: "{value:.0%} ({low:.0%} to {high:.0%}, {n} films)".format(**measured[name]) for name, words in ASKED.items() if name in measured}
