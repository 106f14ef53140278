# Guildhall. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

RUN := .venv/bin/python

.PHONY: help serve setup setup-test check test proof interop bench lock front messages clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

serve: setup ## set up what is missing and start Guildhall on http://127.0.0.1:8000
	@exec .venv/bin/lms serve

setup:
	@scripts/setup runtime

setup-test:
	@scripts/setup test

check: setup-test ## lint, types, contracts and unit tests: under 90 seconds
	@$(RUN) scripts/suite.py check $(ARGS)

test: setup-test ## everything: both databases, browser, accessibility, front build
	@$(RUN) scripts/suite.py test $(ARGS)

proof: setup-test ## full loads, the whole fault matrix, big files: hours, not minutes
	@$(RUN) scripts/suite.py proof $(ARGS)

interop: setup-test ## external suites found under LMS_SUITES
	@: "$${LMS_SUITES:?names the folder that holds the external suites}"
	@$(RUN) scripts/suite.py interop $(ARGS)

bench: setup-test ## the figures, as ratios to a bare Flask view (ONLY=pattern for some)
	@$(RUN) -m bench $(if $(ONLY),--only '$(ONLY)')

lock: setup-test ## resolve requirements/ anew, with hashes (UPGRADE=1 takes newer releases)
	@$(RUN) scripts/lock.py $(if $(UPGRADE),--upgrade)

front: setup-test ## rebuild static/dist from static/
	@scripts/front

messages: setup-test ## collect translatable strings, merge them into lms/translations and compile
	@$(RUN) scripts/messages.py

clean: ## remove what was built (never var/, where the data is)
	@rm -rf .venv build *.egg-info node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
