/* SPDX-License-Identifier: MIT */
/* The kernel's heap, over a machine that is this process. */
#include <asm/linux.h>
#include <lib/bug.h>
#include <mm/heap.h>
#include <mm/mm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sequence.h"

#define MEMORY_FRAMES 65536UL /* 256 MiB: the sequence never runs short */

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	abort();
}

void sequence_start(void)
{
	linux_memory_init(MEMORY_FRAMES);
	if (mm_init(&boot_info))
		exit(1);
}

void *sequence_malloc(size_t size)
{
	return heap_malloc(size);
}

void sequence_free(void *p)
{
	heap_free(p);
}
