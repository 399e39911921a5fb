/* SPDX-License-Identifier: MIT */
/* The standard's names for the heap (mm/heap.h), for applications. C11 semantics; no errno. */
#ifndef MM_MALLOC_H
#define MM_MALLOC_H

#include <lib/types.h>

/* Do what ISO C says of them. Context: thread; memory may grow. */
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);

#endif
