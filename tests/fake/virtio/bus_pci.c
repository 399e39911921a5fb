/* SPDX-License-Identifier: MIT */
/* Functions as QEMU makes them, and their registers (VIRTIO 1.2 §4.1.4: modern; §4.1.4.10: legacy).
 */
#include <lib/addr.h>
#include <lib/bug.h>
#include <string.h>

#include "bus.h"

/* Where registers are in a modern function's BAR, a page each. */
enum part { COMMON, ISR, CONFIG, NOTIFY };
#define PART_BYTES  0x1000U
#define NOTIFY_STEP 4U

#define CAPABILITIES 0x40U /* where the list begins */

static uint32_t read_part(uint64_t value, unsigned int bytes)
{
	return (uint32_t)(bytes == 4 ? value : value & ((1U << 8 * bytes) - 1));
}

static uint32_t read_common(struct fake_function *function, uint32_t offset)
{
	struct fake_virtio *fake = function->fake;
	struct virtio_device *dev = &fake->dev;

	switch (offset) {
	case 0x04:
		return fake->by.features(dev, function->select.features);
	case 0x14:
		return fake->by.status(dev);
	case 0x15:
		return fake->by.generation(dev);
	case 0x18:
		return fake->by.select_queue(dev, function->select.queue);
	case 0x1e:
		return function->select.queue;
	default:
		panic("register %x is none that is read", offset);
	}
}

uint32_t fake_bar_read(struct fake_function *function, uint32_t offset, unsigned int bytes)
{
	uint32_t at = offset % PART_BYTES;

	switch (offset / PART_BYTES) {
	case COMMON:
		return read_part(read_common(function, at), bytes);
	case ISR:
		assert(bytes == 1);
		return function->fake->by.interrupts(&function->fake->dev);
	case CONFIG:
		return function->fake->by.config(&function->fake->dev, at, bytes);
	default:
		panic("where devices are notified nothing is read");
	}
}

static void set_half(uint64_t *word, bool upper, uint32_t value)
{
	*word = upper ? (*word & UINT32_MAX) | (uint64_t)value << 32
		      : (*word & ~(uint64_t)UINT32_MAX) | value;
}

static void write_queue(struct fake_function *function, uint32_t offset, uint32_t value)
{
	struct fake_select *select = &function->select;

	switch (offset) {
	case 0x18:
		select->size = value;
		break;
	case 0x1c:
		assert(value == 1);
		fake_virtio_set_queue(function->fake, select->queue, select->size, select->desc,
				      select->avail, select->used);
		break;
	case 0x20:
	case 0x24:
		set_half(&select->desc, offset == 0x24, value);
		break;
	case 0x28:
	case 0x2c:
		set_half(&select->avail, offset == 0x2c, value);
		break;
	default:
		assert(offset == 0x30 || offset == 0x34);
		set_half(&select->used, offset == 0x34, value);
	}
}

static void write_common(struct fake_function *function, uint32_t offset, uint32_t value)
{
	struct fake_virtio *fake = function->fake;

	switch (offset) {
	case 0x00:
		function->select.features = value;
		break;
	case 0x08:
		function->select.driver_features = value;
		break;
	case 0x0c:
		fake->by.set_features(&fake->dev, function->select.driver_features, value);
		break;
	case 0x14:
		fake->by.set_status(&fake->dev, (uint8_t)value);
		break;
	case 0x16:
		function->select.queue = value;
		break;
	default:
		write_queue(function, offset, value);
	}
}

void fake_bar_write(struct fake_function *function, uint32_t offset, unsigned int bytes,
		    uint32_t value)
{
	struct virtio_device *dev = &function->fake->dev;
	uint32_t at = offset % PART_BYTES;

	switch (offset / PART_BYTES) {
	case COMMON:
		write_common(function, at, value);
		break;
	case CONFIG:
		assert(bytes == 4);
		function->fake->by.set_config(dev, at, value);
		break;
	default:
		assert(offset / PART_BYTES == NOTIFY && bytes == 2 && at == NOTIFY_STEP * value);
		function->fake->by.notify(dev, value);
	}
}

uint32_t fake_port_read(struct fake_function *function, uint32_t offset, unsigned int bytes)
{
	struct fake_virtio *fake = function->fake;
	struct virtio_device *dev = &fake->dev;

	switch (offset) {
	case 0x00:
		return fake->by.features(dev, 0);
	case 0x0c:
		return read_part(fake->by.select_queue(dev, function->select.queue), bytes);
	case 0x12:
		return fake->by.status(dev);
	case 0x13:
		return fake->by.interrupts(dev);
	default:
		assert(offset >= 0x14);
		return fake->by.config(dev, offset - 0x14, bytes);
	}
}

static void set_legacy_queue(struct fake_function *function, uint32_t pfn)
{
	unsigned int index = function->select.queue, size = function->fake->queue_max[index];
	uint64_t base = (uint64_t)pfn << PAGE_SHIFT, avail = base + 16ULL * size;

	fake_virtio_set_queue(function->fake, index, size, base, avail,
			      ALIGN_UP(avail + 6 + 2ULL * size, (uint64_t)PAGE_SIZE));
}

void fake_port_write(struct fake_function *function, uint32_t offset, unsigned int bytes,
		     uint32_t value)
{
	struct fake_virtio *fake = function->fake;
	struct virtio_device *dev = &fake->dev;

	switch (offset) {
	case 0x04:
		fake->by.set_features(dev, 0, value);
		break;
	case 0x08:
		set_legacy_queue(function, value);
		break;
	case 0x0e:
		function->select.queue = value;
		break;
	case 0x10:
		fake->by.notify(dev, value);
		break;
	case 0x12:
		fake->by.set_status(dev, (uint8_t)value);
		break;
	default:
		assert(offset >= 0x14 && bytes == 4);
		fake->by.set_config(dev, offset - 0x14, value);
	}
}

/* A capability of §4.1.4; where the next one is to be. */
static unsigned int add_capability(struct fake_function *function, unsigned int at,
				   unsigned int type, enum part part)
{
	uint8_t *bytes = function->config.bytes + at;
	uint8_t length = part == NOTIFY ? 20 : 16, head[] = {0x09, (uint8_t)(at + length), length};
	uint32_t where[] = {part * PART_BYTES, PART_BYTES, NOTIFY_STEP};

	memcpy(bytes, head, sizeof(head));
	bytes[3] = (uint8_t)type;
	bytes[4] = 4;
	memcpy(bytes + 8, where, length - 8U);
	return at + length;
}

static void fill_modern(struct fake_function *function)
{
	unsigned int at = CAPABILITIES;

	function->config.bytes[0x34] = CAPABILITIES;
	function->config.words[FAKE_COMMAND] |= 1U << 20;
	at = add_capability(function, at, 1, COMMON);
	at = add_capability(function, at, 3, ISR);
	at = add_capability(function, at, 4, CONFIG);
	add_capability(function, at, 2, NOTIFY);
	function->config.bytes[at + 1] = 0;
	function->config.words[FAKE_BAR(4)] = 0xfe000000 + (function->number << 12) + 0xc;
	function->bar_mask[4] = ~(FAKE_BAR_MEMORY - 1);
	function->bar_mask[5] = UINT32_MAX;
}

static uint32_t transitional_id(uint32_t type)
{
	return type == VIRTIO_BALLOON ? 0x1002 : 0x1000;
}

void fake_function_fill(struct fake_function *function, enum fake_reach reach, unsigned int line)
{
	uint32_t *words = function->config.words, type = function->fake->model->type;

	words[0] = 0x1af4 | (reach == FAKE_PCI_MODERN ? 0x1040 + type : transitional_id(type))
				    << 16;
	words[11] = 0x1af4 | type << 16;
	words[15] = 1 << 8 | line;
	if (reach != FAKE_PCI_MODERN) {
		words[FAKE_BAR(0)] = 0xc001 + (function->number << 4);
		function->bar_mask[0] = ~(FAKE_BAR_IO - 1);
	}
	if (reach != FAKE_PCI_LEGACY)
		fill_modern(function);
}
