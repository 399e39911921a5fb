# SPDX-License-Identifier: MIT
# The tests on the fake Xen, tests/unit/xen/<name>_test.c: the unmodified objects of lib, mm,
# balloon, arch/x86/pv and drivers/xen/balloon.c over the fake's machine, built apart from the
# others since their layout and configuration are those of a PV domain.

AEROSTAT_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/aerostat
export AEROSTAT_CACHE

xen-out := $(O)/xen
xen-programs := $(xen-names:%=$(O)/%_test)
xen-include := $(AEROSTAT_CACHE)/libxen-dev/usr/include

# Of arch/linux only the processor; the PV paging takes the place of its page tables.
xen-linux := cpu.o console.o context.o output.o machine_$(linux-machine).o
xen-kernel := $(filter-out arch/linux/% arch/arm/% kernel/% $(left-out),$(found)) \
	$(addprefix arch/linux/,$(xen-linux)) arch/common/pagetable/tables.o arch/x86/pv/paging.o arch/x86/pv/queue.o arch/x86/pv/p2m.o \
	drivers/xen/balloon.o $(addprefix drivers/xen/,xenstore.o xenstore_client.o xenstore_inbox.o xenstore_request.o \
	xenstore_watch.o xenstore_wire.o xenstore_ring.o control.o target.o target_rules.o dmc.o)
xen-first := $(addprefix $(xen-out)/,$(filter lib/%,$(xen-kernel)))
xen-objects := $(addprefix $(xen-out)/,$(filter-out lib/%,$(xen-kernel)) \
	$(patsubst %.c,%.o,$(wildcard tests/fake/*.c)) $(helpers:$(O)/%=%) \
	tests/guest/fake_replay/replay.o tests/guest/fake_replay/tables.o)
xen-library := $(O)/xen.a
xen-test-objects := $(xen-names:%=$(xen-out)/tests/unit/%_test.o)

xen-cflags = $(filter-out -DLAYOUT_DEF=% -Iarch/arm/%,$(cflags)) -I arch/x86/include \
	-I arch/common/xen/include -isystem $(xen-include) \
	-DLAYOUT_DEF='"tests/fake/layout.def"' $(patsubst %,-DCONFIG_%=1,XEN PV P2M XENSTORE XEN_TARGET \
	XEN_DMC XEN_CONTROL XEN_SUSPEND)

cmd-XENCC = $(CC) $(xen-cflags) -MMD -MP -c -o $@ $<
cmd-XENLINK = $(cmd-LINK) -Wl,--wrap=memset

$(xen-include)/xen/xen.h:
	@scripts/setup/setup --quiet check

$(xen-out)/%.o: %.c FORCE | $(xen-include)/xen/xen.h
	$(call if-changed,XENCC)

$(xen-library): $(xen-objects) FORCE
	$(call if-changed,AR)

$(xen-programs): $(O)/%: $(xen-out)/tests/unit/%.o $(xen-first) $(xen-library) FORCE
	$(call if-changed,XENLINK)

.SECONDARY: $(xen-test-objects)

-include $(xen-first:.o=.d) $(xen-objects:.o=.d) $(xen-test-objects:.o=.d)
