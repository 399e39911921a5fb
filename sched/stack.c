/* SPDX-License-Identifier: MIT */
/* Stacks of threads: neighbours of the direct map, mapped again where a page below is empty. */
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/map.h>
#include <mm/page.h>
#include <sched/thread.h>

#include "stack.h"

/* What may still be mapped is nobody's any more. */
static void free_pages(void *pages, bool stays_mapped)
{
	if (stays_mapped)
		printk("thread: cannot unmap a stack: %lu KiB leaked\n",
		       (unsigned long)THREAD_STACK_BYTES >> 10);
	else
		page_free(pages, THREAD_STACK_ORDER);
}

int stack_alloc(struct stack *stack)
{
	void *pages = page_alloc(THREAD_STACK_ORDER, PAGE_FIXED);
	unsigned long mapped = map_nr_pages();

	if (!pages)
		return -ENOMEM;
	stack->pages = pages;
	stack->base = map_range(virt_to_pfn(pages), 1UL << THREAD_STACK_ORDER, MMU_RW);
	if (stack->base)
		return 0;
	free_pages(pages, map_nr_pages() > mapped);
	return -ENOMEM;
}

void stack_free(const struct stack *stack)
{
	free_pages(stack->pages, map_remove(stack->base) != 0);
}

bool stack_is_overrun(const struct stack *stack, uintptr_t address)
{
	uintptr_t base = (uintptr_t)stack->base;

	return address < base && base - address <= PAGE_SIZE;
}
