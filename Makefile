# Everything a clone needs: make report, make test, make lab. Only Python >= 3.11, pip and make are required.
PYTHON ?= python3
PARAMS ?= params/2017-Q2.yaml
# One process per core; a file's tests stay together (kernels and simulated cities are shared within a file). In the
# order of the folders, long runs first: the files with most tests are not those that take longest.
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin

# Without compiled bytecode importing the libraries takes three times as long.
export UV_COMPILE_BYTECODE := 1

.PHONY: install report report-rossi test test-slow lab lint lock city truth verification release-utility released-kappa clean
.DELETE_ON_ERROR:

install: $(VENV)/.project

report: install
	@$(BIN)/hamm-eval report $(PARAMS)

report-rossi: install
	@$(BIN)/python examples/rossi/export.py
	@$(BIN)/hamm-eval report examples/rossi/params/1972-Q2.yaml

test: install
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not slow"

test-slow: install
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m slow

lab: install
	$(BIN)/jupyter lab notebooks

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Renews the lock from pyproject.toml; --upgrade only on purpose: make lock UPGRADE=--upgrade
lock: $(VENV)/.uv
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra test --extra dev --extra build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header $(UPGRADE) --output-file requirements.lock
	$(BIN)/uv pip compile requirements-uv.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header $(UPGRADE) --output-file requirements-uv.lock

# The committed synthetic city anew from its seed, and the pages that are written from it.
city: install
	$(BIN)/hamm-eval synth synthetic_data/hamm --seed 20170630 --force
	$(BIN)/python -m hamm_eval.synthetic.calibration
	$(BIN)/python -m hamm_eval.synthetic.dirty.page

# The truths that come with the package, by simulation (some minutes each), and the city with its copy.
truth: install
	$(BIN)/python -m hamm_eval.synthetic.truth
	$(MAKE) city

# The tables of docs/verification.md anew: public data (seconds), then 300 cities a scenario (half an hour on two cores).
verification: install
	$(BIN)/python tests/reference/verify_public.py
	$(BIN)/python tests/truth/verify_effects.py --workers $(JOBS)

# What the release rules cost and prevent, on the committed city: docs/release-utility.md (seconds) and
# docs/curves-across-quarters.md (a minute) anew.
release-utility: install
	$(BIN)/python tests/attack/measure_utility.py
	$(BIN)/python tests/attack/measure_series.py

# How far the released kappa lies from the exact one, on pairs drawn anew: docs/released-kappa.md, four minutes.
released-kappa: install
	$(BIN)/python tests/truth/measure_released_kappa.py

# Reports and the register of what they told are no leftovers: who means to start anew deletes both by hand.
clean:
	rm -rf $(VENV) .hamm_eval/work .hamm_eval/locks .hamm_eval/logs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find hamm_eval tests -type d -name __pycache__ -prune -exec rm -rf {} +

# pip of the machine puts the pinned uv into a new environment; so neither ensurepip nor a network of uv's own is needed.
$(VENV)/.uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("hamm_eval needs Python 3.11 or newer; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.locked: requirements.lock $(VENV)/.uv
	@echo "Installing the locked dependencies into $(VENV) (about two minutes the first time) ..."
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock requirements-uv.lock
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.locked
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
