/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's one memory: the allocator, and growth when it has none. */
#include <arch/cpu.h>
#include <kernel/bug.h>
#include <mm/mm.h>
#include <mm/oom.h>
#include <mm/page.h>

/* Growth has the page allocator's callers as its own: one that is under way must not start again.
 */
static bool growing;

static bool grow(unsigned int order)
{
	bool grew;

	if (in_interrupt() || growing || order > PAGE_ORDER_MAX)
		return false;
	growing = true;
	grew = mm_oom(order);
	growing = false;
	return grew;
}

void *page_alloc(unsigned int order, enum page_use use)
{
	pfn_t pfn;

	while (unlikely(page_alloc_take(&kernel_mm.pages, order, use, &pfn)))
		if (!grow(order))
			return NULL;
	return pfn_to_virt(pfn);
}

void page_free_range(void *va, unsigned long nr_pages)
{
	assert(is_directmap(va) && IS_ALIGNED((uintptr_t)va, PAGE_SIZE));
	page_alloc_give(&kernel_mm.pages, virt_to_pfn(va), nr_pages);
}

void page_free(void *va, unsigned int order)
{
	page_free_range(va, 1UL << order);
}
