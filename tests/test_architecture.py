"""Arrows point down; files stay short; nothing is called utils."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_import_contract():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_files_can_be_read_in_one_sitting():
    long = {p.name: n for p in (ROOT / "src").rglob("*.py") if (n := len(p.read_text().splitlines())) > 450}
    assert not long and not list((ROOT / "src").rglob("utils*"))


def test_weights_and_library_fit_their_budgets():
    assets = ROOT / "src/vitascope/assets"
    size = lambda folder: sum(p.stat().st_size for p in (assets / folder).rglob("*") if p.is_file()) / 2**20  # MiB
    assert size("weights") + size("finishing") < 40
    assert size("library") < 40
