/* SPDX-License-Identifier: MIT */
/*
 * How devices are reached on a PC: ports, and the virtio-mmio windows of a microvm that its DSDT
 * names.
 */
#include <arch/boot.h>
#include <arch/device.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/string.h>

#define WINDOWS_MAX 64U

static struct device_window windows[WINDOWS_MAX];
static unsigned int nr_windows;

static void add_window(uint64_t base, uint64_t line)
{
	if (nr_windows == WINDOWS_MAX || !base || base >= BOOT_MAP_BYTES)
		return;
	windows[nr_windows++] = (struct device_window){PADDR(base), (unsigned int)line};
}

/*
 * A device of the DSDT by its name, LNRO0005, has its resources behind that: a fixed range of
 * 32-bit memory (ACPI 6.4, 6.4.3.4: 86 09 00 w base length) and an interrupt (6.4.3.6: 89 06 00
 * flags 01 line).
 */
#define NAME	   "LNRO0005"
#define NAME_BYTES 8U
#define NEAR	   96U /* no device's resources are farther from its name */

static const char *find_bytes(const char *from, const char *end, const char *what, size_t n,
			      size_t bytes)
{
	for (; from + bytes <= end; from++)
		if (memcmp(from, what, n) == 0)
			return from;
	return NULL;
}

void device_windows_read(const char *dsdt, uint32_t length)
{
	const char *end = dsdt + length, *name = dsdt;

	while ((name = find_bytes(name, end, NAME, NAME_BYTES, NAME_BYTES))) {
		const char *near = name + NEAR < end ? name + NEAR : end;
		const char *memory, *interrupt;

		name += NAME_BYTES;
		memory = find_bytes(name, near, "\x86\x09\x00", 3, 12);
		interrupt = find_bytes(name, near, "\x89\x06\x00", 3, 9);
		if (memory && interrupt)
			add_window(acpi_read32(memory + 4), acpi_read32(interrupt + 5));
	}
}

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	for (unsigned int i = 0; i < nr_windows && i < max; i++)
		window[i] = windows[i];
	return MIN(nr_windows, max);
}

uint32_t io_read(unsigned int port, unsigned int bytes)
{
	switch (bytes) {
	case 1:
		return inb((uint16_t)port);
	case 2:
		return inw((uint16_t)port);
	default:
		return inl((uint16_t)port);
	}
}

void io_write(unsigned int port, unsigned int bytes, uint32_t value)
{
	switch (bytes) {
	case 1:
		outb((uint16_t)port, (uint8_t)value);
		break;
	case 2:
		outw((uint16_t)port, (uint16_t)value);
		break;
	default:
		outl((uint16_t)port, value);
	}
}
