/* SPDX-License-Identifier: MIT */
/* Who answers at an address, a port or in configuration space; nobody: all ones. */
#include <arch/device.h>
#include <lib/bug.h>
#include <lib/errno.h>

#include "arch/linux/pagetable.h"
#include "bus.h"

#define WINDOWS_MAX   8U
#define WINDOW_BYTES  0x200U
#define WINDOW_BASE   0xfeb00000ULL
#define FUNCTIONS_MAX 640U
#define IO_BAR	      0U
#define MEMORY_BAR    4U

static struct fake_window windows[WINDOWS_MAX];
static struct fake_function functions[FUNCTIONS_MAX];
static unsigned int nr_windows, nr_functions;
static bool are_hidden;
static uint64_t open_lines;

struct pci_host fake_host[PCI_HOSTS_MAX];
unsigned int fake_nr_hosts;

void fake_bus_start(void)
{
	nr_windows = nr_functions = 0;
	are_hidden = false;
	open_lines = 0;
	fake_nr_hosts = 1;
	fake_host[0] = (struct pci_host){.last_bus = 255, .firmware = true};
}

void fake_bus_no_firmware(void)
{
	fake_host[0] = (struct pci_host){
		.last_bus = 255,
		.io = {0, 0x10000},
		.memory = {0xc0010000, 0x3ffe0000},
		.prefetch = {1ULL << 39, 1ULL << 39},
	};
}

struct fake_window *fake_bus_add_window(struct fake_virtio *fake, uint64_t base, unsigned int line)
{
	struct fake_window *window = &windows[nr_windows++];

	assert(nr_windows <= WINDOWS_MAX);
	*window = (struct fake_window){
		.base = base, .line = line, .fake = fake, .select = FAKE_SELECT_NONE};
	return window;
}

struct fake_window *fake_bus_window(void)
{
	return &windows[nr_windows - 1];
}

void fake_bus_hide_windows(void)
{
	are_hidden = true;
}

struct fake_function *fake_bus_add_function(unsigned int number)
{
	struct fake_function *function = &functions[nr_functions++];

	assert(nr_functions <= FUNCTIONS_MAX);
	*function = (struct fake_function){.number = number, .select = FAKE_SELECT_NONE};
	return function;
}

struct fake_function *fake_bus_function(void)
{
	return &functions[nr_functions - 1];
}

static void add_window(struct fake_virtio *fake, bool legacy, unsigned int line)
{
	uint64_t base = WINDOW_BASE + (uint64_t)nr_windows * WINDOW_BYTES;
	struct fake_window *window = fake_bus_add_window(fake, base, line);

	window->magic = 0x74726976;
	window->version = legacy ? 1 : 2;
}

void fake_bus_add(struct fake_virtio *fake, enum fake_reach reach, unsigned int line)
{
	struct fake_function *function;

	fake->by.legacy = reach == FAKE_MMIO_LEGACY || reach == FAKE_PCI_LEGACY;
	fake->by.fixed_size = reach == FAKE_PCI_LEGACY;
	if (reach == FAKE_MMIO || reach == FAKE_MMIO_LEGACY) {
		add_window(fake, fake->by.legacy, line);
		return;
	}
	/* Where there is PCI there is a host bridge. */
	if (!nr_functions)
		fake_bus_add_function(0);
	function = fake_bus_add_function(nr_functions << 3);
	function->fake = fake;
	fake_function_fill(function, reach, line);
}

/* ---- memory ---- */

static struct fake_window *find_window(uint64_t at)
{
	for (unsigned int i = 0; i < nr_windows; i++)
		if (at >= windows[i].base && at < windows[i].base + WINDOW_BYTES)
			return &windows[i];
	return NULL;
}

/* By the BAR that QEMU puts registers in, if the function decodes memory. */
static struct fake_function *find_bar(uint64_t at, uint64_t *offset)
{
	for (unsigned int i = 0; i < nr_functions; i++) {
		const uint32_t *words = functions[i].config.words;
		uint64_t base = words[FAKE_BAR(MEMORY_BAR)] & ~15U;

		base |= (uint64_t)words[FAKE_BAR(MEMORY_BAR + 1)] << 32;
		*offset = at - base;
		if (functions[i].fake && base && *offset < FAKE_BAR_MEMORY &&
		    (words[FAKE_COMMAND] & FAKE_DECODES_MEMORY) &&
		    fake_is_reached(&functions[i], true, at))
			return &functions[i];
	}
	return NULL;
}

static uint64_t address_of(const volatile void *at, unsigned int bytes)
{
	uintptr_t va = (uintptr_t)at;
	const linux_pte *pte = linux_pt_entry((const void *)va);

	assert(pte && linux_pte_kind(*pte) == LINUX_PTE_MACHINE && va % bytes == 0);
	return ((uint64_t)linux_pte_frame(*pte) << PAGE_SHIFT) + va % PAGE_SIZE;
}

uint32_t fake_mmio_read(const volatile void *va, unsigned int bytes)
{
	uint64_t at = address_of(va, bytes), offset;
	struct fake_window *window = find_window(at);
	struct fake_function *function = find_bar(at, &offset);

	if (window)
		return fake_window_read(window, (uint32_t)(at - window->base), bytes);
	return function ? fake_bar_read(function, (uint32_t)offset, bytes) : UINT32_MAX;
}

void fake_mmio_write(volatile void *va, unsigned int bytes, uint32_t value)
{
	uint64_t at = address_of(va, bytes), offset;
	struct fake_window *window = find_window(at);
	struct fake_function *function = find_bar(at, &offset);

	if (window)
		fake_window_write(window, (uint32_t)(at - window->base), bytes, value);
	else if (function)
		fake_bar_write(function, (uint32_t)offset, bytes, value);
}

/* ---- the port's part (arch/device.h) ---- */

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	if (are_hidden)
		return 0;
	for (unsigned int i = 0; i < MIN(nr_windows, max); i++)
		window[i] = (struct device_window){PADDR(windows[i].base), windows[i].line};
	return MIN(nr_windows, max);
}

unsigned int pci_hosts(struct pci_host *host, unsigned int max)
{
	for (unsigned int i = 0; i < MIN(fake_nr_hosts, max); i++)
		host[i] = fake_host[i];
	return MIN(fake_nr_hosts, max);
}

static struct fake_function *find_function(unsigned int number)
{
	for (unsigned int i = 0; i < nr_functions; i++)
		if (functions[i].number % 256 == number % 256 &&
		    fake_is_on(&functions[i], number >> 8))
			return &functions[i];
	return NULL;
}

uint32_t pci_config_read(unsigned int number, unsigned int offset)
{
	const struct fake_function *function = find_function(number);

	assert(number >> 16 < fake_nr_hosts && offset < 256 && offset % 4 == 0);
	return function ? function->config.words[offset / 4] : UINT32_MAX;
}

/*
 * Nothing is a driver's to write but the command; where there was no firmware, also BARs and what a
 * bridge has, while they are not decoded.
 */
void pci_config_write(unsigned int number, unsigned int offset, uint32_t value)
{
	struct fake_function *function = find_function(number);
	unsigned int word = offset / 4;
	uint32_t *words, mask;

	assert(function && offset % 4 == 0);
	words = function->config.words;
	if (word == FAKE_COMMAND) {
		words[word] = (words[word] & 0xffff0000) | (value & 0xffff);
		return;
	}
	assert(!fake_host[number >> 16].firmware);
	assert(!(words[FAKE_COMMAND] & (FAKE_DECODES_IO | FAKE_DECODES_MEMORY)));
	mask = fake_mask_of(function, word);
	words[word] = (words[word] & ~mask) | (value & mask);
}

static struct fake_function *find_port(unsigned int port, unsigned int *offset)
{
	for (unsigned int i = 0; i < nr_functions; i++) {
		const uint32_t *words = functions[i].config.words;

		*offset = port % 0x10000 - (words[FAKE_BAR(IO_BAR)] & ~3U);
		if (functions[i].fake && (words[FAKE_BAR(IO_BAR)] & 1) && *offset < FAKE_BAR_IO &&
		    fake_host_of(&functions[i]) == port >> 16 &&
		    (words[FAKE_COMMAND] & FAKE_DECODES_IO) &&
		    fake_is_reached(&functions[i], false, port))
			return &functions[i];
	}
	return NULL;
}

uint32_t io_read(unsigned int port, unsigned int bytes)
{
	unsigned int offset;
	struct fake_function *function = find_port(port, &offset);

	assert(port % 0x10000 + bytes <= 0x10000 && port >> 16 < fake_nr_hosts);
	return function ? fake_port_read(function, offset, bytes) : UINT32_MAX >> (32 - 8 * bytes);
}

void io_write(unsigned int port, unsigned int bytes, uint32_t value)
{
	unsigned int offset;
	struct fake_function *function = find_port(port, &offset);

	assert(port % 0x10000 + bytes <= 0x10000 && port >> 16 < fake_nr_hosts);
	if (function)
		fake_port_write(function, offset, bytes, value);
}

unsigned int fake_line_of(unsigned int root, unsigned int pin)
{
	return ((root >> 3 & 31) * 4 + pin + 7) % FAKE_LINES;
}

int pci_interrupt_line(unsigned int number, unsigned int root, unsigned int pin)
{
	uint32_t line = pci_config_read(number, 0x3c) & 0xff;

	assert(pin >= 1 && pin <= 4);
	if (!fake_host[number >> 16].firmware)
		return (int)fake_line_of(root, pin);
	return line && line != 0xff ? (int)line : -ENODEV;
}

int interrupt_line_open(unsigned int line)
{
	if (line >= FAKE_LINES)
		return -EINVAL;
	open_lines |= 1ULL << line;
	return 0;
}

bool fake_line_is_open(unsigned int line)
{
	return open_lines >> line & 1;
}
