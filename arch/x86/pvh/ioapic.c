/* SPDX-License-Identifier: MIT */
/* Interrupt lines: the I/O APICs that ACPI's MADT names (ACPI 6.4, 5.2.12; Intel 82093AA). */
#include <arch/device.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/errno.h>

#define MADT_ENTRIES 44U
#define MADT_IOAPIC  1U
#define IOAPIC_BYTES 12U

/* Registers are named through a window. */
#define SELECT	     0U
#define WINDOW	     (0x10U / 4)
#define VERSION	     1U
#define ENTRY(n)     (0x10U + 2U * (n))
#define LEVEL	     (1U << 15)
#define DEFAULT_ADDR 0xfec00000ULL

static struct {
	volatile uint32_t *reg;
	uint32_t first; /* line */
} ioapic[IOAPICS_MAX];

static unsigned int nr_ioapics;

/* Its registers cannot be reached yet: the kernel's own tables come later. */
static void add(uint64_t addr, uint32_t first)
{
	void *reg;

	if (nr_ioapics == IOAPICS_MAX)
		return;
	reg = acpi_map_register((enum fixed_page)(FIXED_IOAPIC + nr_ioapics), addr);
	if (!reg)
		return;
	ioapic[nr_ioapics].reg = reg;
	ioapic[nr_ioapics++].first = first;
}

static uint32_t nr_lines(volatile uint32_t *reg)
{
	reg[SELECT] = VERSION;
	return (reg[WINDOW] >> 16 & 0xff) + 1;
}

void ioapic_read(const char *madt, uint32_t length)
{
	for (uint32_t at = MADT_ENTRIES; at + 2 <= length;) {
		uint8_t type = (uint8_t)madt[at], bytes = (uint8_t)madt[at + 1];

		if (bytes < 2 || at + bytes > length)
			return;
		if (type == MADT_IOAPIC && bytes >= IOAPIC_BYTES)
			add(acpi_read32(madt + at + 4), acpi_read32(madt + at + 8));
		at += bytes;
	}
}

/* Level-triggered, to the one processor there is, by the vector of all lines. */
static void open_entry(volatile uint32_t *reg, uint32_t entry)
{
	reg[SELECT] = ENTRY(entry) + 1;
	reg[WINDOW] = 0;
	reg[SELECT] = ENTRY(entry);
	reg[WINDOW] = LEVEL | TRAP_LINE;
}

int interrupt_line_open(unsigned int line)
{
	/* Without ACPI there is the one that every PC has. */
	if (!nr_ioapics)
		add(DEFAULT_ADDR, 0);
	for (unsigned int i = 0; i < nr_ioapics; i++) {
		if (line - ioapic[i].first >= nr_lines(ioapic[i].reg))
			continue;
		open_entry(ioapic[i].reg, line - ioapic[i].first);
		return 0;
	}
	return -EINVAL;
}
