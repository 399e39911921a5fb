/* SPDX-License-Identifier: MIT */
/*
 * PCI whose configuration space an input made, and may change at every look: nothing but commands
 * is written, and where there was no firmware BARs and what a bridge has; registers are reached
 * only inside what a function says it has and never where memory is, BARs lie in the host's
 * windows, the walk ends whatever bridges there are, and what is no balloon leaves no mapping
 * behind.
 */
#include <arch/device.h>
#include <string.h>

#include "drivers/virtio/transport.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/virtio/device.h"

#define FUNCTIONS   4U
#define DEVICES	    2U
#define BARS	    6U
#define PORTS	    0x10000U
#define COMMAND	    1U /* words of configuration space */
#define BAR(n)	    (4U + (n))
#define NONE	    NR_DEVICE_REGISTERS
#define BRIDGE_END  13U /* first word behind what a driver writes of a bridge */
#define HEADER	    3U
#define PLACE	    0xc0000000U
#define PLACE_END   0xc1000000U
#define MODERN_BASE 0xfe000000U
#define LEGACY_BASE 0xc000U

enum part { COMMON, ISR, CONFIG, NOTIFY };
#define PART_BYTES 0x1000U

static struct function {
	unsigned int number;
	uint32_t words[64], bar_mask[BARS];
} functions[FUNCTIONS];

static unsigned int nr_functions;
static bool moves;    /* configuration space, at every look */
static bool firmware; /* went over all of it */
static bool chaos;    /* registers are not where the device has them: anything answers */

/* ---- configuration space ---- */

static struct function *find(unsigned int number)
{
	for (unsigned int i = 0; i < nr_functions; i++)
		if (functions[i].number == number)
			return &functions[i];
	return NULL;
}

uint32_t pci_config_read(unsigned int number, unsigned int offset)
{
	const struct function *function = find(number);

	assert(number < PORTS && offset < 256 && offset % 4 == 0);
	if (!function)
		return UINT32_MAX;
	return moves ? device_answer(function->words[offset / 4]) : function->words[offset / 4];
}

/* A place is in a window, whole. */
static void check_place(const struct function *function, unsigned int bar, uint32_t at)
{
	uint32_t answer = function->words[BAR(bar)] | function->bar_mask[bar];
	uint32_t bits = answer & (answer & 1 ? ~3U : ~15U);
	uint64_t end = (uint64_t)at + (bits & -bits);

	if (!at || at == UINT32_MAX || moves)
		return;
	assert(answer & 1 ? end <= PORTS : at >= PLACE && end <= PLACE_END);
}

static bool is_bridge(const struct function *function)
{
	return (function->words[HEADER] >> 16 & 0x7f) == 1;
}

static uint32_t mask_of(const struct function *function, unsigned int word, uint32_t value)
{
	unsigned int bar = word - BAR(0);

	if (word == COMMAND)
		return 0xffff;
	assert(!firmware && word >= BAR(0) && word < BRIDGE_END);
	if (bar >= (is_bridge(function) ? 2 : BARS))
		return UINT32_MAX;
	check_place(function, bar, value);
	return function->bar_mask[bar];
}

void pci_config_write(unsigned int number, unsigned int offset, uint32_t value)
{
	struct function *function = find(number);
	uint32_t *word, mask;

	assert(function && offset % 4 == 0);
	word = &function->words[offset / 4];
	mask = mask_of(function, offset / 4, value);
	*word = (*word & ~mask) | (value & mask);
}

unsigned int pci_hosts(struct pci_host *host, unsigned int max)
{
	assert(max);
	*host = (struct pci_host){.last_bus = 255, .firmware = firmware};
	if (!firmware) {
		host->io = (struct pci_window){0, PORTS};
		host->memory = (struct pci_window){PLACE, PLACE_END - PLACE};
	}
	return 1;
}

int pci_interrupt_line(unsigned int number, unsigned int root, unsigned int pin)
{
	assert(find(number) && find(root) && pin >= 1 && pin <= 4);
	return 5;
}

/* ---- registers ---- */

static enum device_register common_register(uint32_t offset)
{
	switch (offset) {
	case 0x00:
		return DEVICE_FEATURES_SELECT;
	case 0x04:
		return DEVICE_FEATURES;
	case 0x08:
		return DEVICE_DRIVER_FEATURES_SELECT;
	case 0x0c:
		return DEVICE_DRIVER_FEATURES;
	case 0x14:
		return DEVICE_STATUS;
	case 0x15:
		return DEVICE_GENERATION;
	case 0x16:
		return DEVICE_QUEUE_SELECT;
	case 0x1c:
		return DEVICE_QUEUE_READY;
	case 0x1e:
		return DEVICE_QUEUE_NOTIFY_AT;
	default:
		return NONE;
	}
}

/* Where QEMU has them; what lies elsewhere answers anything. */
uint32_t fake_mmio_read(const volatile void *at, unsigned int bytes)
{
	uint64_t offset = machine_address(at, bytes) - MODERN_BASE;
	uint32_t in_part = (uint32_t)offset % PART_BYTES;

	if (chaos)
		return machine_take32();
	if (offset < PART_BYTES && in_part == 0x18)
		return device_get(DEVICE_QUEUE_MAX) & 0xffff;
	if (offset < PART_BYTES && common_register(in_part) != NONE)
		return device_get(common_register(in_part));
	if (offset / PART_BYTES == ISR)
		return device_get(DEVICE_INTERRUPTS);
	if (offset / PART_BYTES == CONFIG)
		return device_get_config(in_part, bytes);
	return machine_take32();
}

void fake_mmio_write(volatile void *at, unsigned int bytes, uint32_t value)
{
	uint64_t offset = machine_address(at, bytes) - MODERN_BASE;
	uint32_t in_part = (uint32_t)offset % PART_BYTES;

	if (chaos)
		return;
	if (offset / PART_BYTES == NOTIFY)
		device_put(DEVICE_NOTIFY, value);
	else if (offset < PART_BYTES && in_part == 0x18)
		device_put(DEVICE_QUEUE_SIZE, value);
	else if (offset < PART_BYTES && in_part >= 0x20 && in_part < 0x38)
		device_put_address(in_part / 8 - 4, in_part % 8 == 4, value);
	else if (offset < PART_BYTES && common_register(in_part) != NONE)
		device_put(common_register(in_part), value);
}

uint32_t io_read(unsigned int port, unsigned int bytes)
{
	assert(port + bytes <= PORTS);
	if (chaos)
		return machine_take32();
	switch (port - LEGACY_BASE) {
	case 0x00:
		return device_get(DEVICE_FEATURES);
	case 0x0c:
		return device_get(DEVICE_QUEUE_MAX) & 0xffff;
	case 0x12:
		return device_get(DEVICE_STATUS) & 0xff;
	case 0x13:
		return device_get(DEVICE_INTERRUPTS) & 0xff;
	default:
		return port - LEGACY_BASE - 0x14 < DEVICE_CONFIG_BYTES
			       ? device_get_config(port - LEGACY_BASE - 0x14, bytes)
			       : machine_take32();
	}
}

void io_write(unsigned int port, unsigned int bytes, uint32_t value)
{
	assert(port + bytes <= PORTS);
	if (chaos)
		return;
	switch (port - LEGACY_BASE) {
	case 0x04:
		device_put(DEVICE_DRIVER_FEATURES, value);
		return;
	case 0x08:
		device_put(DEVICE_QUEUE_PFN, value);
		return;
	case 0x0e:
		device_put(DEVICE_QUEUE_SELECT, value);
		return;
	case 0x10:
		device_put(DEVICE_NOTIFY, value);
		return;
	case 0x12:
		device_put(DEVICE_STATUS, value);
		return;
	case 0x18:
		device_put_config(4, value);
		return;
	default:
		return;
	}
}

static bool is_at(const volatile char *registers, enum part part)
{
	return machine_address(registers, 1) == MODERN_BASE + part * PART_BYTES;
}

static bool are_elsewhere(const struct virtio_device *dev)
{
	if (!dev->common)
		return dev->port != LEGACY_BASE;
	return !is_at(dev->common, COMMON) || !is_at(dev->isr, ISR) ||
	       !is_at(dev->config, CONFIG) || !is_at(dev->notify, NOTIFY);
}

/* ---- functions, as an input has them ---- */

static void add_capability(struct function *function, unsigned int at, unsigned int type,
			   enum part part)
{
	uint32_t *words = &function->words[at / 4];
	unsigned int next = part == NOTIFY ? 0 : at + 16;

	words[0] = 0x09 | next << 8 | 20 << 16 | type << 24;
	words[1] = 4;
	words[2] = part * PART_BYTES;
	words[3] = PART_BYTES;
	words[4] = part == NOTIFY ? 4 : 0;
}

/* Modern, legacy or both, or nothing of all that. */
static void fill(struct function *function, unsigned int kind)
{
	bool legacy = kind & 2;

	if (kind & 3)
		function->words[0] = 0x1af4 | (legacy ? 0x1002 : 0x1045) << 16;
	function->words[11] = VIRTIO_BALLOON << 16;
	function->words[15] = 1 << 8;
	function->words[BAR(0)] = legacy ? LEGACY_BASE + 1 : 0;
	if (!(kind & 1))
		return;
	function->words[COMMAND] = 1U << 20;
	function->words[13] = 0x40;
	function->words[BAR(4)] = MODERN_BASE + 0xc;
	add_capability(function, 0x40, 1, COMMON);
	add_capability(function, 0x50, 3, ISR);
	add_capability(function, 0x60, 4, CONFIG);
	add_capability(function, 0x70, 2, NOTIFY);
}

static void make_function(struct function *function)
{
	memset(function, 0, sizeof(*function));
	function->number = machine_take16();
	fill(function, machine_take8());
	for (unsigned int i = machine_take8() % 16; i; i--)
		((uint8_t *)function->words)[machine_take8()] = machine_take8();
	for (unsigned int i = machine_take8() % 4; i; i--)
		function->bar_mask[machine_take8() % BARS] = machine_take32();
}

void fuzz_one(const uint8_t *data, size_t n)
{
	struct virtio_device dev[DEVICES];
	unsigned int at = 0, line, nr = 0, registers = 0, kind;

	machine_start(data, n);
	kind = machine_take8();
	moves = kind & 1;
	firmware = !(kind & 2);
	nr_functions = 1 + machine_take8() % FUNCTIONS;
	for (unsigned int i = 0; i < nr_functions; i++)
		make_function(&functions[i]);
	while (nr < DEVICES && virtio_pci_find(&at, &dev[nr], &line)) {
		device_start(dev[nr].by->legacy);
		chaos = are_elsewhere(&dev[nr]);
		if (nr == 0 && dev[nr].type == VIRTIO_BALLOON && device_use(&dev[nr]))
			registers = dev[nr++].common ? 4 : 0;
		else
			virtio_unmap(&dev[nr]);
	}
	assert(machine_state.mappings == registers);
}
