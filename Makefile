# govnet: `make demo` shows it, `make test` tests it, `make check` checks the code. Each sets up what it needs in .venv.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LABS := .venv-labs
CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/govnet.po)
PYTEST_ARGS ?=

.PHONY: help demo test soak check format bench lock test-packages test-labs clean
.DEFAULT_GOAL := help

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.run  ## Run the main job on virtual devices (no root needed)
	@$(BIN)/govnet demo

test: $(VENV)/.dev test-packages test-labs  ## Run the tests; as root on Debian it installs what the lab needs (LAB=no declines)
	@$(BIN)/pytest -m "not soak" --numprocesses=4 --dist=loadfile $(PYTEST_ARGS)

soak: $(VENV)/.dev test-packages test-labs  ## Run the long campaigns
	@$(BIN)/pytest -m soak --timeout=7200 $(PYTEST_ARGS)

check: $(VENV)/.dev  ## Formatting, linting, types, layers, the wheel, the documentation's examples
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_catalogues.py
	$(BIN)/python tools/check_wheel.py
	$(BIN)/python tools/check_docs.py

format: $(VENV)/.dev  ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## Run the benchmarks beside their peers and write docs/benchmarks.md
	$(BIN)/python benchmarks/run.py

lock: $(VENV)/.dev  ## Write the versions now in .venv to constraints.txt
	$(BIN)/python tools/lock.py

test-packages:
	@tools/test-packages

test-labs:
	@tools/test-labs $(PYTHON) $(LABS)

# What runs: the application. What is developed: the same, and the tools. Both follow the pins of constraints.txt.
$(VENV)/.run: pyproject.toml constraints.txt tools/hatch_build.py tools/compile_messages.py $(CATALOGUES)
	@tools/venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@tools/venv $(PYTHON) $(VENV) --dev
	@touch $@

clean:  ## Remove what make and the demo made
	rm -rf $(VENV) $(LABS) govnet-demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -delete
