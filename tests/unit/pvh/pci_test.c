/* SPDX-License-Identifier: MIT */
/* PCI of a PC (arch/x86/pvh/pci.c): by ports, or by the configuration space that the DSDT names. */
#include <arch/boot.h>
#include <arch/device.h>
#include <asm/insn.h>
#include <asm/linux.h>
#include <asm/pvh.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/x86/pvh/pci_dsdt.h"
#include "tests/unit/said.h"

#define MEMORY	 (4UL << 20)
#define CONFIG	 0xe0000000U
#define BUS(n)	 ((n) << 8)
#define FUNCTION (BUS(5U) | 3U << 3)
#define ADDRESS	 0xcf8U

/* A host of buses 4 to 7, and its configuration space; INTB of device 3 is line 21, its last byte.
 */
static const uint8_t dsdt[] = {
	0x5b, 0x82, 62,	 'P', 'C',  'I', '0',  0x08, '_',  'C',	 'B',  'A',  0x0c, 0,	0,    0,
	0xe0, 0x08, '_', 'C', 'R',  'S', 0x11, 21,   0x0a, 18,	 0x88, 0x0d, 0,	   2,	12,   0,
	0,    0,    4,	 0,   7,    0,	 0,    0,    4,	   0,	 0x79, 0,    0x08, '_', 'P',  'R',
	'T',  0x12, 14,	 1,   0x12, 11,	 4,    0x0c, 0xff, 0xff, 3,    0,    1,	   0,	0x0a, 21};
#define DSDT_CBA_VALUE 13U

static bool has_ports;
static uint32_t address, space[PAGE_SIZE / sizeof(uint32_t)];
static uint64_t mapped;

void outl(uint16_t port, uint32_t value)
{
	assert_int_equal(port, ADDRESS);
	address = value;
}

uint32_t inl(uint16_t port)
{
	if (!has_ports)
		return UINT32_MAX;
	return port == ADDRESS ? address : space[(address & 0xff) / 4];
}

void *fixed_map(enum fixed_page page, paddr_t addr)
{
	assert_int_equal(page, FIXED_PCI_CONFIG);
	mapped = addr.v;
	return space;
}

static void start(uint32_t config)
{
	uint8_t table[sizeof(dsdt)];

	linux_memory_init(MEMORY >> PAGE_SHIFT);
	boot_info.nr_ranges = 1;
	memcpy(table, dsdt, sizeof(dsdt));
	memcpy(table + DSDT_CBA_VALUE, &config, sizeof(config));
	pci_read_dsdt((const char *)table, sizeof(table));
	has_ports = false;
	mapped = 0;
	said_start();
}

/* The space begins with bus 0 (PCI Firmware 3.0, 4.1.3), whichever bus the host's first is. */
static void a_function_is_where_its_bus_has_it(void **state)
{
	struct pci_host host;

	(void)state;
	start(CONFIG);
	assert_int_equal(pci_hosts(&host, 1), 1);
	assert_int_equal(host.first_bus, 4);
	assert_int_equal(host.last_bus, 7);
	assert_false(host.firmware);
	space[0x40 / 4] = 0x12345678;
	assert_int_equal(pci_config_read(FUNCTION, 0x40), 0x12345678);
	assert_int_equal(mapped, CONFIG + (FUNCTION << 12));
	assert_int_equal(pci_interrupt_line(FUNCTION, BUS(4) | 3 << 3, 2), 21);
	assert_int_equal(pci_interrupt_line(FUNCTION, BUS(4) | 3 << 3, 1), -ENODEV);
}

static void a_configuration_space_in_memory_is_none(void **state)
{
	struct pci_host host;

	(void)state;
	/* Buses 4 to 7 of this one lie in memory, those of the next behind it. */
	start(0x100000);
	boot_info.range[0].nr_frames = 0x5ff000 >> PAGE_SHIFT;
	assert_int_equal(pci_hosts(&host, 1), 0);
	assert_said_once("pci: configuration space at 100000 (DSDT) overlaps memory");
	start(0x100000);
	boot_info.range[0].nr_frames = 0x500000 >> PAGE_SHIFT;
	assert_int_equal(pci_hosts(&host, 1), 1);
	assert_said_nothing();
}

/* Firmware placed all of it, and wrote down the lines. */
/* Of a host that is not used nothing counts for the next one. */
static void the_first_host_that_can_be_reached_is_used(void **state)
{
	uint8_t table[2 * sizeof(dsdt)];
	struct pci_host host;

	(void)state;
	start(0);
	memcpy(table, dsdt, sizeof(dsdt));
	memcpy(table + sizeof(dsdt), dsdt, sizeof(dsdt));
	table[DSDT_CBA_VALUE] = 1;
	table[sizeof(dsdt) - 1] = 20;
	pci_read_dsdt((const char *)table, sizeof(table));
	assert_int_equal(pci_hosts(&host, 1), 1);
	assert_int_equal(pci_interrupt_line(FUNCTION, BUS(4) | 3 << 3, 2), 21);
}

static void ports_count_before_the_dsdt(void **state)
{
	struct pci_host host;

	(void)state;
	start(CONFIG);
	has_ports = true;
	assert_int_equal(pci_hosts(&host, 1), 1);
	assert_true(host.firmware);
	assert_int_equal(host.last_bus, 255);
	space[0x3c / 4] = 11;
	assert_int_equal(pci_config_read(FUNCTION, 0x3c), 11);
	assert_int_equal(address, 0x80000000 | FUNCTION << 8 | 0x3c);
	assert_int_equal(pci_interrupt_line(FUNCTION, FUNCTION, 1), 11);
	assert_int_equal(mapped, 0);
}

static void without_either_there_is_no_host(void **state)
{
	struct pci_host host;

	(void)state;
	start(CONFIG + 1);
	assert_int_equal(pci_hosts(&host, 1), 0);
	assert_said_nothing();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_where_its_bus_has_it),
		cmocka_unit_test(a_configuration_space_in_memory_is_none),
		cmocka_unit_test(the_first_host_that_can_be_reached_is_used),
		cmocka_unit_test(ports_count_before_the_dsdt),
		cmocka_unit_test(without_either_there_is_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
