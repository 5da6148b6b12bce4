# Everything a newcomer or a maintainer runs. README explains each target.
.PHONY: demo ui test check bench bench-gate fortnight kill-matrix browser clean pins
.DEFAULT_GOAL := demo

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed

# make demo [DATA=folder with interactions.csv, items.csv, users.csv]
demo: $(INSTALLED)
	@exec $(PYTHON) -m include.demo story $(if $(DATA),--data "$(DATA)")

# make ui [DATA=folder] [PORT=8080]
ui: $(INSTALLED)
	@exec $(PYTHON) -m include.demo ui $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port "$(PORT)")

test: $(INSTALLED)
	$(PYTHON) -m pytest --numprocesses 2 --no-loadscope-reorder

check: $(INSTALLED)
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy

# Quality takes a minute or two, scale a quarter of an hour and a quiet machine.
bench: $(INSTALLED)
	$(PYTHON) -m tests.bench.quality
	$(PYTHON) -m tests.bench.related
	$(PYTHON) -m tests.bench.night
	$(PYTHON) -m tests.bench.scale

# How often the gate blocks healthy versions, and catches losses: half an hour of one core, whose threads only wait for each other.
bench-gate: $(INSTALLED)
	@OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive exec $(PYTHON) -m tests.bench.gate

# Two weeks of nights under the scheduler, undisturbed and then with everything that can go wrong: half an hour.
fortnight: $(INSTALLED)
	@exec $(PYTHON) -m tests.fortnight

# kill -9 of each part at each stage of train, judge, promote, under the scheduler: half an hour.
kill-matrix: $(INSTALLED)
	@exec $(PYTHON) -m tests.kill_matrix

# A blocked version promoted in a real browser, and README's pictures; needs Chromium and Playwright.
browser: $(INSTALLED)
	@exec $(PYTHON) -m tests.browser

# Secrets and local endpoints for docker-compose.yaml; an existing .env is left alone.
.env:
	@$(if $(wildcard $(INSTALLED)),$(PYTHON),python3) -m include.demo.dotenv > $@ && echo "Wrote $@: keep it to yourself."

clean:
	rm -rf .demo .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path "./.venv/*" -prune -exec rm -rf {} +

# requirements.txt holds the exact pins of pyproject.toml's dependencies for every Python it allows.
pins:
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
	  --custom-compile-command "make pins" -o requirements.txt pyproject.toml

# A python that is found may still refuse to run (a version manager's shim), so each candidate is run once.
# pip is installed beside uv's choice too: the demo downloads its data with it.
$(INSTALLED): requirements.txt
	@set -e; \
	for candidate in python3.13 python3.12 python3.11 python3; do \
	  if $$candidate -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	    python=$$candidate; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11, 3.12 or 3.13 runs here. Install one (for example: apt install python3 python3-venv) and run make again." >&2; \
	  exit 1; \
	fi; \
	echo "Installing into .venv with $$($$python --version); this happens once."; \
	rm -rf .venv; \
	if uv --version >/dev/null 2>&1; then \
	  uv venv -q --seed --python "$$($$python -c 'import sys; print(sys.executable)')" .venv; \
	  uv pip install -q --python .venv/bin/python -r requirements.txt; \
	else \
	  $$python -m venv .venv; \
	  .venv/bin/python -m pip install -q --disable-pip-version-check -r requirements.txt; \
	fi; \
	touch $@
