# `make` alone lists what there is. Everything runs on 127.0.0.1; what needs a server starts its own.

CARGO ?= cargo
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
# What a build for tests can do beside the rest: its clock is moved, and it dies where it is told to.
# The same everywhere, so that nothing is built twice.
FEATURES := acp-gateway/test-clock,acp-gateway/failpoints

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## Install what the tests need (as root), or say what to install
	@.ci/deps

.PHONY: dev
dev: ## Run the gateway with the demo shop, with a data directory of its own
	$(CARGO) run -- --data-dir target/dev-data

.PHONY: t
t: ## Run the tests whose name contains T=…
	$(CARGO) test --workspace --features $(FEATURES) $(T)

# What is asked of gateways on another store, or with other backends, as well.
SHARED := 'test(/^(http|conformance::idempotency|conformance::core_checkout)::/)'
# Stores and backends know nothing of versions, so two that are far apart will do. All of them are
# asked on Redis by `make conformance-redis`.
FAR_APART := ACP_TEST_VERSIONS=2025-09-29,2026-04-17
ON_REDIS := ACP_TEST_STORE=redis $(FAR_APART)
ELSEWHERE := ACP_TEST_BACKENDS=http $(FAR_APART)
# Most tests wait for others more than they compute.
export NEXTEST_TEST_THREADS ?= $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))

# What gateways log while they are tested: all they can, to be looked through when all is over.
TEST_LOGS := $(CURDIR)/target/test-logs

.PHONY: test
test: export ACP_TEST_LOGS := $(TEST_LOGS)
test: deps ## Run every test, and a good part of them over Redis and with backends elsewhere too
	rm -rf $(TEST_LOGS)
ifdef NEXTEST
	ACP_TEST_REDIS=1 $(CARGO) nextest run --workspace --locked --features $(FEATURES)
	$(ON_REDIS) $(CARGO) nextest run --locked --features $(FEATURES) --test it \
	  -E $(SHARED)
	$(ELSEWHERE) $(CARGO) nextest run --locked --features $(FEATURES) --test it \
	  -E $(SHARED)
else
	ACP_TEST_REDIS=1 $(CARGO) test --workspace --locked --features $(FEATURES) \
	  --lib --bins --tests
	$(ON_REDIS) $(CARGO) test --locked --features $(FEATURES) --test it -- \
	  http:: conformance::idempotency:: conformance::core_checkout::
	$(ELSEWHERE) $(CARGO) test --locked --features $(FEATURES) --test it -- \
	  http:: conformance::idempotency:: conformance::core_checkout::
endif
	$(CARGO) test --workspace --locked --features $(FEATURES) --doc
	tests/logs/scan.py $(TEST_LOGS)

.PHONY: chaos
chaos: deps ## Kill, freeze and crowd gateways and their Redis, and audit what is left
	ACP_CHAOS=full $(CHAOS)

.PHONY: chaos-long
chaos-long: deps ## The same with 500 kills and more of everything else
	ACP_CHAOS=long $(CHAOS)

.PHONY: chaos-plans
chaos-plans: deps ## Kill gateways while plans are carried out, 800 times, and audit what is left
	ACP_CHAOS=long $(subst chaos::,chaos::plans,$(CHAOS))

CHAOS := ACP_TEST_REDIS=1 $(CARGO) test --test it --features $(FEATURES) --locked chaos:: -- \
  --nocapture --test-threads=1

.PHONY: sim
sim: deps ## Play a hundred thousand simulated worlds in which everything goes wrong
	ACP_SIM=full $(SIM)

.PHONY: sim-long
sim-long: deps ## Play fifteen times as many
	ACP_SIM=long $(SIM)

.PHONY: mutants
mutants: ## Break each promise of the program in turn; the simulator has to notice every one
	$(SIM) suites::every_seeded

# The worlds are worth a longer build than tests are. The bugs are dormant unless they are woken.
SIM := ACP_TEST_REDIS=1 $(CARGO) test --profile sim --test sim --features seeded-bugs --locked -- \
  --nocapture --test-threads=1

.PHONY: conformance
conformance: ## Check what the protocol requires, and write docs/CONFORMANCE.md
	ACP_TEST_MATRIX=1 $(CARGO) test --test it --features $(FEATURES) --locked \
	  conformance::matrix::report::the_document_lists_every_row -- --exact --nocapture

.PHONY: conformance-redis
conformance-redis: deps ## Check what the protocol requires with the store on Redis
	ACP_TEST_STORE=redis $(CARGO) test --test it --features $(FEATURES) --locked conformance::

# A program as the tests have it: after `make test`, nothing is built for it again.
AS_TESTED := $(CARGO) build --locked --features $(FEATURES) --test

.PHONY: fuzz
fuzz: ## Hold the gateway against its own OpenAPI documents with Schemathesis
	$(AS_TESTED) config
	tests/fuzz/run.sh $(CURDIR)/target/debug/acp-gateway 10

.PHONY: fuzz-long
fuzz-long: ## The same with many more requests, the generated sequences of our own, and every parser
	$(AS_TESTED) config
	tests/fuzz/run.sh $(CURDIR)/target/debug/acp-gateway 300
	PROPTEST_CASES=2000 $(CARGO) test --test it --features $(FEATURES) conformance::fuzzing:: -- --nocapture
	FUZZ_CASES=3000000 $(CARGO) test --test it --features $(FEATURES) attacks::fuzz:: -- --nocapture

.PHONY: judge-stripe
judge-stripe: ## Hold the Stripe mock against Stripe's own SDKs for Python and Node
	$(AS_TESTED) stripe
	tests/judges/stripe/run.sh $${CARGO_TARGET_DIR:-target}/debug/acp-mocks

.PHONY: judge-openai
judge-openai: ## Hold the mock of a language model against OpenAI's own SDK for Python
	$(AS_TESTED) stripe
	tests/judges/openai/run.sh $${CARGO_TARGET_DIR:-target}/debug/acp-mocks

.PHONY: newman
newman: ## Run the Postman collection against a real gateway, from top to bottom
	$(AS_TESTED) config
	$(AS_TESTED) stripe
	tests/judges/postman/run.sh $${CARGO_TARGET_DIR:-target}/debug/{acp-gateway,acp-mocks}

.PHONY: judge-openapi
judge-openapi: ## Have Redocly read the OpenAPI documents
	tests/judges/openapi/run.sh

.PHONY: agents
agents: ## Run the examples of agents against a real gateway, also over a bad line
	$(AS_TESTED) config
	tests/judges/agents/run.sh $${CARGO_TARGET_DIR:-target}/debug/acp-gateway

.PHONY: judge-mcp
judge-mcp: ## Hold the tools at /mcp against the clients of the Model Context Protocol
	$(AS_TESTED) config --test stripe
	tests/judges/mcp/run.sh $${CARGO_TARGET_DIR:-target}/debug/acp-gateway \
	  $${CARGO_TARGET_DIR:-target}/debug/acp-mocks

.PHONY: docs-run
docs-run: deps ## Run the commands of the README and the docs, and follow every link
	tests/docs/selftest.py
	tests/docs/links.py
	tests/docs/names.py
	$(AS_TESTED) config --test stripe
	tests/docs/run.py $${CARGO_TARGET_DIR:-target}/debug

# Labelled sentences and their scorer, which lie beside the repository.
INTENTS ?= ../shared/intents-dev

.PHONY: intents
intents: ## Score what is said to a real gateway, and what it does, against labelled sentences
	$(AS_TESTED) config --test stripe
	ACP_GATEWAY_BIN=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/acp-gateway \
	ACP_MOCKS_BIN=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/acp-mocks \
	tests/intents/check.py $(INTENTS) $(SCORE)

.PHONY: update
update: ## Write the generated documents anew: openapi/, schemas/ and the answers in collections/
	UPDATE=1 $(CARGO) test --workspace --features $(FEATURES)
	collections/examples.py

.PHONY: fmt
fmt: ## Format
	$(CARGO) fmt --all

.PHONY: check
check: ## Format, lint and tidy, quickly
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features --locked -- -D warnings
	$(CARGO) test --test it --features $(FEATURES) tidy
	tests/docs/links.py
	tests/docs/names.py

.PHONY: docs
docs: ## Build the documentation of the code; warnings are errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --all-features --locked

.PHONY: alone
alone: ## Check that every member builds on its own
	for member in acp-core acp-language acp-signature acp-wire acp-mocks acp-gateway acp-bench; do \
	  $(CARGO) check -p $$member --locked; done

TOOLS := $(HOME)/.cache/acp-gateway-tools
DENY_VERSION := 0.20.2
DENY := $(TOOLS)/bin/cargo-deny

$(DENY):
	CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	$(CARGO) install --locked --quiet --root $(TOOLS) cargo-deny --version $(DENY_VERSION)

.PHONY: deny
deny: $(DENY) ## Check bans, licences and sources of all dependencies
	$(CARGO) fetch --locked
	$(DENY) --offline check bans licenses sources

.PHONY: image
image: ## Build the images, and run them as they are meant to be run (PROFILE=dev builds sooner)
	tests/image/run.sh

.PHONY: deploy-check
deploy-check: ## Check the Dockerfile, compose.yaml, manifests, rules, dashboards and workflows
	$(AS_TESTED) config
	tests/deploy/run.sh $${CARGO_TARGET_DIR:-target}/debug/acp-gateway

CYCLONEDX_VERSION := 0.5.9
CYCLONEDX := $(TOOLS)/bin/cargo-cyclonedx

$(CYCLONEDX):
	CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	$(CARGO) install --locked --quiet --root $(TOOLS) cargo-cyclonedx --version $(CYCLONEDX_VERSION)

# It writes beside each manifest; only what is shipped is kept.
.PHONY: sbom
sbom: $(CYCLONEDX) ## List what the programs are made of, in target/sbom (CycloneDX)
	mkdir -p target/sbom
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(CYCLONEDX) cyclonedx --quiet --format json --spec-version 1.5 --target $$(rustc -vV | sed -n 's/^host: //p')
	mv acp-gateway.cdx.json mocks/acp-mocks.cdx.json target/sbom/
	rm -f crates/*/*.cdx.json bench/*.cdx.json
	python3 tests/deploy/sbom.py target/sbom/*.cdx.json

.PHONY: release-notes
release-notes: ## Print what CHANGELOG.md says of VERSION=…
	@awk -v wanted='## $(VERSION)' '/^## /{on = $$0 == wanted || index($$0, wanted " ") == 1; next} \
	  on {print; said = said || NF} END {exit !said}' CHANGELOG.md

.PHONY: ci
ci: check docs alone deny test docs-run intents sim judge-stripe judge-openai judge-mcp judge-openapi newman agents deploy-check fuzz ## Everything that must be green

.PHONY: bench
bench: ## Measure what a request costs against the floors, in ten minutes and a build
	$(CARGO) run --release --locked -p acp-bench -- quick

.PHONY: bench-long
bench-long: ## Measure everything, in more than an hour
	$(CARGO) run --release --locked -p acp-bench -- long
