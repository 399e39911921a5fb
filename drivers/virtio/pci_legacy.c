/* SPDX-License-Identifier: MIT */
/* The legacy interface of virtio-pci (VIRTIO 1.2 §4.1.4.10): I/O ports in BAR 0. */
#include "pci.h"
#include "transport.h"

enum {
	REG_FEATURES = 0x00,
	REG_DRIVER_FEATURES = 0x04,
	REG_QUEUE_PFN = 0x08,
	REG_QUEUE_SIZE = 0x0c,
	REG_QUEUE_SELECT = 0x0e,
	REG_NOTIFY = 0x10,
	REG_STATUS = 0x12,
	REG_INTERRUPTS = 0x13,
	REG_CONFIG = 0x14, /* without MSI-X, which is not switched on */
	REG_END = 0x40,
};

static uint8_t pci_legacy_status(struct virtio_device *dev)
{
	return (uint8_t)io_read(dev->port + REG_STATUS, 1);
}

static void pci_legacy_set_status(struct virtio_device *dev, uint8_t to)
{
	io_write(dev->port + REG_STATUS, 1, to);
}

static uint32_t pci_legacy_features(struct virtio_device *dev, unsigned int word)
{
	return word ? 0 : io_read(dev->port + REG_FEATURES, 4);
}

static void pci_legacy_set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	if (!word)
		io_write(dev->port + REG_DRIVER_FEATURES, 4, bits);
}

static unsigned int pci_legacy_select_queue(struct virtio_device *dev, unsigned int index)
{
	io_write(dev->port + REG_QUEUE_SELECT, 2, index);
	return io_read(dev->port + REG_QUEUE_SIZE, 2);
}

static bool pci_legacy_set_queue(struct virtio_device *dev, unsigned int index,
				 const struct virtq *vq, uint64_t base)
{
	(void)index;
	(void)vq;
	io_write(dev->port + REG_QUEUE_PFN, 4, (uint32_t)(base >> PAGE_SHIFT));
	return true;
}

static void pci_legacy_notify(struct virtio_device *dev, unsigned int index)
{
	io_write(dev->port + REG_NOTIFY, 2, index);
}

static unsigned int pci_legacy_interrupts(struct virtio_device *dev)
{
	return io_read(dev->port + REG_INTERRUPTS, 1);
}

static uint32_t pci_legacy_generation(struct virtio_device *dev)
{
	(void)dev;
	return 0;
}

static uint32_t pci_legacy_config(struct virtio_device *dev, unsigned int offset,
				  unsigned int bytes)
{
	return io_read(dev->port + REG_CONFIG + offset, bytes);
}

static void pci_legacy_set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	io_write(dev->port + REG_CONFIG + offset, 4, value);
}

static const struct virtio_transport legacy = {
	.legacy = true,
	.fixed_size = true,
	.status = pci_legacy_status,
	.set_status = pci_legacy_set_status,
	.features = pci_legacy_features,
	.set_features = pci_legacy_set_features,
	.select_queue = pci_legacy_select_queue,
	.set_queue = pci_legacy_set_queue,
	.notify = pci_legacy_notify,
	.interrupts = pci_legacy_interrupts,
	.generation = pci_legacy_generation,
	.config = pci_legacy_config,
	.set_config = pci_legacy_set_config,
};

bool virtio_pci_legacy_init(struct virtio_device *dev, unsigned int function)
{
	uint32_t bar = pci_config_read(function, PCI_BAR(0));

	if (!(bar & PCI_BAR_IO) || (bar & ~3U) == 0 || (bar & ~3U) > 0x10000 - REG_END)
		return false;
	dev->port = (function & ~0xffffU) | (bar & ~3U);
	dev->by = &legacy;
	dev->config_bytes = REG_END - REG_CONFIG;
	return true;
}
