/* SPDX-License-Identifier: MIT */
/*
 * The ACPI tables (ACPI 6.4): found, handed to those who read them, and read here for the PM timer
 * and for how to switch this machine off: the PM1 control registers and the sleep type that the
 * DSDT's \_S5 names; or, on hardware-reduced machines such as microvm, the sleep control register.
 * Tables are input: a table counts only if its checksum is right and all of it can be read.
 */
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/config.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>

#include "memmap.h"

#define RSDP_BYTES	20U /* of revision 0 */
#define RSDP_BYTES_LONG 36U

/* Larger tables, and more of them, are not looked at. */
#define TABLE_BYTES_MAX (4U << 20)
#define TABLES_MAX	256U

#define FADT_DSDT	  40
#define FADT_PM1A	  64
#define FADT_PM1B	  68
#define FADT_PM_TIMER	  76
#define FADT_PM_BYTES	  91 /* of the timer's register */
#define PM_TIMER_BYTES	  4
#define FADT_FLAGS	  112
#define FADT_REDUCED	  (1U << 20)
#define FADT_SLEEP_SPACE  244 /* a generic address: space, then three bytes, then 64 bits */
#define FADT_SLEEP	  248
#define FADT_REDUCED_SIZE 252

#define SLEEP_TYPE_SHIFT   10
#define SLEEP_ENABLE	   (1U << 13)
#define REDUCED_TYPE_SHIFT 2
#define REDUCED_ENABLE	   (1U << 5)

/* AML: package, byte prefix. */
#define AML_PACKAGE 0x12
#define AML_BYTE    0x0a

struct table {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[26];
} __packed;

static_assert(sizeof(struct table) == 36, "ACPI 6.4, 5.2.6");

static struct {
	uint16_t pm1a, pm1b; /* ports; 0: none */
	volatile uint8_t *sleep;
	uint8_t type;
	bool known;
} off;

static uint16_t pm_timer; /* port; 0: none */

static const void *at(uint64_t addr, uint64_t bytes)
{
	return addr ? boot_map(addr, bytes) : NULL;
}

static uint64_t read_bytes(const void *from, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, from, bytes);
	return value;
}

/* All bytes of a table together are 0. */
static bool is_sum_right(const void *table, uint32_t bytes)
{
	const uint8_t *byte = table;
	uint8_t sum = 0;

	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + byte[i]);
	return sum == 0;
}

static void report_damage(const struct table *table, uint64_t addr)
{
	char signature[5] = {0}, shown[sizeof(signature)];

	memcpy(signature, table->signature, sizeof(table->signature));
	printk("acpi: table %s at %llx corrupted: ignored\n",
	       text_printable(shown, sizeof(shown), signature), (unsigned long long)addr);
}

/* The table at `addr` if all of it can be read, and it has that signature (NULL: any). */
static const char *table_at(uint64_t addr, const char *signature)
{
	const struct table *table = at(addr, sizeof(*table));

	if (!table || (signature && memcmp(table->signature, signature, 4) != 0))
		return NULL;
	if (table->length >= sizeof(*table) && table->length <= TABLE_BYTES_MAX &&
	    at(addr, table->length) && is_sum_right(table, table->length))
		return (const char *)table;
	report_damage(table, addr);
	return NULL;
}

static uint32_t table_length(const char *table)
{
	return ((const struct table *)table)->length;
}

/* The table that is named in the list of tables, whose entries have `size` bytes. */
static const char *find_table(const char *list, unsigned int size, const char *signature)
{
	uint32_t end = list ? MIN(table_length(list), TABLES_MAX * size) : 0;

	for (uint32_t i = sizeof(struct table); i + size <= end; i += size) {
		const char *table = table_at(read_bytes(list + i, size), signature);

		if (table)
			return table;
	}
	return NULL;
}

struct table_list {
	const char *table; /* NULL: there is none */
	unsigned int size; /* of its entries, bytes */
};

/*
 * The extended list where there is one. Xen makes one for its hardware domain, and takes a header
 * for it from where there is none if the firmware has only the old list: its signature is anything.
 */
static struct table_list find_list(paddr_t rsdp_addr)
{
	const char *rsdp = at(rsdp_addr.v, RSDP_BYTES_LONG);

	if (!rsdp)
		return (struct table_list){0};
	if (memcmp(rsdp, "RSD PTR ", 8) != 0 || !is_sum_right(rsdp, RSDP_BYTES)) {
		printk("acpi: invalid root pointer (RSDP) at %llx: no tables used\n",
		       (unsigned long long)rsdp_addr.v);
		return (struct table_list){0};
	}
	if (rsdp[15] >= 2 && is_sum_right(rsdp, RSDP_BYTES_LONG) && read_bytes(rsdp + 24, 8))
		return (struct table_list){table_at(read_bytes(rsdp + 24, 8), NULL), 8};
	return (struct table_list){table_at(read_bytes(rsdp + 16, 4), NULL), 4};
}

/* Name (_S5, Package (n) { type, ... }): the first element, a byte or the words Zero and One. */
static bool find_sleep_type(const char *dsdt)
{
	uint32_t length = dsdt ? table_length(dsdt) : 0;

	for (uint32_t i = sizeof(struct table); i + 12 <= length; i++) {
		const uint8_t *aml = (const uint8_t *)dsdt + i;

		if (memcmp(aml, "_S5_", 4) != 0 || aml[4] != AML_PACKAGE)
			continue;
		aml += 5;
		aml += (*aml >> 6) + 2; /* the package's length, and the number of its elements */
		off.type = *aml == AML_BYTE ? aml[1] : *aml;
		return true;
	}
	return false;
}

static void find_sleep_register(const char *fadt)
{
	uint64_t addr;

	if (table_length(fadt) < FADT_REDUCED_SIZE + 4 || fadt[FADT_SLEEP_SPACE] != 0)
		return;
	addr = read_bytes(fadt + FADT_SLEEP, 8);
	if (addr)
		off.sleep = acpi_map_register(FIXED_SLEEP, addr);
}

/* The port that a field of the FADT names; 0: none, or it can be none. */
static uint16_t port_of(const char *fadt, uint32_t field)
{
	uint64_t port = read_bytes(fadt + field, 4);

	if (port <= UINT16_MAX)
		return (uint16_t)port;
	printk("acpi: FADT register %llx is not an I/O port: ignored\n", (unsigned long long)port);
	return 0;
}

void acpi_init(paddr_t rsdp)
{
	struct table_list list = find_list(rsdp);
	const char *fadt = find_table(list.table, list.size, "FACP"), *dsdt;
	const char *madt = find_table(list.table, list.size, "APIC");

	if (IS_ENABLED(CONFIG_DEVICES) && madt)
		ioapic_read(madt, table_length(madt));
	if (!fadt || table_length(fadt) < FADT_FLAGS + 4)
		return;
	dsdt = table_at(read_bytes(fadt + FADT_DSDT, 4), "DSDT");
	off.known = find_sleep_type(dsdt);
	if (IS_ENABLED(CONFIG_DEVICES) && dsdt)
		device_windows_read(dsdt, table_length(dsdt));
	if (IS_ENABLED(CONFIG_PCI) && dsdt)
		pci_read_dsdt(dsdt, table_length(dsdt));
	if (read_bytes(fadt + FADT_FLAGS, 4) & FADT_REDUCED) {
		find_sleep_register(fadt);
		return;
	}
	off.pm1a = port_of(fadt, FADT_PM1A);
	off.pm1b = port_of(fadt, FADT_PM1B);
	if (fadt[FADT_PM_BYTES] == PM_TIMER_BYTES)
		pm_timer = port_of(fadt, FADT_PM_TIMER);
}

uint16_t acpi_pm_timer_port(void)
{
	return pm_timer;
}

void acpi_power_off(void)
{
	uint16_t control = (uint16_t)(off.type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE);

	if (!off.known)
		return;
	if (off.sleep)
		*off.sleep = (uint8_t)(off.type << REDUCED_TYPE_SHIFT | REDUCED_ENABLE);
	if (off.pm1a)
		outw(off.pm1a, control);
	if (off.pm1b)
		outw(off.pm1b, control);
}
