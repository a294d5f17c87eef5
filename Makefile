# `make run` and `make test` are all the set-up there is: each creates .venv from requirements.lock when it is
# missing or older than the lock. Needs Python 3.11+ and a package registry.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: run test bench check format lock wheel clean help
.DEFAULT_GOAL := help

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] < (3, 14) else \
	  f"needs Python 3.11 to 3.13, found {sys.version.split()[0]}: call make PYTHON=/path/to/python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP)  ## run the main experiment: gru_glove
	$(BIN)/python -m pipeline +experiment=gru_glove

# A worker for each core, each taking whole files, in which tests share runs; in order: the slow ones come first.
test: $(STAMP)  ## run the test suite, real data included where PIPELINE_DATA_DIR points at it
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: $(STAMP)  ## time layers and GANs against stock Keras, filters against their peers: 30 minutes on 2 idle cores
	$(BIN)/python scripts/bench_recurrent.py
	$(BIN)/python scripts/bench_gan.py
	$(BIN)/python scripts/bench_gan.py --model cgan_conv
	$(BIN)/python scripts/bench_online.py

check: $(STAMP)  ## lint, format check, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright

format: $(STAMP)  ## mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STAMP)  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	  --python-version 3.11 --group dev --all-extras pyproject.toml -o requirements.lock

wheel: $(STAMP)  ## build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## remove the environment and everything a run wrote
	rm -rf .venv dist outputs/store outputs/runs

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10
