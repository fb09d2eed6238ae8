# `make` alone lists what there is. Nothing here needs more than Python 3.11 or later and make.

PYTHON ?= python3
PORT ?= 8000
DEMO_PORT ?= 8001
VENV := .venv
BIN := $(VENV)/bin

# Where this is set, every process compiles all its libraries anew: a start takes five times as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lint types ui bench bench-console import-bench crash races fuzz api-fuzz conformance fresh
.PHONY: lock i18n docs build clean

help:
	@echo "make run       start a development server with demo people and a demo app (PORT=$(PORT) DEMO_PORT=$(DEMO_PORT))"
	@echo "make test      the whole test suite; what a missing PostgreSQL, Redis or Chromium leaves out is named"
	@echo "make check     what a change must pass: lint, types, test"
	@echo "make lint      ruff: rules and format"
	@echo "make types     mypy"
	@echo "make ui        browser tests and a sheet of screenshots in ui/"
	@echo "make races     one-time things taken from two processes at once, 100 rounds on each database"
	@echo "make crash     kill -9 in the middle of 1,000 sign-ins and refreshes"
	@echo "make fuzz      20,000 requests with values nobody expects"
	@echo "make api-fuzz  5,000 requests from the OpenAPI document and along its links, as owner, auditor, nobody (N=5000)"
	@echo "make conformance  plans of the OpenID Foundation conformance suite (SUITE_URL=https://...)"
	@echo "make bench     CPU microseconds and database round trips of the hot requests"
	@echo "make bench-console  the console's lists with 100 rows and with 100,000 people, 2,000 apps, a million events"
	@echo "make import-bench  import 10,000 people, with a kill -9 in the middle"
	@echo "make fresh     clone, run and sign in as a newcomer would, in an empty folder"
	@echo "make i18n      collect the texts for translation"
	@echo "make docs      write the generated pages of docs/reference"
	@echo "make lock      renew requirements.lock and requirements-dev.lock (needs uv)"
	@echo "make build     wheel and source archive in dist/"

# One environment for everything; it is made again when the lock files change.
$(VENV)/.ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/environment run

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@PYTHON="$(PYTHON)" .ci/environment dev

# A single plain command, so that make starts it without a shell between: a signal to make reaches it.
run: $(VENV)/.ready
	@$(BIN)/idp serve --dev --demo --port $(PORT) --demo-port $(DEMO_PORT)

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types test

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	@$(BIN)/mypy

ui: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -m chromium $(ARGS)
	@$(BIN)/python -m tests.pages.sheet ui
	@echo "Look at ui/sheet.*.png"

races: $(VENV)/.ready-dev
	@IDP_TEST_ROUNDS=100 $(BIN)/python -m pytest tests/races tests/security -k race $(ARGS)

crash: $(VENV)/.ready-dev
	@IDP_TEST_CRASH_OPERATIONS=1000 $(BIN)/python -m pytest tests/faults $(ARGS)

fuzz: $(VENV)/.ready-dev
	@IDP_TEST_FUZZ_REQUESTS=20000 $(BIN)/python -m pytest tests/fuzz $(ARGS)

api-fuzz: $(VENV)/.ready-dev
	@IDP_TEST_API_FUZZ=$(or $(N),5000) $(BIN)/python -m pytest tests/api/test_fuzz.py --timeout 1800 $(ARGS)

conformance: $(VENV)/.ready-dev
ifdef SUITE_URL
	@$(BIN)/python -m tests.conformance.run --suite $(SUITE_URL) $(ARGS)
else
	@echo "Start the OpenID Foundation conformance suite on this machine (docs/reference/conformance.md tells how), then:"
	@echo "  make conformance SUITE_URL=https://localhost.emobix.co.uk:8443"
endif

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.bench $(ARGS)

bench-console: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.console $(ARGS)

import-bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.importing $(ARGS)

fresh:
	@.ci/fresh

i18n: $(VENV)/.ready-dev
	@$(BIN)/python -m idp.i18n.update

docs: $(VENV)/.ready-dev
	@$(BIN)/python docs/generate.py

lock:
	@.ci/lock

build: $(VENV)/.ready-dev
	@$(BIN)/python -m build

clean:
	rm -rf build dist ui .pytest_cache .mypy_cache .ruff_cache .hypothesis
