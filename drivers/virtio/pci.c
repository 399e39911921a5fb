/* SPDX-License-Identifier: MIT */
/* Virtio devices on PCI, whichever way they are driven. */
#include <lib/printk.h>

#include "pci.h"
#include "transport.h"

static struct pci_found found[PCI_FOUND_MAX];
static unsigned int nr_found;

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
	if (IS_ENABLED(CONFIG_VIRTIO_PCI_MODERN) && virtio_pci_modern_init(dev, at->function))
		return true;
	if (IS_ENABLED(CONFIG_VIRTIO_PCI_LEGACY) && virtio_pci_legacy_init(dev, at->function))
		return true;
	if (at->unplaced)
		printk("virtio: %s: no room for BAR %d in the windows of its bus: ignored\n",
		       dev->name, __builtin_ctz(at->unplaced));
	else
		printk("virtio: %s: registers not accessible: ignored\n", dev->name);
	return false;
}

static bool interrupts(const struct virtio_device *dev, const struct pci_found *at)
{
	if (!at->pin)
		printk("virtio: %s: MSI-X only, which is not supported: ignored\n", dev->name);
	else if (at->line < 0)
		printk("virtio: %s: unknown interrupt line: ignored\n", dev->name);
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
