# Two commands: `make film PROMPT="..."` and `make test`. Everything lives in .venv.
PYTHON ?= python3
PROMPT ?= a red fox runs through a snowy forest, the camera pans right
OUT ?= film.mp4
BIN = .venv/bin

.PHONY: film test lint clean
film: .venv/.ready
	@$(BIN)/vitascope generate "$$PROMPT" -o "$$OUT" $(ARGS)
export PROMPT OUT

test: .venv/.ready-test
	$(BIN)/python -m pytest

lint: .venv/.ready-test
	$(BIN)/ruff check src tests && $(BIN)/lint-imports

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vitascope needs Python 3.11 or newer: install it, or name it with PYTHON=..."; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python cannot make environments here: install python3-venv."; exit 2; }

.venv/.ready: .venv/bin/python requirements/default.lock pyproject.toml
	@echo "Setting up in .venv (once, about a minute)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/default.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.ready-test: .venv/.ready requirements/test.lock
	@echo "Setting up what the tests need (once, a few minutes)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/test.lock
	@touch $@

clean:
	rm -rf .venv
