/* SPDX-License-Identifier: MIT */
/* A device tree from anywhere: what is read of it makes sense, and so does the plan made of that.
 */
#include <arch/boot.h>
#include <asm/machine.h>
#include <lib/printk.h>

#include "arch/arm/boot/memory.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/arm64/machine_check.h"

#define END PFN((512UL << 30) >> PAGE_SHIFT)

struct boot_info boot_info;

static void say_nothing(const char *text, size_t n)
{
	(void)text;
	(void)n;
}

static bool lies_in_bank(const struct machine *m, const struct boot_range *range)
{
	uint64_t base = range->first.v << PAGE_SHIFT, size = range->nr_frames << PAGE_SHIFT;

	for (unsigned int i = 0; i < m->nr_banks; i++)
		if (m->bank[i].base <= base && base + size <= m->bank[i].base + m->bank[i].size)
			return true;
	return false;
}

static bool is_reserved(const struct machine *m, const struct boot_range *range)
{
	uint64_t base = range->first.v << PAGE_SHIFT, end = base + (range->nr_frames << PAGE_SHIFT);

	for (unsigned int i = 0; i < m->nr_reserved; i++)
		if (m->reserved[i].base < end && base < m->reserved[i].base + m->reserved[i].size)
			return true;
	return false;
}

static void check_plan(const struct machine *m)
{
	const struct boot_range *range = boot_info.range;

	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		assert(range[i].nr_frames && range[i].first.v + range[i].nr_frames <= END.v);
		assert(!i || range[i - 1].first.v + range[i - 1].nr_frames <= range[i].first.v);
		assert(!is_reserved(m, &range[i]));
		if (range[i].kind == BOOT_RAM)
			assert(lies_in_bank(m, &range[i]));
	}
}

void fuzz_one(const uint8_t *data, size_t n)
{
	static const struct machine_range bank = {1UL << 30, 3UL << 30};
	struct memory_space space = {&bank, 1, true};
	struct machine m;

	printk_set_sink(say_nothing);
	if (machine_read(data, n, &m))
		return;
	machine_check(&m, data, n);
	boot_info.nr_ranges = 0;
	memory_read(&m, &space, END);
	memory_take_space(1);
	memory_describe();
	check_plan(&m);
}
