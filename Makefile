# mutasi_toolkit: every command an office or a researcher needs.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BENCH := .venv-bench
FUZZ := .venv-fuzz
FUZZ_SECONDS ?= 60
PYTHONS ?= python3.12 python3.13
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
export UV_SYSTEM_CERTS := 1
export UV_LINK_MODE := copy

.PHONY: audit licences test-oldest test-pythons brute mutants cycle test test-kills test-fast docs setup lock lab bench fuzz clean help

help:
	@echo "make cycle   set up if needed, then run the Pangkalpinang cycle into runs/"
	@echo "make test    set up if needed, then every test"
	@echo "make test-fast  the same without the slow tests"
	@echo "make test-kills  kill runs at 100 random moments, resume, compare"
	@echo "make setup   the set-up alone"
	@echo "make lab     JupyterLab on the notebooks"
	@echo "make docs    the documentation as HTML, without a network"
	@echo "make bench   peers into .venv-bench, then every benchmark into docs/benchmarks.md"
	@echo "make brute   20,000 tiny instances against the enumeration of all their plans (make test: 2,080)"
	@echo "make mutants MODULES='workload rules'  how many small faults the tests of a module notice (apart from make test)"
	@echo "make fuzz    fuzz every reader for FUZZ_SECONDS (60) each, atheris in .venv-fuzz"
	@echo "make audit   known weaknesses in the locked packages (pip-audit), and whether they fit together"
	@echo "make licences  docs/licences.md anew"
	@echo "make test-oldest  the fast tests with the oldest packages that pyproject.toml allows"
	@echo "make test-pythons PYTHONS='python3.12 python3.13'  the fast tests with other Pythons and the locked packages"
	@echo "make lock    requirements.lock and environment.yml anew from pyproject.toml"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml tools/lab_overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 2; }
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(UV) pip install --quiet --python $(PY) --require-hashes --compile-bytecode -r requirements.lock
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@mkdir -p $(VENV)/share/jupyter/lab/settings && cp tools/lab_overrides.json $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $@

cycle: setup
	@$(VENV)/bin/mutasi run data/cycles/pangkalpinang-2026

test: setup
	@$(PY) tools/test_all.py

test-fast: setup
	@$(PY) tools/test_all.py -m "not slow"

test-kills: setup
	@$(PY) tools/test_kills.py --times 100

brute: setup
	@MUTASI_BRUTE_SEAS=250 $(PY) -m pytest -q --timeout=0 tests/test_assignment_brute.py

lock: setup
	$(UV) pip compile pyproject.toml --all-extras --group test --group docs --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements.lock
	$(UV) pip compile pyproject.toml --group bench -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements-bench.lock
	$(PY) tools/environment.py

lab: setup
	$(VENV)/bin/jupyter lab notebooks

bench: $(BENCH)/.ready
	@$(BENCH)/bin/mutasi bench

$(BENCH)/.ready: requirements-bench.lock $(VENV)/.ready
	@$(PYTHON) -m venv $(BENCH)
	@$(UV) pip install --quiet --python $(BENCH)/bin/python --require-hashes -r requirements-bench.lock
	@$(UV) pip install --quiet --python $(BENCH)/bin/python --no-deps --no-build-isolation -e .
	@touch $@

audit: setup
	@$(PYTHON) -m venv .venv-audit
	@$(UV) pip install --quiet --python .venv-audit/bin/python --require-hashes -r requirements-audit.lock
	@$(PY) tools/audit.py $(UV) .venv-audit/bin/pip-audit

licences: setup
	@$(PY) tools/licences.py

test-oldest: setup
	@$(PYTHON) -m venv .venv-oldest
	@$(UV) pip install --quiet --python .venv-oldest/bin/python --resolution lowest-direct -r pyproject.toml --all-extras --group test --group docs
	@$(UV) pip install --quiet --python .venv-oldest/bin/python --no-deps --no-build-isolation -e .
	@.venv-oldest/bin/python -m pytest -q -m "not slow" -W ignore::DeprecationWarning tests

test-pythons: setup
	@for python in $(PYTHONS); do $$python -m venv .venv-$$(basename $$python) && \
	  $(UV) pip install --quiet --python .venv-$$(basename $$python)/bin/python --require-hashes -r requirements.lock && \
	  $(UV) pip install --quiet --python .venv-$$(basename $$python)/bin/python --no-deps --no-build-isolation -e . && \
	  .venv-$$(basename $$python)/bin/python -m pytest -q -m "not slow" tests || exit 1; done

mutants: setup
	@$(PY) tools/mutants.py $(MODULES) --sample $(or $(SAMPLE),60)

fuzz: $(FUZZ)/.ready
	@for target in csv workbook settings scenario siasn abk; do $(FUZZ)/bin/python tools/fuzz.py $$target --seconds $(FUZZ_SECONDS) 2>fuzz-$$target.log; \
	  status=$$?; tail -1 fuzz-$$target.log; [ $$status = 0 ] || exit 1; done

$(FUZZ)/.ready: requirements-fuzz.lock $(VENV)/.ready
	@$(PYTHON) -m venv $(FUZZ)
	@$(UV) pip install --quiet --python $(FUZZ)/bin/python --require-hashes -r requirements.lock -r requirements-fuzz.lock
	@touch $@

clean:
	rm -rf $(VENV) $(BENCH) $(FUZZ) fuzz runs

docs: setup
	@$(PY) -m sphinx -q -W --keep-going -b html docs docs/_build/html && echo "docs/_build/html/index.html"
