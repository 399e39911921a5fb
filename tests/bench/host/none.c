/* SPDX-License-Identifier: MIT */
/* No allocator: what the sequence itself costs. */
#include "sequence.h"

void sequence_start(void)
{
}

void *sequence_malloc(size_t size)
{
	static char object[1];

	(void)size;
	return object;
}

void sequence_free(void *p)
{
	(void)p;
}
