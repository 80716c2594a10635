# libgmmswift: `make help` lists the targets. `make demo` and `make test` set up what is missing by themselves.

VERSION := $(shell cat VERSION)
ABI := $(shell sed -n 's/^\#define GMM_ABI_VERSION //p' include/gmmswift.h)

# Where `make install` puts things; DESTDIR is prepended to all of them.
PREFIX ?= /usr/local
override PREFIX := $(abspath $(PREFIX))
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR := $(LIBDIR)/pkgconfig
CMAKEDIR := $(LIBDIR)/cmake/gmmswift

LIBRARY := build/lib/libgmmswift.so.$(VERSION)
SOURCES := Package.swift $(shell find Sources include -type f ! -name interface.json)
VENV_PYTHON := build/venv/bin/python
ENVIRONMENT := build/venv/.complete
SWIFT_FILES := Package.swift Sources Tests examples
C_FILES := include/gmmswift.h $(wildcard Sources/C*/*.[ch] Sources/C*/include/*.h examples/*/*.[ch] examples/*/*.cpp \
  $(addprefix Tests/,Hostile/*/*.[ch] Interface/*/*.[ch] Interface/*/*.cpp Speed/Benchmarks/*/*.c \
  Speed/Benchmarks/*/*.cpp Support/C/*.[ch]))
PYTHON_FILES := bindings/interface bindings/python examples Sources/gmmswift/link \
  $(addprefix Tests/,Core Hostile Interface Speed Truth/Golden Truth/Verify)

# The Python binding loads the library that was just built.
export GMMSWIFT_LIBRARY := $(CURDIR)/build/lib/libgmmswift.so
STEP := .ci/step

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup packages build docs interface demo test lint test-floors test-swift test-kernels test-abi \
  test-hostile test-fuzz test-examples test-python bench bench-peers bench-swift battery verify verify-calibration \
  verify-fuzz verify-sanitizers verify-memory verify-report install uninstall format clean

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  %-18s %s\n", $$1, $$2 }'

setup: packages ## Install what is missing: Debian packages when root, Python packages into build/venv.
	@$(MAKE) --no-print-directory $(ENVIRONMENT)

packages:
	@.ci/setup.sh

# The editable binding needs some library, not the newest one.
$(ENVIRONMENT): .ci/environment.sh $(wildcard bindings/python/pyproject.toml bindings/python/setup.py) | $(LIBRARY)
	@.ci/environment.sh
	@touch $@

build: $(LIBRARY) ## Build build/lib/libgmmswift.so, stripped, with its version links; build/symbols has it whole.

# The copy of the runtime is made anew each time, so that it is always that of the compiler.
$(LIBRARY): $(SOURCES) VERSION
	@python3 Sources/gmmswift/link/runtime.py build/runtime/libswiftCore.a
	swift build -c release --disable-local-rpath --product gmmswift \
	  -Xlinker "--remap-inputs=*/libswiftCore.a=$(CURDIR)/build/runtime/libswiftCore.a"
	@mkdir -p $(@D) build/symbols
	@cp .build/release/libgmmswift.so build/symbols/libgmmswift.so.$(ABI)
	strip -o $@ build/symbols/libgmmswift.so.$(ABI)
	@ln -sf $(@F) $(@D)/libgmmswift.so.$(ABI)
	@ln -sf $(@F) $(@D)/libgmmswift.so

docs: build ## Render the documentation of the Swift interface into build/docs.
	@.ci/documentation.sh .build/release/Modules build/docs

interface: ## Generate include/interface.json and the binding's structs and prototypes from the header.
	@python3 bindings/interface

demo: setup ## Run the three notebooks on their data and write build/demo/index.html.
	$(VENV_PYTHON) examples/python/demo.py

# JOBS steps run at a time: most use one core. The Swift tests take longest, so they begin beside the library.
JOBS ?= 2
TESTS := lint test-floors test-swift test-kernels test-abi test-hostile test-fuzz test-examples test-python

test: packages ## Run every test.
	@$(MAKE) --no-print-directory -j$(JOBS) $(TESTS)
	@echo "All tests passed."

lint: $(ENVIRONMENT) ## Check the format of all sources.
	@$(STEP) lint-swift swift format lint --strict -r $(SWIFT_FILES)
	@if command -v clang-format >/dev/null; then $(STEP) lint-c clang-format --dry-run --Werror $(C_FILES); fi
	@$(STEP) lint-interface $(VENV_PYTHON) bindings/interface --check
	@$(STEP) lint-python $(VENV_PYTHON) -m ruff check $(PYTHON_FILES)
	@$(STEP) format-python $(VENV_PYTHON) -m ruff format --check $(PYTHON_FILES)
	@$(STEP) types-python sh -c 'cd bindings/python && ../../$(VENV_PYTHON) -m mypy && \
	  ../../$(VENV_PYTHON) -m mypy --strict ../interface'

test-floors: ## Check that no folder of the sources uses what stands above it.
	@$(STEP) test-floors python3 Tests/Core/Floors/floors.py

# The build is a release build, because sampling in a debug build is too slow. It has a folder of its own, because its
# flags differ from those of the library, and each would rebuild the other.
test-swift: ## Run the Swift tests, and check what is public: its list and its documentation.
	@$(STEP) test-swift swift test -c release -Xswiftc -enable-testing --scratch-path .build/testing
	@$(STEP) test-swift-interface python3 Tests/Interface/swift_interface.py .build/testing/release/Modules
	@$(STEP) test-documentation .ci/documentation.sh .build/testing/release/Modules build/docs

test-kernels: build ## Look for calls, single lanes and spills in the kernels' machine code.
	@$(STEP) test-kernels python3 Tests/Speed/HotLoops/hot_loops.py build/symbols/libgmmswift.so.$(ABI)

test-abi: build ## Check the C interface: header, layout, symbols, behaviour, installation.
	@$(STEP) test-abi Tests/Interface/run.sh build/lib
	@$(STEP) test-install Tests/Interface/Installation/install.sh

test-hostile: build ## Misuse the library, give it degenerate data, little memory and failing disks.
	@$(STEP) test-hostile Tests/Hostile/run.sh build/lib

test-fuzz: build ## Feed the library hostile inputs for ten seconds.
	@$(STEP) test-fuzz Tests/Hostile/Fuzz/run.sh --short build/lib

test-examples: build $(ENVIRONMENT) ## Build, run and check the examples.
	@$(STEP) test-examples Tests/Interface/Examples/run.sh build/lib
	@$(STEP) test-swift-package Tests/Interface/Examples/swift.sh
	@$(STEP) test-python-scripts $(VENV_PYTHON) -m pytest -q examples/python

test-python: build $(ENVIRONMENT) ## Run the Python tests, and install and use the wheel and the source distribution.
	@$(STEP) test-interface $(VENV_PYTHON) -m pytest -q Tests/Interface/Parser
	@$(STEP) test-python $(VENV_PYTHON) -m pytest -q bindings/python/tests
	@$(STEP) test-arviz Tests/Interface/Installation/arviz.sh
	@$(STEP) test-wheel Tests/Interface/Installation/wheel.sh

# BENCH chooses: `make bench BENCH="--quick sweep em"`, or `BENCH=--docs` to renew the tables of docs/PERFORMANCE.md.
bench: build $(ENVIRONMENT) ## Measure speed against a bare loop and the peers that are installed, into build/bench.
	$(VENV_PYTHON) Tests/Speed/Benchmarks/bench.py $(BENCH)

bench-peers: ## Install the peers of `make bench` into build/bench and nowhere else; JAGS and Armadillo when root.
	Tests/Speed/Benchmarks/peers.sh

bench-swift: ## Time samplers and kernels from Swift (a package of its own, which builds the benchmark harness).
	swift package -Xswiftc -enable-testing --package-path Tests/Speed/Benchmarks --scratch-path .build/benchmarks \
	  benchmark --no-progress

# SHARE=0.1 does a tenth of the calibration. After a part fails, the other parts and the report still run.
SHARE ?= 1
# FUZZ_SECONDS is the time of each of the five targets.
FUZZ_SECONDS ?= 150
verify: setup ## Run the long tests, some four hours: build/verify/index.html.
	@status=0; for part in memory sanitizers fuzz calibration report; do $(MAKE) verify-$$part || status=1; done; exit $$status

verify-calibration: ## Run the long statistical tests (some three hours; SHARE=0.2: 20 minutes).
	@rm -rf build/verify/calibration && mkdir -p build/verify/calibration
	@GMM_VERIFY=$(CURDIR)/build/verify/calibration GMM_VERIFY_SHARE=$(SHARE) \
	  $(STEP) verify-calibration swift test -c release \
	  -Xswiftc -enable-testing --scratch-path .build/testing --filter CalibrationTests

verify-fuzz: ## Fuzz with coverage and AddressSanitizer, FUZZ_SECONDS for each target (ten minutes).
	@$(STEP) verify-fuzz Tests/Hostile/Fuzz/run.sh $(FUZZ_SECONDS)

verify-sanitizers: ## Run the C and Swift tests under AddressSanitizer, ThreadSanitizer and UndefinedBehaviorSanitizer.
	@$(STEP) verify-sanitizers Tests/Hostile/Sanitizers/run.sh 3

verify-memory: build ## Run the C programs, and 10,000 rounds of create, sample, destroy, under valgrind.
	@$(STEP) verify-memory Tests/Hostile/Sanitizers/valgrind.sh build/lib

verify-report: $(ENVIRONMENT) ## Write build/verify/index.html from what the long tests left.
	@$(STEP) verify-report $(VENV_PYTHON) Tests/Truth/Verify/report.py build/verify build/logs

battery: ## Test the random numbers with dieharder (half an hour).
	Tests/Truth/RandomBattery/run.sh

install: $(LIBRARY) ## Install under PREFIX (default /usr/local): header, library, pkg-config file, CMake package.
	install -d $(addprefix $(DESTDIR),$(INCLUDEDIR)/gmmswift $(LIBDIR) $(PKGCONFIGDIR) $(CMAKEDIR))
	install -m 644 include/gmmswift.h $(DESTDIR)$(INCLUDEDIR)/gmmswift.h
	sed 's|"gmmswift.h"|"../gmmswift.h"|' include/module.modulemap >$(DESTDIR)$(INCLUDEDIR)/gmmswift/module.modulemap
	install -m 755 $(LIBRARY) $(DESTDIR)$(LIBDIR)/libgmmswift.so.$(VERSION)
	ln -sf libgmmswift.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libgmmswift.so.$(ABI)
	ln -sf libgmmswift.so.$(ABI) $(DESTDIR)$(LIBDIR)/libgmmswift.so
	$(FILL) Sources/gmmswift/install/gmmswift.pc.in >$(DESTDIR)$(PKGCONFIGDIR)/gmmswift.pc
	$(FILL) Sources/gmmswift/install/gmmswift-config.cmake.in >$(DESTDIR)$(CMAKEDIR)/gmmswift-config.cmake
	$(FILL) Sources/gmmswift/install/gmmswift-config-version.cmake.in \
	  >$(DESTDIR)$(CMAKEDIR)/gmmswift-config-version.cmake

# Writes a template with its @NAMES@ filled in.
FILL = sed -e 's|@VERSION@|$(VERSION)|g' -e 's|@ABI@|$(ABI)|g' \
  -e "s|@PREFIX_FROM_PKGCONFIGDIR@|$$(realpath -m --relative-to=$(PKGCONFIGDIR) $(PREFIX))|g" \
  -e "s|@INCLUDEDIR_FROM_PKGCONFIGDIR@|$$(realpath -m --relative-to=$(PKGCONFIGDIR) $(INCLUDEDIR))|g" \
  -e "s|@INCLUDEDIR_FROM_CMAKEDIR@|$$(realpath -m --relative-to=$(CMAKEDIR) $(INCLUDEDIR))|g"

uninstall: ## Remove what install put under PREFIX.
	rm -f $(addprefix $(DESTDIR),$(INCLUDEDIR)/gmmswift.h $(INCLUDEDIR)/gmmswift/module.modulemap \
	  $(LIBDIR)/libgmmswift.so $(LIBDIR)/libgmmswift.so.$(ABI) $(LIBDIR)/libgmmswift.so.$(VERSION) \
	  $(PKGCONFIGDIR)/gmmswift.pc $(CMAKEDIR)/gmmswift-config.cmake $(CMAKEDIR)/gmmswift-config-version.cmake)
	rmdir --ignore-fail-on-non-empty $(addprefix $(DESTDIR),$(INCLUDEDIR)/gmmswift $(CMAKEDIR)) 2>/dev/null || true

format: ## Format all sources in place.
	swift format -i -r $(SWIFT_FILES)
	clang-format -i $(C_FILES)
	$(VENV_PYTHON) -m ruff format $(PYTHON_FILES)

clean: ## Remove everything that was built.
	rm -rf .build build bindings/python/build bindings/python/src/gmmswift/_lib bindings/python/src/*.egg-info
