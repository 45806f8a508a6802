# SPDX-License-Identifier: Apache-2.0
#
# "make test" is what to run before every commit, "make check" what CI runs (.ci/run
# takes its targets one by one).
# Modules are discovered: a new go.mod joins all targets by itself.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

FUZZTIME ?= 5m
BASE ?= HEAD

CHECK := test race oldgo lint platforms concurrent fuzz-short bench-once instructions tidy ui browser

.PHONY: help test race oldgo check checks lint platforms concurrent fuzz-short fuzz bench-once instructions bench bench-peers bench-backend bench-agent bench-compat compat-consumers faults tidy ui browser ui-numbers screenshots e2e engines chain bench-engines apidiff format clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

test: ## go vet and go test in every module, without what takes long
	@echo "The tests of every module: about 2 minutes on two cores, 5 when all must be compiled."
	@scripts/test.sh -skip '^(TestSoak|TestBinarySize)$$'

race: ## all tests under the race detector, with 30 s of delivery under faults and the size of binaries
	@scripts/test.sh -race

oldgo: ## the tests of the modules that users link, each with the oldest Go it works with
	@scripts/oldgo.sh

check: $(CHECK) ## everything CI runs

checks: # what check runs, for .ci/run
	@echo $(CHECK)

lint: ## gofumpt and golangci-lint
	@scripts/lint.sh

platforms: ## vet for windows and darwin, builds for 386 and wasm, and some tests as 32-bit programs
	@scripts/platforms.sh

concurrent: ## the *ConcurrentSafe tests, 5 times each under the race detector
	@scripts/concurrent.sh 5

fuzz-short: ## 60 s of live fuzzing, other targets for each commit
	@scripts/fuzz.sh rotate 60

fuzz: ## every fuzz target for FUZZTIME (5m)
	@scripts/fuzz.sh all $(FUZZTIME)

bench-once: ## every benchmark for one iteration
	@scripts/bench.sh once

instructions: ## are spur's operations as cheap as benchmarks/instructions.txt says? UPDATE=1 writes it
	@UPDATE=$(UPDATE) scripts/instructions.sh

bench: ## measure; BENCH, COUNT and BENCHTIME select
	@scripts/bench.sh full

bench-peers: ## measure spur beside other tracers, 25 minutes alone on the machine, into benchmarks/ and README.md; ROUNDS and ONLY select
	@scripts/bench-peers.sh

bench-backend: ## measure the backend beside real Jaegers, 20 minutes alone on the machine, into backend/BENCHMARKS.md
	@scripts/bench-backend.sh

bench-agent: ## measure the agent beside Jaeger's, three minutes, into backend/BENCHMARKS.md
	@scripts/bench-agent.sh

bench-compat: ## measure compat/jaeger-client-go beside the real jaeger-client-go, three minutes
	@scripts/bench-compat.sh

compat-consumers: ## the tests of real programs that import jaeger-client-go, without and with the replace line, half an hour
	@scripts/compat-consumers.sh

faults: ## do harm to the backend for some minutes: hostile input, a full disk, kill -9, and so on
	@scripts/faults.sh

tidy: ## are go.mod and go.sum up to date?
	@scripts/tidy.sh

ui: ## the UI's types, its tests in Node and its weight; npm gets what checks them
	@scripts/ui.sh

browser: ## the UI in Chromium, against a real all-in-one; CHROMIUM names the browser
	@scripts/ui.sh browser

ui-numbers: ## how fast the UI is: first paint, frames, memory; NUMBERS="-live 1h" adds an hour of live traces
	@scripts/ui.sh numbers $(NUMBERS)

screenshots: ## the pictures of docs and README
	@scripts/ui.sh screenshots

e2e: ## against real Jaegers, v1.62 and v2, and an OpenTelemetry Collector, which the first run builds
	@scripts/e2e.sh

engines: ## the engines against their real servers, some minutes each; ENGINES selects
	@scripts/engines.sh

chain: ## agent, collectors, Kafka, ingesters, Cassandra, OpenSearch and queries together, some of them killed: five minutes
	@scripts/chain.sh

bench-engines: ## measure the engines, beside Jaeger's writers of the same servers, into docs/scale.md: twenty minutes alone on the machine
	@scripts/bench-engines.sh

apidiff: ## what changed in the exported API since BASE (a tag or commit)
	@scripts/apidiff.sh $(BASE)

format: ## gofumpt -w on everything
	@cd tools && GOWORK=off go build -o ../bin/ mvdan.cc/gofumpt
	@bin/gofumpt -w .

clean: ## remove built tools
	rm -rf bin
