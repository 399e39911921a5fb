/* SPDX-License-Identifier: MIT */
/*
 * A PCI host bridge in the DSDT (arch/x86/pvh/pci_dsdt.c): byte code as QEMU's microvm has it, and
 * with bytes changed at random, of which none beyond the table's end is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/x86/pvh/pci_dsdt.h"
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

static uint8_t table[8192];
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

/* What a length counts, of three bytes that count with it. */
static void put_length(uint32_t bytes)
{
	const uint8_t lead[] = {(uint8_t)(0x80 | ((bytes + 3) & 15)), (uint8_t)((bytes + 3) >> 4),
				(uint8_t)((bytes + 3) >> 12)};

	put(lead, sizeof(lead));
}

/* A host whose first routes go by links that are nowhere, and the last one to line 21. */
static void make_routes(unsigned int nr_before)
{
	static const uint8_t device[] = {0x5b, 0x82}, pci0[] = {'P', 'C', 'I', '0'};
	static const uint8_t cba[] = {NAMED('_', 'C', 'B', 'A', 0x0c, 0, 0, 0, 0xe0)};
	static const uint8_t prt[] = {NAMED('_', 'P', 'R', 'T', 0x13)}, nr[] = {0x0a, 255};
	static const uint8_t last[] = {0x12, 11, 4, 0x0c, 0xff, 0xff, 1, 0, 0, 0, 0x0a, 21};
	uint8_t route[] = {0x12, 13, 4, 0x0c, 0xff, 0xff, 1, 0, 0, 'L', 'A', 'A', 'A', 0};
	uint32_t routes = nr_before * (uint32_t)sizeof(route) + (uint32_t)sizeof(last);

	length = HEADER;
	put(device, sizeof(device));
	put_length((uint32_t)(sizeof(pci0) + sizeof(cba) + sizeof(prt) + 3 + sizeof(nr)) + routes);
	put(pci0, sizeof(pci0));
	put(cba, sizeof(cba));
	put(prt, sizeof(prt));
	put_length((uint32_t)sizeof(nr) + routes);
	put(nr, sizeof(nr));
	for (unsigned int i = 0; i < nr_before; i++) {
		route[11] = (uint8_t)('A' + i / 26 % 26);
		route[12] = (uint8_t)('A' + i % 26);
		put(route, sizeof(route));
	}
	put(last, sizeof(last));
}

/* Each may cost a search of the table: behind as many as there is room for none is looked at. */
static void of_too_many_routes_the_first_count(void **state)
{
	(void)state;
	make_routes(PCI_DSDT_LINES_MAX - 1);
	pci_dsdt_read(&pci, (const char *)table, length);
	assert_int_equal(line_of(1, 0), 21);
	make_routes(PCI_DSDT_LINES_MAX);
	pci_dsdt_read(&pci, (const char *)table, length);
	assert_int_equal(pci.config, 0xe0000000);
	assert_int_equal(pci.nr_lines, 0);
}

/* Each may cost a walk to the table's end. */
static void behind_too_many_devices_no_host_is_looked_for(void **state)
{
	static const uint8_t other[] = {0x5b, 0x82, 5, 'D', 'E', 'V', '0'};

	(void)state;
	for (unsigned int too_many = 0; too_many < 2; too_many++) {
		uint32_t bytes;

		make_routes(0);
		bytes = length - HEADER;
		memmove(table + HEADER + (1023 + too_many) * sizeof(other), table + HEADER, bytes);
		length = HEADER;
		for (unsigned int i = 0; i < 1023 + too_many; i++)
			put(other, sizeof(other));
		length += bytes;
		pci_dsdt_read(&pci, (const char *)table, length);
		assert_int_equal(pci.config, too_many ? 0 : 0xe0000000);
	}
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
		cmocka_unit_test(of_too_many_routes_the_first_count),
		cmocka_unit_test(behind_too_many_devices_no_host_is_looked_for),
		cmocka_unit_test(any_bytes_are_read_within_the_table),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
