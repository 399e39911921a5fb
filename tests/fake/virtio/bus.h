/* SPDX-License-Identifier: MIT */
/*
 * The machine around fake devices: virtio-mmio windows, PCI with its configuration space, BARs and
 * I/O ports, interrupt lines (include/arch/device.h). Registers are decoded as VIRTIO 1.2 §4.1 and
 * §4.2 lay them out, written down anew, and handed to the device; what nobody answers is all ones.
 */
#ifndef TESTS_FAKE_VIRTIO_BUS_H
#define TESTS_FAKE_VIRTIO_BUS_H

#include "device.h"

#define FAKE_LINES 64U /* interrupt lines that there are */

/* How a device is reached; of PCI, transitional is modern and legacy at once. */
enum fake_reach {
	FAKE_MMIO,
	FAKE_MMIO_LEGACY,
	FAKE_PCI_MODERN,
	FAKE_PCI_LEGACY,
	FAKE_PCI_TRANSITIONAL,
	NR_FAKE_REACHES
};

#define FAKE_BAR_MEMORY 0x4000U /* bytes of a modern function's BAR, by default */
#define FAKE_BAR_IO	0x40U
#define FAKE_BARS	6U
#define FAKE_COMMAND	1U /* word of configuration space */
#define FAKE_BAR(n)	(4U + (n))

/* What a driver writes before it says that it is done. */
struct fake_select {
	uint32_t features, driver_features, queue, size;
	uint64_t desc, avail, used;
};

struct fake_window {
	uint64_t base;
	unsigned int line;
	uint32_t magic, version;
	unsigned int known; /* registers that were read to identify it, in their order: 3 */
	struct fake_virtio *fake;
	struct fake_select select;
};

/* A function of PCI. Its configuration space may be scribbled over before the driver comes. */
struct fake_function {
	unsigned int number;	  /* bus << 8 | device << 3 | function */
	struct fake_virtio *fake; /* NULL: nothing behind it */
	union {
		uint8_t bytes[256];
		uint32_t words[64];
	} config;
	uint32_t bar_mask[FAKE_BARS]; /* bits of a BAR that can be written */
	struct fake_select select;
};

/* No windows, no functions, all memory for BARs is free. */
void fake_bus_start(void);

/* At a place of its own: a window; or a function of bus 0, placed by firmware. */
void fake_bus_add(struct fake_virtio *fake, enum fake_reach reach, unsigned int line);

/* One window more: by `fake` NULL one where `magic` is all that answers. */
struct fake_window *fake_bus_add_window(struct fake_virtio *fake, uint64_t base, unsigned int line);

/* The window added last. */
struct fake_window *fake_bus_window(void);

/* From here on device_windows() names none; all answer as before. */
void fake_bus_hide_windows(void);

/* One function more, of which only the number is filled in. */
struct fake_function *fake_bus_add_function(unsigned int number);

/* The function added last. */
struct fake_function *fake_bus_function(void);

bool fake_line_is_open(unsigned int line);

/* --- bus_mmio.c, bus_pci.c: registers, at this offset in their window or BAR --- */

uint32_t fake_window_read(struct fake_window *window, uint32_t offset, unsigned int bytes);
void fake_window_write(struct fake_window *window, uint32_t offset, unsigned int bytes,
		       uint32_t value);
uint32_t fake_bar_read(struct fake_function *function, uint32_t offset, unsigned int bytes);
void fake_bar_write(struct fake_function *function, uint32_t offset, unsigned int bytes,
		    uint32_t value);
uint32_t fake_port_read(struct fake_function *function, uint32_t offset, unsigned int bytes);
void fake_port_write(struct fake_function *function, uint32_t offset, unsigned int bytes,
		     uint32_t value);

/* Gives a function the identity, BARs and capabilities that QEMU gives one. */
void fake_function_fill(struct fake_function *function, enum fake_reach reach, unsigned int line);

#endif
