/* SPDX-License-Identifier: MIT */
/*
 * The heap: malloc over page_alloc, in the direct map. Small sizes come from chunks of 64 KiB
 * (16 frames) that hold objects of one size and go back when empty; larger ones are whole pages.
 * Which chunks are its own is written in the page database, so a free of anything else is found
 * out without touching it. Frees that are double or foreign are reported, one line each, and do
 * nothing. Threads only; may grow memory; never sleeps.
 */
#ifndef MM_HEAP_H
#define MM_HEAP_H

#include <lib/config.h>
#include <lib/types.h>

struct heap_stats {
	size_t bytes;		 /* in objects handed out, as rounded up */
	unsigned long objects;	 /* handed out */
	unsigned long frames;	 /* taken from the page allocator */
	unsigned long bad_frees; /* reported */
};

/* As in C11, but for errno: NULL when there is no memory, or the arguments are absurd. */
void *heap_malloc(size_t size);
void *heap_calloc(size_t n, size_t size);
void *heap_realloc(void *p, size_t size);
void *heap_aligned_alloc(size_t align, size_t size);
void heap_free(void *p);

#if IS_ENABLED(CONFIG_HEAP)

/* Register the heap as a reclaimer (mm/reclaim.h). Context: once, after mm_init(). */
void heap_init(void);

/* Fill `stats` with the counts of the heap. Context: any. */
void heap_stats_get(struct heap_stats *stats);

#else

static inline void heap_init(void)
{
}

static inline void heap_stats_get(struct heap_stats *stats)
{
	*stats = (struct heap_stats){0};
}

#endif

#endif
