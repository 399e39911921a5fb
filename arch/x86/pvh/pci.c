/* SPDX-License-Identifier: MIT */
/*
 * PCI of a PC: by its two ports, all of it placed by firmware; or, on a microvm, which has neither
 * ports nor firmware that goes over PCI, by the host bridge that the DSDT describes.
 */
#include <arch/boot.h>
#include <arch/device.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "pci_dsdt.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  (1U << 31)
#define LAST_BUS       255U
#define PER_BUS	       256U
#define PER_DEVICE     8U
#define LINE	       0x3cU

static struct pci_dsdt described;

void pci_read_dsdt(const char *dsdt, uint32_t length)
{
	pci_dsdt_read(&described, dsdt, length);
}

/* What is written there can be read where PCI is reached by ports (PCI Local Bus 3.0, 3.2.2.3.2).
 */
static bool has_ports(void)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE);
	return inl(CONFIG_ADDRESS) == CONFIG_ENABLE;
}

/* Logs it if the configuration space that the DSDT names cannot be one. */
static bool is_configuration(void)
{
	uint64_t first = described.config + described.host.first_bus * PCI_DSDT_BUS_BYTES;
	uint64_t end = described.config + (described.host.last_bus + 1) * PCI_DSDT_BUS_BYTES;

	if (described.config && boot_is_memory(first, end)) {
		printk("pci: configuration space at %llx (DSDT) overlaps memory: its devices are "
		       "ignored\n",
		       (unsigned long long)described.config);
		described.config = 0;
	}
	return described.config;
}

unsigned int pci_hosts(struct pci_host *host, unsigned int max)
{
	if (has_ports())
		described.config = 0;
	else if (!is_configuration())
		return 0;
	*host = described.config ? described.host
				 : (struct pci_host){.last_bus = LAST_BUS, .firmware = true};
	return MIN(1U, max);
}

static volatile uint32_t *config_register(unsigned int function, unsigned int offset)
{
	static volatile uint32_t *page;
	static unsigned int mapped;

	/* A page is mapped that stays until another function is looked at. */
	if (!page || mapped != function) {
		uint64_t at = (uint64_t)function << PAGE_SHIFT;

		page = fixed_map(FIXED_PCI_CONFIG, PADDR(described.config + at));
		mapped = function;
	}
	return page + offset / sizeof(*page);
}

static void select(unsigned int function, unsigned int offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function << 8 | (offset & 0xfc));
}

uint32_t pci_config_read(unsigned int function, unsigned int offset)
{
	if (described.config)
		return *config_register(function, offset);
	select(function, offset);
	return inl(CONFIG_DATA);
}

void pci_config_write(unsigned int function, unsigned int offset, uint32_t value)
{
	if (described.config) {
		*config_register(function, offset) = value;
		return;
	}
	select(function, offset);
	outl(CONFIG_DATA, value);
}

/* Firmware wrote down where it routed the pin to; 255 means nowhere. */
static int written_line(unsigned int function)
{
	unsigned int line = pci_config_read(function, LINE) & 0xff;

	return line && line != 0xff ? (int)line : -ENODEV;
}

int pci_interrupt_line(unsigned int function, unsigned int root, unsigned int pin)
{
	if (!described.config)
		return written_line(function);
	for (unsigned int i = 0; i < described.nr_lines; i++)
		if (described.line[i].device == root % PER_BUS / PER_DEVICE &&
		    described.line[i].pin + 1U == pin)
			return (int)described.line[i].line;
	return -ENODEV;
}
