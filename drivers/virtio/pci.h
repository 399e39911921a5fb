/* SPDX-License-Identifier: MIT */
/* What the virtio-pci files share of PCI's configuration space (PCI Local Bus 3.0, 6.1). */
#ifndef DRIVERS_VIRTIO_PCI_H
#define DRIVERS_VIRTIO_PCI_H

#include <arch/device.h>
#include <kernel/types.h>

#define PCI_ID		 0x00
#define PCI_COMMAND	 0x04
#define PCI_HEADER	 0x0c
#define PCI_BAR(n)	 (0x10U + 4U * (n))
#define PCI_BARS	 6U
#define PCI_BUSES	 0x18 /* of a bridge */
#define PCI_SUBSYSTEM	 0x2c
#define PCI_CAPABILITIES 0x34
#define PCI_INTERRUPT	 0x3c

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

static inline uint8_t pci_config_byte(unsigned int function, unsigned int offset)
{
	return (uint8_t)(pci_config_read(function, offset & ~3U) >> offset % 4 * 8);
}

/* A BAR that takes the next one for the upper half of its address. */
static inline bool pci_bar_is_64(uint32_t bar)
{
	return !(bar & PCI_BAR_IO) && (bar & PCI_BAR_TYPE) == PCI_BAR_64;
}

/* pci_place.c: gives the function's BARs a place, those that have none. Not while it decodes. */
void virtio_pci_place(unsigned int function);

#endif
