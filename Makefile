# Two commands: `make serve` and `make test`. Both set up what they need, on a machine with only Python and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test lint docs clean

serve: .venv/serve
	$(BIN)/python -m photolens serve

test: lint
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The API document that is committed, anew.
docs: .venv/serve
	$(BIN)/python -m photolens openapi docs/openapi.json

clean:
	rm -rf .venv

.venv/serve: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Photolens needs Python 3.11 or later; name it: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/test: .venv/serve tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@
