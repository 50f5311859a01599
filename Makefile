# Frontdesk's commands. `make` alone lists them. Each does all the set-up that it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Many tests wait for something real, so twice as many run at once as there are processors.
WORKERS := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install run test soak check bench lock

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Frontdesk needs Python 3.11; name yours with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/developing: $(VENV)/installed requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

install: $(VENV)/installed ## Install Frontdesk into .venv

run: $(VENV)/installed ## Start the desk with nothing else set up
	$(BIN)/frontdesk run

test: $(VENV)/developing ## Run all tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

soak: $(VENV)/developing ## Kill, freeze, tamper and break the disk thousands of times; an hour or two
	$(BIN)/python -m tests.storage.breaking_process
	$(BIN)/python -m benchmarks.ledger_soak
	$(BIN)/python -m tests.soak $(ARGS)

check: $(VENV)/developing ## Format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/developing ## Measure; DATA=folder names the public data sets, if you have them
	$(BIN)/python -m benchmarks $(DATA)

lock: $(VENV)/developing ## Lock all dependencies anew, with hashes and without addresses
	$(BIN)/python -m uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--extra fast --extra telemetry --extra tsa --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/python -m uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--extra fast --extra telemetry --extra tsa --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
