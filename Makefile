# Everything that is done with StudyTrack from a shell. `make help` lists it.
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
FILE ?= studytrack.dump
# The newest that can make a virtual environment; a name on the PATH can also be a stub that runs nothing.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$name" && break; done)

VENV := .venv/bin
MANAGE := $(VENV)/python manage.py
PRODUCTION := DJANGO_SETTINGS_MODULE=studytrack.settings.production
# python -m django, unlike manage.py, reads no .env: what is checked must not depend on whose machine it is.
DJANGO := $(VENV)/python -m django
ALONE := env -u DATABASE_URL -u REDIS_URL
ON_TEST_SETTINGS := $(ALONE) DJANGO_SETTINGS_MODULE=studytrack.settings.test DATABASE_URL=sqlite://:memory:
ON_MADE_UP_PRODUCTION = env $(PRODUCTION) ALLOWED_HOSTS=studytrack.example HTTPS_ONLY=true \
	DATABASE_URL=postgresql://studytrack@127.0.0.1:1/studytrack REDIS_URL=redis://127.0.0.1:1/0 \
	SECRET_KEY="$$($(RANDOM_KEY))" JWT_SIGNING_KEY="$$($(RANDOM_KEY))"
RANDOM_KEY := $(VENV)/python -c 'import secrets; print(secrets.token_urlsafe(64))'
# 0004 throws shares away on purpose: they follow from the sessions, and are made anew in the same migration.
LINT_MIGRATIONS := $(DJANGO) lintmigrations --no-cache --quiet ok --warnings-as-errors \
	--include-apps accounts subjects study_sessions --ignore-name 0004_share_seconds
SPECTACULAR := $(ON_TEST_SETTINGS) $(DJANGO) spectacular --validate --fail-on-warn --file
FUZZ_EXAMPLES ?= 600
SERVERS := $(VENV)/python -m tests.servers
PYTEST := $(VENV)/python -m pytest --ds studytrack.settings.test -n logical --maxprocesses 8

.PHONY: help run operator demo serve migrate backup restore test check openapi format \
	bench bench-quick bench-import bench-scale bench-sign-in bench-sums fuzz hunt load faults soak lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.base-installed ## install, migrate and serve on this machine (HOST, PORT)
	@$(MANAGE) migrate
	@printf '%s\n' "" \
		"API    http://$(HOST):$(PORT)/" \
		"Docs   http://$(HOST):$(PORT)/docs" \
		"Admin  http://$(HOST):$(PORT)/admin/   (make operator creates who may sign in there)"
	@exec $(MANAGE) runserver "$(HOST):$(PORT)"

operator: .venv/.base-installed ## create a user who may sign in to the admin (ARGS="--noinput ...")
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createsuperuser $(ARGS)

demo: .venv/.base-installed ## make a user with half a year of study (ARGS=--replace begins anew)
	@$(MANAGE) migrate
	@$(MANAGE) studytrack_demo $(ARGS)

serve: .venv/.production-installed ## serve with production settings (HOST, PORT or SOCKET, WORKERS)
	@$(PRODUCTION) $(MANAGE) check
	@$(PRODUCTION) exec $(VENV)/python -m studytrack.server --workers "$(WORKERS)" \
		$(if $(SOCKET),--socket "$(SOCKET)",--host "$(HOST)" --port "$(PORT)")

migrate: .venv/.production-installed ## migrate production's database
	@$(PRODUCTION) $(MANAGE) migrate

backup: .venv/.production-installed ## write all that production's database holds to a file (FILE)
	@$(PRODUCTION) $(VENV)/python -m studytrack.backups dump "$(FILE)"

restore: .venv/.production-installed ## replace what it holds by a backup (FILE), and forget all cached answers
	@$(PRODUCTION) $(VENV)/python -m studytrack.backups restore "$(FILE)"

test: .venv/.development-installed ## run the tests on PostgreSQL and Redis, then some on SQLite (ARGS="-k name")
	$(SERVERS) $(PYTEST) $(ARGS)
	$(ALONE) $(PYTEST) $(ARGS) -m everywhere $(if $(ARGS),|| [ $$? -eq 5 ])

check: .venv/.development-installed ## hold the code to its rules: format, lint, types, imports, migrations, schema
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports
	@echo "makemigrations --check"
	@$(ON_TEST_SETTINGS) $(DJANGO) makemigrations --check --dry-run
	@echo "lintmigrations"
	@$(ALONE) DJANGO_SETTINGS_MODULE=studytrack.settings.test $(SERVERS) $(LINT_MIGRATIONS)
	@echo "check --deploy"
	@$(ON_MADE_UP_PRODUCTION) $(DJANGO) check --deploy --fail-level WARNING
	@echo "docs/openapi.yaml"
	@mkdir -p build
	@$(SPECTACULAR) build/openapi.yaml
	@diff -u docs/openapi.yaml build/openapi.yaml || { echo "The schema has changed: make openapi"; exit 1; }

openapi: .venv/.development-installed ## write docs/openapi.yaml
	@$(SPECTACULAR) docs/openapi.yaml

format: .venv/.development-installed ## format the code, and correct what can be corrected
	$(VENV)/ruff format
	$(VENV)/ruff check --fix

bench: .venv/.production-installed ## measure what reads and writes cost (wrk; minutes)
	$(SERVERS) $(VENV)/python -m tests.bench $(ARGS)

bench-quick: .venv/.production-installed ## the cached reads only, in under a minute
	$(SERVERS) $(VENV)/python -m tests.bench --quick --rounds 3 --seconds 2

bench-import: .venv/.development-installed ## measure how long an import of 100,000 lines takes (a minute)
	$(SERVERS) $(VENV)/python -m tests.bench.imports $(ARGS)

bench-sums: .venv/.development-installed ## measure how long statistics of 100,000 sessions take (a minute)
	$(SERVERS) $(VENV)/python -m tests.bench.sums $(ARGS)

bench-scale: .venv/.production-installed ## measure up to ten million sessions (ARGS="--sizes 10000 1000000"; an hour)
	POSTGRES_SETTINGS="shared_buffers=$$(awk '/MemTotal/ { print int($$2 / 4) "kB" }' /proc/meminfo)" \
		$(SERVERS) $(VENV)/python -m tests.bench.scale $(ARGS)

bench-sign-in: .venv/.development-installed ## measure that a refused sign-in takes as long for everybody (minutes)
	$(SERVERS) $(VENV)/python -m tests.bench.sign_ins $(ARGS)

fuzz: .venv/.development-installed ## send requests made up from the OpenAPI document (FUZZ_EXAMPLES for each operation; minutes)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(SERVERS) $(PYTEST) $(ARGS) tests/fuzz

hunt: .venv/.development-installed ## hunt for old answers in several processes for a minute
	HUNT_SECONDS=30 $(SERVERS) $(VENV)/python -m pytest --ds studytrack.settings.test -s -k hunt tests/studytrack/test_processes.py

load: .venv/.production-installed .venv/.load-installed ## measure under load (ARGS are passed on)
	$(SERVERS) $(VENV)/python -m tests.load $(ARGS)

faults: .venv/.development-installed .venv/.production-installed ## break the servers it needs, and print what comes of it (minutes)
	$(VENV)/python -m tests.faults $(ARGS)

soak: .venv/.development-installed .venv/.production-installed ## half an hour of load: does it hold more and more? (ARGS)
	$(SERVERS) $(VENV)/python -m tests.soak $(ARGS)

lock: .venv/bin/uv ## lock the requirements anew (ARGS=--upgrade for newer versions)
	cd requirements && for name in base production development load; do \
		../$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			"$$name.in" --output-file "$$name.txt" $(ARGS) || exit; \
	done

clean: ## remove the environment and the caches; the data stay
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/pip:
	@"$(or $(PYTHON),python3)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "StudyTrack needs Python 3.11 or newer: $(or $(PYTHON),python3) is not. PYTHON=... names one."; exit 1; }
	@"$(or $(PYTHON),python3)" -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "$(or $(PYTHON),python3) lacks its venv module: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	"$(or $(PYTHON),python3)" -m venv .venv

.venv/bin/uv: | .venv/bin/pip
	$(VENV)/python -m pip install --quiet uv

.venv/.%-installed: requirements/%.txt | .venv/bin/pip
	@echo "Installing requirements/$*.txt"
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@
