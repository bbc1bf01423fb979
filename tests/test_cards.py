"""The cards: true to the ledger, the weights and the runs, and those in docs/ the ones that come out."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from vitascope import __version__
from vitascope.cli import cards as command
from vitascope.corpus import read_ledger, root_hash
from vitascope.corpus.cards import CARDS, RUNS, cards, run_facts, weights_of, write_cards
from vitascope.library import ASSETS

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return cards(__version__, command.figures())


@pytest.mark.parametrize("name", CARDS)
def test_the_cards_in_docs_are_the_latest(texts, name):
    assert (DOCS / name).read_text(encoding="utf-8") == texts[name], "run `vitascope cards -o docs`"
    assert not re.search(r"[{}]", texts[name])


def test_weights_are_those_that_ship(texts):
    shipped = sorted(ASSETS.rglob("*.safetensors"))
    assert {path.stem for path in shipped} >= {"autoencoder", "director", "transformer"}
    for path in shipped:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in texts["model-card.md"]
    about = weights_of(ASSETS / "weights" / "transformer.safetensors")
    assert about["parameters"] > 8_000_000 and about["root"] == root_hash(read_ledger())


def test_the_total_of_training_is_the_sum_of_the_runs(texts):
    runs = json.loads(RUNS.read_text())["runs"]
    seconds = 60 * sum(run["core_minutes"] for run in runs)
    low, high = (float(part) for part in run_facts()["watt_hours"].split(" to "))
    assert low == pytest.approx(seconds * 4 / 3600, rel=0.05) and high == pytest.approx(seconds * 38 / 3600, rel=0.05)
    assert all(run["name"] in texts["model-card.md"] for run in runs)


def test_runs_behind_the_weights_are_those_of_the_log():
    log = (DOCS / "experiments.md").read_text(encoding="utf-8")
    table = log.split("## Runs behind the shipped weights")[1].split("##")[0]
    logged = [float(minutes) for minutes in re.findall(r"\| (\d+(?:\.\d+)?) core-min", table)]
    listed = [run["core_minutes"] for run in json.loads(RUNS.read_text())["runs"]]
    assert logged and all(minutes in listed for minutes in logged)
    assert sum(listed) >= sum(logged)


def test_the_summary_has_the_templates_headings(texts):
    headings = re.findall(r"^#+ (\d[\d.]*) ", texts["ai-act-summary.md"], re.MULTILINE)
    assert headings == ["1.", "1.1", "1.2", "1.3", "2.", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.", "3.1", "3.2", "3.3"]
    assert root_hash(read_ledger()) in texts["ai-act-summary.md"] and "opt-out" in texts["ai-act-summary.md"]


def test_links_between_cards_lead_somewhere(texts):
    anchor = lambda heading: re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    for text in texts.values():
        for page, part in re.findall(r"\]\((?!http)([\w./-]+)(?:#([\w-]+))?\)", text):
            target = (DOCS / page).resolve()
            assert target.exists(), page
            if part:
                assert part in {anchor(h) for h in re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)}, (page, part)


def test_the_command_writes_them_into_a_folder_that_is_there(tmp_path, capsys):
    from vitascope.cli.cards import run

    class Options:
        output = str(tmp_path)

    assert run(Options) == 0 and sorted(path.name for path in tmp_path.iterdir()) == sorted(CARDS)
    said = capsys.readouterr().out
    assert all(name in said for name in CARDS)
    with pytest.raises(ValueError, match="no folder"):
        write_cards(tmp_path / "nowhere", __version__)
