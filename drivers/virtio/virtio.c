/* SPDX-License-Identifier: MIT */
/* What is the same for every transport: the order of a device's start (VIRTIO 1.2 §3.1). */
#include <arch/cpu.h>
#include <arch/page.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/wait_limit.h>
#include <mm/page.h>

#include "transport.h"

/* Legacy devices are told page numbers, and know no other alignment of the used ring. */
#define RING_ALIGN 4096U

/*
 * The device reaches memory as the platform has it (§6.1): by guest-physical addresses, since an
 * IOMMU translates nothing after a reset, and nothing here has it begin to.
 */
#define F_ACCESS_PLATFORM (1ULL << VIRTIO_F_ACCESS_PLATFORM)

/* A reset that is not done after so many looks never will be. */
#define RESET_LOOKS_MAX 100000U

/* Configuration that changes whenever it is read. */
#define TORN_MAX 64U

static bool reset(struct virtio_device *dev)
{
	dev->by->set_status(dev, 0);
	for (unsigned int i = 0; i < RESET_LOOKS_MAX; i++)
		if (dev->by->status(dev) == 0)
			return true;
	return false;
}

/* No bit of the status is ever cleared but by a reset (§2.1.1), which may have had no effect. */
static void leave_alone(struct virtio_device *dev)
{
	dev->failed = true;
	dev->runs_on = !reset(dev);
	dev->by->set_status(dev, dev->by->status(dev) | STATUS_FAILED);
}

void virtio_fail(struct virtio_device *dev, const char *why)
{
	if (dev->failed)
		return;
	printk("virtio: %s: %s: disabled\n", dev->name, why);
	leave_alone(dev);
}

void virtio_fail_queue(struct virtio_device *dev, const struct virtq *vq)
{
	if (dev->failed)
		return;
	printk("virtio: %s: invalid %s %u in a used ring: disabled\n", dev->name, vq->lie,
	       vq->lie_number);
	leave_alone(dev);
}

uint64_t virtio_offers(struct virtio_device *dev)
{
	uint64_t features = dev->by->features(dev, 0);

	return dev->by->legacy ? features : features | (uint64_t)dev->by->features(dev, 1) << 32;
}

/* Modern devices may refuse what was chosen, and must be asked. */
static bool settle(struct virtio_device *dev, uint64_t features)
{
	uint8_t status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;

	dev->by->set_features(dev, 0, (uint32_t)features);
	if (dev->by->legacy)
		return true;
	dev->by->set_features(dev, 1, (uint32_t)(features >> 32));
	dev->by->set_status(dev, status | STATUS_FEATURES_OK);
	return dev->by->status(dev) & STATUS_FEATURES_OK;
}

int virtio_negotiate(struct virtio_device *dev, uint64_t wanted, uint64_t *features)
{
	uint64_t version = dev->by->legacy ? 0 : 1ULL << VIRTIO_F_VERSION_1;
	uint64_t transport = version | (dev->by->legacy ? 0 : F_ACCESS_PLATFORM);

	if (!reset(dev)) {
		virtio_fail(dev, "reset failed");
		return -EIO;
	}
	dev->by->set_status(dev, STATUS_ACKNOWLEDGE);
	dev->by->set_status(dev, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	*features = virtio_offers(dev) & (wanted | transport);
	if ((*features & version) != version) {
		virtio_fail(dev, "VIRTIO_F_VERSION_1 not offered");
		return -EIO;
	}
	if (!settle(dev, *features)) {
		virtio_fail(dev, "offered features refused");
		return -EIO;
	}
	return 0;
}

/* The largest power of two that both know. */
static unsigned int queue_size(unsigned int offered)
{
	unsigned int size = VIRTQ_SIZE_MAX;

	while (size > offered)
		size /= 2;
	return size;
}

/* Some are not told our size, and keep theirs. */
static bool size_fits(const struct virtio_device *dev, unsigned int offered)
{
	return offered && (!dev->by->fixed_size || queue_size(offered) == offered);
}

static unsigned int order_of(size_t bytes)
{
	unsigned int order = 0;

	while ((PAGE_SIZE << order) < bytes)
		order++;
	return order;
}

static unsigned int queue_order(unsigned int size)
{
	return order_of(virtq_bytes(size, RING_ALIGN));
}

int virtio_queue_open(struct virtio_device *dev, unsigned int index, struct virtq *vq)
{
	unsigned int offered = index < VIRTIO_QUEUES_MAX ? dev->by->select_queue(dev, index) : 0;
	unsigned int size = queue_size(offered), order;
	void *memory;

	if (!size_fits(dev, offered))
		return -ENODEV;
	order = queue_order(size);
	memory = page_alloc(order, PAGE_FIXED);
	if (!memory)
		return -ENOMEM;
	memset(memory, 0, PAGE_SIZE << order);
	virtq_init(vq, memory, size, RING_ALIGN);
	vq->any_length = dev->by->legacy;
	if (dev->by->set_queue(dev, index, vq, pfn_to_paddr(virt_to_pfn(memory)).v))
		return 0;
	page_free(memory, order);
	*vq = (struct virtq){0};
	return -ENODEV;
}

void virtio_take_back(struct virtio_device *dev, void *va, unsigned int order)
{
	assert(dev->failed);
	if (va && !dev->runs_on)
		page_free(va, order);
}

void virtio_queue_close(struct virtio_device *dev, struct virtq *vq)
{
	virtio_take_back(dev, vq->desc, queue_order(vq->size));
	*vq = (struct virtq){0};
}

void virtio_begin(struct virtio_device *dev)
{
	uint8_t status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK;

	dev->by->set_status(dev, dev->by->legacy ? status : status | STATUS_FEATURES_OK);
}

void virtio_notify(struct virtio_device *dev, unsigned int index)
{
	if (!dev->failed)
		dev->by->notify(dev, index);
}

unsigned int virtio_interrupts(struct virtio_device *dev)
{
	unsigned int why = dev->by->interrupts(dev) & VIRTIO_INTERRUPTS;

	/* It says so (VIRTIO 1.2 §2.1.2), or is not there any more: then all bits are set. */
	if ((why & VIRTIO_INTERRUPT_CONFIG) && !dev->failed &&
	    (dev->by->status(dev) & STATUS_NEEDS_RESET))
		virtio_fail(dev, "device needs reset");
	return why;
}

int virtio_wait(struct virtio_device *dev, struct virtq *vq, const char *silent, uint32_t *written)
{
	struct wait_limit limit = wait_limit(VIRTIO_ANSWER_NS, clock_ns());
	struct virtq_done done;
	bool late = false;
	int err;

	while ((err = virtq_take(vq, &done)) == -EAGAIN) {
		if (late)
			virtio_fail(dev, silent);
		/* Maybe by an interrupt that looked at something else of it. */
		if (dev->failed)
			return -EIO;
		cpu_relax();
		late = wait_limit_passed(&limit, clock_ns());
	}
	if (err)
		virtio_fail_queue(dev, vq);
	else
		*written = done.bytes;
	return err;
}

/* By accesses of the field's width, one of 64 bits by two (§4.1.3.1, §4.2.2.2). */
static uint64_t read_field(struct virtio_device *dev, unsigned int offset, unsigned int bytes)
{
	uint64_t value = dev->by->config(dev, offset, MIN(bytes, 4U));

	if (bytes > 4)
		value |= (uint64_t)dev->by->config(dev, offset + 4, 4) << 32;
	return value;
}

/* Until nothing changed meanwhile; where the device cannot tell, until it reads twice the same. */
uint64_t virtio_config_read(struct virtio_device *dev, unsigned int offset, unsigned int bytes)
{
	if (dev->failed || offset + bytes > dev->config_bytes)
		return 0;
	for (unsigned int i = 0; i < TORN_MAX; i++) {
		uint32_t generation = dev->by->generation(dev);
		uint64_t value = read_field(dev, offset, bytes);

		if (value == read_field(dev, offset, bytes) &&
		    generation == dev->by->generation(dev))
			return value;
	}
	virtio_fail(dev, "configuration changes at each read");
	return 0;
}

void virtio_config_write32(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	if (!dev->failed && offset + sizeof(value) <= dev->config_bytes)
		dev->by->set_config(dev, offset, value);
}
