/* SPDX-License-Identifier: MIT */
/* PCI configuration space, for the virtio-pci files (PCI Local Bus 3.0, 6.1). */
#ifndef DRIVERS_VIRTIO_PCI_H
#define DRIVERS_VIRTIO_PCI_H

#include <arch/device.h>
#include <lib/types.h>

#define PCI_ID		 0x00
#define PCI_COMMAND	 0x04
#define PCI_HEADER	 0x0c
#define PCI_BAR(n)	 (0x10U + 4U * (n))
#define PCI_BARS	 6U
#define PCI_SUBSYSTEM	 0x2c
#define PCI_CAPABILITIES 0x34
#define PCI_INTERRUPT	 0x3c

#define PCI_NO_VENDOR	   0xffffU
#define PCI_HEADER_TYPE	   0x7fU
#define PCI_HEADER_BRIDGE  1U
#define PCI_MULTI_FUNCTION 0x80U

#define PCI_BAR_IO    1U
#define PCI_BAR_TYPE  6U
#define PCI_BAR_64    4U
#define PCI_BAR_FLAGS 15U

#define PCI_COMMAND_IO		1U
#define PCI_COMMAND_MEMORY	2U
#define PCI_COMMAND_MASTER	4U
#define PCI_COMMAND_NO_INTX	(1U << 10)
#define PCI_STATUS_CAPABILITIES (1U << 20)
#define PCI_CONFIG_BYTES	256U

/* Read one byte of configuration space. */
static inline uint8_t pci_config_byte(unsigned int function, unsigned int offset)
{
	return (uint8_t)(pci_config_read(function, offset & ~3U) >> offset % 4 * 8);
}

/* Test whether the next BAR is the upper half of this one's address. */
static inline bool pci_bar_is_64(uint32_t bar)
{
	return !(bar & PCI_BAR_IO) && (bar & PCI_BAR_TYPE) == PCI_BAR_64;
}

/* --- pci_id.c --- */

#define PCI_NAME_BYTES 12U

/* Format the name of a function: "01:02.3", behind another host than the first "1:01:02.3". */
void pci_name(char name[PCI_NAME_BYTES], unsigned int function);

/* Return the virtio type of a function; 0 if it is no virtio device. */
unsigned int virtio_pci_type(unsigned int function);

/* --- pci_walk.c: every function that leads to a device or is one --- */

struct pci_found {
	unsigned int function;
	unsigned int pin;      /* 1 to 4; else it has none */
	int line;	       /* negative: not known */
	unsigned int unplaced; /* BARs without room, a bit each */
};

#define PCI_FOUND_MAX 16U

/*
 * Find the functions that have a driver, behind bridges, too. Without firmware, number buses, place
 * BARs and open bridges. Logs what cannot be used.
 * Return: how many.
 */
unsigned int pci_walk(struct pci_found found[PCI_FOUND_MAX]);

/* --- pci_place.c: addresses, where no firmware gave any --- */

enum pci_space { PCI_SPACE_IO, PCI_SPACE_MEMORY, PCI_SPACE_PREFETCH, NR_PCI_SPACES };

/* The rest of a host's windows: addresses are given out upwards. */
struct pci_rooms {
	struct pci_room {
		uint64_t next, end;
	} room[NR_PCI_SPACES];
};

/* The windows of a bridge while it is filled. */
struct pci_bridge {
	unsigned int function;
	unsigned int spaces; /* that it passes on, a bit each */
	uint64_t first[NR_PCI_SPACES];
};

#define PCI_BRIDGE_BUSES 0x18U /* its own bus, the one behind it, the last behind that */
#define PCI_ALL_SPACES	 ((1U << NR_PCI_SPACES) - 1)
#define PCI_BRIDGE_BARS	 2U

/* Begin with all windows of a host. */
void pci_rooms_open(struct pci_rooms *rooms, const struct pci_host *host);

/*
 * Place the first `nr_bars` BARs of a function that decodes nothing, on a bus that `spaces` lead
 * to. Return: the BARs without room, a bit each. They stay at 0.
 */
unsigned int pci_place(struct pci_rooms *rooms, unsigned int spaces, unsigned int function,
		       unsigned int nr_bars);

/* Set the number of the bus behind a bridge, and the last one there. Return: false if refused. */
bool pci_bridge_number(unsigned int function, unsigned int behind, unsigned int last);

/* Begin the windows of a bridge, on a bus that `spaces` lead to. */
void pci_bridge_open(struct pci_rooms *rooms, struct pci_bridge *bridge, unsigned int function,
		     unsigned int spaces);

/* Open the bridge for the addresses placed since pci_bridge_open(). */
void pci_bridge_close(struct pci_rooms *rooms, const struct pci_bridge *bridge);

#endif
