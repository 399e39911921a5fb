# SPDX-License-Identifier: MIT
# Tests of what a translated guest (PVH) has of Xen, tests/unit/pvh/<name>_test.c: the memory map,
# the balloon's backend where there is no p2m, and consoles, over arch/linux and a Xen of the test's own;
# ACPI, PCI and the clock, over a machine of the test's own (tests/unit/x86 has its instructions).

pvh-out := $(O)/pvh
pvh-programs := $(pvh-names:%=$(O)/%_test)
pvh-objects := $(addprefix $(pvh-out)/,drivers/xen/balloon.o arch/x86/pvh/memmap.o \
	arch/x86/pvh/pod.o arch/x86/pvclock.o arch/x86/time.o arch/common/xen/console_ring.o $(addprefix arch/x86/pvh/,acpi.o \
	acpi_register.o aml.o counters.o hypervisor.o kvmclock.o lapic.o pci.o pci_dsdt.o rate.o timer.o))
pvh-library := $(O)/pvh.a
pvh-test-objects := $(pvh-names:%=$(pvh-out)/tests/unit/%_test.o)

pvh-cflags = $(filter-out -Iarch/arm/%,$(cflags)) -I tests/unit/x86 -I arch/x86/include -I arch/common/xen/include \
	-isystem $(xen-include) $(patsubst %,-DCONFIG_%=1,XEN QEMU PVH PCI DEVICES CONSOLE_XEN) -DLAYOUT_IMAGE_BASE=0

cmd-PVHCC = $(CC) $(pvh-cflags) -MMD -MP -c -o $@ $<

$(pvh-out)/%.o: %.c FORCE | $(xen-include)/xen/xen.h
	$(call if-changed,PVHCC)

$(pvh-library): $(pvh-objects) FORCE
	$(call if-changed,AR)

$(pvh-programs): $(O)/%: $(pvh-out)/tests/unit/%.o $(helpers) $(first) $(pvh-library) $(library) FORCE
	$(call if-changed,LINK)

.SECONDARY: $(pvh-test-objects)

-include $(pvh-objects:.o=.d) $(pvh-test-objects:.o=.d)
