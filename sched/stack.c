/* SPDX-License-Identifier: MIT */
/* Stacks of threads: neighbours of the direct map, mapped again where a page below is empty. */
#include <kernel/errno.h>
#include <kernel/printk.h>
#include <mm/map.h>
#include <mm/page.h>
#include <sched/thread.h>

#include "stack.h"

int stack_alloc(struct stack *stack)
{
	void *pages = page_alloc(THREAD_STACK_ORDER, PAGE_FIXED);

	if (!pages)
		return -ENOMEM;
	stack->pages = pages;
	stack->base = map_range(virt_to_pfn(pages), 1UL << THREAD_STACK_ORDER, MMU_RW);
	if (stack->base)
		return 0;
	page_free(pages, THREAD_STACK_ORDER);
	return -ENOMEM;
}

/* What may still be mapped is nobody's any more. */
void stack_free(const struct stack *stack)
{
	if (map_remove(stack->base))
		printk("thread: a stack of %lu KiB stays mapped, and is lost\n",
		       (unsigned long)THREAD_STACK_BYTES >> 10);
	else
		page_free(stack->pages, THREAD_STACK_ORDER);
}

bool stack_is_overrun(const struct stack *stack, uintptr_t address)
{
	uintptr_t base = (uintptr_t)stack->base;

	return address < base && base - address <= PAGE_SIZE;
}
