/* SPDX-License-Identifier: MIT */
/*
 * The machine around fake devices: virtio-mmio windows, PCI with its configuration space, BARs and
 * I/O ports, interrupt lines (include/arch/device.h). Registers are decoded as VIRTIO 1.2 §4.1 and
 * §4.2 lay them out, written down anew, and handed to the device; what nobody answers is all ones.
 */
#ifndef TESTS_FAKE_VIRTIO_BUS_H
#define TESTS_FAKE_VIRTIO_BUS_H

#include <arch/device.h>

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

#define FAKE_BAR_MEMORY	     0x4000U /* bytes of a modern function's BAR, by default */
#define FAKE_BAR_IO	     0x40U
#define FAKE_BARS	     6U
#define FAKE_COMMAND	     1U /* word of configuration space */
#define FAKE_DECODES_IO	     1U /* of it */
#define FAKE_DECODES_MEMORY  2U
#define FAKE_BAR(n)	     (4U + (n))
#define FAKE_BRIDGE	     6U /* first word that only a bridge has */
#define FAKE_BRIDGE_WORDS    7U
#define FAKE_BRIDGE_IO	     1U /* of these */
#define FAKE_BRIDGE_MEMORY   2U
#define FAKE_BRIDGE_PREFETCH 3U

/* What a driver writes before it says that it is done. */
struct fake_select {
	uint32_t features, driver_features, queue, size;
	uint64_t desc, avail, used;
};

/* Nothing is selected yet. */
#define FAKE_SELECT_NONE       \
	((struct fake_select){ \
		.features = UINT32_MAX, .driver_features = UINT32_MAX, .queue = UINT32_MAX})

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
	unsigned int number;	     /* host << 16 | bus << 8 | device << 3 | function */
	struct fake_function *above; /* a bridge that is between it and the bus of its number */
	struct fake_virtio *fake;    /* NULL: nothing behind it */
	union {
		uint8_t bytes[256];
		uint32_t words[64];
	} config;
	uint32_t bar_mask[FAKE_BARS];		 /* bits of a BAR that can be written */
	uint32_t bridge_mask[FAKE_BRIDGE_WORDS]; /* of a bridge's numbers and windows */
	struct fake_select select;
};

/* Host bridges, which the test may change: one, of 256 buses, that firmware went over. */
extern struct pci_host fake_host[PCI_HOSTS_MAX];
extern unsigned int fake_nr_hosts;

/* No windows and no functions. */
void fake_bus_start(void);

/* A host that no firmware went over, with windows in which some of its BARs lie already. */
void fake_bus_no_firmware(void);

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

/* The line of a pin of a function on a root bus, where no firmware wrote one down. */
unsigned int fake_line_of(unsigned int root, unsigned int pin);

/* The function added last. */
struct fake_function *fake_bus_function(void);

bool fake_line_is_open(unsigned int line);

/* --- bus_bridge.c --- */

/* A bridge, whose numbers and windows are any, at device << 3 | function behind another one. */
struct fake_function *fake_bus_add_bridge(struct fake_function *above, unsigned int number);

/* Does an access to a port or an address get through to the bus that the function is on? */
bool fake_is_reached(const struct fake_function *function, bool memory, uint64_t at);

/* The number of its host. */
unsigned int fake_host_of(const struct fake_function *function);

/* Is it at this bus, host << 8 | bus, by the numbers that bridges have now? */
bool fake_is_on(const struct fake_function *function, unsigned int bus);

/* The bits of a word that a driver may write, besides the command. */
uint32_t fake_mask_of(const struct fake_function *function, unsigned int word);

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
