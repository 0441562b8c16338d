# make demo: a till to try. make test: all tests. Everything else is for those who work on it.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := cli.py milkpos_tui drivers schema
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test test-hardware measure-hardware check bench lock clean environment

demo: .venv/.run
	$(BIN)/milkpos demo

# Half of the time a test waits, for a process or a terminal: two workers a core.
test: .venv/.dev
	@tests/packages.sh
	TMPDIR=$$(tests/scratch.sh) PYTEST_XDIST_AUTO_NUM_WORKERS=$$((2 * $$(nproc))) \
		$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

# The drivers on a real kernel, in QEMU; on amd64 alone. Only this needs it (docs/devices.md).
GUEST := $(BIN)/python -m tests.hardware.boot
test-hardware: .venv/.dev .hardware/complete
	$(GUEST) pytest --confcutdir=tests/hardware -p no:cacheprovider --color=no tests/hardware

measure-hardware: .venv/.dev .hardware/complete
	$(GUEST) tests.hardware.measure

.hardware/complete:
	@tests/packages.sh qemu-system-x86 udev systemd
	@tests/hardware/kernel.sh

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python -m benchmarks

environment: .venv/.dev

# The environment is made once and works offline afterwards.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "milkpos needs Python 3.11 or newer, and $(PYTHON) is older" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "missing: python3-venv (sudo apt install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/pip requirements/run.txt pyproject.toml
	$(PIP_INSTALL) --require-hashes --no-deps -r requirements/run.txt
	@$(MAKE) --no-print-directory .venv/.own
	@touch $@

.venv/.dev: .venv/bin/pip requirements/dev.txt pyproject.toml
	$(PIP_INSTALL) --require-hashes --no-deps -r requirements/dev.txt
	@$(MAKE) --no-print-directory .venv/.own
	@touch $@ .venv/.run

# Our own code runs from where it lies; compiled now, because a start without bytecode takes
# three times as long.
.venv/.own: pyproject.toml
	$(PIP_INSTALL) --no-build-isolation --no-deps --no-index --editable .
	$(BIN)/python -m compileall -q $(SOURCES)
	@touch $@

# Resolve anew for all Pythons and machines; needs uv. No index line: a registry's address has no
# place in the repository.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	$(LOCK) --group build -o requirements/run.txt
	$(LOCK) --group dev -o requirements/dev.txt

clean:
	rm -rf .venv .hardware
