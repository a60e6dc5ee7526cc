# make run        build and do the main job: the three phases on the sphere, to consensus
# make test       every test that fits in ten minutes
# make slow-test  the validation that does not
# make refinement-test  densities on spheres against runs of twice the degrees, half an hour
# make mpi        the program with Open MPI, as .build/mpi/release/tokenfield
# make mpi-test   what it does on two ranks
# make check      every scenario against its baseline
# make bench      the right-hand side against raw FFTW, sums over tokens against a loop in C, scenarios
#                 against their reference (BENCH=--bless makes the times of now the reference)
# make figure     run the three phases on the circle and draw them for the README
# make notebook   draw the run on the circle again with Python (PYTHON=… for another than Debian's)
# make docs       the reference of the library, in .build/docs
# make install    the program, its scenarios, manual page and completions, under PREFIX (/usr/local)
# make uninstall  remove them
# make lint       style, as strict as it gets
# make clean      remove what was built
#
# Missing Debian packages are installed by name (with sudo unless root); nothing else is fetched.

SWIFT    := swift
SCENARIO := scenarios/three-phases-sphere.toml
RUN      := runs/three-phases-sphere
CIRCLE   := runs/three-phases-circle
# FLAGS=--static-swift-stdlib makes a program that needs no Swift on the machine where it runs.
FLAGS    :=
RELEASE  := $(SWIFT) build -c release $(FLAGS)
PROGRAM  := .build/release/tokenfield
ALL      := $(filter-out %.baseline.toml,$(wildcard scenarios/*.toml))
# Numerics without optimisation take minutes, so tests are optimised too. They are built beside the
# program, because -enable-testing would have both rebuilt at every change from one to the other.
TEST     := $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build/testing \
            --disable-xctest
# Python for the notebook: the one whose modules Debian's packages install.
PYTHON   := /usr/bin/python3
export PYTHON

PREFIX   := /usr/local
# Where what goes; DESTDIR is put in front of all of them, for packagers.
BIN      = $(DESTDIR)$(PREFIX)/bin
SHARE    = $(DESTDIR)$(PREFIX)/share
SHIPPED  = $(SHARE)/tokenfield
PAGE     = $(SHARE)/man/man1/tokenfield.1
BASH     = $(SHARE)/bash-completion/completions/tokenfield
ZSH      = $(SHARE)/zsh/site-functions/_tokenfield
FISH     = $(SHARE)/fish/vendor_completions.d/tokenfield.fish

.PHONY: run build test slow-test mpi mpi-test check bench figure notebook circle docs install uninstall lint clean swift packages

run: build
	$(PROGRAM) run $(SCENARIO) --output $(RUN) --force

build: packages
	$(RELEASE)

test: packages
	$(TEST)

slow-test: packages
	TOKENFIELD_SLOW=1 $(TEST) --filter Slow

refinement-test: packages
	TOKENFIELD_SLOW=1 $(TEST) --filter SphereRefinement

mpi: packages
	@.ci/install-packages libopenmpi-dev openmpi-bin
	$(RELEASE) --traits MPI --product tokenfield --scratch-path .build/mpi

# The tests are those of a plain build; the program that they start under mpirun is not.
mpi-test: mpi
	TOKENFIELD_MPI=$(CURDIR)/.build/mpi/release/tokenfield $(TEST) --filter RanksTogether

check: build
	$(PROGRAM) check $(ALL)

bench: build
	.build/release/tokenfield-bench $(BENCH)

figure: circle
	@.ci/install-packages gnuplot-nox
	@mkdir -p docs
	$(PROGRAM) figure $(CIRCLE)
	cp $(CIRCLE)/figure.png docs/three-phases.png

notebook: circle
	@.ci/install-packages python3-xarray python3-netcdf4 python3-matplotlib
	$(PYTHON) examples/notebook/redraw.py $(CIRCLE)

circle: build
	$(PROGRAM) run scenarios/three-phases-circle.toml --output $(CIRCLE) --force

docs: build
	.ci/docs .build/docs

install: build
	install -d $(BIN) $(SHIPPED)/scenarios/data \
	    $(dir $(PAGE)) $(dir $(BASH)) $(dir $(ZSH)) $(dir $(FISH))
	install $(PROGRAM) $(BIN)/tokenfield
	install -m 644 scenarios/*.toml $(SHIPPED)/scenarios
	install -m 644 scenarios/data/* $(SHIPPED)/scenarios/data
	$(PROGRAM) man > $(PAGE)
	$(PROGRAM) completion bash > $(BASH)
	$(PROGRAM) completion zsh > $(ZSH)
	$(PROGRAM) completion fish > $(FISH)

uninstall:
	$(RM) $(BIN)/tokenfield $(PAGE) $(BASH) $(ZSH) $(FISH)
	$(RM) -r $(SHIPPED)

lint: swift
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests examples

clean:
	$(RM) -r .build

swift:
	@command -v $(SWIFT) >/dev/null || { \
	    echo "error: Swift 6.2 or later is needed: see https://www.swift.org/install" >&2; \
	    exit 1; }

packages: swift
	@.ci/install-packages pkg-config libfftw3-dev libnetcdf-dev liblapacke-dev \
	    libtomlplusplus-dev g++
