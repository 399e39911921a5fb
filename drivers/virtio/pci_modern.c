/* SPDX-License-Identifier: MIT */
/*
 * The modern interface of virtio-pci (VIRTIO 1.2 §4.1.4): registers in memory, found by the
 * function's capabilities. What these say is held against the sizes of what they name.
 */
#include "pci.h"
#include "transport.h"

#define CAPABILITY_VENDOR  0x09U
#define CAPABILITIES_FIRST 0x40U /* behind the header */
#define CAPABILITIES_MAX   48U	 /* no more fit */
#define CAPABILITY_BYTES   16U

/* Of a capability: where. */
#define CAPABILITY_TYPE	  3U
#define CAPABILITY_BAR	  4U
#define CAPABILITY_OFFSET 8U
#define CAPABILITY_LENGTH 12U
#define CAPABILITY_STEP	  16U /* of the one for notifying */

enum capability { COMMON = 1, NOTIFY, ISR, CONFIG, NR_CAPABILITIES };

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

static uint8_t pci_modern_status(struct virtio_device *dev)
{
	return mmio_read8(dev->common + REG_STATUS);
}

static void pci_modern_set_status(struct virtio_device *dev, uint8_t to)
{
	mmio_write8(dev->common + REG_STATUS, to);
}

static uint32_t pci_modern_features(struct virtio_device *dev, unsigned int word)
{
	mmio_write32(dev->common + REG_FEATURES_SELECT, word);
	return mmio_read32(dev->common + REG_FEATURES);
}

static void pci_modern_set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	mmio_write32(dev->common + REG_DRIVER_FEATURES_SELECT, word);
	mmio_write32(dev->common + REG_DRIVER_FEATURES, bits);
}

static unsigned int pci_modern_select_queue(struct virtio_device *dev, unsigned int index)
{
	mmio_write16(dev->common + REG_QUEUE_SELECT, (uint16_t)index);
	return mmio_read16(dev->common + REG_QUEUE_SIZE);
}

/* Where a queue is notified is the device's to say, and not believed beyond what is mapped. */
static bool pci_modern_set_queue(struct virtio_device *dev, unsigned int index,
				 const struct virtq *vq, uint64_t base)
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

static void pci_modern_notify(struct virtio_device *dev, unsigned int index)
{
	mmio_write16(dev->notify + dev->notify_at[index], (uint16_t)index);
}

static unsigned int pci_modern_interrupts(struct virtio_device *dev)
{
	return mmio_read8(dev->isr);
}

static uint32_t pci_modern_generation(struct virtio_device *dev)
{
	return mmio_read8(dev->common + REG_GENERATION);
}

static uint32_t pci_modern_config(struct virtio_device *dev, unsigned int offset,
				  unsigned int bytes)
{
	return virtio_register_read(dev->config + offset, bytes);
}

static void pci_modern_set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	mmio_write32(dev->config + offset, value);
}

static const struct virtio_transport modern = {
	.legacy = false,
	.status = pci_modern_status,
	.set_status = pci_modern_set_status,
	.features = pci_modern_features,
	.set_features = pci_modern_set_features,
	.select_queue = pci_modern_select_queue,
	.set_queue = pci_modern_set_queue,
	.notify = pci_modern_notify,
	.interrupts = pci_modern_interrupts,
	.generation = pci_modern_generation,
	.config = pci_modern_config,
	.set_config = pci_modern_set_config,
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

/* Bytes of a structure that are needed, and that are mapped at most; its alignment (§4.1.4). */
static const struct {
	uint32_t min, max, align;
} structures[NR_CAPABILITIES] = {
	[COMMON] = {REG_END, REG_END, sizeof(uint32_t)},
	[NOTIFY] = {sizeof(uint16_t), 0x10000, sizeof(uint16_t)},
	[ISR] = {1, 1, 1},
	[CONFIG] = {1, 0x1000, sizeof(uint32_t)},
};

/* Maps what a capability names; its size in *bytes. NULL: not in memory, or it makes no sense. */
static volatile char *map_structure(unsigned int function, unsigned int at, enum capability type,
				    uint32_t *bytes)
{
	unsigned int bar = pci_config_byte(function, at + CAPABILITY_BAR);
	uint64_t offset = pci_config_read(function, at + CAPABILITY_OFFSET);
	uint32_t length = pci_config_read(function, at + CAPABILITY_LENGTH); /* one look */
	uint64_t base = bar < PCI_BARS ? bar_base(function, bar) : 0;

	if (!base || length < structures[type].min || base + offset < base ||
	    offset % structures[type].align)
		return NULL;
	*bytes = MIN(length, structures[type].max);
	return virtio_map(base + offset, *bytes);
}

/* The capability after this one, or, for 0, the first; 0: there is none. */
static unsigned int next_capability(unsigned int function, unsigned int at)
{
	uint32_t next = at ? pci_config_read(function, at) >> 8
			   : pci_config_byte(function, PCI_CAPABILITIES);

	next &= 0xfc;
	return next >= CAPABILITIES_FIRST ? next : 0;
}

static bool is_of_type(unsigned int function, unsigned int at, enum capability type)
{
	uint32_t head = pci_config_read(function, at);
	unsigned int bytes = CAPABILITY_BYTES + (type == NOTIFY ? sizeof(uint32_t) : 0);

	return (head & 0xff) == CAPABILITY_VENDOR && head >> 24 == type &&
	       at + bytes <= PCI_CONFIG_BYTES;
}

/*
 * Maps the structure of a type by the first capability that can be used, as §4.1.4.1 has it: one
 * before it may name I/O ports. *at: where that capability is. NULL: none can.
 */
static volatile char *map_first(unsigned int function, enum capability type, unsigned int *at,
				uint32_t *bytes)
{
	volatile char *va = NULL;

	*at = next_capability(function, 0);
	for (unsigned int i = 0; i < CAPABILITIES_MAX && *at; i++) {
		if (is_of_type(function, *at, type))
			va = map_structure(function, *at, type, bytes);
		if (va)
			return va;
		*at = next_capability(function, *at);
	}
	return NULL;
}

bool virtio_pci_modern_init(struct virtio_device *dev, unsigned int function)
{
	unsigned int at;
	uint32_t bytes;

	if (!(pci_config_read(function, PCI_COMMAND) & PCI_STATUS_CAPABILITIES))
		return false;
	dev->common = map_first(function, COMMON, &at, &bytes);
	dev->isr = map_first(function, ISR, &at, &bytes);
	dev->config = map_first(function, CONFIG, &at, &dev->config_bytes);
	dev->notify = map_first(function, NOTIFY, &at, &dev->notify_bytes);
	if (!dev->common || !dev->isr || !dev->config || !dev->notify) {
		virtio_unmap(dev);
		return false;
	}
	dev->notify_step = pci_config_read(function, at + CAPABILITY_STEP);
	dev->by = &modern;
	return true;
}
