/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's one memory: the allocator; when it has none, growth, and then caches. */
#include <arch/cpu.h>
#include <kernel/bug.h>
#include <mm/mm.h>
#include <mm/oom.h>
#include <mm/page.h>
#include <mm/reclaim.h>

#include "page_alloc_one.h"

/* Growth has the page allocator's callers as its own: one that is under way must not start again.
 */
static bool growing;

/* The host is asked first, since what is cached is worth more than nothing; then who has caches. */
static bool make_room(unsigned int order)
{
	bool grew;

	if (in_interrupt() || growing || reclaim_is_running() || order > PAGE_ORDER_MAX)
		return false;
	growing = true;
	grew = mm_oom(order);
	growing = false;
	return grew || reclaim(1UL << order);
}

/* Each round more is free than before it, so it ends. */
static __noinline void *alloc_or_make_room(unsigned int order, enum page_use use)
{
	pfn_t pfn;

	while (unlikely(page_alloc_take(&kernel_mm.pages, order, use, &pfn)))
		if (!make_room(order))
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
	if (unlikely(order != 0 || !page_alloc_give_one(&kernel_mm.pages, page_pfn(va))))
		page_free_range(va, 1UL << order);
}
