/* SPDX-License-Identifier: MIT */
/* virtio-mmio (VIRTIO 1.2 §4.2), version 2 and legacy. Registers are accessed in 32 bits only. */
#include <arch/device.h>
#include <lib/printk.h>

#include "transport.h"

#define WINDOWS_MAX  64U
#define WINDOW_BYTES 0x200U
#define MAGIC	     0x74726976U /* "virt" */

enum {
	REG_MAGIC = 0x00,
	REG_VERSION = 0x04,
	REG_DEVICE = 0x08,
	REG_FEATURES = 0x10,
	REG_FEATURES_SELECT = 0x14,
	REG_DRIVER_FEATURES = 0x20,
	REG_DRIVER_FEATURES_SELECT = 0x24,
	REG_LEGACY_PAGE_SIZE = 0x28,
	REG_QUEUE_SELECT = 0x30,
	REG_QUEUE_MAX = 0x34,
	REG_QUEUE_SIZE = 0x38,
	REG_LEGACY_ALIGN = 0x3c,
	REG_LEGACY_PFN = 0x40,
	REG_QUEUE_READY = 0x44,
	REG_NOTIFY = 0x50,
	REG_INTERRUPTS = 0x60,
	REG_INTERRUPTS_SEEN = 0x64,
	REG_STATUS = 0x70,
	REG_QUEUE_DESC = 0x80,
	REG_QUEUE_DRIVER = 0x90,
	REG_QUEUE_DEVICE = 0xa0,
	REG_GENERATION = 0xfc,
	REG_CONFIG = 0x100,
};

static uint32_t virtio_mmio_get(struct virtio_device *dev, unsigned int reg)
{
	return mmio_read32(dev->common + reg);
}

static void virtio_mmio_put(struct virtio_device *dev, unsigned int reg, uint32_t value)
{
	mmio_write32(dev->common + reg, value);
}

static void put64(struct virtio_device *dev, unsigned int reg, uint64_t value)
{
	virtio_mmio_put(dev, reg, (uint32_t)value);
	virtio_mmio_put(dev, reg + 4, (uint32_t)(value >> 32));
}

static uint8_t virtio_mmio_status(struct virtio_device *dev)
{
	return (uint8_t)virtio_mmio_get(dev, REG_STATUS);
}

static void virtio_mmio_set_status(struct virtio_device *dev, uint8_t to)
{
	virtio_mmio_put(dev, REG_STATUS, to);
}

static uint32_t virtio_mmio_features(struct virtio_device *dev, unsigned int word)
{
	virtio_mmio_put(dev, REG_FEATURES_SELECT, word);
	return virtio_mmio_get(dev, REG_FEATURES);
}

static void virtio_mmio_set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	virtio_mmio_put(dev, REG_DRIVER_FEATURES_SELECT, word);
	virtio_mmio_put(dev, REG_DRIVER_FEATURES, bits);
}

static unsigned int virtio_mmio_select_queue(struct virtio_device *dev, unsigned int index)
{
	virtio_mmio_put(dev, REG_QUEUE_SELECT, index);
	/* One that is in use has no size to be read. */
	if (virtio_mmio_get(dev, dev->by->legacy ? REG_LEGACY_PFN : REG_QUEUE_READY))
		return 0;
	return virtio_mmio_get(dev, REG_QUEUE_MAX);
}

static bool virtio_mmio_set_queue(struct virtio_device *dev, unsigned int index,
				  const struct virtq *vq, uint64_t base)
{
	(void)index;
	virtio_mmio_put(dev, REG_QUEUE_SIZE, vq->size);
	put64(dev, REG_QUEUE_DESC, base);
	put64(dev, REG_QUEUE_DRIVER, base + virtq_avail_offset(vq));
	put64(dev, REG_QUEUE_DEVICE, base + virtq_used_offset(vq));
	virtio_mmio_put(dev, REG_QUEUE_READY, 1);
	return true;
}

static bool set_queue_legacy(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
			     uint64_t base)
{
	(void)index;
	virtio_mmio_put(dev, REG_LEGACY_PAGE_SIZE, PAGE_SIZE);
	virtio_mmio_put(dev, REG_QUEUE_SIZE, vq->size);
	virtio_mmio_put(dev, REG_LEGACY_ALIGN, PAGE_SIZE);
	virtio_mmio_put(dev, REG_LEGACY_PFN, (uint32_t)(base >> PAGE_SHIFT));
	return true;
}

static void virtio_mmio_notify(struct virtio_device *dev, unsigned int index)
{
	virtio_mmio_put(dev, REG_NOTIFY, index);
}

static unsigned int virtio_mmio_interrupts(struct virtio_device *dev)
{
	uint32_t why = virtio_mmio_get(dev, REG_INTERRUPTS) & VIRTIO_INTERRUPTS;

	if (why)
		virtio_mmio_put(dev, REG_INTERRUPTS_SEEN, why);
	return why;
}

static uint32_t virtio_mmio_generation(struct virtio_device *dev)
{
	return virtio_mmio_get(dev, REG_GENERATION);
}

static uint32_t no_generation(struct virtio_device *dev)
{
	(void)dev;
	return 0;
}

static uint32_t virtio_mmio_config(struct virtio_device *dev, unsigned int offset,
				   unsigned int bytes)
{
	return virtio_register_read(dev->common + REG_CONFIG + offset, bytes);
}

static void virtio_mmio_set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	virtio_mmio_put(dev, REG_CONFIG + offset, value);
}

static const struct virtio_transport modern = {
	.legacy = false,
	.status = virtio_mmio_status,
	.set_status = virtio_mmio_set_status,
	.features = virtio_mmio_features,
	.set_features = virtio_mmio_set_features,
	.select_queue = virtio_mmio_select_queue,
	.set_queue = virtio_mmio_set_queue,
	.notify = virtio_mmio_notify,
	.interrupts = virtio_mmio_interrupts,
	.generation = virtio_mmio_generation,
	.config = virtio_mmio_config,
	.set_config = virtio_mmio_set_config,
};

static const struct virtio_transport legacy = {
	.legacy = true,
	.status = virtio_mmio_status,
	.set_status = virtio_mmio_set_status,
	.features = virtio_mmio_features,
	.set_features = virtio_mmio_set_features,
	.select_queue = virtio_mmio_select_queue,
	.set_queue = set_queue_legacy,
	.notify = virtio_mmio_notify,
	.interrupts = virtio_mmio_interrupts,
	.generation = no_generation,
	.config = virtio_mmio_config,
	.set_config = virtio_mmio_set_config,
};

static bool identify(struct virtio_device *dev, paddr_t base)
{
	uint32_t version;

	if (virtio_mmio_get(dev, REG_MAGIC) != MAGIC)
		return false;
	version = virtio_mmio_get(dev, REG_VERSION);
	if (version != 1 && version != 2)
		return false;
	dev->type = virtio_mmio_get(dev, REG_DEVICE);
	dev->by = version == 1 ? &legacy : &modern;
	dev->config_bytes = WINDOW_BYTES - REG_CONFIG;
	snprintf(dev->name, sizeof(dev->name), "mmio device %llx", (unsigned long long)base.v);
	return dev->type != 0;
}

static struct {
	const struct parsed_window *window;
	unsigned int nr;
} named;

void virtio_mmio_name(const struct parsed_window *window, unsigned int nr)
{
	named.window = window;
	named.nr = nr;
}

struct window {
	struct device_window is;
	uint64_t bytes;
	bool is_named;	  /* by the command line */
	bool is_repeated; /* it was named before, or the machine has it */
};

/* The window at this place of all there are, the machine's and then the named; false: no more. */
static bool window_at(unsigned int at, struct window *here)
{
	static struct device_window window[WINDOWS_MAX];
	unsigned int nr = device_windows(window, WINDOWS_MAX);
	const struct parsed_window *name;

	if (at < nr) {
		*here = (struct window){window[at], WINDOW_BYTES, false, false};
		return true;
	}
	if (at - nr >= named.nr)
		return false;
	name = &named.window[at - nr];
	*here = (struct window){{PADDR(name->base), name->line}, name->bytes, true, false};
	for (unsigned int i = 0; i < nr; i++)
		here->is_repeated |= window[i].base.v == name->base;
	for (unsigned int i = 0; i < at - nr; i++)
		here->is_repeated |= named.window[i].base == name->base;
	return true;
}

static bool open_window(const struct window *here, struct virtio_device *dev)
{
	uint64_t base = here->is.base.v;

	*dev = (struct virtio_device){0};
	if (here->bytes >= WINDOW_BYTES && base % sizeof(uint32_t) == 0)
		dev->common = virtio_map(base, WINDOW_BYTES);
	if (dev->common && identify(dev, here->is.base))
		return true;
	if (here->is_named && !dev->by)
		printk("virtio: no device at %llx (check virtio_mmio.device=)\n",
		       (unsigned long long)base);
	virtio_unmap(dev);
	return false;
}

bool virtio_mmio_find(unsigned int *at, struct virtio_device *dev, unsigned int *line)
{
	struct window here;

	while (window_at((*at)++, &here)) {
		*line = here.is.line;
		if (!here.is_repeated && open_window(&here, dev))
			return true;
	}
	return false;
}
