// SPDX-License-Identifier: MIT
/* arm64's plan of frame numbers (arch/arm/boot/memory.c): what a machine has, and who gets it. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <arch/boot.h>
#include <kernel/errno.h>

#include "arch/arm/boot/memory.h"
#include "tests/unit/random.h"
#include "tests/unit/said.h"

#define MIB    (1ULL << 20)
#define GIB    (1ULL << 30)
#define END    PFN((512 * GIB) >> PAGE_SHIFT)
#define ROUNDS 2000

/* The map of a guest of Xen: RAM may be here. */
static const struct machine_range banks[] = {{GIB, 3 * GIB}, {8 * GIB, 1016 * GIB}};

static struct machine m;

static void start(void)
{
	memset(&m, 0, sizeof(m));
	boot_info.nr_ranges = 0;
	said_start();
}

static void add(struct machine_range *set, unsigned int *nr, uint64_t base, uint64_t size)
{
	set[(*nr)++] = (struct machine_range){base, size};
}

static void add_bank(uint64_t base, uint64_t size)
{
	add(m.bank, &m.nr_banks, base, size);
}

static void read_machine(bool grows)
{
	const struct memory_space space = {banks, ARRAY_SIZE(banks), grows};

	memory_read(&m, &space, END);
}

static void assert_is(unsigned int i, uint64_t base, uint64_t end, enum boot_range_kind kind)
{
	const struct boot_range *range = &boot_info.range[i];

	assert_true(i < boot_info.nr_ranges);
	assert_int_equal(range->first.v, base >> PAGE_SHIFT);
	assert_int_equal(range->first.v + range->nr_frames, end >> PAGE_SHIFT);
	assert_int_equal(range->kind, kind);
}

/* The run of what is there that begins at or after `from`. */
static void assert_present(uint64_t from, uint64_t base, uint64_t end)
{
	pfn_t first, last;

	assert_true(memory_next_present(PFN(from >> PAGE_SHIFT), &first, &last));
	assert_int_equal(first.v, base >> PAGE_SHIFT);
	assert_int_equal(last.v, end >> PAGE_SHIFT);
}

static void two_banks_have_a_hole_between_them(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add_bank(GIB + 128 * MIB, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_nothing();
	assert_present(GIB + 64 * MIB, GIB + 128 * MIB, GIB + 192 * MIB);
	assert_int_equal(boot_info.nr_ranges, 2);
	assert_is(0, GIB, GIB + 64 * MIB, BOOT_RAM);
	assert_is(1, GIB + 128 * MIB, GIB + 192 * MIB, BOOT_RAM);
}

static void a_bank_is_cut_to_whole_pages(void **state)
{
	(void)state;
	start();
	add_bank(GIB + 1, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_once("cut");
	assert_int_equal(boot_info.nr_ranges, 1);
	assert_is(0, GIB + PAGE_SIZE, GIB + 64 * MIB, BOOT_RAM);
}

static void a_bank_need_not_begin_on_a_block(void **state)
{
	(void)state;
	start();
	add_bank(GIB + 5 * PAGE_SIZE, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_nothing();
	assert_is(0, GIB + 5 * PAGE_SIZE, GIB + 64 * MIB + 5 * PAGE_SIZE, BOOT_RAM);
}

static void what_is_reserved_is_a_hole_to_its_last_page(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add(m.reserved, &m.nr_reserved, GIB + 8 * MIB + 1, PAGE_SIZE);
	m.uart = (struct machine_range){GIB + 32 * MIB, 0x200};
	read_machine(false);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 3);
	assert_is(0, GIB, GIB + 8 * MIB, BOOT_RAM);
	assert_is(1, GIB + 8 * MIB + 2 * PAGE_SIZE, GIB + 32 * MIB, BOOT_RAM);
	assert_is(2, GIB + 32 * MIB + PAGE_SIZE, GIB + 64 * MIB, BOOT_RAM);
	assert_present(0, GIB, GIB + 8 * MIB);
	assert_present(GIB + 8 * MIB, GIB + 8 * MIB + 2 * PAGE_SIZE, GIB + 32 * MIB);
}

static void what_is_kept_is_there_and_in_use_be_it_reserved_too(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add(m.reserved, &m.nr_reserved, GIB + 2 * MIB, MIB);
	read_machine(false);
	memory_keep(PADDR(GIB + 2 * MIB), MIB - 1);
	memory_describe();
	assert_is(1, GIB + 2 * MIB, GIB + 3 * MIB, BOOT_RESERVED);
	assert_present(0, GIB, GIB + 64 * MIB);
}

static void frames_are_taken_behind_what_was_kept_and_then_from_the_beginning(void **state)
{
	pfn_t first = PFN(GIB >> PAGE_SHIFT);

	(void)state;
	start();
	add_bank(GIB, 8 * PAGE_SIZE);
	add(m.reserved, &m.nr_reserved, GIB + 4 * PAGE_SIZE, PAGE_SIZE);
	read_machine(false);
	memory_keep(PADDR(GIB + PAGE_SIZE), 2 * PAGE_SIZE);
	for (unsigned int i = 0; i < 5; i++) {
		static const unsigned int expected[] = {3, 5, 6, 7, 0};

		assert_int_equal(memory_take().v, first.v + expected[i]);
	}
	expect_assert_failure(memory_take());
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 2);
	assert_is(0, GIB, GIB + 4 * PAGE_SIZE, BOOT_RESERVED);
	assert_is(1, GIB + 5 * PAGE_SIZE, GIB + 8 * PAGE_SIZE, BOOT_RESERVED);
}

static void what_is_kept_for_boot_is_free_memory_after_it(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 4 * PAGE_SIZE);
	read_machine(false);
	memory_keep(PADDR(GIB), PAGE_SIZE);
	memory_keep_for_boot(PADDR(GIB + PAGE_SIZE), PAGE_SIZE);
	assert_int_equal(memory_take().v, (GIB >> PAGE_SHIFT) + 2);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 4);
	assert_is(1, GIB + PAGE_SIZE, GIB + 2 * PAGE_SIZE, BOOT_RAM);
}

static void growth_has_the_rest_of_the_hosts_banks(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	read_machine(true);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 3);
	assert_is(1, GIB + 64 * MIB, 4 * GIB, BOOT_GROWABLE);
	assert_is(2, 8 * GIB, 512 * GIB, BOOT_GROWABLE);
}

static void without_growth_there_is_none(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 1);
}

static void growth_keeps_to_the_extended_regions(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 63 * MIB);
	add(m.extended, &m.nr_extended, 512 * MIB, 256 * MIB); /* in no bank */
	add(m.extended, &m.nr_extended, GIB + 64 * MIB, MIB);
	add(m.extended, &m.nr_extended, 3 * GIB, 6 * GIB);
	m.grant_space = (struct machine_range){3 * GIB, 16 * MIB};
	read_machine(true);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 4);
	assert_is(1, GIB + 64 * MIB, GIB + 65 * MIB, BOOT_GROWABLE);
	assert_is(2, 3 * GIB + 16 * MIB, 4 * GIB, BOOT_GROWABLE);
	assert_is(3, 8 * GIB, 9 * GIB, BOOT_GROWABLE);
}

static void a_map_gets_numbers_that_growth_does_not(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add(m.extended, &m.nr_extended, 2 * GIB, 4 * PAGE_SIZE);
	add(m.extended, &m.nr_extended, 3 * GIB, MIB);
	read_machine(true);
	assert_int_equal(memory_take_space(1).v, (2 * GIB >> PAGE_SHIFT) + 3);
	assert_int_equal(memory_take_space(4).v, ((3 * GIB + MIB) >> PAGE_SHIFT) - 4);
	assert_int_equal(memory_take_space(3).v, 2 * GIB >> PAGE_SHIFT);
	assert_true(pfn_eq(memory_take_space(MIB >> PAGE_SHIFT), PFN_NONE));
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 2);
	assert_is(1, 3 * GIB, 3 * GIB + MIB - 4 * PAGE_SIZE, BOOT_GROWABLE);
}

static void what_the_direct_map_has_no_place_for_is_said_and_not_used(void **state)
{
	(void)state;
	start();
	add_bank(511 * GIB, 2 * GIB);
	read_machine(true);
	memory_describe();
	assert_said_once("nothing above 512 GiB");
	assert_is(boot_info.nr_ranges - 1, 511 * GIB, 512 * GIB, BOOT_RAM);
}

/* ---- at random, against a byte for each frame ---- */

#define FRAMES 256UL

enum { NOTHING, RAM, KEPT, SPACE, RESERVED };

static char plain[FRAMES];

static void mark(struct machine_range range, char as)
{
	for (uint64_t i = range.base >> PAGE_SHIFT; i < (range.base + range.size) >> PAGE_SHIFT;
	     i++)
		plain[i] = as;
}

/* Ascending ranges with gaps between them. */
static void random_ranges(struct machine_range *set, unsigned int *nr, unsigned int max, char as)
{
	uint64_t at = random_below(FRAMES / 4);

	for (*nr = 0; *nr < max; (*nr)++) {
		uint64_t n = 1 + random_below(FRAMES / 4);

		if (at + n > FRAMES)
			return;
		set[*nr] = (struct machine_range){at << PAGE_SHIFT, n << PAGE_SHIFT};
		mark(set[*nr], as);
		at += n + 1 + random_below(FRAMES / 8);
	}
}

static char kind_at(unsigned long pfn)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		if (pfn - range->first.v < range->nr_frames && pfn >= range->first.v)
			return range->kind == BOOT_RAM	      ? RAM
			       : range->kind == BOOT_RESERVED ? KEPT
							      : SPACE;
	}
	return NOTHING;
}

static void every_frame_is_what_all_claims_on_it_say(void **state)
{
	static const struct machine_range everywhere = {0, FRAMES << PAGE_SHIFT};
	static const struct memory_space space = {&everywhere, 1, true};

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		pfn_t map, taken;

		start();
		memset(plain, SPACE, sizeof(plain));
		random_ranges(m.bank, &m.nr_banks, 5, RAM);
		random_ranges(m.reserved, &m.nr_reserved, 5, RESERVED);
		memory_read(&m, &space, PFN(FRAMES));
		map = memory_take_space(1 + random_below(4));
		if (memchr(plain, RAM, sizeof(plain))) {
			taken = memory_take();
			assert_int_equal(plain[taken.v], RAM);
			plain[taken.v] = KEPT;
		}
		if (!pfn_eq(map, PFN_NONE)) {
			assert_int_equal(plain[map.v], SPACE);
			while (map.v < FRAMES && plain[map.v] == SPACE)
				plain[map.v++] = NOTHING;
		}
		memory_describe();
		for (unsigned long i = 0; i < FRAMES; i++)
			assert_int_equal(kind_at(i), plain[i] == RESERVED ? NOTHING : plain[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_banks_have_a_hole_between_them),
		cmocka_unit_test(a_bank_is_cut_to_whole_pages),
		cmocka_unit_test(a_bank_need_not_begin_on_a_block),
		cmocka_unit_test(what_is_reserved_is_a_hole_to_its_last_page),
		cmocka_unit_test(what_is_kept_is_there_and_in_use_be_it_reserved_too),
		cmocka_unit_test(frames_are_taken_behind_what_was_kept_and_then_from_the_beginning),
		cmocka_unit_test(what_is_kept_for_boot_is_free_memory_after_it),
		cmocka_unit_test(growth_has_the_rest_of_the_hosts_banks),
		cmocka_unit_test(without_growth_there_is_none),
		cmocka_unit_test(growth_keeps_to_the_extended_regions),
		cmocka_unit_test(a_map_gets_numbers_that_growth_does_not),
		cmocka_unit_test(what_the_direct_map_has_no_place_for_is_said_and_not_used),
		cmocka_unit_test(every_frame_is_what_all_claims_on_it_say),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
