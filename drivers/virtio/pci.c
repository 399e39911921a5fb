/* SPDX-License-Identifier: MIT */
/* Virtio devices on PCI, whichever way they are driven. */
#include <lib/printk.h>

#include "pci.h"
#include "transport.h"

#define VENDOR	       0x1af4U
#define DEVICE_LEGACY  0x1000U /* to 0x103f: transitional; the subsystem says what it is */
#define DEVICE_BALLOON 0x1002U /* transitional, whatever the subsystem */
#define DEVICE_MODERN  0x1040U /* and the type, to 0x107f */
#define DEVICE_END     0x1080U

static struct pci_found found[PCI_FOUND_MAX];
static unsigned int nr_found;

void pci_name(char name[PCI_NAME_BYTES], unsigned int function)
{
	unsigned int bus = function >> 8 & 0xff, device = function >> 3 & 31;

	if (function >> 16)
		snprintf(name, PCI_NAME_BYTES, "%x:%02x:%02x.%x", function >> 16 & 15, bus, device,
			 function & 7);
	else
		snprintf(name, PCI_NAME_BYTES, "%02x:%02x.%x", bus, device, function & 7);
}

unsigned int virtio_pci_type(unsigned int function)
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

static void enable(unsigned int function)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	pci_config_write(function, PCI_COMMAND, command & ~PCI_COMMAND_NO_INTX);
}

/* Nothing of it answers any more. */
static void disable(unsigned int function)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	command &= ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_config_write(function, PCI_COMMAND, command | PCI_COMMAND_NO_INTX);
}

static bool reach(struct virtio_device *dev, const struct pci_found *at)
{
	enable(at->function);
	if (virtio_pci_modern_init(dev, at->function) || virtio_pci_legacy_init(dev, at->function))
		return true;
	if (at->unplaced)
		printk("virtio: %s: no room for its registers (BAR %d) in the windows of its bus: "
		       "not used\n",
		       dev->name, __builtin_ctz(at->unplaced));
	else
		printk("virtio: %s: no registers that can be reached: not used\n", dev->name);
	return false;
}

static bool interrupts(const struct virtio_device *dev, const struct pci_found *at)
{
	if (!at->pin)
		printk("virtio: %s interrupts by messages (MSI-X) only, which are not supported: "
		       "not used\n",
		       dev->name);
	else if (at->line < 0)
		printk("virtio: %s: the line that it interrupts by is not known: not used\n",
		       dev->name);
	return at->pin && at->line >= 0;
}

static bool identify(struct virtio_device *dev, const struct pci_found *at, unsigned int *line)
{
	char name[PCI_NAME_BYTES];

	*dev = (struct virtio_device){.type = virtio_pci_type(at->function)};
	pci_name(name, at->function);
	snprintf(dev->name, sizeof(dev->name), "pci device %s", name);
	/* It may be another one by now. */
	if (!virtio_is_driven(dev->type) || !interrupts(dev, at))
		return false;
	if (!reach(dev, at)) {
		disable(at->function);
		return false;
	}
	*line = (unsigned int)at->line;
	return true;
}

bool virtio_pci_find(unsigned int *at, struct virtio_device *dev, unsigned int *line)
{
	if (!*at)
		nr_found = pci_walk(found);
	while (*at < nr_found)
		if (identify(dev, &found[(*at)++], line))
			return true;
	return false;
}
