/* SPDX-License-Identifier: MIT */
/* The device tree's reader (arch/arm/boot/fdt_gic.c, fdt_device.c): what interrupts, and what
 * switches off. */
#include "fdt.h"

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
		assert_int_equal(m.nr_gic_cpu, 1);
		assert_range(m.gic_cpu[0], 0x8010000, 0x20000);
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

/* A GICv3 of which `regs` are the redistributors' registers, base and size each. */
static void read_gic_v3(uint32_t nr_regions, const uint64_t *regs, size_t nr_regs, uint32_t stride)
{
	uint32_t cell[4 * 33] = {WIDE(0x8000000), WIDE(0x10000)};

	for (size_t i = 0; i < nr_regs; i++) {
		const uint32_t wide[] = {WIDE(regs[2 * i]), WIDE(regs[2 * i + 1])};

		memcpy(&cell[4 * (i + 1)], wide, sizeof(wide));
	}
	tree_start();
	tree_memory(GIB, MIB);
	tree_node("intc");
	tree_text("compatible", "arm,gic-v3");
	tree_cells("#interrupt-cells", 3);
	if (nr_regions != 1)
		tree_cells("#redistributor-regions", nr_regions);
	if (stride)
		tree_cells("redistributor-stride", stride);
	tree_put_cells("reg", cell, 4 * (nr_regs + 1));
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
}

static void redistributors_lie_in_as_many_regions_as_are_named(void **state)
{
	static const uint64_t regs[] = {0x9000000, 0x40000,   0xa000000, 0x80000,   0xb000000,
					0x20000,   0xc000000, 0x2000,	 0xd000000, 0x2000};

	(void)state;
	read_gic_v3(3, regs, 5, 0x40000);
	assert_said_nothing();
	assert_int_equal(m.gic, MACHINE_GIC_V3);
	assert_int_equal(m.nr_gic_cpu, 3);
	for (size_t i = 0; i < 3; i++)
		assert_range(m.gic_cpu[i], regs[2 * i], regs[2 * i + 1]);
	assert_int_equal(m.gic_stride, 0x40000);

	read_gic_v3(1, regs, 5, 0);
	assert_said_nothing();
	assert_int_equal(m.nr_gic_cpu, 1);
	assert_int_equal(m.gic_stride, 0);
}

static void a_region_that_cannot_be_is_left_out(void **state)
{
	static const uint64_t bad[][2] = {
		{0x9000000, 0x1ffff},
		{0x9000800, 0x20000},
		{1ULL << 48, 0x20000},
		{0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const uint64_t regs[] = {bad[i][0], bad[i][1], 0xa000000, 0x20000};

		read_gic_v3(2, regs, 2, 0);
		assert_said_once("region");
		assert_int_equal(m.gic, MACHINE_GIC_V3);
		assert_int_equal(m.nr_gic_cpu, 1);
		assert_range(m.gic_cpu[0], 0xa000000, 0x20000);

		read_gic_v3(1, regs, 1, 0);
		assert_int_equal(said_lines, 2);
		assert_non_null(strstr(said_last, "no redistributor"));
		assert_int_equal(m.gic, MACHINE_NO_GIC);
	}
}

static void numbers_of_regions_that_cannot_be_are_said(void **state)
{
	uint64_t regs[2 * 32];

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		regs[2 * i] = 0x9000000 + i * 0x20000;
		regs[2 * i + 1] = 0x20000;
	}
	read_gic_v3(0, regs, 2, 0);
	assert_said_once("invalid #redistributor-regions");
	assert_int_equal(m.nr_gic_cpu, 1);

	read_gic_v3(MACHINE_GIC_CPU_MAX, regs, 32, 0);
	assert_said_nothing();
	assert_int_equal(m.nr_gic_cpu, MACHINE_GIC_CPU_MAX);
	read_gic_v3(MACHINE_GIC_CPU_MAX + 1, regs, 32, 0);
	assert_said_once("too many");
	assert_int_equal(m.nr_gic_cpu, MACHINE_GIC_CPU_MAX);

	/* More than are in the list. */
	read_gic_v3(3, regs, 2, 0);
	assert_said_once("region");
	assert_int_equal(m.nr_gic_cpu, 2);
}

static void a_stride_that_holds_no_redistributor_is_none(void **state)
{
	static const uint64_t regs[] = {0x9000000, 0x200000};
	static const uint32_t bad[] = {1, 0x10000, 0x20001, 0x28000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		read_gic_v3(1, regs, 1, bad[i]);
		assert_said_once("stride");
		assert_int_equal(m.gic, MACHINE_GIC_V3);
		assert_int_equal(m.gic_stride, 0);
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
		cmocka_unit_test(redistributors_lie_in_as_many_regions_as_are_named),
		cmocka_unit_test(a_region_that_cannot_be_is_left_out),
		cmocka_unit_test(numbers_of_regions_that_cannot_be_are_said),
		cmocka_unit_test(a_stride_that_holds_no_redistributor_is_none),
		cmocka_unit_test(an_interrupt_may_have_four_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
