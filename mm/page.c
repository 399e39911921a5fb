/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's one memory: the allocator; when it has none, growth, and then caches. */
#include <arch/cpu.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <mm/mm.h>
#include <mm/oom.h>
#include <mm/page.h>
#include <mm/reclaim.h>

#include "mm/alloc/page_alloc_one.h"
#include "mm/hotplug/grow_place.h"

/* Growth has the page allocator's callers as its own: one that is under way must not start again.
 */
static bool growing;

/* Caches are asked for this part of what is present, a block at most: not for each allocation. */
#define RECLAIM_PART 64UL

/* A request that more free frames would not serve empties no cache. */
static bool shrink_caches(unsigned long frames, int growth)
{
	unsigned long present = pagedb_nr_present(&kernel_mm.db);

	if (frames > present && growth != -ENOMEM)
		return false;
	return reclaim(MAX(frames, MIN(present / RECLAIM_PART, BLOCK_FRAMES)));
}

/* The host is asked first, since what is cached is worth more than nothing; then the caches. */
static bool make_room(unsigned int order)
{
	int err;

	if (in_interrupt() || growing || reclaim_is_running() || order > PAGE_ORDER_MAX ||
	    !place_for_run(&kernel_mm, order))
		return false;
	growing = true;
	err = mm_oom(order);
	growing = false;
	return !err || shrink_caches(1UL << order, err);
}

/* What lies between tables is the last that is used, until memory grows again. */
static bool open_tables(void)
{
	bool apart = kernel_mm.pages.tables_apart;

	kernel_mm.pages.tables_apart = false;
	return apart;
}

/* Each round more is free than before it, so it ends. */
static __noinline void *alloc_or_make_room(unsigned int order, enum page_use use)
{
	pfn_t pfn;

	while (unlikely(page_alloc_take(&kernel_mm.pages, order, use, &pfn)))
		if (!make_room(order) && !open_tables())
			return NULL;
	return pfn_to_virt(pfn);
}

void *page_alloc(unsigned int order, enum page_use use)
{
	pfn_t pfn;

	if (likely(order == 0 && page_alloc_take_one(&kernel_mm.pages, use, &pfn)))
		return pfn_to_virt(pfn);
	return alloc_or_make_room(order, use);
}

__noinline void page_free_range(void *va, unsigned long nr_pages)
{
	assert(is_directmap(va) && IS_ALIGNED((uintptr_t)va, PAGE_SIZE));
	page_alloc_give(&kernel_mm.pages, virt_to_pfn(va), nr_pages);
}

/* A frame number if `va` is a page's address in the direct map, else one beyond all. */
static inline pfn_t page_pfn(const void *va)
{
	uintptr_t offset = (uintptr_t)va - (uintptr_t)LAYOUT_DIRECTMAP_BASE;

	return PFN(offset >> PAGE_SHIFT | offset << (8 * sizeof(offset) - PAGE_SHIFT));
}

void page_free(void *va, unsigned int order)
{
	if (unlikely(order != 0))
		page_free_range(va, 1UL << order);
	else if (unlikely(!page_alloc_give_one(&kernel_mm.pages, page_pfn(va))))
		page_free_range(va, 1);
}
