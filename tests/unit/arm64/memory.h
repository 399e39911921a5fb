/* SPDX-License-Identifier: MIT */
/* What the tests of arm64's plan of frame numbers share: a machine written down, the plan read. */
#ifndef TESTS_UNIT_ARM_MEMORY_H
#define TESTS_UNIT_ARM_MEMORY_H

#include <arch/boot.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "arch/arm/boot/memory.h"
#include "tests/unit/said.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define END PFN((512 * GIB) >> PAGE_SHIFT)

/* The map of a guest of Xen: RAM may be here. */
static const struct machine_range banks[] = {{GIB, 3 * GIB}, {8 * GIB, 1016 * GIB}};

static struct machine m;

static inline void start(void)
{
	memset(&m, 0, sizeof(m));
	boot_info.nr_ranges = 0;
	said_start();
}

static inline void add(struct machine_range *set, unsigned int *nr, uint64_t base, uint64_t size)
{
	set[(*nr)++] = (struct machine_range){base, size};
}

static inline void add_bank(uint64_t base, uint64_t size)
{
	add(m.bank, &m.nr_banks, base, size);
}

static inline void read_machine(bool grows)
{
	const struct memory_space space = {banks, ARRAY_SIZE(banks), grows};

	memory_read(&m, &space, END);
}

static inline void assert_is(unsigned int i, uint64_t base, uint64_t end, enum boot_range_kind kind)
{
	const struct boot_range *range = &boot_info.range[i];

	assert_true(i < boot_info.nr_ranges);
	assert_int_equal(range->first.v, base >> PAGE_SHIFT);
	assert_int_equal(range->first.v + range->nr_frames, end >> PAGE_SHIFT);
	assert_int_equal(range->kind, kind);
}

/* The run of what is there that begins at or after `from`. */
static inline void assert_present(uint64_t from, uint64_t base, uint64_t end)
{
	pfn_t first, last;

	assert_true(memory_next_present(PFN(from >> PAGE_SHIFT), &first, &last));
	assert_int_equal(first.v, base >> PAGE_SHIFT);
	assert_int_equal(last.v, end >> PAGE_SHIFT);
}

#endif
