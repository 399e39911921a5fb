/* SPDX-License-Identifier: MIT */
/*
 * The modern interface of virtio-pci (VIRTIO 1.2 §4.1.4): registers in memory, found by the
 * function's capabilities. What these say is held against the sizes of what they name.
 */
#include "pci.h"
#include "transport.h"

#define CAPABILITY_VENDOR 0x09U
#define CAPABILITIES_MAX  48U /* no more fit */
#define CAPABILITY_BYTES  16U

/* Of a capability: where. */
#define CAPABILITY_TYPE	  3U
#define CAPABILITY_BAR	  4U
#define CAPABILITY_OFFSET 8U
#define CAPABILITY_LENGTH 12U
#define CAPABILITY_STEP	  16U /* of the one for notifying */

enum capability { COMMON = 1, NOTIFY, ISR, CONFIG, NR_CAPABILITIES };

#define REGION_MAX 0x10000U /* bytes of one that are mapped */
#define CONFIG_MAX 0x1000U

enum {
	REG_FEATURES_SELECT = 0x00,
	REG_FEATURES = 0x04,
	REG_DRIVER_FEATURES_SELECT = 0x08,
	REG_DRIVER_FEATURES = 0x0c,
	REG_STATUS = 0x14,
	REG_GENERATION = 0x15,
	REG_QUEUE_SELECT = 0x16,
	REG_QUEUE_SIZE = 0x18,
	REG_QUEUE_ENABLE = 0x1c,
	REG_QUEUE_NOTIFY = 0x1e,
	REG_QUEUE_DESC = 0x20,
	REG_QUEUE_DRIVER = 0x28,
	REG_QUEUE_DEVICE = 0x30,
	REG_END = 0x38,
};

static void put64(struct virtio_device *dev, unsigned int reg, uint64_t value)
{
	mmio_write32(dev->common + reg, (uint32_t)value);
	mmio_write32(dev->common + reg + 4, (uint32_t)(value >> 32));
}

static uint8_t status(struct virtio_device *dev)
{
	return mmio_read8(dev->common + REG_STATUS);
}

static void set_status(struct virtio_device *dev, uint8_t to)
{
	mmio_write8(dev->common + REG_STATUS, to);
}

static uint32_t features(struct virtio_device *dev, unsigned int word)
{
	mmio_write32(dev->common + REG_FEATURES_SELECT, word);
	return mmio_read32(dev->common + REG_FEATURES);
}

static void set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	mmio_write32(dev->common + REG_DRIVER_FEATURES_SELECT, word);
	mmio_write32(dev->common + REG_DRIVER_FEATURES, bits);
}

static unsigned int select_queue(struct virtio_device *dev, unsigned int index)
{
	mmio_write16(dev->common + REG_QUEUE_SELECT, (uint16_t)index);
	return mmio_read16(dev->common + REG_QUEUE_SIZE);
}

/* Where a queue is notified is the device's to say, and not believed beyond what is mapped. */
static bool set_queue(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
		      uint64_t base)
{
	uint64_t at = (uint64_t)mmio_read16(dev->common + REG_QUEUE_NOTIFY) * dev->notify_step;

	if (at + sizeof(uint16_t) > dev->notify_bytes || at % sizeof(uint16_t))
		return false;
	dev->notify_at[index] = (uint32_t)at;
	mmio_write16(dev->common + REG_QUEUE_SIZE, (uint16_t)vq->size);
	put64(dev, REG_QUEUE_DESC, base);
	put64(dev, REG_QUEUE_DRIVER, base + virtq_avail_offset(vq));
	put64(dev, REG_QUEUE_DEVICE, base + virtq_used_offset(vq));
	mmio_write16(dev->common + REG_QUEUE_ENABLE, 1);
	return true;
}

static void notify(struct virtio_device *dev, unsigned int index)
{
	mmio_write16(dev->notify + dev->notify_at[index], (uint16_t)index);
}

static unsigned int interrupts(struct virtio_device *dev)
{
	return mmio_read8(dev->isr);
}

static uint32_t generation(struct virtio_device *dev)
{
	return mmio_read8(dev->common + REG_GENERATION);
}

static uint8_t config_byte(struct virtio_device *dev, unsigned int offset)
{
	return mmio_read8(dev->config + offset);
}

static void set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	mmio_write32(dev->config + offset, value);
}

static const struct virtio_transport modern = {
	.legacy = false,
	.status = status,
	.set_status = set_status,
	.features = features,
	.set_features = set_features,
	.select_queue = select_queue,
	.set_queue = set_queue,
	.notify = notify,
	.interrupts = interrupts,
	.generation = generation,
	.config_byte = config_byte,
	.set_config = set_config,
};

/* Where a memory BAR lies; 0: it is none, or nobody placed it. */
static uint64_t bar_base(unsigned int function, unsigned int bar)
{
	uint32_t low = pci_config_read(function, PCI_BAR(bar));
	uint64_t base = low & ~PCI_BAR_FLAGS;

	if (low & PCI_BAR_IO)
		return 0;
	if (pci_bar_is_64(low) && bar + 1 < PCI_BARS)
		base |= (uint64_t)pci_config_read(function, PCI_BAR(bar + 1)) << 32;
	return base;
}

/* Maps what a capability names; its size in *bytes. NULL: it makes no sense. */
static volatile char *map_region(unsigned int function, unsigned int at, uint32_t *bytes)
{
	unsigned int bar = pci_config_byte(function, at + CAPABILITY_BAR);
	uint64_t offset = pci_config_read(function, at + CAPABILITY_OFFSET);
	uint32_t length = pci_config_read(function, at + CAPABILITY_LENGTH); /* one look */
	uint64_t base = bar < PCI_BARS ? bar_base(function, bar) : 0;

	*bytes = MIN(length, REGION_MAX);
	return base && *bytes && base + offset >= base ? virtio_map(base + offset, *bytes) : NULL;
}

/* Where in configuration space the capability of each type is; the first of a type counts. */
static void find_capabilities(unsigned int function, unsigned int where[NR_CAPABILITIES])
{
	unsigned int at = pci_config_byte(function, PCI_CAPABILITIES) & ~3U;

	if (!(pci_config_read(function, PCI_COMMAND) & PCI_STATUS_CAPABILITIES))
		return;
	for (unsigned int i = 0; i < CAPABILITIES_MAX && at >= 0x40; i++) {
		uint32_t head = pci_config_read(function, at);
		unsigned int type = head >> 24;

		if ((head & 0xff) == CAPABILITY_VENDOR && type < NR_CAPABILITIES && !where[type] &&
		    at + CAPABILITY_BYTES <= PCI_CONFIG_BYTES)
			where[type] = at;
		at = head >> 8 & 0xfc;
	}
}

bool virtio_pci_modern_init(struct virtio_device *dev, unsigned int function)
{
	unsigned int where[NR_CAPABILITIES] = {0};
	uint32_t common = 0, isr = 0;

	find_capabilities(function, where);
	if (!where[COMMON] || !where[NOTIFY] || !where[ISR] || !where[CONFIG] ||
	    where[NOTIFY] + CAPABILITY_STEP + 4 > PCI_CONFIG_BYTES)
		return false;
	dev->common = map_region(function, where[COMMON], &common);
	dev->isr = map_region(function, where[ISR], &isr);
	dev->notify = map_region(function, where[NOTIFY], &dev->notify_bytes);
	dev->config = map_region(function, where[CONFIG], &dev->config_bytes);
	if (!dev->common || !dev->isr || !dev->notify || !dev->config || common < REG_END) {
		virtio_unmap(dev);
		return false;
	}
	dev->config_bytes = MIN(dev->config_bytes, CONFIG_MAX);
	dev->notify_step = pci_config_read(function, where[NOTIFY] + CAPABILITY_STEP);
	dev->by = &modern;
	return true;
}
