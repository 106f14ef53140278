# Guildhall. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: help serve check test proof interop bench lock front messages clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

lock: ## resolve requirements/ anew, with hashes (UPGRADE=1 takes newer releases)
	@scripts/lock $(if $(UPGRADE),--upgrade)

clean: ## remove what was built (never var/, where the data is)
	@rm -rf $(VENV) build *.egg-info node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
