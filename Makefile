# Python >= 3.11, make and a package registry are all this needs.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_INSTALL := $(BIN)/python -m pip install --quiet

.DEFAULT_GOAL := help
.PHONY: help run install test-quick test check format lint types arrows long bench requirements lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: install ## the server with demo data, at 127.0.0.1:8000
	@exec $(BIN)/touchbook serve --demo

install: .venv/installed ## Touchbook and what it needs, in .venv

.venv/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Touchbook needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@echo "Installing into .venv (the first time takes a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/tools: .venv/installed requirements-dev.lock
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# What each change should pass before anything else: the rules of the code, one look at each dialect, what operates it.
QUICK := tests/test_*.py tests/operation tests/stories/test_across_dialects.py tests/stories/test_reads.py

test-quick: .venv/tools ## a part of the tests, in less than a minute
	@$(BIN)/pytest -n 2 -m "not long and not fuzz" $(QUICK)

test: .venv/tools ## the tests
	@$(BIN)/pytest -n 2 -m "not long and not fuzz"

check: format lint types arrows ## all that CI asks for
	@$(BIN)/pytest -n 2 -m "not long"

format: .venv/tools
	@$(BIN)/ruff format --check --quiet .

lint: .venv/tools
	@$(BIN)/ruff check --quiet .

types: .venv/tools
	@$(BIN)/mypy

arrows: .venv/tools
	@$(BIN)/lint-imports --no-cache

long: .venv/tools ## faults, simulations and properties by chance, many minutes
	@$(BIN)/pytest -m "long or hypothesis" --hypothesis-profile=long

bench: .venv/tools ## speed against a server written by hand on the same SQL
	@$(BIN)/python -m benchmarks

requirements: .venv/tools ## which numbered statements hold (RECORD=FILE: in a run of pytest --junitxml=FILE)
	@$(BIN)/python -m tests.requirements $(RECORD)

lock: .venv/tools ## pins all dependencies anew, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --extra embedded --group build -o requirements.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --extra embedded --group build --group dev -c requirements.lock \
		-o requirements-dev.lock pyproject.toml

clean: ## forgets .venv and caches, keeps data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
