/* SPDX-License-Identifier: MIT */
/* What an allocator under measurement offers to the sequence: one program each. */
#ifndef BENCH_SEQUENCE_H
#define BENCH_SEQUENCE_H

#include <stddef.h>

/* Before all else. */
void sequence_start(void);

void *sequence_malloc(size_t size);
void sequence_free(void *p);

#endif
