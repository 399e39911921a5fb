/* SPDX-License-Identifier: MIT */
/* Virtio devices on PCI: looked for on all buses that bridges lead to, whichever way they are
 * driven. */
#include <kernel/printk.h>

#include "pci.h"
#include "transport.h"

#define VENDOR	       0x1af4U
#define DEVICE_LEGACY  0x1000U /* to 0x103f: transitional; the subsystem says what it is */
#define DEVICE_BALLOON 0x1002U /* transitional, whatever the subsystem */
#define DEVICE_MODERN  0x1040U /* and the type, to 0x107f */
#define DEVICE_END     0x1080U
#define NO_VENDOR      0xffffU
#define FUNCTIONS      0x10000U
#define PER_DEVICE     8U
#define PER_BUS	       256U
#define BUSES	       256U
#define HEADER_TYPE    0x7fU
#define HEADER_BRIDGE  1U
#define MULTI_FUNCTION 0x80U

/* Buses that are known to be there: the first, and those that bridges lead to. */
static uint64_t buses[BUSES / 64] = {1};

static void note_bridge(unsigned int function)
{
	unsigned int secondary;

	if ((pci_config_read(function, PCI_HEADER) >> 16 & HEADER_TYPE) != HEADER_BRIDGE)
		return;
	secondary = pci_config_read(function, PCI_BUSES) >> 8 & 0xff;
	buses[secondary / 64] |= 1ULL << secondary % 64;
}

/* The function to look at after this one, which is there or not. */
static unsigned int next_function(unsigned int function)
{
	uint32_t header = pci_config_read(function & ~(PER_DEVICE - 1), PCI_HEADER) >> 16 & 0xff;
	unsigned int next = function + 1;

	/* No function 0, or one that is alone: no others. */
	if (header == 0xff || !(header & MULTI_FUNCTION))
		next = (function | (PER_DEVICE - 1)) + 1;
	while (next < FUNCTIONS && !(buses[next / PER_BUS / 64] >> next / PER_BUS % 64 & 1))
		next = (next | (PER_BUS - 1)) + 1;
	return next;
}

/* The virtio type of a function, 0 if it is no virtio device. */
static unsigned int type_of(unsigned int function)
{
	uint32_t id = pci_config_read(function, PCI_ID), device = id >> 16;

	if ((id & 0xffff) != VENDOR || device < DEVICE_LEGACY || device >= DEVICE_END)
		return 0;
	if (device >= DEVICE_MODERN)
		return device - DEVICE_MODERN;
	if (device == DEVICE_BALLOON)
		return VIRTIO_BALLOON;
	return pci_config_read(function, PCI_SUBSYSTEM) >> 16;
}

/*
 * Lines are shared, and firmware may have left a function running: where nobody drives it, nobody
 * would ever quieten it.
 */
static void forbid_interrupts(unsigned int function)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	if ((pci_config_read(function, PCI_ID) & 0xffff) != NO_VENDOR)
		pci_config_write(function, PCI_COMMAND, command | PCI_COMMAND_NO_INTX);
}

static void enable(unsigned int function)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	pci_config_write(function, PCI_COMMAND, command & ~PCI_COMMAND_NO_INTX);
}

static bool identify(struct virtio_device *dev, unsigned int function, unsigned int *line)
{
	unsigned int type = type_of(function);
	int found;

	if (!virtio_is_driven(type))
		return false;
	*dev = (struct virtio_device){.type = type};
	snprintf(dev->name, sizeof(dev->name), "pci device %02x:%02x.%x", function >> 8,
		 function >> 3 & 31, function & 7);
	virtio_pci_place(function);
	enable(function);
	if (!virtio_pci_modern_init(dev, function) && !virtio_pci_legacy_init(dev, function)) {
		printk("virtio: %s has no registers that can be reached; left alone\n", dev->name);
		return false;
	}
	found = pci_interrupt_line(function, pci_config_byte(function, PCI_INTERRUPT + 1));
	if (found < 0) {
		printk("virtio: nobody knows by which line %s interrupts; left alone\n", dev->name);
		virtio_unmap(dev);
	}
	*line = (unsigned int)found;
	return found >= 0;
}

bool virtio_pci_find(unsigned int *at, struct virtio_device *dev, unsigned int *line)
{
	while (*at < FUNCTIONS) {
		unsigned int function = *at;

		/* A machine without PCI has nothing at all. */
		if (function == 0 && pci_config_read(0, PCI_ID) == UINT32_MAX)
			return false;
		note_bridge(function);
		forbid_interrupts(function);
		*at = next_function(function);
		if (identify(dev, function, line))
			return true;
	}
	return false;
}
