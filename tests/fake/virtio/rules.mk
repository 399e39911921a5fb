# SPDX-License-Identifier: MIT
# The tests on fake virtio devices, tests/unit/virtio/<name>_test.c: the unmodified objects of lib, mm,
# balloon and drivers/virtio over arch/linux and devices of the test's making. The clock is the fake's.

virtio-out := $(O)/virtio
virtio-programs := $(virtio-names:%=$(O)/%_test)
virtio-drivers := virtio.o registers.o mmio.o pci.o pci_id.o pci_modern.o pci_legacy.o pci_place.o pci_walk.o \
	devices.o balloon.o balloon_list.o balloon_report.o balloon_stats.o mem.o mem_request.o
virtio-objects := $(addprefix $(virtio-out)/drivers/virtio/,$(virtio-drivers)) \
	$(patsubst %.c,$(virtio-out)/%.o,$(wildcard tests/fake/virtio/*.c))
virtio-library := $(O)/virtio.a
virtio-test-objects := $(virtio-names:%=$(virtio-out)/tests/unit/%_test.o)

virtio-cflags = $(filter-out -Iarch/arm/%,$(cflags)) -I tests/fake/virtio/include \
	$(patsubst %,-DCONFIG_%=1,VIRTIO_MMIO VIRTIO_PCI VIRTIO_PCI_MODERN \
	VIRTIO_PCI_LEGACY VIRTIO_BALLOON VIRTIO_BALLOON_STATS VIRTIO_BALLOON_REPORTING VIRTIO_MEM)

cmd-VIRTIOCC = $(CC) $(virtio-cflags) -MMD -MP -c -o $@ $<
cmd-VIRTIOLINK = $(cmd-LINK) -Wl,--wrap=clock_ns

$(virtio-out)/%.o: %.c FORCE
	$(call if-changed,VIRTIOCC)

$(virtio-library): $(virtio-objects) FORCE
	$(call if-changed,AR)

$(virtio-programs): $(O)/%: $(virtio-out)/tests/unit/%.o $(helpers) $(first) $(virtio-library) $(library) \
		FORCE
	$(call if-changed,VIRTIOLINK)

.SECONDARY: $(virtio-test-objects)

-include $(virtio-objects:.o=.d) $(virtio-test-objects:.o=.d)
