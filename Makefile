# Two commands are enough: `make demo` and `make test`.
PY ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
        $$p -c "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 && { echo $$p; break; }; done)
PY := $(PY)
RUN := .venv/bin/python
WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help demo test test-services check

help:
	@echo "make demo           the workspace with sample data at http://127.0.0.1:8000"
	@echo "make test           the checkers and the whole suite on SQLite"
	@echo "make test-services  the suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)"
	@echo "make check          the checkers alone"

.venv/ok: requirements-dev.lock
	@test -n "$(PY)" || { echo "No usable Python 3.11 or newer was found. Debian/Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python@3.12; or: uv venv --python 3.12 and PY=.venv/bin/python"; exit 1; }
	@echo "Setting up .venv (once)…"
	@$(PY) -m venv --clear .venv
	@if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then uv pip install -q --python .venv/bin/python --require-hashes -r $<; \
	 else .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<; fi
	@touch $@

demo: .venv/ok
	@DEBUG=true $(RUN) manage.py demo

check: .venv/ok
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	git ls-files -z '*.html' | xargs -0 .venv/bin/djade --target-version 5.2 --check
	.venv/bin/lint-imports
	.venv/bin/mypy .
	SECRET_KEY=check $(RUN) manage.py makemigrations --check --dry-run

test: check
	$(RUN) -m pytest -n $(WORKERS) --dist loadfile -m "not services"

test-services: .venv/ok
	$(RUN) -m pytest -n $(WORKERS) --dist loadfile
