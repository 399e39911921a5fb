/* SPDX-License-Identifier: MIT */
/* ACPI's tables: what is damaged or cannot be is not used, in one line each; the rest is. */
#include <asm/insn.h>
#include <asm/linux.h>
#include <asm/pvh.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/x86/pvh/memmap.h"
#include "tests/unit/said.h"

#define MEMORY	  (4UL << 20)
#define RSDP_AT	  0x1000U
#define RSDT_AT	  0x2000U
#define FADT_AT	  0x3000U
#define DSDT_AT	  0x4000U
#define PM_PORT	  0x608U
#define PM1A_PORT 0x604U
#define LENGTH	  4U /* place of it in a table */
#define CHECKSUM  9U
#define FADT	  276U
#define DSDT	  64U

static uint16_t written_port, written;
static uint64_t mapped;
static uint8_t sleep_register;

void outw(uint16_t port, uint16_t value)
{
	written_port = port;
	written = value;
}

bool memmap_is_present(pfn_t pfn)
{
	return pfn.v < MEMORY >> PAGE_SHIFT;
}

void *fixed_map(enum fixed_page page, paddr_t addr)
{
	assert_int_equal(page, FIXED_SLEEP);
	mapped = addr.v;
	return &sleep_register;
}

void ioapic_read(const char *madt, uint32_t length)
{
	fail_msg("there is no MADT (%p, %u)", (const void *)madt, length);
}

void device_windows_read(const char *dsdt, uint32_t length)
{
	assert_true(dsdt == (char *)pfn_to_virt(PFN(0)) + DSDT_AT && length == DSDT);
}

void pci_read_dsdt(const char *dsdt, uint32_t length)
{
	assert_true(dsdt == (char *)pfn_to_virt(PFN(0)) + DSDT_AT && length == DSDT);
}

static uint8_t *byte(uint32_t at)
{
	return (uint8_t *)pfn_to_virt(PFN(0)) + at;
}

static void put32(uint32_t at, uint32_t value)
{
	memcpy(byte(at), &value, sizeof(value));
}

/* Makes the sum of all bytes 0. */
static void sum(uint32_t at, uint32_t bytes, uint32_t checksum)
{
	uint8_t all = 0;

	*byte(at + checksum) = 0;
	for (uint32_t i = 0; i < bytes; i++)
		all = (uint8_t)(all + *byte(at + i));
	*byte(at + checksum) = (uint8_t)-all;
}

static void put_table(uint32_t at, const char *signature, uint32_t bytes)
{
	memcpy(byte(at), signature, 4);
	put32(at + LENGTH, bytes);
	sum(at, bytes, CHECKSUM);
}

/* \_S5 with the sleep type 5. */
static void put_dsdt(void)
{
	memcpy(byte(DSDT_AT + 40), "_S5_\x12\x06\x04\x0a\x05", 9);
	put_table(DSDT_AT, "DSDT", DSDT);
}

/* As pc has them. */
static void start(void)
{
	linux_memory_init(MEMORY >> PAGE_SHIFT);
	memset(byte(0), 0, 0x5000);
	memcpy(byte(RSDP_AT), "RSD PTR ", 8);
	put32(RSDP_AT + 16, RSDT_AT);
	sum(RSDP_AT, 20, 8);
	put32(RSDT_AT + 36, FADT_AT);
	put_table(RSDT_AT, "RSDT", 40);
	put32(FADT_AT + 40, DSDT_AT);
	put32(FADT_AT + 64, PM1A_PORT);
	put32(FADT_AT + 76, PM_PORT);
	*byte(FADT_AT + 91) = 4;
	put_table(FADT_AT, "FACP", FADT);
	put_dsdt();
	said_start();
	mapped = 0;
	written_port = 0;
}

static void a_pointer_that_is_damaged_is_not_followed(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		start();
		*byte(RSDP_AT + i) ^= 4;
		acpi_init(PADDR(RSDP_AT));
		assert_said_once("acpi: invalid root pointer (RSDP) at 1000");
		assert_int_equal(acpi_pm_timer_port(), 0);
	}
	start();
	acpi_init(PADDR(0));
	acpi_init(PADDR(1ULL << 40));
	assert_said_nothing();
}

/* Its signature apart: a table of another is another. */
static void a_table_that_is_damaged_is_not_used(void **state)
{
	(void)state;
	for (uint32_t i = LENGTH; i < FADT; i++) {
		start();
		*byte(FADT_AT + i) ^= 1;
		acpi_init(PADDR(RSDP_AT));
		assert_said_once("acpi: table FACP at 3000 corrupted: ignored");
		assert_int_equal(acpi_pm_timer_port(), 0);
	}
}

/* The list's may be any: what would move a terminal's cursor is not printed. */
static void a_signature_is_printed_as_text(void **state)
{
	(void)state;
	start();
	memcpy(byte(RSDT_AT), "\033[2J", 4);
	acpi_init(PADDR(RSDP_AT));
	assert_said_once("acpi: table ?[2J at 2000 corrupted: ignored");
}

static void a_table_of_a_length_that_cannot_be_is_not_used(void **state)
{
	static const uint32_t lengths[] = {0, 35, 0xffffffff, 0x80000000, (4U << 20) + 1};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		start();
		put32(FADT_AT + LENGTH, lengths[i]);
		acpi_init(PADDR(RSDP_AT));
		assert_said_once("acpi: table FACP at 3000 corrupted: ignored");
		assert_int_equal(acpi_pm_timer_port(), 0);
	}
	/* One that ends before the timer. */
	start();
	put_table(FADT_AT, "FACP", 76);
	acpi_init(PADDR(RSDP_AT));
	assert_said_nothing();
	assert_int_equal(acpi_pm_timer_port(), 0);
}

static void a_register_that_is_no_port_is_not_used(void **state)
{
	(void)state;
	start();
	put32(FADT_AT + 76, 0x10608);
	sum(FADT_AT, FADT, CHECKSUM);
	acpi_init(PADDR(RSDP_AT));
	assert_said_once("acpi: FADT register 10608 is not an I/O port: ignored");
	assert_int_equal(acpi_pm_timer_port(), 0);

	start();
	*byte(FADT_AT + 91) = 0;
	sum(FADT_AT, FADT, CHECKSUM);
	acpi_init(PADDR(RSDP_AT));
	assert_said_nothing();
	assert_int_equal(acpi_pm_timer_port(), 0);
}

static void put_sleep_register(uint64_t addr)
{
	start();
	put32(FADT_AT + 112, 1U << 20);
	memcpy(byte(FADT_AT + 248), &addr, sizeof(addr));
	sum(FADT_AT, FADT, CHECKSUM);
	acpi_init(PADDR(RSDP_AT));
}

static void a_register_lies_neither_in_ram_nor_beyond_all_addresses(void **state)
{
	(void)state;
	put_sleep_register(0x5008);
	assert_said_once("acpi: invalid register address 5008: ignored");
	put_sleep_register(1ULL << 52);
	assert_said_once("acpi: invalid register address 10000000000000: ignored");
	assert_int_equal(mapped, 0);
	put_sleep_register(0xfea00000);
	assert_said_nothing();
	assert_int_equal(mapped, 0xfea00000);
	acpi_power_off();
	assert_int_equal(sleep_register, 5 << 2 | 1 << 5);
}

static void a_machine_as_it_should_be_is_read(void **state)
{
	(void)state;
	start();
	acpi_init(PADDR(RSDP_AT));
	assert_said_nothing();
	assert_int_equal(acpi_pm_timer_port(), PM_PORT);
	acpi_power_off();
	assert_int_equal(written_port, PM1A_PORT);
	assert_int_equal(written, 5 << 10 | 1 << 13);
}

/* In this order: what was found is kept. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pointer_that_is_damaged_is_not_followed),
		cmocka_unit_test(a_table_that_is_damaged_is_not_used),
		cmocka_unit_test(a_signature_is_printed_as_text),
		cmocka_unit_test(a_table_of_a_length_that_cannot_be_is_not_used),
		cmocka_unit_test(a_register_that_is_no_port_is_not_used),
		cmocka_unit_test(a_register_lies_neither_in_ram_nor_beyond_all_addresses),
		cmocka_unit_test(a_machine_as_it_should_be_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
