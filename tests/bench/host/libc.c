/* SPDX-License-Identifier: MIT */
/* libc's malloc, or that of a library that was loaded before it. */
#include <stdlib.h>

#include "sequence.h"

void sequence_start(void)
{
}

void *sequence_malloc(size_t size)
{
	return malloc(size);
}

void sequence_free(void *p)
{
	free(p);
}
