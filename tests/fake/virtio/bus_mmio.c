/* SPDX-License-Identifier: MIT */
/* The registers of a virtio-mmio window (VIRTIO 1.2 §4.2.2, legacy §4.2.4), and whose they are. */
#include <lib/addr.h>
#include <lib/bug.h>

#include "bus.h"

#define CONFIG 0x100U

static uint32_t read_legacy(struct fake_window *window, uint32_t offset)
{
	(void)window;
	panic("register %x is none of a legacy device", offset);
}

static uint32_t read_register(struct fake_window *window, uint32_t offset)
{
	struct fake_virtio *fake = window->fake;
	struct virtio_device *dev = &fake->dev;

	switch (offset) {
	case 0x10:
		return fake->by.features(dev, window->select.features);
	case 0x34:
		assert(!fake_virtio_has_queue(fake, window->select.queue));
		return fake->by.select_queue(dev, window->select.queue);
	case 0x40:
	case 0x44:
		assert(fake->by.legacy == (offset == 0x40));
		return fake_virtio_has_queue(fake, window->select.queue);
	case 0x60:
		return fake->interrupts;
	case 0x70:
		return fake->by.status(dev);
	case 0xfc:
		return fake->by.legacy ? read_legacy(window, offset) : fake->by.generation(dev);
	default:
		panic("register %x is none that is read", offset);
	}
}

/* §4.2.3.1.1: magic, version and type, one after the other; what is wrong ends it. */
static uint32_t identify(struct fake_window *window, uint32_t offset)
{
	assert(offset / 4 == 0 || window->known == offset / 4);
	window->known = offset / 4 + 1;
	switch (offset) {
	case 0x00:
		return window->magic;
	case 0x04:
		assert(window->magic == 0x74726976);
		return window->version;
	default:
		assert(window->version == (window->fake->by.legacy ? 1 : 2));
		return window->fake->model->type;
	}
}

/* Registers in 32 bits, configuration by the widths of its fields. */
uint32_t fake_window_read(struct fake_window *window, uint32_t offset, unsigned int bytes)
{
	assert(offset >= CONFIG || bytes == 4);
	if (offset <= 0x08)
		return identify(window, offset);
	assert(window->known == 3);
	if (offset < CONFIG)
		return read_register(window, offset);
	return window->fake->by.config(&window->fake->dev, offset - CONFIG, bytes);
}

static void set_half(uint64_t *word, bool upper, uint32_t value)
{
	*word = upper ? (*word & UINT32_MAX) | (uint64_t)value << 32
		      : (*word & ~(uint64_t)UINT32_MAX) | value;
}

/* A legacy ring is one piece, its used part at the next page. */
static void set_legacy_queue(struct fake_window *window, uint32_t pfn)
{
	struct fake_select *select = &window->select;
	uint64_t base = (uint64_t)pfn << PAGE_SHIFT;
	uint64_t avail = base + 16ULL * select->size;

	assert(window->fake->by.legacy && select->desc == PAGE_SIZE && select->avail == PAGE_SIZE);
	fake_virtio_set_queue(window->fake, select->queue, select->size, base, avail,
			      ALIGN_UP(avail + 6 + 2ULL * select->size, (uint64_t)PAGE_SIZE));
}

static void write_address(struct fake_window *window, uint32_t offset, uint32_t value)
{
	struct fake_select *select = &window->select;
	uint64_t *word = offset < 0x90	 ? &select->desc
			 : offset < 0xa0 ? &select->avail
					 : &select->used;

	assert(!window->fake->by.legacy && offset >= 0x80 && offset < 0xa8 && offset % 16 < 8);
	set_half(word, offset % 16 == 4, value);
}

static void write_queue(struct fake_window *window, uint32_t offset, uint32_t value)
{
	struct fake_select *select = &window->select;

	switch (offset) {
	case 0x28: /* page size */
		select->desc = value;
		break;
	case 0x30:
		select->queue = value;
		break;
	case 0x38:
		select->size = value;
		break;
	case 0x3c: /* alignment */
		select->avail = value;
		break;
	case 0x40:
		set_legacy_queue(window, value);
		break;
	case 0x44:
		assert(!window->fake->by.legacy && value == 1);
		fake_virtio_set_queue(window->fake, select->queue, select->size, select->desc,
				      select->avail, select->used);
		break;
	default:
		write_address(window, offset, value);
	}
}

void fake_window_write(struct fake_window *window, uint32_t offset, unsigned int bytes,
		       uint32_t value)
{
	struct fake_virtio *fake = window->fake;
	struct virtio_device *dev = &fake->dev;

	assert(fake && bytes == 4 && window->known == 3);
	if (offset >= CONFIG) {
		fake->by.set_config(dev, offset - CONFIG, value);
		return;
	}
	switch (offset) {
	case 0x14:
		window->select.features = value;
		break;
	case 0x20:
		fake->by.set_features(dev, window->select.driver_features, value);
		break;
	case 0x24:
		window->select.driver_features = value;
		break;
	case 0x50:
		fake->by.notify(dev, value);
		break;
	case 0x64:
		assert(value && !(value & ~(fake->interrupts & VIRTIO_INTERRUPTS)));
		fake->interrupts &= ~value;
		break;
	case 0x70:
		fake->by.set_status(dev, (uint8_t)value);
		break;
	default:
		write_queue(window, offset, value);
	}
}
