# `make app` and `make test` need only Python 3.11 or newer, and make.

PYTHON ?= python3
PORT ?= 8501
ARGS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH := .cache/bench
AXE := .cache/axe
JS := .cache/js

.DEFAULT_GOAL := help
.PHONY: help install app test test-slow check format lock checkpoints bench-attention mutants check-accessibility check-js clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1|/' | awk -F'|' '{ printf "  make %-16s %s\n", $$1, $$2 }'

install: $(STAMP)  ## make .venv and install the locked packages into it, if needed

app: $(STAMP)  ## start the app; PORT=8501
	$(BIN)/python -m streamlit run streamlit_app.py --server.port $(PORT)

test: $(STAMP)  ## run the tests, in WORKERS processes; ARGS="-k images --cov" goes to pytest; WORKERS=0 shows what tests print
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

test-slow: $(STAMP)  ## run the slow tests: whole experiments, killed runs, cold servers, times
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m slow $(ARGS)

mutants: $(STAMP)  ## change the code in small ways and count what the tests notice; ARGS="runs data"; takes hours, can be stopped
	nice -n 19 $(BIN)/python -m scripts.mutants $(ARGS)

check: $(STAMP)  ## check format, lint and types without changing a file
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

format: $(STAMP)  ## format the code, and fix what the linter can fix
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .

checkpoints: $(STAMP)  ## train the shipped checkpoints again; needs CIFAR-10, takes hours
	$(BIN)/python -m scripts.make_checkpoints

# BertViz and what its page loads are installed beside .venv, so that .venv holds only the locked packages.
$(BENCH)/.installed: requirements-bench.txt | $(STAMP)
	rm -rf $(BENCH)
	$(BIN)/python -m pip install -q --target $(BENCH) -c requirements.lock "ipython>=9.18,<10"
	$(BIN)/python -m pip install -q --target $(BENCH) --no-deps -r requirements-bench.txt
	@touch $@

bench-attention: $(BENCH)/.installed  ## draw one attention with our head grid and with BertViz, print sizes and times
	PYTHONPATH=$(BENCH) $(BIN)/python -m pytest -s tests/browser/attention/test_beside_bertviz.py $(ARGS)

# axe-core is installed beside .venv too: it has its own licence.
$(AXE)/.installed: | $(STAMP)
	npm install --silent --no-save --prefix $(AXE) axe-core@4.14.1
	@touch $@

check-accessibility: $(AXE)/.installed  ## scan every page with axe in Chromium, light and dark; needs npm
	$(BIN)/python -m pytest tests/browser/test_axe.py $(ARGS)

# What checks the scripts of the head grid. The app itself loads nothing from npm.
$(JS)/.installed: package.json
	@command -v npm >/dev/null || { echo "No 'npm' here. Install Node.js 18 or newer; on Debian or Ubuntu: apt install npm" >&2; exit 1; }
	mkdir -p $(JS)
	cp package.json $(JS)
	npm install --silent --no-package-lock --prefix $(JS)
	@touch $@

check-js: $(JS)/.installed  ## types, lint and tests of the head grid's scripts; needs npm
	$(JS)/node_modules/.bin/tsc -p tests/js
	$(JS)/node_modules/.bin/biome check --config-path=tests/js/lint.json --error-on-warnings pages/ui/attention/head_grid tests/js
	node --test --test-reporter=spec tests/js/*.test.js

clean:  ## remove caches and reports; .venv, data and runs stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov build dist *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null \
		|| { echo "No '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "CCDS Explorer needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
			"Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "'$(PYTHON) -m venv' failed. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

$(STAMP): requirements.lock | $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(VENV) holds $$($(BIN)/python -V 2>&1), and 3.11 or newer is needed. Remove $(VENV), then try again." >&2; exit 1; }
	@echo "Installing the packages of requirements.lock into $(VENV). The first time this takes some minutes."
	$(BIN)/python -m pip install -q -r requirements.lock
	@$(BIN)/python -c 'import torchvision' \
		|| { echo "torch and torchvision do not match. Remove $(VENV), then try again." >&2; exit 1; }
	@touch $@

# What pip would install today for requirements-dev.txt, resolved at once and independently of what .venv holds.
# Exact versions without local suffix; NVIDIA's libraries and triton exist for Linux only, where torch asks for them.
define WRITE_LOCK
import json, sys
print("# Exact versions, development tools included. Written by `make lock` from requirements-dev.txt.")
for name, version in sorted(
    (item["metadata"]["name"].lower().replace("_", "-").replace(".", "-"), item["metadata"]["version"].split("+")[0])
    for item in json.load(sys.stdin)["install"]
):
    linux_only = name.startswith(("cuda-", "nvidia-")) or name == "triton"
    print(f'{name}=={version}' + (' ; platform_system == "Linux"' if linux_only else ""))
endef
export WRITE_LOCK

lock: | $(BIN)/python  ## write requirements.lock again, with Python 3.11, since newer versions admit packages that 3.11 cannot run
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "The lock serves Python 3.11 and newer, so make it with 3.11; $(VENV) holds $$($(BIN)/python -V)." >&2; exit 1; }
	$(BIN)/python -m pip install -q --dry-run --ignore-installed --report $(VENV)/report.json -r requirements-dev.txt
	$(BIN)/python -c "$$WRITE_LOCK" < $(VENV)/report.json > $(VENV)/requirements.lock
	mv $(VENV)/requirements.lock requirements.lock
