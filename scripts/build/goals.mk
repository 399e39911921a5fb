# SPDX-License-Identifier: MIT
# Goals that build no kernel themselves: configuring, running, checking, cleaning.

.PHONY: help setup run dom0 random size least check quick new-test unit mutate proof fuzz bench layout layout-check docs format tidy clean distclean
.PHONY: $(known-configs:%=%_defconfig) menuconfig nconfig oldconfig olddefconfig savedefconfig

# ---- configuring -----------------------------------------------------------------------------

# The named configuration as it is in configs/, and from now on the one a plain `make` builds.
$(known-configs:%=%_defconfig):
	@scripts/setup/setup --quiet build
	@rm -f $(O)/.config
	@scripts/build/config $(O)/.config $(config-files)
	@mkdir -p build && echo '$(CONFIG)' >build/.default
	@printf '  CONF    %s\n' $(O)/.config

menuconfig: kconfig := kconfig-mconf
nconfig: kconfig := kconfig-nconf
oldconfig: kconfig := kconfig-conf --oldconfig
olddefconfig: kconfig := kconfig-conf --olddefconfig
menuconfig nconfig oldconfig olddefconfig: $(O)/.config
	@$(kconfig) Kconfig

# Beside the .config, not over configs/: that is for whoever reads it to decide.
savedefconfig: $(O)/.config
	@kconfig-conf --savedefconfig=$(O)/defconfig Kconfig
	@printf '  CONF    %s\n' $(O)/defconfig

# A configuration by chance, and its kernel: the same for the same SEED.
random:
	@$(if $(SEED),,$(error make random takes a SEED=, a number))
	@scripts/setup/setup --quiet check
	@scripts/build/random $(call quote,$(SEED)) build/random/$(SEED)
	@$(MAKE) O=build/random/$(SEED) CONFIG= all

size:
	@scripts/setup/setup --quiet build
	@scripts/check/size $(CONFIG) $(OPTIONS)

least:
	@scripts/setup/setup --quiet check
	@scripts/check/least $(WHERE)

# ---- running and checking --------------------------------------------------------------------

MEMORY ?= 32M
MAX ?= 512M
lab-options = --build $(O) --memory=$(call quote,$(MEMORY)) --max=$(call quote,$(MAX)) \
	--cmdline=$(call quote,$(ARGS)) $(if $(WHERE),--environment=$(call quote,$(WHERE)))

setup:
	@scripts/setup/setup check

run: all
	@scripts/setup/setup --quiet run $(CONFIG_ENVIRONMENT)
	@scripts/lab/lab run $(lab-options)

dom0: all
	@scripts/setup/setup --quiet dom0 $(CONFIG_ENVIRONMENT)
	@scripts/lab/lab dom0 $(lab-options)

check:
	@scripts/setup/setup --quiet check
	@scripts/check/check $(if $(TEST),-k $(call quote,$(TEST)))

# The unit tests, and of each port the test of its main job.
quick:
	@scripts/setup/setup --quiet check
	@scripts/check/check --quick

new-test:
	@scripts/check/new_test $(call quote,$(NAME))

unit:
	@$(MAKE) -f tests/unit/Makefile O=build/unit

COUNT ?= 200

mutate:
	@scripts/setup/setup --quiet check
	@tests/mutate --count=$(call quote,$(COUNT)) $(if $(SEED),--seed=$(call quote,$(SEED)))

proof:
	@scripts/setup/setup --quiet check
	@tests/proof/prove.py --deep

HOURS ?= 4

fuzz:
	@scripts/setup/setup --quiet check
	@set -e; for name in $(patsubst tests/fuzz/%.dict,%,$(wildcard tests/fuzz/*.dict)); do \
		tests/fuzz/fuzz.py --hours=$(call quote,$(HOURS)) $$name; \
	done

bench:
	@scripts/setup/setup --quiet bench
	@set -e; for config in $(known-configs); do \
		$(MAKE) CONFIG=$$config benches; \
	done
	@$(MAKE) CONFIG=x86_64_pvh build/x86_64_pvh/tests/idle/aerostat
	@$(MAKE) -f tests/bench/host/Makefile
	@scripts/check/bench

layout:
	@scripts/build/layout

layout-check:
	@scripts/build/layout --check

docs:
	@scripts/setup/setup --quiet docs
	@scripts/build/docs

format:
	@clang-format -i $$(git ls-files '*.c' '*.h')

# In folders of their own, by clang: its flags are not gcc's.
tidy:
	@scripts/setup/setup --quiet check
	@$(MAKE) CC=clang O=build/clang/$(CONFIG) CONFIG=$(CONFIG) WERROR=1 tidied

clean:
	@rm -rf $(O)

distclean:
	@rm -rf build

define help-text
Aerostat: a small kernel whose memory grows and shrinks.

Building                              into build/<configuration>/
  make                                the last configuration, or x86_64_pv
  make CONFIG=name                    one of: $(known-configs)
  make CONFIG=name+fragment           with one of these on top: $(known-fragments)
  make O=folder                       into another folder
  make APP=folder                     with another application than apps/demo
  make CONFIG=linux                    the kernel as a Linux process: build/linux/aerostat --help
  make guest-tests                    every guest test, into build/<configuration>/tests/;
                                      TESTS='heap idle' builds just these
  make benches                        every guest that measures, into build/<configuration>/bench/
  make floors                         the objects of each floor, linked as far as they go
  make clean | distclean              remove this build | all builds

Configuring                           by kconfig-frontends
  make menuconfig | nconfig           change options by menus
  make oldconfig | olddefconfig       settle new options by questions | by defaults
  make <name>_defconfig               take configs/<name>_defconfig, and make it the default
  make savedefconfig                  the options that are not defaults, as <folder>/defconfig
  make random SEED=n                  a configuration by chance, built in build/random/n
  make size                           what each option costs, in bytes of the image and of memory;
                                      OPTIONS='SHELL HEAP' measures just these
  make least                          what each port needs at the least, by CONFIG=name+tiny

Running
  make run                            set up, build, and boot from MEMORY=32M up to MAX=512M;
                                      ARGS='run="mem; quit"' is the kernel's command line,
                                      WHERE=x86_64-qemu-q35 another machine for the same image
  make dom0                           a shell in a Linux with xl on Xen, and the kernel at hand
  make setup                          install or unpack what building, running, checking need

Checking
  make check                          everything, and where the time went; TEST=expression picks
                                      some, as pytest -k, and only what these need is built
  make quick                          the unit tests, and the main job of each port: three minutes
  make unit                           the unit tests alone; TEST=name picks one
  make new-test NAME=unit/mm/name     writes a first test, or NAME=guest/name (tests/README.md)
  make mutate                         breaks COUNT=200 lines of mm/ and balloon/, picked by SEED=n,
                                      and lists those that no unit test notices
  make proof                          the proofs of tests/proof with their deep bounds
  make fuzz                           HOURS=4 of fuzzing for each harness of tests/fuzz
  make bench                          what it costs, in instructions and hypercalls: a table, and
                                      build/bench.tsv
  make tidy | format                  clang-tidy over the kernel | clang-format in place
  make layout | layout-check          write docs/layout.md | prove it current
  make docs                           API reference and documents as HTML: build/docs/html/index.html

Variables: CC=clang, V=1 (show commands), WERROR=1 (warnings are errors),
AEROSTAT_CACHE (where what was downloaded lies; ~/.cache/aerostat).
endef

help:
	$(info $(help-text))@:
