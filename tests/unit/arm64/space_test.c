/* SPDX-License-Identifier: MIT */
/* arm64's plan of frame numbers: guest-physical space, for growth and for maps; and all of it at
 * random. */
#include "memory.h"
#include "tests/unit/random.h"

#define ROUNDS 2000

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

static void growth_keeps_off_what_a_pci_host_has(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	m.nr_pci = 1;
	m.pci[0].config = (struct machine_range){2 * GIB, MIB};
	m.pci[0].io = (struct machine_range){2 * GIB + MIB, 64 * PAGE_SIZE};
	m.pci[0].memory = (struct machine_range){3 * GIB, 256 * MIB};
	m.pci[0].prefetch = (struct machine_range){3 * GIB + 256 * MIB, 256 * MIB};
	read_machine(true);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 5);
	assert_is(1, GIB + 64 * MIB, 2 * GIB, BOOT_GROWABLE);
	assert_is(2, 2 * GIB + MIB + 64 * PAGE_SIZE, 3 * GIB, BOOT_GROWABLE);
	assert_is(3, 3 * GIB + 512 * MIB, 4 * GIB, BOOT_GROWABLE);
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

/* The direct map is as large as this guest's memory, and none of that need be given up for a map.
 */
static void a_map_has_its_place_above_the_direct_map(void **state)
{
	static const struct memory_space space = {banks, ARRAY_SIZE(banks), true};

	(void)state;
	start();
	add_bank(GIB, 3 * GIB / 2);
	memory_read(&m, &space, PFN(2 * GIB >> PAGE_SHIFT));
	assert_int_equal(memory_take_space(2).v, 5 * GIB / 2 >> PAGE_SHIFT);
	assert_int_equal(memory_take_space(1).v, (5 * GIB / 2 >> PAGE_SHIFT) + 2);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 1);
	assert_is(0, GIB, 2 * GIB, BOOT_RAM);
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
		unsigned long end = 1 + random_below(FRAMES);
		pfn_t map, taken;

		start();
		memset(plain, SPACE, sizeof(plain));
		random_ranges(m.bank, &m.nr_banks, 5, RAM);
		random_ranges(m.reserved, &m.nr_reserved, 5, RESERVED);
		memory_read(&m, &space, PFN(end));
		map = memory_take_space(1 + random_below(4));
		if (memchr(plain, RAM, end)) {
			taken = memory_take();
			assert_int_equal(plain[taken.v], RAM);
			plain[taken.v] = KEPT;
		}
		if (!pfn_eq(map, PFN_NONE)) {
			assert_int_equal(plain[map.v], SPACE);
			while (map.v < end && plain[map.v] == SPACE)
				plain[map.v++] = NOTHING;
		}
		memory_describe();
		for (unsigned long i = 0; i < FRAMES; i++)
			assert_int_equal(kind_at(i),
					 i >= end || plain[i] == RESERVED ? NOTHING : plain[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_has_the_rest_of_the_hosts_banks),
		cmocka_unit_test(without_growth_there_is_none),
		cmocka_unit_test(growth_keeps_to_the_extended_regions),
		cmocka_unit_test(growth_keeps_off_what_a_pci_host_has),
		cmocka_unit_test(a_map_gets_numbers_that_growth_does_not),
		cmocka_unit_test(a_map_has_its_place_above_the_direct_map),
		cmocka_unit_test(every_frame_is_what_all_claims_on_it_say),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
