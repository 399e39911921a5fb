/* SPDX-License-Identifier: MIT */
/*
 * How devices are reached by what the device tree says: virtio-mmio windows, a PCI host with its
 * configuration space in memory. No firmware went over PCI before us: bus 0 is all there is of it,
 * and BARs are placed here.
 */
#include <arch/device.h>
#include <asm/arm.h>
#include <asm/mmio.h>
#include <kernel/errno.h>
#include <kernel/printk.h>

#define BUS_BYTES 0x100000ULL /* of configuration space */
#define PER_BUS	  256U
#define IO_PAGES  16U
#define IO_FIRST  0x1000U /* ports below are left alone, as on PCs */
#define IO_BYTES  0x10000U

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	unsigned int nr = MIN(machine.nr_virtio, max);

	for (unsigned int i = 0; i < nr; i++)
		window[i] = (struct device_window){PADDR(machine.virtio[i].registers.base),
						   machine.virtio[i].interrupt};
	return nr;
}

/* Mapped when first asked for. */
static volatile char *config_space(void)
{
	static volatile char *space;

	if (!space && machine.pci.config.size >= BUS_BYTES)
		space = fixed_map_device(FIXED_PCI_CONFIG, PADDR(machine.pci.config.base),
					 (unsigned int)(BUS_BYTES >> PAGE_SHIFT));
	return space;
}

static volatile char *config_register(unsigned int function, unsigned int offset)
{
	volatile char *space = function < PER_BUS ? config_space() : NULL;

	/* ECAM has 4 KiB for each function (PCI Express Base 7.2.2). */
	return space ? space + ((size_t)function << 12) + offset : NULL;
}

uint32_t pci_config_read(unsigned int function, unsigned int offset)
{
	volatile char *at = config_register(function, offset);

	return at ? mmio_read32(at) : UINT32_MAX;
}

void pci_config_write(unsigned int function, unsigned int offset, uint32_t value)
{
	volatile char *at = config_register(function, offset);

	if (at)
		mmio_write32(at, value);
}

static volatile char *io_register(unsigned int port, unsigned int bytes)
{
	static volatile char *space;

	if (!space && machine.pci.io.size >= IO_BYTES)
		space = fixed_map_device(FIXED_PCI_IO, PADDR(machine.pci.io.base), IO_PAGES);
	return space && port <= IO_BYTES - bytes ? space + port : NULL;
}

uint32_t io_read(unsigned int port, unsigned int bytes)
{
	volatile char *at = io_register(port, bytes);

	if (!at)
		return UINT32_MAX;
	switch (bytes) {
	case 1:
		return mmio_read8(at);
	case 2:
		return mmio_read16(at);
	default:
		return mmio_read32(at);
	}
}

void io_write(unsigned int port, unsigned int bytes, uint32_t value)
{
	volatile char *at = io_register(port, bytes);

	if (!at)
		return;
	switch (bytes) {
	case 1:
		mmio_write8(at, (uint8_t)value);
		break;
	case 2:
		mmio_write16(at, (uint16_t)value);
		break;
	default:
		mmio_write32(at, value);
	}
}

/* The next place of a window, aligned by its size; 0: there is none any more. */
static uint64_t place(uint64_t *next, uint64_t end, uint64_t bytes)
{
	uint64_t at = ALIGN_UP(*next, bytes);

	if (bytes > end || at > end - bytes)
		return 0;
	*next = at + bytes;
	return at;
}

uint64_t pci_place(bool io, uint64_t bytes)
{
	static uint64_t next_io = IO_FIRST, next_memory;

	if (io)
		return place(&next_io, MIN(machine.pci.io.size, (uint64_t)IO_BYTES), bytes);
	if (!next_memory)
		next_memory = machine.pci.memory.base;
	return place(&next_memory, machine.pci.memory.base + machine.pci.memory.size, bytes);
}

int pci_interrupt_line(unsigned int function, unsigned int pin)
{
	uint32_t masked = function << 8 & machine.pci.line_mask;

	for (unsigned int i = 0; i < machine.pci.nr_lines; i++)
		if (machine.pci.line[i].function == masked && machine.pci.line[i].pin == pin)
			return (int)machine.pci.line[i].interrupt;
	return -ENODEV;
}

int interrupt_line_open(unsigned int line)
{
	if (!gic_has(line))
		return -EINVAL;
	gic_enable(line);
	return 0;
}
