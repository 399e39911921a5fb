/* SPDX-License-Identifier: MIT */
/*
 * How devices are reached by what the device tree says: virtio-mmio windows, PCI hosts with their
 * configuration space in memory. Firmware placed what is on PCI only where the tree says so.
 */
#include <arch/device.h>
#include <asm/arm.h>
#include <asm/mmio.h>
#include <lib/errno.h>
#include <lib/printk.h>

#define PER_BUS	   256U
#define IO_PAGES   16U
#define IO_BYTES   0x10000U
#define HOST_SHIFT 16 /* of a function's number, or a port's */

static_assert(PCI_HOSTS_MAX >= MACHINE_PCI_MAX, "all that the tree tells of are used");

unsigned int device_windows(struct device_window *window, unsigned int max)
{
	unsigned int nr = MIN(machine.nr_virtio, max);

	for (unsigned int i = 0; i < nr; i++)
		window[i] = (struct device_window){PADDR(machine.virtio[i].registers.base),
						   machine.virtio[i].interrupt};
	return nr;
}

static struct pci_window window_of(struct machine_range range)
{
	return (struct pci_window){range.base, range.size};
}

unsigned int pci_hosts(struct pci_host *host, unsigned int max)
{
	unsigned int nr = MIN(machine.nr_pci, max);

	for (unsigned int i = 0; i < nr; i++) {
		const struct machine_pci *pci = &machine.pci[i];
		/* Ports are mapped whole, or not at all. */
		uint64_t io = pci->io.size >= IO_BYTES ? IO_BYTES : 0;

		host[i] = (struct pci_host){
			.first_bus = pci->first_bus,
			.last_bus = pci->last_bus,
			.firmware = machine.pci_placed,
			.io = {0, io},
			.memory = window_of(pci->memory),
			.prefetch = window_of(pci->prefetch),
		};
	}
	return nr;
}

/* NULL: of no host. */
static const struct machine_pci *host_of(unsigned int number)
{
	return number >> HOST_SHIFT < machine.nr_pci ? &machine.pci[number >> HOST_SHIFT] : NULL;
}

/* A page is mapped that stays until another function is looked at. */
static volatile char *config_register(unsigned int function, unsigned int offset)
{
	static volatile char *page;
	static unsigned int mapped;
	const struct machine_pci *pci = host_of(function);
	unsigned int bus = function / PER_BUS % PER_BUS;

	if (!pci || bus < pci->first_bus || bus > pci->last_bus)
		return NULL;
	if (!page || mapped != function) {
		/* ECAM has 4 KiB for each function (PCI Express Base 7.2.2). */
		uint64_t at = (uint64_t)(function % (PER_BUS * PER_BUS) - pci->first_bus * PER_BUS)
			      << PAGE_SHIFT;

		page = fixed_map_device(FIXED_PCI_CONFIG, PADDR(pci->config.base + at), 1);
		mapped = function;
	}
	return page + offset;
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

/* Mapped when first asked for. */
static volatile char *io_register(unsigned int port, unsigned int bytes)
{
	static volatile char *space[MACHINE_PCI_MAX];
	const struct machine_pci *pci = host_of(port);
	unsigned int host = port >> HOST_SHIFT, in_host = port % IO_BYTES;

	if (!pci || pci->io.size < IO_BYTES || in_host > IO_BYTES - bytes)
		return NULL;
	if (!space[host])
		space[host] = fixed_map_device((enum fixed_page)(FIXED_PCI_IO + host * IO_PAGES),
					       PADDR(pci->io.base), IO_PAGES);
	return space[host] + in_host;
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

int pci_interrupt_line(unsigned int function, unsigned int root, unsigned int pin)
{
	const struct machine_pci *pci = host_of(function);

	for (unsigned int i = 0; pci && i < pci->nr_lines; i++)
		if (pci->line[i].function == (root % (PER_BUS * PER_BUS) << 8 & pci->line_mask) &&
		    pci->line[i].pin == (pin & pci->pin_mask))
			return (int)pci->line[i].interrupt;
	return -ENODEV;
}

int interrupt_line_open(unsigned int line)
{
	if (!gic_has(line))
		return -EINVAL;
	gic_enable(line);
	return 0;
}
