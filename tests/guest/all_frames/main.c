/* SPDX-License-Identifier: MIT */
/*
 * All memory is taken, frame by frame: each comes once, is one that the port told of, and holds
 * what is written to it. Arguments: addresses and sizes (hexadecimal, in bytes) of what is not
 * ours, no page of which is ever handed out, or mapped.
 */
#include <arch/boot.h>

#include "frames.h"

static uint64_t number(const char *text)
{
	uint64_t value = 0;

	for (; *text; text++)
		value = value << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

static bool is_told_of(pfn_t pfn)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		if (pfn.v >= range->first.v && pfn.v - range->first.v < range->nr_frames)
			return range->kind != BOOT_RESERVED;
	}
	return false;
}

static bool is_in(pfn_t pfn, uint64_t base, uint64_t bytes)
{
	uint64_t addr = pfn_to_paddr(pfn).v;

	return addr + PAGE_SIZE > base && addr < base + bytes;
}

static void check_runs(const struct runs *runs, int argc, char **argv)
{
	for (const struct run *run = runs->first; run; run = run->next) {
		pfn_t pfn = virt_to_pfn(run);

		CHECK(is_told_of(pfn), "frame %lu came from nowhere", pfn.v);
		for (int i = 1; i + 1 < argc; i += 2)
			CHECK(!is_in(pfn, number(argv[i]), number(argv[i + 1])),
			      "frame %lu is not ours", pfn.v);
	}
}

static void check_unmapped(uint64_t base, uint64_t bytes)
{
	for (pfn_t at = paddr_to_pfn(PADDR(base)); is_in(at, base, bytes); at = pfn_add(at, 1)) {
		enum mmu_prot prot;
		pfn_t pfn;

		CHECK(!mmu_query(pfn_to_virt(at), &pfn, &prot), "frame %lu is mapped", at.v);
		CHECK(!is_told_of(at), "frame %lu is in the plan", at.v);
	}
}

int app_main(int argc, char **argv)
{
	struct runs runs = {0};
	struct mm_stats stats;

	mm_stats_get(&stats);
	printk("test: %lu frames at the start\n", stats.present);
	runs_take_all(&runs, 0);
	check_runs(&runs, argc, argv);
	for (int i = 1; i + 1 < argc; i += 2)
		check_unmapped(number(argv[i]), number(argv[i + 1]));
	runs_check_and_free(&runs);
	return guest_test_done();
}
