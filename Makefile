# The one door to every command, for people and for CI alike.
PY ?= python3
PACK ?= belize
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# Large memory pages, where the machine has them. Some virtual machines take twenty times as long for small ones:
# docs/adr/0023-large-pages.md
export PYTHONMALLOC ?= malloc
export GLIBC_TUNABLES ?= glibc.malloc.hugetlb=1

.PHONY: run test check nightly mutants fuzz coverage lock advisories assets venv lint types clean messages

run: venv assets
	@$(BIN)/floreo up --pack $(PACK) --port $(PORT)

test: ## sets itself up, then checks everything
	@PY="$(PY)" bash tools/test.sh

check: ## format, lint, types and the tests of what changed since BASE
	@$(BIN)/python tools/check.py $(BASE)

nightly: ## all tests, and small changes of the program that they should notice; writes build/nightly/<day>.md
	@$(BIN)/python tools/nightly.py

mutants: ## do the tests notice small changes of twenty modules drawn at random? SEED= for others
	@$(BIN)/python tools/mutants.py --seed $(or $(SEED),1)

venv: $(VENV)/.installed
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Floreo needs Python 3.11 or newer. Say which with: make run PY=python3.12")'
	@bash tools/install.sh "$(PY)" requirements.lock
	@touch $@

assets: venv
	@$(BIN)/python tools/assets.py

fuzz: ## forms, readers and calls with what nobody would send, for MINUTES (60), on both databases
	@bash tools/fuzz.sh

coverage: ## the tests on SQLite, measured: what no test takes. Fails below the floor in pyproject.toml
	@$(BIN)/pytest -n 3 -q -m "not e2e and not wheel" --cov

lock: ## writes the hashed locks; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --group node -o requirements-node.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --group install -o requirements-install.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --group advisories -o requirements-advisories.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --group mutants -o requirements-mutants.lock
	@bash tools/install.sh "$(PY)" requirements.lock requirements-dev.lock
	$(BIN)/python tools/sbom.py --licences

advisories: venv ## known weaknesses of what the locks name; needs an index of advisories
	@$(BIN)/python tools/advisories.py

lint:
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/djangofmt --check floreo
	@$(BIN)/python tools/assets.py --dev && node_modules/.bin/prettier --check --log-level warn assets/css assets/js
	@$(BIN)/lint-imports && $(BIN)/deptry .
types:
	@$(BIN)/mypy floreo tests tools benchmarks
