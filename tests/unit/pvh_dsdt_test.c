/* SPDX-License-Identifier: MIT */
/*
 * A PCI host bridge in the DSDT (arch/x86/hvm/pci_dsdt.c): byte code as QEMU's microvm has it, and
 * with bytes changed at random, of which none beyond the table's end is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/x86/hvm/pci_dsdt.h"
#include "tests/unit/random.h"

#define HEADER	36U
#define CHANGED 200000U
#define EIGHT(n)                                                                     \
	(uint8_t)(n), (uint8_t)((uint64_t)(n) >> 8), (uint8_t)((uint64_t)(n) >> 16), \
		(uint8_t)((uint64_t)(n) >> 24), (uint8_t)((uint64_t)(n) >> 32),      \
		(uint8_t)((uint64_t)(n) >> 40), (uint8_t)((uint64_t)(n) >> 48),      \
		(uint8_t)((uint64_t)(n) >> 56)

/* Buses 0 to 15, memory from c0000000 to dfffffff and 8000000000 to 8fffffffff, and the end. */
#define RANGES                                                                                     \
	0x88, 0x0d, 0, 2, 12, 0, 0, 0, 0, 0, 15, 0, 0, 0, 16, 0, 0x87, 0x17, 0, 0, 12, 1, 0, 0, 0, \
		0, 0, 0, 0, 0xc0, 0xff, 0xff, 0xff, 0xdf, 0, 0, 0, 0, 0, 0, 0, 0x20, 0x8a, 0x2b,   \
		0, 0, 12, 1, EIGHT(0), EIGHT(0x8000000000), EIGHT(0x8fffffffff), EIGHT(0),         \
		EIGHT(0x1000000000), 0x79, 0
#define RANGES_BYTES 90

/* A link by an interrupt, as a Device of 33 bytes. */
#define LINK(n, line)                                                                            \
	0x5b, 0x82, 25, 'L', 'N', 'K', n, 0x08, '_', 'C', 'R', 'S', 0x11, 14, 0x0a, 11, 0x89, 6, \
		0, 1, 1, line, 0, 0, 0, 0x79, 0

#define NAMED(...) 0x08, __VA_ARGS__

static const uint8_t host[] = {
	NAMED('_', 'H', 'I', 'D', 0x0d, 'P', 'N', 'P', '0', 'A', '0', '8', 0),
	NAMED('_', 'B', 'B', 'N', 0),
	/* Device 1, INTA by a link of this scope, INTB by one from the root; device 2, INTD:
	   line 9. */
	NAMED('_', 'P', 'R', 'T', 0x13, 46, 0x0a, 3, 0x12, 13, 4, 0x0c, 0xff, 0xff, 1, 0, 0, 'L',
	      'N', 'K', 'A', 0, 0x12, 14, 4, 0x0c, 0xff, 0xff, 1, 0, 1, '\\', 'L', 'N', 'K', 'B', 0,
	      0x12, 13, 4, 0x0c, 0xff, 0xff, 2, 0, 0x0a, 3, 0, 0x0b, 9, 0),
	LINK('A', 16),
	0x14,
	12,
	'_',
	'C',
	'B',
	'A',
	0,
	0xa4,
	0x0c,
	0,
	0,
	0,
	0xe0,
	NAMED('_', 'C', 'R', 'S', 0x11, 0x40 | ((RANGES_BYTES + 4) & 15), (RANGES_BYTES + 4) >> 4,
	      0x0a, RANGES_BYTES, RANGES),
};

static uint8_t table[512];
static uint32_t length;
static struct pci_dsdt pci;

static void put(const void *bytes, size_t n)
{
	memcpy(table + length, bytes, n);
	length += (uint32_t)n;
}

static void make_table(void)
{
	static const uint8_t other[] = {LINK('B', 17)};
	uint32_t bytes = (uint32_t)sizeof(host) + 4 + 2;
	const uint8_t device[] = {
		0x5b, 0x82, (uint8_t)(0x40 | (bytes & 15)), (uint8_t)(bytes >> 4), 'P', 'C',
		'I',  '0'};

	memset(table, 0, sizeof(table));
	length = HEADER;
	put(other, sizeof(other));
	put(device, sizeof(device));
	put(host, sizeof(host));
}

static unsigned int line_of(unsigned int device, unsigned int pin)
{
	for (unsigned int i = 0; i < pci.nr_lines; i++)
		if (pci.line[i].device == device && pci.line[i].pin == pin)
			return pci.line[i].line;
	return 0;
}

static void a_host_is_read_with_its_windows_and_lines(void **state)
{
	(void)state;
	make_table();
	pci_dsdt_read(&pci, (const char *)table, length);
	assert_int_equal(pci.config, 0xe0000000);
	assert_int_equal(pci.host.first_bus, 0);
	assert_int_equal(pci.host.last_bus, 15);
	assert_false(pci.host.firmware);
	assert_int_equal(pci.host.io.size, 0);
	assert_int_equal(pci.host.memory.base, 0xc0000000);
	assert_int_equal(pci.host.memory.size, 0x20000000);
	assert_int_equal(pci.host.prefetch.base, 0x8000000000);
	assert_int_equal(pci.host.prefetch.size, 0x1000000000);
	assert_int_equal(pci.nr_lines, 3);
	assert_int_equal(line_of(1, 0), 16);
	assert_int_equal(line_of(1, 1), 17);
	assert_int_equal(line_of(2, 3), 9);
}

static void a_table_that_describes_none_has_none(void **state)
{
	(void)state;
	make_table();
	for (uint32_t i = 0; i < length; i++)
		if (!memcmp(table + i, "_CBA", 4))
			table[i] = 'X';
	pci_dsdt_read(&pci, (const char *)table, length);
	assert_int_equal(pci.config, 0);
	assert_int_equal(pci.nr_lines, 0);
}

/* Its end is the end of a block, so that ASan sees what is read beyond. */
static void any_bytes_are_read_within_the_table(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CHANGED; i++) {
		uint32_t n;
		char *copy;

		make_table();
		for (unsigned int j = random_below(4) + 1; j; j--)
			table[HEADER + random_below(length - HEADER)] = (uint8_t)random_below(256);
		n = HEADER + random_below(length - HEADER + 1);
		copy = malloc(n);
		memcpy(copy, table, n);
		pci_dsdt_read(&pci, copy, n);
		free(copy);
		assert_true(pci.nr_lines <= PCI_DSDT_LINES_MAX && pci.host.last_bus < 256 &&
			    pci.host.first_bus <= pci.host.last_bus);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_read_with_its_windows_and_lines),
		cmocka_unit_test(a_table_that_describes_none_has_none),
		cmocka_unit_test(any_bytes_are_read_within_the_table),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
