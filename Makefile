# make run        build and do the main job: the three phases on the circle, to consensus
# make test       every test that fits in ten minutes
# make slow-test  the validation that does not
# make check      every scenario against its baseline
# make bench      the right-hand side against raw FFTW, sums over tokens against a loop in C
# make figure     run the main scenario and draw it for the README
# make lint       style, as strict as it gets
# make clean      remove what was built
#
# Missing Debian packages are installed by name (with sudo unless root); nothing else is fetched.

SWIFT    := swift
SCENARIO := scenarios/three-phases-circle.toml
RUN      := runs/three-phases-circle
RELEASE  := $(SWIFT) build -c release
PROGRAM  := .build/release/tokenfield
ALL      := $(filter-out %.baseline.toml,$(wildcard scenarios/*.toml))
# Numerics without optimisation take minutes, so tests are optimised too. They are built beside the
# program, because -enable-testing would have both rebuilt at every change from one to the other.
TEST     := $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build/testing \
            --disable-xctest

.PHONY: run build test slow-test check bench figure lint clean swift packages

run: build
	$(PROGRAM) run $(SCENARIO) --output $(RUN) --force

build: packages
	$(RELEASE)

test: packages
	$(TEST)

slow-test: packages
	TOKENFIELD_SLOW=1 $(TEST) --filter Slow

check: build
	$(PROGRAM) check $(ALL)

bench: packages
	$(SWIFT) run -c release tokenfield-bench

figure: build
	@.ci/install-packages gnuplot-nox
	$(PROGRAM) run $(SCENARIO) --output $(RUN) --force
	@mkdir -p docs
	$(PROGRAM) figure $(RUN)
	cp $(RUN)/figure.png docs/three-phases.png

lint: swift
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

clean:
	$(RM) -r .build

swift:
	@command -v $(SWIFT) >/dev/null || { \
	    echo "error: Swift 6.2 or later is needed: see https://www.swift.org/install" >&2; \
	    exit 1; }

packages: swift
	@.ci/install-packages pkg-config libfftw3-dev libnetcdf-dev liblapacke-dev \
	    libtomlplusplus-dev g++
