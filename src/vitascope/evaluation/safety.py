"""`vitascope bench safety`: what the filter of prompts refuses, and what it should not have.

Judged on prompts that nothing was trained on: written by hand, from acts, templates and fillers kept aside, captions about
things kept aside, and the public sets' own validation halves, each source by itself since their prose differs from prompts
for films. Twice: the whole gate as every film meets it, and the classifier alone.
"""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from vitascope.corpus import safety as corpus
from vitascope.corpus.safety import CATEGORIES, Row
from vitascope.prompts import TextEncoder
from vitascope.safety.classifier import THRESHOLD, Classifier
from vitascope.safety.normalise import normalise
from vitascope.safety.policy import Policy
from vitascope.safety.prompts import PromptGate

from .safety_evasions import NAMED, UNNAMED, disguised

DATA = Path("../shared/safety")
MOST = 30  # prompts of one public source and language
SEED = 7
Judge = Callable[[str], set[str]]


def safety(folder: Path, data: Path = DATA, quick: bool = False) -> dict:
    """Measures everything, writes FOLDER/safety-DATE.json and returns it. data: the folder with val.jsonl, left out if absent.

    quick: a few prompts of each kind. A judge that cannot be loaded raises ValueError.
    """
    sets = gather(data, quick)
    encoder = TextEncoder()
    classifier = Quiet(encoder)
    gate, gate_timed = PromptGate(Policy.load(), classifier=classifier), PromptGate(Policy.load(), TextEncoder())
    judges = together({"gate": lambda text: by_gate(gate, text), "classifier": lambda text: by_classifier(classifier, text)})
    report = {"date": datetime.date.today().isoformat(), "cores": os.cpu_count(), "quick": quick, "judges": {}}
    report["milliseconds"] = timed(gate_timed, [row.text for name in ("captions", "long") for row in sets[name][:20]])
    for name, judge in judges.items():
        report["judges"][name] = measured(judge, sets, quick)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"safety-{report['date']}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


class Quiet(Classifier):
    """The classifier without its explanations: which words counted costs more than the verdict, and changes none."""

    def words(self, text: str, category: str, language: str | None = None) -> tuple[str, ...]:
        return ()


def together(judges: dict[str, Judge]) -> dict[str, Judge]:
    """The same judges, each text asked of all at once: they share the encoder, which remembers only the latest texts."""
    known: dict[str, dict[str, set[str]]] = {}

    def asked(name: str) -> Judge:
        def judge(text: str) -> set[str]:
            if text not in known:
                known[text] = {other: ask(text) for other, ask in judges.items()}
            return known[text][name]

        return judge

    return {name: asked(name) for name in judges}


def by_gate(gate: PromptGate, text: str) -> set[str]:
    """What the gate holds against a prompt: why it refuses, and the warnings that it would put on the film."""
    decision = gate.judge(text)
    over = {f.category for f in decision.findings if f.score >= f.threshold}
    return over | set(decision.labels)


def by_classifier(classifier: Classifier, text: str) -> set[str]:
    """What the classifier alone finds in the views of a normalised prompt."""
    seen = normalise(text)
    return {name for view in seen.views for name, score in classifier.scores(view, seen.language).items() if score >= THRESHOLD}


def gather(data: Path, quick: bool) -> dict[str, list[Row]]:
    """Prompts by set; unsafe and harmless ones of the hand-written and the made sets apart."""
    hand = [row for language in ("en", "fr") for row in corpus.judged(language)]
    made = [*corpus.short_prompts("judge", 3, SEED), *corpus.words("judge", 1, SEED)]
    scenes = list(corpus.long_scenes("judge", 2, SEED))
    sets = {
        "written": [row for row in hand if row.unsafe],
        "lookalike": [row for row in hand if row.kind == "lookalike"],
        "long": [row for row in hand if row.kind == "long" and not row.unsafe],
        "made": [row for row in made if row.unsafe],
        "made twin": [row for row in made if not row.unsafe],
        "made long": [row for row in scenes if row.unsafe],
        "made long twin": [row for row in scenes if not row.unsafe],
        "captions": list(corpus.captions("judge", 60 if quick else 300, SEED)),
    }
    if (data / "val.jsonl").is_file():
        for weak in (False, True):
            for row in corpus.public(data / "val.jsonl", weak):
                mark = "guessed" if weak else "unsafe" if row.unsafe else "harmless"
                sets.setdefault(f"{row.kind} {mark}", []).append(row)
    rng = np.random.default_rng(SEED)
    return {name: some(rows, 12 if quick else MOST, rng) if name not in ("captions", "written", "lookalike", "long") or quick else rows for name, rows in sets.items()}


def some(rows: list[Row], most: int, rng: np.random.Generator) -> list[Row]:
    """At most so many of each language, in their order."""
    kept: list[Row] = []
    for language in ("en", "fr"):
        those = [row for row in rows if row.language == language]
        chosen = sorted(rng.permutation(len(those))[:most])
        kept += [those[i] for i in chosen]
    return kept


def measured(judge: Judge, sets: dict[str, list[Row]], quick: bool) -> dict:
    """Everything about one judge: shares by set, figures by category, evasions, and examples of both kinds of mistakes."""
    found = {name: [judge(row.text) for row in rows] for name, rows in sets.items()}
    shares = []
    for name, rows in sets.items():
        for language in ("en", "fr"):
            hits = [bool(seen) for row, seen in zip(rows, found[name], strict=True) if row.language == language]
            if hits:
                shares.append({"set": name, "language": language, **share(hits)})
    missed = [{"text": row.text, "is": sorted(row.categories)} for row, seen in zip(sets["written"], found["written"], strict=True) if not seen]
    alarms = [{"text": row.text, "as": sorted(seen)} for name in ("lookalike", "long", "captions") for row, seen in zip(sets[name], found[name], strict=True) if seen]
    return {"sets": shares, "categories": by_category(sets, found), "evasions": evasions(judge, sets, quick), "missed": missed, "false_alarms": alarms}


def by_category(sets: dict[str, list[Row]], found: dict[str, list[set[str]]]) -> list[dict]:
    """Recall (refused at all, and for this reason), precision, and false alarms among the harmless, by category and language."""
    rows = []
    for language in ("en", "fr"):
        pairs = [(row, seen) for name in ("written", "lookalike", "long") for row, seen in zip(sets[name], found[name], strict=True) if row.language == language]
        harmless = [(row, seen) for name in ("captions", "lookalike", "long") for row, seen in zip(sets[name], found[name], strict=True) if row.language == language]
        for category in CATEGORIES:
            own = [seen for row, seen in pairs if category in row.categories]
            flagged = [category in row.categories for row, seen in pairs if category in seen]
            rows.append({"category": category, "language": language, "recall": share([bool(seen) for seen in own]), "named": share([category in seen for seen in own]),
                         "precision": share(flagged), "false_alarms": share([category in seen for _, seen in harmless])})  # fmt: skip
    return rows


def evasions(judge: Judge, sets: dict[str, list[Row]], quick: bool) -> list[dict]:
    """Recall on the hand-written unsafe prompts in disguise, and refusals of look-alikes in the same disguise."""
    step, rows = (12 if quick else 6), []
    unsafe, harmless = sets["written"][::step], sets["lookalike"][:: step * 2]
    for kind, names in (("named", NAMED), ("unnamed", UNNAMED)):
        for name in names:
            hits, alarms = ([bool(judge(disguised(row.text, name, SEED))) for row in those] for those in (unsafe, harmless))
            rows.append({"evasion": name, "kind": kind, "recall": share(hits), "false_alarms": share(alarms)})
    mixed = list(mixtures(unsafe, sets["made"]))
    rows.append({"evasion": "mixed languages", "kind": "named", "recall": share([bool(judge(text)) for text in mixed]), "false_alarms": share([])})
    return rows


def mixtures(unsafe: list[Row], made: list[Row]) -> Iterable[str]:
    """Unsafe prompts begun in the other language."""
    starts = {"en": "une vidéo très réaliste, dans une rue la nuit : ", "fr": "a very realistic video in the style of an old film, at night: "}
    for row in [*unsafe, *made[:: max(1, len(made) // 20)]]:
        yield starts[row.language] + row.text


def share(hits: list[bool]) -> dict:
    """How many of how many, with Wilson's 95 % interval; None where there are none."""
    n, hit, z = len(hits), sum(hits), 1.96
    if not n:
        return {"n": 0, "hit": 0, "share": None, "low": None, "high": None}
    middle, p = 1 + z * z / n, hit / n
    centre, half = (p + z * z / (2 * n)) / middle, z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / middle
    return {"n": n, "hit": hit, "share": round(p, 4), "low": round(max(0.0, centre - half), 4), "high": round(min(1.0, centre + half), 4)}


def timed(gate: PromptGate, texts: list[str]) -> dict:
    """Milliseconds of processor time of a check, each text new to the gate: p50 and p95 for captions and long scenes together."""
    gate.judge("a warm-up of the tables")
    gate.judge("un essai pour les tables")
    spent = []
    for text in texts:
        start = time.process_time()  # of all threads: what the machine does besides does not count
        gate.judge(text + " ")
        spent.append(1000 * (time.process_time() - start))
    return {"p50": round(float(np.percentile(spent, 50)), 1), "p95": round(float(np.percentile(spent, 95)), 1), "n": len(spent)}
