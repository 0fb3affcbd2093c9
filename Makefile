# Rung's build. `make help` lists the targets; each sets up what it needs, says so, and may be called again.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rung
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GO ?= go
export GOFLAGS := $(GOFLAGS) -trimpath

# The folder of FFmpeg's .pc files, as the set-up built it.
FFMPEG_PC = $(shell cat $(CACHE)/ffmpeg.path 2>/dev/null)
# Go's cache does not ask where pkg-config finds a library, but it does know CGO_LDFLAGS: without the folder in it a new
# FFmpeg or x264 would not be linked.
ENGINE_ENV = PKG_CONFIG_PATH=$(FFMPEG_PC) CGO_ENABLED=1 CGO_LDFLAGS="-O2 -g -L$(abspath $(FFMPEG_PC)/..)"
FFMPEG_BIN = $(abspath $(FFMPEG_PC)/../../bin)

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install what building needs: system packages (root only if one is missing), FFmpeg 7.1 and x264 (about 5 minutes, once per machine)
	@deploy/setup/packages.sh build
	@mkdir -p $(CACHE)
	@path=$$(deploy/setup/ffmpeg.sh | tail -1) && echo "$$path" >$(CACHE)/ffmpeg.path

.PHONY: setup-test
setup-test: setup ## install what the tests need besides: Chromium, a MinIO server (about 5 minutes, once per machine)
	@deploy/setup/packages.sh test
	@deploy/setup/minio.sh >/dev/null

.PHONY: build
build: setup build-only ## build bin/rung and bin/rung-engine

.PHONY: build-only
build-only:
	@mkdir -p bin
	@echo "building bin/rung"
	@CGO_ENABLED=0 $(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/rung ./cmd/rung
	@echo "building bin/rung-engine"
	@$(ENGINE_ENV) $(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/rung-engine ./cmd/rung-engine

.PHONY: demo
demo: build ## build everything, start a channel with a test picture, and print the address to watch it at
	@bin/rung demo

.PHONY: check
check: setup check-only ## format, vet, staticcheck, architecture

.PHONY: check-only
check-only:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt these: $$bad"; exit 1; }
	@$(ENGINE_ENV) $(GO) vet ./...
	@$(ENGINE_ENV) $(GO) tool staticcheck ./...
	@$(GO) test ./internal/archtest

.PHONY: test
test: build setup-test check-only ## the whole set-up and every test, with the race detector
	@$(ENGINE_ENV) RUNG_ENGINE=$(CURDIR)/bin/rung-engine RUNG_BIN=$(CURDIR)/bin/rung RUNG_FFMPEG_BIN=$(FFMPEG_BIN) $(GO) test -race -timeout 20m ./...
	@echo "running each benchmark once"
	@$(ENGINE_ENV) RUNG_ENGINE=$(CURDIR)/bin/rung-engine RUNG_BIN=$(CURDIR)/bin/rung RUNG_FFMPEG_BIN=$(FFMPEG_BIN) $(GO) test -run '^$$' -bench . -benchtime 1x -timeout 20m ./...

.PHONY: conformance
conformance: build setup-test ## hold each kind of stream, as a file and live, against what was sent (about 16 minutes on two cores; UPDATE=1 writes the table to docs/conformance.md)
	@$(ENGINE_ENV) RUNG_ENGINE=$(CURDIR)/bin/rung-engine RUNG_BIN=$(CURDIR)/bin/rung RUNG_FFMPEG_BIN=$(FFMPEG_BIN) \
		$(GO) test -count 1 -parallel 5 -timeout 90m -v -run '^Test(Whole|Doctored)' ./internal/conformance -whole $(if $(UPDATE),-update)
	@$(ENGINE_ENV) RUNG_ENGINE=$(CURDIR)/bin/rung-engine RUNG_FFMPEG_BIN=$(FFMPEG_BIN) RUNG_CONFORMANCE=1 \
		$(GO) test -count 1 -timeout 60m -v -run '^Test(TranscodeAudioClock|FaultyMedia|LiveFaults)$$' ./cmd/rung

.PHONY: fuzz
fuzz: setup ## run every fuzz target in turn (FUZZTIME=10m each; PARALLEL=1); what is found lands in testdata/fuzz
	@grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(f \*testing.F).*/\1/p' "$$file"); do \
			echo "fuzzing $$target in $$(dirname "$$file")"; \
			$(ENGINE_ENV) $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZTIME),10m) -fuzzminimizetime 3s -parallel $(or $(PARALLEL),1) "$$(dirname "$$file")" </dev/null; \
		done; \
	done

.PHONY: soak
soak: build ## feed the engine damaged streams, one after another (SEGMENTS=2000; STREAMS=FOLDER of recordings to damage too; see docs/reliability.md)
	@RUNG_ENGINE=$(CURDIR)/bin/rung-engine RUNG_SOAK=$(or $(SEGMENTS),2000) RUNG_STREAMS=$(if $(STREAMS),$(abspath $(STREAMS))) $(GO) test -run '^TestSoak$$' -v -count 1 -timeout 120m ./transcode

.PHONY: bench-ffmpeg
bench-ffmpeg: build ## compare `rung transcode` with one FFmpeg process doing the same ladder (INPUT=FILE RUNS=3; see docs/performance.md)
	@RUNG_BIN=$(CURDIR)/bin/rung RUNG_FFMPEG_BIN=$(FFMPEG_BIN) RUNG_BENCH_INPUT=$(if $(INPUT),$(abspath $(INPUT))) $(GO) test -run '^$$' -bench VersusFFmpeg -benchtime $(or $(RUNS),3)x -v ./bench

.PHONY: bench-control
bench-control: ## how many channels everything but the engines carries (CHANNELS=2000 DURATION=30s; STORE=DIR DATA=DIR for the queue; see docs/control-plane.md)
	@mkdir -p bin && CGO_ENABLED=0 $(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/rung ./cmd/rung
	@bin/rung bench control --channels $(or $(CHANNELS),2000) --duration $(or $(DURATION),30s) $(if $(STORE),--store $(STORE)) $(if $(DATA),--data $(DATA))

.PHONY: console
console: ## fetch the page's player again, at the version that the lock file pins (needs npm)
	@cd api/console && npm ci --ignore-scripts --no-audit --no-fund && npm run vendor

.PHONY: clean
clean: ## remove what was built here (the caches in $(CACHE) stay)
	@rm -rf bin
