# `make demo` shows the program, `make test` proves it, `make check` is what a commit must pass.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check bench docs pictures baselines translations setup clean

demo: setup
	@packaging/demo.sh $(BIN)

# On each core that may be used, the files of tests shared out among them; tests/conftest.py counts
# the cores. A process that hangs is ended by pytest with its stacks, and no other takes its place.
test: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --max-worker-restart 0

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python packaging/docstring_sections.py
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks

# The site, into build/site: open its index.html. Fails on any link that leads nowhere.
docs: $(VENV)/.docs-installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

pictures: setup
	@packaging/pictures.sh $(BIN)

# The pictures that tests/gui/test_baselines.py compares, after a change of the look that is meant.
baselines: setup
	@$(BIN)/python tests/baseline_pictures.py

# Brings every language up to date; LANGUAGE=de adds one. CONTRIBUTING says what comes then.
LANGUAGE ?=
translations: setup
	$(BIN)/python packaging/translations.py $(LANGUAGE)

setup: $(STAMP)

# Renewed when what it installs changes; the package itself is used from this folder.
$(STAMP): pyproject.toml constraints.txt packaging/setup-system.sh packaging/setup-venv.sh
	@packaging/setup-system.sh "$(PYTHON)"
	@packaging/setup-venv.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.docs-installed: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
		--retries 8 --timeout 60 --constraint constraints.txt --editable '.[docs]'
	@touch $@

clean:
	rm -rf $(VENV) demo-output build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find srviewer tests -name __pycache__ -prune -exec rm -rf {} +
