/* SPDX-License-Identifier: MIT */
/*
 * The machine by its device tree. boot/fdt.c reads the tree once; all other code reads this.
 * Addresses and sizes are in bytes, in the processor's view. Interrupts are the GIC's numbers (a
 * PPI n of the tree is 16 + n, an SPI n is 32 + n), 0 for none.
 */
#ifndef ASM_MACHINE_H
#define ASM_MACHINE_H

#include <lib/types.h>

#define MACHINE_BANKS_MAX     16
#define MACHINE_RESERVED_MAX  32
#define MACHINE_EXTENDED_MAX  16
#define MACHINE_GIC_CPU_MAX   16
#define MACHINE_VIRTIO_MAX    32
#define MACHINE_PCI_MAX	      4
#define MACHINE_PCI_LINES_MAX 128	   /* four pins of each device of a bus */
#define MACHINE_ADDR_MAX      (1ULL << 48) /* the end of this port's addresses */

struct machine_range {
	uint64_t base, size;
};

enum machine_gic { MACHINE_NO_GIC, MACHINE_GIC_V2, MACHINE_GIC_V3 };
enum machine_psci { MACHINE_NO_PSCI, MACHINE_PSCI_HVC, MACHINE_PSCI_SMC };

/* A PCI host that has its configuration space in memory (ECAM): 1 MiB for each of its buses. */
struct machine_pci {
	struct machine_range config;
	unsigned int first_bus, last_bus;
	struct machine_range io; /* the processor's view of the I/O ports from 0 on */
	/* For BARs, PCI and processor have one address: below 4 GiB, and for prefetchable ones. */
	struct machine_range memory, prefetch;
	uint32_t line_mask, pin_mask; /* of a function's address, function << 8, and of its pin */
	struct machine_pci_line {
		uint32_t function, pin; /* masked */
		unsigned int interrupt;
	} line[MACHINE_PCI_LINES_MAX];
	unsigned int nr_lines;
};

struct machine {
	struct machine_range tree; /* the tree itself, as read by machine_read() */

	/* Ascending, disjoint, not empty. */
	struct machine_range bank[MACHINE_BANKS_MAX];
	unsigned int nr_banks;

	/* Never used: /memreserve/, /reserved-memory, the initrd. Ascending, disjoint. */
	struct machine_range reserved[MACHINE_RESERVED_MAX];
	unsigned int nr_reserved;

	const char *bootargs; /* inside the tree; "" if there are none */

	enum machine_gic gic;
	struct machine_range gic_distributor;
	/* v2: the processor's interface; v3: regions, in one of which its redistributor is. */
	struct machine_range gic_cpu[MACHINE_GIC_CPU_MAX];
	unsigned int nr_gic_cpu;
	uint32_t gic_stride; /* from one redistributor to the next; 0: they touch */

	unsigned int timer_interrupt; /* of the virtual generic timer */
	uint32_t timer_hz;	      /* 0: none; else it overrides CNTFRQ_EL0 */
	enum machine_psci psci;

	struct machine_range uart; /* a pl011; size 0: none */
	unsigned int uart_interrupt;

	/* Of Xen: its guest by name (root compatible "xen,xenvm") or by its node. */
	bool xen;
	struct machine_range grant_space; /* size 0: none */
	/* Free for growth and maps. Ascending, disjoint. */
	struct machine_range extended[MACHINE_EXTENDED_MAX];
	unsigned int nr_extended;
	unsigned int event_interrupt;

	struct {
		struct machine_range registers;
		unsigned int interrupt;
	} virtio[MACHINE_VIRTIO_MAX];
	unsigned int nr_virtio;

	struct machine_pci pci[MACHINE_PCI_MAX];
	unsigned int nr_pci;
	bool pci_placed; /* firmware placed the BARs: linux,pci-probe-only */
};

extern struct machine machine;

/*
 * Fill `m` from the tree at `fdt`, of which at most `max` bytes can be read. An invalid part that
 * the kernel can do without is left out, with a message. Return: -EINVAL, with one message, if it
 * is no tree, or memory or reservations are invalid.
 */
int machine_read(const void *fdt, size_t max, struct machine *m) __must_check;

#endif
