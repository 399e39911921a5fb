/* SPDX-License-Identifier: MIT */
/* The standard's names for the heap. Not for hosted programs, whose libc has its own. */
#include <mm/heap.h>
#include <mm/malloc.h>

void *malloc(size_t size)
{
	return heap_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return heap_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return heap_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return heap_aligned_alloc(align, size);
}

void free(void *p)
{
	heap_free(p);
}
