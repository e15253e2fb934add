# Two commands on a fresh machine (Python 3.11+, make, git): `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
SEED   ?=
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: fuzz fuzz-atheris image hostile chaos help demo test browser screenshots check fix release audit lock bench clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Greenlight needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.runtime ## try the whole product locally: make demo, make demo ARGS=--script
	$(BIN)/greenlight demo $(ARGS)

test: check ## everything CI runs
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

browser: $(VENV)/.dev ## a Chromium for the browser tests: by apt where that is possible, else Playwright's own
	@command -v chromium || command -v chromium-browser || command -v google-chrome \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get && apt-get update -qq && apt-get install -y -qq chromium; } \
	|| $(BIN)/playwright install chromium \
	|| { echo "No Chromium: install one with your package manager (apt install chromium, brew install chromium)"; exit 1; }

screenshots: $(VENV)/.dev ## take the pictures in docs/images anew, from the running demo
	GREENLIGHT_PICTURES=docs/images $(BIN)/python -m pytest -q --timeout 600 tests/browser/test_pictures.py

chaos: $(VENV)/.dev ## replicas, store, Slack and providers die at random: make chaos, make chaos SEED=7
	$(BIN)/python -m tests.chaos --seed "$(SEED)" $(ARGS)

fuzz: $(VENV)/.dev ## a million hostile inputs for every parser that meets the outside
	$(BIN)/python -m tests.fuzz $(ARGS)

fuzz-atheris: $(VENV)/.dev ## the same parsers, inputs led by coverage (Linux): make fuzz-atheris ARGS="--seconds 120"
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-atheris.txt \
	|| { echo "NOT FUZZED: no wheel of atheris for this Python or platform"; exit 2; }
	$(BIN)/python -m tests.fuzz.guided $(ARGS)

image: $(VENV)/.dev ## build the image with buildah, look for secrets in it, play the main job in it; needs root
	$(BIN)/python -m tests.image $(ARGS)

hostile: $(VENV)/.dev ## attack the HTTP endpoint beside honest traffic: make hostile ARGS="--seconds 30"
	$(BIN)/python -m tests.hostile $(ARGS)

OLD ?= HEAD~1
.PHONY: upgrade
upgrade: $(VENV)/.dev ## this version beside an older one on one store, then alone: make upgrade OLD=v0.1.0
	$(BIN)/python -m tests.upgrade --old "$(OLD)" $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: system-packages reference
system-packages: ## Debian packages for the tests that need them (ci/packages.txt); needs root
	@packages=$$(sed 's/ *#.*//' ci/packages.txt | xargs); \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  dpkg -s $$packages >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$packages; }; \
	else echo "Install by hand (root, apt): $$packages"; exit 1; fi

fix: $(VENV)/.dev ## format and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(VENV)/.dev ## write docs/reference and .env.example anew from the code
	$(BIN)/python -m bot.pages

lock: $(VENV)/.dev ## renew the locked dependencies (hashes, no index host)
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --extra embedded --extra sandbox --extra vault --extra oidc --extra telemetry --extra fast pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --group atheris -o requirements-atheris.txt

release: $(VENV)/.dev ## wheel, source archive, bill of materials and checksums into dist/
	$(BIN)/python -m tools.release

audit: $(VENV)/.dev ## known vulnerabilities of the locked dependencies; exit code 2 when they could not be looked up; DB=a checkout of pypa/advisory-database
	$(BIN)/python -m tools.audit $(if $(DB),--db "$(DB)")
bench: $(VENV)/.dev ## measure beside the baselines: make bench, make bench ARGS="--quick acks"
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove the environment, caches and local data
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
