# `make` alone prints what there is. Every target sets itself up once.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
COVERAGE_FLOOR ?= 85

.DEFAULT_GOAL := help
.PHONY: help setup run chat demo test check fmt full clean

help: ## Print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | awk -F '\t' '{printf "  make %-7s %s\n", $$1, $$2}'

setup: $(READY) ## Build .venv with everything pinned, and the sandbox (once)
	@$(BIN)/wardline sandbox init

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Wardline needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=/path/to/python3.11."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m evals.benchmarks.ihtc.warm & compiling=$$!; $(BIN)/wardline sandbox init && wait $$compiling
	@touch $(READY)

run: $(READY) ## Start the server with the sandbox and print its address
	@$(BIN)/wardline serve

chat: $(READY) ## Talk to Wardline in this terminal
	@$(BIN)/wardline chat

demo: $(READY) ## Play one story from a question to a committed plan
	@$(BIN)/wardline demo

check: $(READY) ## Lint, format check and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check ## Every check and every test, with the coverage floor
	$(BIN)/python -m slipcover -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25
	@$(BIN)/python tests/coverage_floor.py $(COVERAGE_FLOOR)

full: test ## The tests with the long ones, then every dialogue and every benchmark
	$(BIN)/pytest -m full
	$(BIN)/wardline eval run
	$(BIN)/wardline bench turns
	$(BIN)/wardline bench hostile
	$(BIN)/wardline bench races

fmt: $(READY) ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and everything that was kept
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
