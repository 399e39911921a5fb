# SPDX-License-Identifier: MIT
# The build. `make help` says what it can do. Folder Makefiles hold only lines such as
# `obj-y += x.o`, `obj-$(CONFIG_X) += x.o`, `dir-$(CONFIG_X) += folder`, `cflags-x.o := -O3`.

.DEFAULT_GOAL := all

include scripts/build/build.mk

config-goals := %_defconfig menuconfig nconfig oldconfig olddefconfig savedefconfig
light-goals := $(config-goals) help setup random size least clean distclean check quick new-test unit mutate \
	proof fuzz bench layout docs layout-check tidy format
goals := $(or $(MAKECMDGOALS),all)

.PHONY: all
all:

ifneq ($(and $(filter $(config-goals),$(goals)),$(filter-out $(config-goals),$(goals))),)

# A configuration and then a build: one after the other.
.PHONY: $(goals) in-order
$(goals): in-order ; @:
in-order:
	@set -e; for goal in $(goals); do $(MAKE) $$goal; done

else

# ---- which configuration, and where it is built ----------------------------------------------

known-configs := $(patsubst configs/%_defconfig,%,$(wildcard configs/*_defconfig))
known-fragments := $(patsubst configs/%.config,+%,$(wildcard configs/*.config))
last-config := $(file <build/.default)

ifneq ($(filter %_defconfig,$(goals)),)
override CONFIG := $(patsubst %_defconfig,%,$(lastword $(filter %_defconfig,$(goals))))
else ifeq ($(CONFIG)$(if $(O),$(wildcard $(O)/.config)),)
CONFIG := $(or $(last-config),x86_64_pv)
endif

parts := $(subst +, ,$(CONFIG))
config-files := $(patsubst %,configs/%_defconfig,$(firstword $(parts))) \
	$(patsubst %,configs/%.config,$(wordlist 2,99,$(parts)))
ifneq ($(filter-out $(wildcard configs/*),$(config-files)),)
$(error there is no configuration "$(CONFIG)"; known are $(known-configs), and to add to one, $(known-fragments))
endif

O ?= build/$(CONFIG)
override O := $(patsubst %/,%,$(O))
APP ?= apps/demo
export AEROSTAT_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/aerostat
export KCONFIG_CONFIG := $(O)/.config
kconfigs := Kconfig $(wildcard */Kconfig */*/Kconfig */*/*/Kconfig)

$(O)/.config: $(config-files)
	@scripts/setup/setup --quiet build
	$(if $^,@scripts/build/config $@ $^)

$(O)/include/auto.conf: $(O)/.config $(kconfigs)
	@scripts/setup/setup --quiet build
	@printf '  CONF    %s\n' $(@D)
	@scripts/build/autoconf $(O)
	@scripts/setup/setup --quiet build $$(sed -n 's/^CONFIG_ENVIRONMENT="\(.*\)"/\1/p' $@)

ifneq ($(filter-out $(light-goals),$(goals)),)
include $(O)/include/auto.conf
endif

include scripts/build/goals.mk
ifdef CONFIG_ARCH_DIR
include scripts/build/kernel.mk
endif

endif
