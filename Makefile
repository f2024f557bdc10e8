# Two commands do all the set-up: `make run` and `make test`.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
UNAME := $(shell uname -s)

# The command line starts fastest with the Swift runtime inside; Apple's systems bring theirs.
ifeq ($(UNAME),Darwin)
STATIC :=
BREW_PREFIX := $(shell brew --prefix 2>/dev/null)
export CPATH := $(BREW_PREFIX)/include:$(BREW_PREFIX)/opt/lapack/include:$(CPATH)
export LIBRARY_PATH := $(BREW_PREFIX)/lib:$(BREW_PREFIX)/opt/lapack/lib:$(LIBRARY_PATH)
else
STATIC := --static-swift-stdlib
endif
RELEASE := -c release $(STATIC) --product metaan

# Suites of what runs in lanes and threads, keeps its memory by hand, or reads binary files.
SANITIZED := Batch|ByteWriter|SubsetAnalysis|GroupQuad|IntervalQuantiles|Allele|Cohort|KeyTable|Marker|Array|Grouped|NumPy|Scanner|Zip|GroupCommand|JoinCommand

.PHONY: all run test sanitize build dependencies lint format docs bench bench-peers instructions install uninstall clean

all: build

## run: install what is missing, build, and pool the mesenchymal stem cell records
run: build
	@"$$($(SWIFT) build $(RELEASE) --show-bin-path)/metaan" pool Fixtures/msc.csv

## test: install what is missing and run every test
test: dependencies
	$(SWIFT) test

## sanitize: batches, streams, joins and their commands under the sanitizers of threads and of addresses (builds everything twice)
sanitize: dependencies
	$(SWIFT) test --sanitize=thread --scratch-path .build/thread --filter '$(SANITIZED)'
	# Leaks are looked for in the program that the tests run, not in XCTest and Foundation, which have some.
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize=address --scratch-path .build/address --filter '$(SANITIZED)'

build: dependencies
	@$(SWIFT) build $(RELEASE)

## dependencies: LAPACKE, zlib and the headers of Boost.Math, by apt or brew
dependencies:
	@sh scripts/install-dependencies.sh

## lint: style as CI checks it
lint:
	$(SWIFT) format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests Fixtures Benchmarks

## format: rewrite the sources in that style
format:
	$(SWIFT) format --in-place --recursive --configuration .swift-format Package.swift Sources Tests Fixtures Benchmarks

## docs: the library's documentation as a web site in .build/documentation
docs: dependencies
	METAAN_DOCUMENTATION=1 $(SWIFT) package --allow-writing-to-directory .build/documentation \
		generate-documentation --target MetaAnalysis --output-path .build/documentation \
		--transform-for-static-hosting --hosting-base-path metaan

## bench: speed of pooling, of networks and of the whole program
bench: build
	cd Benchmarks && $(SWIFT) package benchmark --no-progress
	sh Benchmarks/whole-process.sh "$$($(SWIFT) build $(RELEASE) --show-bin-path)/metaan"

## bench-peers: pooling beside what people use now, into docs/performance (half an hour; installs packages of Debian and PyPI)
bench-peers: dependencies
	sh Benchmarks/peers/run.sh all --write docs/performance

## instructions: those of the pooling kernels, counted by valgrind; fails where they have grown
instructions: dependencies
	sh Benchmarks/instructions.sh

## install: the program and its data sets below PREFIX
install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/metaan"
	install -m 755 "$$($(SWIFT) build $(RELEASE) --show-bin-path)/metaan" "$(DESTDIR)$(PREFIX)/bin/metaan"
	cp -R Fixtures/msc.csv Fixtures/stroke Fixtures/datasets "$(DESTDIR)$(PREFIX)/share/metaan/"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/metaan"
	rm -rf "$(DESTDIR)$(PREFIX)/share/metaan"

clean:
	rm -rf .build Benchmarks/.build
