/* SPDX-License-Identifier: MIT */
/*
 * For tests that take all the memory there is: frames kept on a list through themselves, a pattern
 * in each, and the checks that hold after every growth.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <aerostat/pattern.h>
#include <arch/mmu.h>
#include <lib/config.h>
#include <mm/p2m.h>

#include "guest_test.h"

/* A run of 2^order frames we took; the rest of it holds a pattern. */
struct run {
	struct run *next;
	uint64_t order;
	uint64_t pattern[];
};

struct runs {
	struct run *first;
	unsigned long nr_frames;
};

static inline size_t run_bytes(unsigned int order)
{
	return (PAGE_SIZE << order) - sizeof(struct run);
}

static inline bool runs_keep(struct runs *runs, void *va, unsigned int order)
{
	struct run *run = va;

	if (!run)
		return false;
	run->next = runs->first;
	run->order = order;
	pattern_write(run->pattern, run_bytes(order), virt_to_pfn(va).v);
	runs->first = run;
	runs->nr_frames += 1UL << order;
	return true;
}

/* Takes runs until one allocation fails; patterns all. */
static inline void runs_take_all(struct runs *runs, unsigned int order)
{
	while (runs_keep(runs, page_alloc(order, PAGE_FIXED), order))
		;
}

static inline void runs_check_and_free(struct runs *runs)
{
	while (runs->first) {
		struct run *run = runs->first;
		unsigned int order = (unsigned int)run->order;

		runs->first = run->next;
		CHECK(pattern_holds(run->pattern, run_bytes(order), virt_to_pfn(run).v),
		      "frame %lu is damaged", virt_to_pfn(run).v);
		runs->nr_frames -= 1UL << order;
		page_free(run, order);
	}
	CHECK(runs->nr_frames == 0, "%lu frames are on no list", runs->nr_frames);
}

/* p2m and M2P are inverse to each other, and agree with the page database, over the whole guest. */
static inline void check_p2m(unsigned long end)
{
#if IS_ENABLED(CONFIG_P2M)
	for (unsigned long pfn = 0; pfn < end; pfn++) {
		mfn_t mfn = p2m_get(PFN(pfn));

		if (!pagedb_is_present(&kernel_mm.db, PFN(pfn)))
			CHECK(mfn_eq(mfn, MFN_NONE), "absent frame %lu has mfn %lx", pfn, mfn.v);
		else
			CHECK(pfn_eq(mfn_to_pfn(mfn), PFN(pfn)),
			      "frame %lu has mfn %lx, which is frame %lx", pfn, mfn.v,
			      mfn_to_pfn(mfn).v);
	}
#endif
	(void)end;
}

static inline void check_mapped(unsigned long pfn, bool present)
{
	enum mmu_prot prot = MMU_RW;
	pfn_t mapped = PFN_NONE;
	bool is_mapped = mmu_query(pfn_to_virt(PFN(pfn)), &mapped, &prot);

	CHECK(is_mapped == present, "frame %lu: present %d, mapped %d", pfn, present, is_mapped);
	CHECK(!present || pfn_eq(mapped, PFN(pfn)), "at frame %lu lies %lu", pfn, mapped.v);
	CHECK(!present || prot != MMU_RX, "frame %lu is executable", pfn);
}

/* Each frame that is present, and no other, is at its place in the direct map; holes are not. */
static inline void check_directmap(unsigned long end)
{
	unsigned long pfn = 0;

	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		for (; pfn < MIN(range->first.v, end); pfn++)
			check_mapped(pfn, false);
		for (; pfn < MIN(range->first.v + range->nr_frames, end); pfn++)
			check_mapped(pfn, pagedb_is_present(&kernel_mm.db, PFN(pfn)));
	}
	for (; pfn < end; pfn++)
		check_mapped(pfn, false);
}

/* What we say we own is what the host says we own; every object of mm is sound. */
static inline void check_memory(void)
{
	struct balloon_stats balloon;
	unsigned long end = kernel_mm.db.nr_blocks * BLOCK_FRAMES;
	const char *wrong;

	balloon_stats_get(&balloon);
	if (balloon.backend)
		CHECK(balloon_refresh() == 0, "the host does not answer");
	balloon_stats_get(&balloon);
	if (balloon.backend)
		CHECK((long)balloon.host - balloon.offset == (long)balloon.present,
		      "the host says %lu, offset %ld, we say %lu", balloon.host, balloon.offset,
		      balloon.present);
	CHECK(balloon.lost == 0, "%lu frames lost", balloon.lost);
	wrong = pagedb_check(&kernel_mm.db);
	CHECK(!wrong, "page database: %s", wrong);
	wrong = page_alloc_check(&kernel_mm.pages);
	CHECK(!wrong, "allocator: %s", wrong);
	check_p2m(end);
	check_directmap(end);
	printk("test: %lu frames, the host says %lu (offset %ld), %lu steps\n", balloon.present,
	       balloon.host, balloon.offset, balloon.steps);
}

/* The guest has all that the host allows. */
static inline void check_at_ceiling(void)
{
	struct balloon_stats balloon;

	balloon_stats_get(&balloon);
	CHECK(balloon.present == balloon.ceiling, "%lu frames of %lu", balloon.present,
	      balloon.ceiling);
}

#endif
