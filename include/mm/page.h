/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's own memory, by address: the allocator everybody uses. */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <arch/page.h>
#include <lib/addr.h>
#include <mm/pagedb.h>

/*
 * 2^order pages, aligned to as much, contents undefined; NULL when memory is short and (from a
 * thread) could not grow. Any context; in an interrupt, and inside growth, it never grows.
 */
void *page_alloc(unsigned int order, enum page_use use);

/* `va` and `order` as they were allocated. Any context. */
void page_free(void *va, unsigned int order);

/* Any run of pages in use, by their number. Any context. */
void page_free_range(void *va, unsigned long nr_pages);

#endif
