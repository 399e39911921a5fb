/* SPDX-License-Identifier: MIT */
/* Registers, what a driver may make of them, and a driver at work. */
#include <arch/cpu.h>
#include <string.h>

#include "device.h"
#include "drivers/virtio/balloon.h"
#include "drivers/virtio/transport.h"

#define LIE	   0x80
#define NEVER_TAKE 0x18U /* features that are none of ours: hints, poison */
#define ROUNDS	   16U

static struct {
	bool legacy;
	uint32_t value[NR_DEVICE_REGISTERS]; /* as last written, or honest */
	uint32_t features[2], answered[2];   /* and every bit of them that was ever answered */
	uint32_t max_answered;
	uint64_t address[3];
	uint8_t config[DEVICE_CONFIG_BYTES];
	struct machine_queue queue[DEVICE_QUEUES];
} device;

void device_start(bool legacy)
{
	uint8_t features = machine_take8();

	memset(&device, 0, sizeof(device));
	device.legacy = legacy;
	device.features[0] = features & 0x3f;
	device.features[1] = 1 | (features >> 6 & 1) << 1;
	device.value[DEVICE_QUEUE_MAX] = legacy ? 1U << machine_take8() % 9 : machine_take16();
	device.config[0] = machine_take8();
}

void device_set_legacy(bool legacy)
{
	device.legacy = legacy;
}

uint32_t device_answer(uint32_t honest)
{
	return machine_take8() >= LIE ? machine_take32() : honest;
}

static uint32_t get_features(void)
{
	uint32_t word = device.value[DEVICE_FEATURES_SELECT], bits;

	assert(word < 2 && !(device.legacy && word));
	bits = device_answer(device.features[word]);
	device.answered[word] |= bits;
	return bits;
}

static uint32_t is_in_use(void)
{
	uint32_t index = device.value[DEVICE_QUEUE_SELECT];

	return index < DEVICE_QUEUES && device.queue[index].size;
}

uint32_t device_get(enum device_register reg)
{
	if (reg == DEVICE_FEATURES)
		return get_features();
	if (reg == DEVICE_QUEUE_READY || reg == DEVICE_QUEUE_PFN)
		return device_answer(is_in_use());
	assert(reg == DEVICE_STATUS || reg == DEVICE_QUEUE_MAX || reg == DEVICE_INTERRUPTS ||
	       reg == DEVICE_GENERATION || reg == DEVICE_QUEUE_NOTIFY_AT);
	if (reg == DEVICE_QUEUE_MAX)
		return device.max_answered = device_answer(device.value[reg]);
	return device_answer(device.value[reg]);
}

static void set_status(uint32_t to)
{
	if (to == 0)
		memset(device.queue, 0, sizeof(device.queue));
	/* In its order, the queues before the end. */
	assert(to == 0 || to == 1 || to == 3 || to == 11 || (to & STATUS_FAILED) ||
	       to == (device.legacy ? 7 : 15));
	device.value[DEVICE_STATUS] = to;
}

static void set_features(uint32_t bits)
{
	uint32_t word = device.value[DEVICE_DRIVER_FEATURES_SELECT];

	assert(word < 2 && (bits & ~device.answered[word]) == 0);
	assert(word ? (bits & ~2U) == 1 : !(bits & NEVER_TAKE));
}

/* Where it says that a queue is, memory is lent. */
static void set_queue(unsigned int size, uint64_t desc, uint64_t avail, uint64_t used)
{
	struct machine_queue queue = {desc, avail, used, size, 0};
	uint32_t index = device.value[DEVICE_QUEUE_SELECT];

	assert(index < DEVICE_QUEUES && size <= device.max_answered);
	assert(machine_queue_is_lent(&queue));
	device.queue[index] = queue;
}

static void set_legacy_queue(uint32_t pfn)
{
	unsigned int size = device.value[DEVICE_QUEUE_SIZE];
	uint64_t base = (uint64_t)pfn << PAGE_SHIFT, avail;

	if (!size)
		size = device.max_answered & 0xffff;
	avail = base + 16ULL * size;
	set_queue(size, base, avail, ALIGN_UP(avail + 6 + 2ULL * size, (uint64_t)PAGE_SIZE));
}

static void serve(void)
{
	for (unsigned int i = 0; i < DEVICE_QUEUES; i++)
		if (device.queue[i].size)
			machine_queue_return(&device.queue[i], i == 2 ? 1 : VIRTQ_SIZE_MAX);
}

void device_put(enum device_register reg, uint32_t value)
{
	switch (reg) {
	case DEVICE_STATUS:
		set_status(value);
		return;
	case DEVICE_DRIVER_FEATURES:
		set_features(value);
		return;
	case DEVICE_QUEUE_READY:
		assert(value == 1 && !device.legacy);
		set_queue(device.value[DEVICE_QUEUE_SIZE], device.address[0], device.address[1],
			  device.address[2]);
		return;
	case DEVICE_QUEUE_PFN:
		assert(device.legacy);
		set_legacy_queue(value);
		return;
	case DEVICE_NOTIFY:
		assert(device.value[DEVICE_STATUS] & STATUS_DRIVER_OK);
		serve();
		return;
	default:
		assert(reg != DEVICE_FEATURES && reg != DEVICE_QUEUE_MAX);
		device.value[reg] = value;
	}
}

uint32_t device_get_config(uint32_t offset, unsigned int bytes)
{
	uint32_t value = 0;

	/* All fields of a balloon have 32 bits. */
	assert(bytes == sizeof(value) && offset % sizeof(value) == 0);
	if (offset < DEVICE_CONFIG_BYTES)
		memcpy(&value, &device.config[offset], sizeof(value));
	return device_answer(value);
}

void device_put_config(uint32_t offset, uint32_t value)
{
	assert(offset == 4 && device.value[DEVICE_STATUS] & STATUS_DRIVER_OK);
	memcpy(&device.config[offset], &value, sizeof(value));
}

void device_put_address(unsigned int which, bool upper, uint32_t value)
{
	uint64_t *word = &device.address[which];

	assert(!device.legacy);
	*word = upper ? (*word & UINT32_MAX) | (uint64_t)value << 32
		      : (*word & ~(uint64_t)UINT32_MAX) | value;
}

/* ---- a driver ---- */

static void interrupt(struct virtio_device *dev)
{
	unsigned int why;

	device.value[DEVICE_INTERRUPTS] = machine_take8() & 3;
	linux_irqs_off = true;
	why = virtio_interrupts(dev);
	if (why && !dev->failed)
		virtio_balloon_interrupt(dev, why);
	linux_irqs_off = false;
}

static void work(struct virtio_device *dev)
{
	uint8_t what = machine_take8();

	switch (what % 4) {
	case 0:
		assert(!machine_shrink(1 + what / 4 % 16, BLOCK_ORDER) == !dev->failed);
		break;
	case 1:
		assert(!machine_grow(1 + what / 4 % 16, 0) || dev->failed);
		break;
	case 2:
		machine_report(1 + what / 4 % 16);
		break;
	default:
		interrupt(dev);
	}
}

bool device_use(struct virtio_device *dev)
{
	unsigned int lines = machine_state.lines, pages = machine_state.pages;

	machine_at_look = serve;
	if (virtio_balloon_attach(dev)) {
		assert(dev->failed && machine_state.lines == lines + 1);
		assert(machine_state.pages == pages || dev->runs_on);
		virtio_unmap(dev);
		return false;
	}
	for (unsigned int i = 0; i < ROUNDS && machine_left(); i++)
		work(dev);
	assert(machine_state.lines == lines + dev->failed);
	return true;
}
