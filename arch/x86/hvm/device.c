/* SPDX-License-Identifier: MIT */
/*
 * How devices are reached on a PC: PCI's configuration space by its two ports, and the virtio-mmio
 * windows of a microvm, which its DSDT names, or the command line where there is no ACPI.
 */
#include <arch/boot.h>
#include <arch/device.h>
#include <asm/hvm.h>
#include <asm/insn.h>
#include <kernel/errno.h>
#include <kernel/string.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  (1U << 31)

#define WINDOWS_MAX 64U
#define WORD_DEVICE "virtio_mmio.device="

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

static bool read_number(const char **text, uint64_t *value)
{
	unsigned int base = 10;
	const char *from;

	if ((*text)[0] == '0' && (*text)[1] == 'x') {
		base = 16;
		*text += 2;
	}
	*value = 0;
	for (from = *text;; (*text)++) {
		char c = **text;
		unsigned int digit = c >= '0' && c <= '9'   ? (unsigned int)(c - '0')
				     : c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10
							    : 16;

		if (digit >= base || *value >> 56)
			return *text != from;
		*value = *value * base + digit;
	}
}

/* size@base:line, as Linux reads it. */
static void take_word(const char *text)
{
	uint64_t size, base, line;

	if (read_number(&text, &size) && *text++ == '@' && read_number(&text, &base) &&
	    *text++ == ':' && read_number(&text, &line))
		add_window(base, line);
}

void device_windows_read_cmdline(void)
{
	size_t n = strlen(WORD_DEVICE);

	for (const char *at = boot_info.cmdline; *at; at++)
		if (strncmp(at, WORD_DEVICE, n) == 0)
			take_word(at + n);
}

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	for (unsigned int i = 0; i < nr_windows && i < max; i++)
		window[i] = windows[i];
	return MIN(nr_windows, max);
}

static void select(unsigned int function, unsigned int offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function << 8 | (offset & 0xfc));
}

uint32_t pci_config_read(unsigned int function, unsigned int offset)
{
	select(function, offset);
	return inl(CONFIG_DATA);
}

void pci_config_write(unsigned int function, unsigned int offset, uint32_t value)
{
	select(function, offset);
	outl(CONFIG_DATA, value);
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

/* The firmware routed it and wrote down where to; 255 means nowhere. */
int pci_interrupt_line(unsigned int function, unsigned int pin)
{
	uint32_t line = pci_config_read(function, 0x3c) & 0xff;

	return pin && line && line != 0xff ? (int)line : -ENODEV;
}

/* Firmware placed what there is. */
uint64_t pci_place(bool io, uint64_t bytes)
{
	(void)io;
	(void)bytes;
	return 0;
}
