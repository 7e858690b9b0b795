# Everything here needs Python 3.11 or newer and make, nothing else: the rest is installed into .venv.
# `make PYTHON=python3.12 app` chooses another Python; it counts only when .venv is first made.

PYTHON ?= python3
PORT ?= 8786
BIN := .venv/bin
USE := .venv/.use
DEVELOP := .venv/.develop
# Each test file stays with one worker, so that a browser or a server is started once; the long files come first.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help app sbom acr quality test long lint types coverage bench bench-app examples kind docs guide guide-open screenshots soak soak-tests cluster windows-folder clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-14s %s\n", $$1, $$2 }'

app: $(USE) ## open the app on an example, on this machine only
	$(BIN)/optimiser app

test: $(DEVELOP) ## test all that the program does, on all cores (minutes; ARGS="tests/solve -x" for some, ALL=1 with the long ones)
	$(PYTEST) $(if $(ALL),,-m "not long") $(ARGS)

long: $(DEVELOP) ## run the tests that make test leaves out: the same again with more and larger cases
	$(PYTEST) -m long $(ARGS)

lint: $(DEVELOP) ## check style and form of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOP) ## check the types of the package and of its tests
	$(BIN)/mypy

coverage: $(DEVELOP) ## show which branches no test takes: ARGS="tests/plan" measures some of the tests
	$(BIN)/python -m pytest --cov=optimiser --cov-branch --cov-report=term:skip-covered --cov-report=html:.coverage-report $(ARGS)

bench: $(DEVELOP) ## measure reading, building, solving and checking
	$(BIN)/python -m tests.bench $(ARGS)

bench-app: $(DEVELOP) ## measure the app in a real browser, and with 25 sessions (needs Chromium)
	$(BIN)/python -m tests.bench.app $(ARGS)

examples: $(USE) ## write the example workbooks and the template in data/ again
	$(BIN)/python data/make_examples.py

kind: $(USE) ## begin a kind of rule: NAME=spread writes its file, its test and its page
	$(BIN)/python -m optimiser.model.rules.skeleton $(NAME)

docs: $(USE) ## write docs/workbook.md and docs/commands.md again from the sheets and the commands
	$(BIN)/python -m optimiser.case.writing.reference > docs/workbook.md.new
	mv docs/workbook.md.new docs/workbook.md
	$(BIN)/python -m optimiser.commands.reference > docs/commands.md.new
	mv docs/commands.md.new docs/commands.md

sbom: $(DEVELOP) ## write the bill of materials and the licences again (docs/buyer), from what is installed
	$(BIN)/python -m tests.buyer.sbom

acr: $(DEVELOP) ## write the report on accessibility again (docs/buyer), asking axe (needs Chromium)
	$(BIN)/python -m tests.buyer.conformance

quality: $(DEVELOP) ## break the program on purpose and write docs/quality.md (hours; ARGS="--times 5 --mutants 5" for less)
	$(BIN)/python -m tests.quality $(ARGS)

guide: $(DEVELOP) ## build the guide as a site into build/guide, without a network; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

guide-open: guide ## the guide in the browser, on this machine only, with its search
	$(BIN)/python -m webbrowser http://127.0.0.1:8600/guide/index.html
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/guide 8600

screenshots: $(DEVELOP) ## take pictures of every page of the app into docs/pictures (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

soak: $(DEVELOP) ## run 200,000 changed files and maps over the readers (half an hour; ARGS=1000 for fewer)
	$(BIN)/python -m tests.case.mutated $(or $(ARGS),200000)

soak-tests: $(DEVELOP) ## run the tests with all their random cases and examples (hours; ARGS="tests/solve" for some)
	OPTIMISER_SOAK=$(or $(SOAK),200) $(PYTEST) $(ARGS)

cluster: $(DEVELOP) ## start a scheduler and two workers on this machine, to sweep over (Ctrl-C ends them)
	@$(BIN)/python -m optimiser.commands.cluster $(PORT)

windows-folder: $(DEVELOP) ## one folder for Windows without rights and network: PYTHON_EMBED=python-3.11.9-embed-amd64.zip, which you bring
	@test -n "$(PYTHON_EMBED)" || { echo "Say which: make windows-folder PYTHON_EMBED=python-3.11.9-embed-amd64.zip" >&2; exit 2; }
	$(BIN)/python deploy/windows_folder.py "$(PYTHON_EMBED)" $(ARGS)

clean: ## remove .venv and what tools leave behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage-report *.egg-info

$(BIN)/pip:
	@command -v $(PYTHON) > /dev/null || { \
	  echo "Optimiser needs Python 3.11 or newer, and there is no $(PYTHON) on this machine." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Optimiser needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "If a newer one is installed, name it: make PYTHON=python3.12 app" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment: its module venv or ensurepip is missing." >&2; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv. Then run make again." >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(USE): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing Optimiser into .venv (once; it takes some minutes) ..."
	@$(PIP) --editable .
	@touch $@

$(DEVELOP): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing Optimiser and its tests' tools into .venv (once; it takes some minutes) ..."
	@$(PIP) --editable '.[dev]'
	@touch $(USE) $@
