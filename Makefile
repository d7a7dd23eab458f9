# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
DEMO_WORKSPACE ?= production-testers

.PHONY: setup demo test lint types architecture unit lock docs matrix example clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: setup
	@$(BIN)/ptest demo --workspace $(DEMO_WORKSPACE)

test: lint types architecture unit

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/vulture
	$(BIN)/interrogate --quiet src
	$(BIN)/deptry .

types: setup
	$(BIN)/mypy

architecture: setup
	$(BIN)/lint-imports --no-cache

# Many tests wait for processes, so more run at a time than there are cores; with bytecode kept, these start faster.
unit: setup
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n 3 --dist worksteal

# Writes the lock file anew from pyproject.toml: versions and hashes, no index.
lock: setup
	$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --group dev pyproject.toml --output-file requirements.lock

# Pages that are written from the code.
docs: setup
	$(BIN)/python -c "from production_testers.reports.law_reference import law_reference; print(law_reference(), end='')" > docs/reference/laws.md
	$(BIN)/python -c "from production_testers.reports.fault_reference import fault_reference; print(fault_reference(), end='')" > docs/reference/faults.md
	$(BIN)/python -c "from production_testers.reports.data_reference import data_reference; print(data_reference(), end='')" > docs/reference/data.md
	$(BIN)/python -c "import json; from production_testers.reports.matrix_page import matrix_page; print(matrix_page(json.load(open('docs/findings/matrix.json'))), end='')" > docs/findings/matrix.md
	$(BIN)/python -c "import json; from pathlib import Path; from production_testers.reports.broken_page import broken_page, read_verdicts; at = Path('docs/findings'); matrix = json.loads((at / 'matrix.json').read_text()); print(broken_page(json.loads((at / '1.2.0.json').read_text()), matrix, read_verdicts(at / 'verdicts.toml')), end='')" > docs/findings/1.2.0.md

# Explores every release anew, about ten minutes; then the page is written from the document.
matrix: setup
	$(BIN)/ptest matrix --out docs/findings/matrix.json --page docs/findings/matrix.md --findings docs/findings

# The run that people can look at before they install anything.
example: setup
	rm -rf examples/workspace
	$(BIN)/ptest init examples/workspace
	-$(BIN)/ptest run CORE-001 --workspace examples/workspace
	$(BIN)/ptest validate --workspace examples/workspace

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
