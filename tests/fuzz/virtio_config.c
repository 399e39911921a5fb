/* SPDX-License-Identifier: MIT */
/*
 * Windows of virtio-mmio, of which one holds a balloon whose registers answer whatever an input
 * says: it is refused by one line or works; nothing it says makes the driver read or write
 * elsewhere.
 */
#include <arch/device.h>
#include <lib/addr.h>
#include <string.h>

#include "drivers/virtio/transport.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/virtio/device.h"

#define WINDOW_BASE  0xfeb00000ULL
#define WINDOW_BYTES 0x200U
#define WINDOWS	     3U
#define CONFIG	     0x100U
#define NONE	     NR_DEVICE_REGISTERS

static struct device_window windows[WINDOWS];
static unsigned int nr_windows;
static uint32_t version;

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	memcpy(window, windows, MIN(nr_windows, max) * sizeof(*window));
	return MIN(nr_windows, max);
}

static enum device_register register_at(uint32_t offset)
{
	static const struct {
		uint32_t offset;
		enum device_register reg;
	} known[] = {
		{0x10, DEVICE_FEATURES},	{0x14, DEVICE_FEATURES_SELECT},
		{0x20, DEVICE_DRIVER_FEATURES}, {0x24, DEVICE_DRIVER_FEATURES_SELECT},
		{0x30, DEVICE_QUEUE_SELECT},	{0x34, DEVICE_QUEUE_MAX},
		{0x38, DEVICE_QUEUE_SIZE},	{0x40, DEVICE_QUEUE_PFN},
		{0x44, DEVICE_QUEUE_READY},	{0x50, DEVICE_NOTIFY},
		{0x60, DEVICE_INTERRUPTS},	{0x70, DEVICE_STATUS},
		{0xfc, DEVICE_GENERATION},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].offset == offset)
			return known[i].reg;
	return NONE;
}

static uint32_t read_register(uint32_t offset)
{
	static const uint32_t identity[] = {0x74726976, 0, VIRTIO_BALLOON};

	assert(offset % 4 == 0);
	if (offset == 4) {
		uint32_t told = device_answer(version);

		device_set_legacy(told == 1);
		return told;
	}
	if (offset < sizeof(identity))
		return device_answer(identity[offset / 4]);
	assert(register_at(offset) != NONE);
	return device_get(register_at(offset));
}

/* In a window, by whole registers; configuration by its fields. Of the other windows nothing is
 * known.
 */
uint32_t fake_mmio_read(const volatile void *at, unsigned int bytes)
{
	uint64_t offset = machine_address(at, bytes) - WINDOW_BASE;

	if (offset >= WINDOW_BYTES)
		return machine_take32();
	assert(bytes == 4);
	return offset < CONFIG ? read_register((uint32_t)offset)
			       : device_get_config((uint32_t)offset - CONFIG, bytes);
}

static void write_register(uint32_t offset, uint32_t value)
{
	if (offset >= 0x80 && offset < 0xa8 && offset % 16 < 8) {
		device_put_address(offset / 16 - 8, offset % 16 == 4, value);
		return;
	}
	/* Of a legacy device: page size and alignment; and what is acknowledged. */
	if (offset == 0x28 || offset == 0x3c || offset == 0x64)
		return;
	assert(register_at(offset) != NONE);
	device_put(register_at(offset), value);
}

void fake_mmio_write(volatile void *at, unsigned int bytes, uint32_t value)
{
	uint64_t offset = machine_address(at, bytes) - WINDOW_BASE;

	assert(bytes == 4);
	if (offset >= WINDOW_BYTES)
		return;
	if (offset < CONFIG)
		write_register((uint32_t)offset, value);
	else
		device_put_config((uint32_t)offset - CONFIG, value);
}

static void make_windows(void)
{
	nr_windows = 1 + machine_take8() % WINDOWS;
	for (unsigned int i = 0; i < nr_windows; i++)
		windows[i].base = PADDR((uint64_t)machine_take32() << machine_take8() % 40);
	windows[machine_take8() % nr_windows].base = PADDR(WINDOW_BASE);
}

void fuzz_one(const uint8_t *data, size_t n)
{
	struct virtio_device dev[WINDOWS];
	unsigned int at = 0, line, nr = 0;

	machine_start(data, n);
	version = 1 + machine_take8() % 2;
	make_windows();
	device_start(version == 1);
	while (nr < WINDOWS && virtio_mmio_find(&at, &dev[nr], &line)) {
		assert(machine_state.mappings == nr + 1);
		if (dev[nr].common && machine_address(dev[nr].common, 1) == WINDOW_BASE &&
		    device_use(&dev[nr]))
			nr++;
		else
			virtio_unmap(&dev[nr]);
	}
	assert(machine_state.mappings == nr);
}
