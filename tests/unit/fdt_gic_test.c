// SPDX-License-Identifier: MIT
/* The device tree's reader (arch/arm/boot/fdt_device.c): what interrupts, and what switches off. */
#include "tests/unit/fdt.h"

static void the_gic_the_timer_and_psci_are_found(void **state)
{
	static const char *const gic[] = {"arm,gic-400", "arm,cortex-a15-gic", "arm,gic-v3"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gic); i++) {
		tree_start();
		tree_memory(GIB, MIB);
		put_timer_and_psci(i ? "hvc" : "smc");
		put_gic(gic[i]);
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_said_nothing();
		assert_int_equal(m.gic, i < 2 ? MACHINE_GIC_V2 : MACHINE_GIC_V3);
		assert_range(m.gic_distributor, 0x8000000, 0x10000);
		assert_range(m.gic_cpu, 0x8010000, 0x20000);
		assert_int_equal(m.timer_interrupt, 27);
		assert_int_equal(m.psci, i ? MACHINE_PSCI_HVC : MACHINE_PSCI_SMC);
	}
}

static void a_gic_that_is_too_small_or_not_on_a_page_is_none(void **state)
{
	static const struct {
		const char *gic;
		uint64_t base, size;
		bool good;
	} try[] = {
		{"arm,gic-v3", 0x8000000, 0x10000, true},
		{"arm,gic-v3", 0x8000000, 0xffff, false},
		{"arm,gic-v3", 0x8000800, 0x10000, false},
		{"arm,gic-400", 0x8000000, 0x1000, true},
		{"arm,gic-400", 0x8000000, 0xfff, false},
		{"arm,gic-400", 0x8000004, 0x1000, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(try); i++) {
		tree_start();
		tree_memory(GIB, MIB);
		tree_node("intc");
		tree_text("compatible", try[i].gic);
		tree_cells("#interrupt-cells", 3);
		tree_cells("reg", WIDE(try[i].base), WIDE(try[i].size), WIDE(0x8020000),
			   WIDE(0x20000));
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_int_equal(m.gic != MACHINE_NO_GIC, try[i].good);
		if (try[i].good)
			assert_said_nothing();
		else
			assert_said_once("distributor");
	}
}

static void an_interrupt_may_have_four_cells(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	tree_node("timer");
	tree_text("compatible", "arm,armv8-timer");
	tree_cells("interrupts", 1, 13, 4, 0, 1, 14, 4, 0, 1, 11, 4, 0);
	tree_end();
	tree_node("intc");
	tree_text("compatible", "arm,gic-v3");
	tree_cells("#interrupt-cells", 4);
	tree_cells("reg", WIDE(0x8000000), WIDE(0x10000), WIDE(0x8010000), WIDE(0x20000));
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_int_equal(m.timer_interrupt, 27);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gic_the_timer_and_psci_are_found),
		cmocka_unit_test(a_gic_that_is_too_small_or_not_on_a_page_is_none),
		cmocka_unit_test(an_interrupt_may_have_four_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
