# SPDX-License-Identifier: MIT
# The kernel: objects, floors, and programs, each of which is the floors and one application.

ARCH := $(subst ",,$(CONFIG_ARCH_DIR))

# ---- the tools -------------------------------------------------------------------------------

# A foreign target: gcc by its cross compiler, clang by its --target.
# libgcc has the operations that such a processor lacks (64-bit division).
cross := $(subst ",,$(CONFIG_CROSS))
ifneq ($(cross),)
target-flags := $(if $(findstring clang,$(CC)),--target=$(cross:%-=%))
ifeq ($(CC),gcc)
override CC := $(cross)gcc
endif
override LD := $(if $(filter ld,$(LD)),$(cross))$(LD)
libgcc := $(shell $(cross)gcc -print-libgcc-file-name)
endif

# A kernel stands alone; a port may let objects of its own see more.
freestanding = -ffreestanding -nostdinc -isystem $(compiler-include)
cppflags = $(target-flags) $(freestanding) -I include -I arch/$(ARCH)/include -iquote . \
	$(xen-flags) -include $(O)/include/autoconf.h -DLAYOUT_DEF='"arch/$(ARCH)/$(layout-def)"'
# A frame that is larger than the empty page below a stack could leap over it (sched/stack.h).
cflags = -std=gnu11 $(if $(CONFIG_OPTIMIZE_SIZE),-Os -fdata-sections,-O2) -g -ffunction-sections -fno-pic -fno-pie -fno-stack-protector \
	-fno-strict-aliasing -fno-common -fno-asynchronous-unwind-tables -fcf-protection=none \
	$(if $(CONFIG_FRAME_POINTER),-fno-omit-frame-pointer,-fomit-frame-pointer) \
	$(warnings) $(if $(CONFIG_SANITIZE),,-Wframe-larger-than=4096) \
	$(if $(filter 1,$(WERROR)),-Werror) $(arch-cflags)
compiler-include := $(shell $(CC) -print-file-name=include)

ifneq ($(CONFIG_XEN)$(CONFIG_QEMU),)
xen-include := $(AEROSTAT_CACHE)/libxen-dev/usr/include
xen-flags := -I arch/common/xen/include -isystem $(xen-include) -D__XEN_INTERFACE_VERSION__=0x00040e00
headers := $(xen-include)/xen/xen.h

$(headers):
	@scripts/setup/setup --quiet build
endif

# ---- the folders -----------------------------------------------------------------------------

floors := 0 1 2 3 4 5
folder-0-y := lib
folder-1-y := arch/$(ARCH) arch/common/console
folder-1-$(or $(CONFIG_PAGETABLE),$(CONFIG_PV)) += arch/common/pagetable
folder-1-$(CONFIG_XEN) += arch/common/xen
folder-1-$(or $(CONFIG_ARM),$(CONFIG_PVH)) += arch/common/memmap
folder-2-y := mm
folder-3-y := sched $(if $(CONFIG_BALLOON),balloon)
folder-4-y := drivers
folder-5-y := kernel

$(foreach n,$(floors),$(eval found :=)$(foreach f,$(folder-$n-y),$(eval \
	$(call load-folder,$f)))$(eval floor-$n := $(addprefix $(O)/,$(found))))
floor-objects := $(foreach n,$(floors),$(floor-$n))
floor-files := $(foreach n,$(floors),$(if $(floor-$n),$(O)/floor-$n.o))

# $(call sources,FOLDER): the objects of an application, by its Makefile or else of all its files.
define load-app
found :=
$(if $(wildcard $(1)/Makefile),$(call load-folder,$(1)),found := \
	$(patsubst %.c,%.o,$(wildcard $(1)/*.c)) $(patsubst %.S,%.o,$(wildcard $(1)/*.S)))
endef

# By its name in the tree if it lies there; the tree itself may lie where names have blanks.
app := $(patsubst ./%,%,$(patsubst %/,%,$(APP)))
ifneq ($(filter /% . .. ../%,$(app)),)
app := $(patsubst $(CURDIR)/%,%,$(abspath $(app)))
endif
ifeq ($(wildcard $(app)/.),)
$(error there is no application folder "$(APP)")
endif
$(eval $(call load-app,$(app)))
ifeq ($(found),)
$(error the application folder "$(APP)" holds nothing to compile)
endif
ifneq ($(filter /%,$(app)),)
app-out := $(O)/app/$(notdir $(app))
app-objects := $(patsubst $(app)/%,$(app-out)/%,$(found))
$(foreach o,$(found),$(eval cflags-$(patsubst $(O)/%,%,$(patsubst \
	$(app)/%,$(app-out)/%,$o)) := -I $(app) $(cflags-$o)))
else
app-objects := $(addprefix $(O)/,$(found))
endif

tests := $(patsubst tests/guest/%/main.c,%,$(wildcard $(patsubst %,tests/guest/%/main.c,$(or $(TESTS),*))))
$(if $(filter guest-tests,$(MAKECMDGOALS)),$(foreach t,$(filter-out $(tests),$(TESTS)),$(error \
	there is no guest test "$t")))
$(foreach t,$(tests),$(eval $(call load-app,tests/guest/$t))$(eval \
	test-$t := $(addprefix $(O)/,$(found))))
# What is made of nothing here is not for this configuration; the same of benches.
tests := $(foreach t,$(tests),$(if $(test-$t),$t))
test-objects := $(foreach t,$(tests),$(test-$t))
$(test-objects) $(test-objects:.o=.tidy): cflags += -I tests/guest

benches := $(patsubst tests/bench/%/main.c,%,$(wildcard tests/bench/*/main.c))
$(foreach b,$(benches),$(eval $(call load-app,tests/bench/$b))$(eval \
	bench-$b := $(addprefix $(O)/,$(found))))
benches := $(foreach b,$(benches),$(if $(bench-$b),$b))
bench-objects := $(foreach b,$(benches),$(bench-$b))
$(bench-objects) $(bench-objects:.o=.tidy): cflags += -I tests/bench

# ---- the rules -------------------------------------------------------------------------------

objects := $(floor-objects) $(app-objects) $(test-objects) $(bench-objects)

cmd-CC = $(CC) $(cppflags) $(cflags) $(cflags-$(patsubst $(O)/%,%,$@)) -MMD -MP -c -o $@ $<
cmd-AS = $(CC) -D__ASSEMBLY__ $(cppflags) $(arch-cflags) -g -Wa,--noexecstack -MMD -MP -c -o $@ $<
# The linker, other than C, does not join neighbouring strings.
cmd-LDS = $(CC) -E -P -x c -D__ASSEMBLY__ -DLINKER_SCRIPT $(cppflags) -MMD -MP -MT $@ \
	-MF $@.d -o $@.joined $< && sed 's/" *"//g' $@.joined >$@ && rm $@.joined
cmd-FLOOR = $(LD) $(arch-ldflags) -r -o $@ $(filter %.o,$^)
cmd-LINK = KSYMS=$(CONFIG_KSYMS) CC="$(CC)" ARCH_CFLAGS="$(target-flags) $(arch-cflags)" \
	scripts/build/link $@ $(link) $(filter %.o,$^) $(arch-libs) $(libgcc)

# As boot loaders want it that read no ELF.
cmd-IMAGE = $(cross)objcopy -O binary $< $@

# How objects become a program: at addresses of our own, but where a port says it otherwise. It holds
# no function that it does not call: what only tests do is in theirs.
ifndef link
link = $(LD) $(arch-ldflags) -nostdlib -static --gc-sections --build-id=none -z max-page-size=4096 \
	-z noexecstack --fatal-warnings -T $(lds)
lds := $(O)/$(arch-lds:.lds.S=.lds)
$(lds): arch/$(ARCH)/$(arch-lds) FORCE | $(headers)
	$(call if-changed,LDS)
endif

define compile
$(1)/%.o: $(2)%.c FORCE | $(headers)
	$$(call if-changed,CC)
$(1)/%.o: $(2)%.S FORCE | $(headers)
	$$(call if-changed,AS)
endef
$(eval $(call compile,$(O),))
$(if $(app-out),$(eval $(call compile,$(app-out),$(app)/)))

$(foreach n,$(floors),$(eval $(O)/floor-$n.o: $(floor-$n)))
$(floor-files): FORCE
	$(call if-changed,FLOOR)

kernel := $(O)/aerostat
test-kernels := $(foreach t,$(tests),$(O)/tests/$t/aerostat)
$(kernel): $(app-objects)
$(foreach t,$(tests),$(eval $(O)/tests/$t/aerostat: $(test-$t)))
bench-kernels := $(foreach b,$(benches),$(O)/bench/$b/aerostat)
$(foreach b,$(benches),$(eval $(O)/bench/$b/aerostat: $(bench-$b)))
$(kernel) $(test-kernels) $(bench-kernels): $(floor-files) $(lds) scripts/build/link scripts/build/ksyms FORCE
	$(call if-changed,LINK)

images := $(if $(CONFIG_ARM),$(patsubst %/aerostat,%/Image,$(kernel) $(test-kernels) $(bench-kernels)))
$(images): %/Image: %/aerostat FORCE
	$(call if-changed,IMAGE)

$(O)/compile_commands.json: $(floor-objects) $(app-objects) FORCE
	$(call if-changed,JSON)

# clang-tidy looks again at what changed; with CC=clang, since it takes clang's flags. Not as
# freestanding: then it does not know what memcpy does. NODES bounds what its analyzer, which takes
# nearly all of the time, looks at in a function. What a configuration of BESIDE compiles too gets
# clang's own warnings alone, unless the file knows of options. A folder that holds the whole build has
# had these from clang already: its objects are brought up to date instead.
beside = $(if $(wildcard $(BESIDE:%=build/%/$*.o)),$(if $(shell grep -l CONFIG_ $<),,beside))
nodes := $(if $(NODES),-Xclang -analyzer-config -Xclang max-nodes=$(NODES))
tidy-flags = $(cppflags) $(cflags) $(cflags-$(patsubst $(O)/%,%,$*.o))
warn = $(if $(is-built),true,$(CC) -Werror -fsyntax-only $(tidy-flags) -MMD -MP -MT $@ -MF $@.d $<)
cmd-TIDY = { $(if $(beside),,clang-tidy --quiet $< -- $(filter-out -ffreestanding,$(tidy-flags)) \
	$(nodes) &&) $(warn); } >$@.log 2>&1 || { cat $@.log; false; } && mv $@.log $@
is-built := $(wildcard $(kernel))
$(O)/%.tidy: %.c $(if $(is-built),$(O)/%.o) .clang-tidy FORCE | $(headers)
	$(call if-changed,TIDY)

tidied := $(patsubst %.o,%.tidy,$(foreach o,$(floor-objects) $(app-objects) $(test-objects) \
	$(bench-objects),$(if $(wildcard $(patsubst $(O)/%.o,%.c,$o)),$o)))

.PHONY: guest-tests benches floors tidied
tidied: $(tidied)
all: $(kernel) $(filter $(O)/Image,$(images)) $(O)/compile_commands.json
guest-tests: $(test-kernels) $(filter $(O)/tests/%,$(images)) $(O)/compile_commands.json
benches: $(bench-kernels) $(filter $(O)/bench/%,$(images)) $(O)/compile_commands.json
floors: $(floor-files)

-include $(objects:.o=.d) $(tidied:=.d) $(lds).d
