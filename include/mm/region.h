/* SPDX-License-Identifier: MIT */
/* The reserved virtual regions of this port's layout.def, for people and for checks. */
#ifndef MM_REGION_H
#define MM_REGION_H

#include <arch/layout.h>
#include <lib/types.h>

struct region {
	const char *name;    /* "DIRECTMAP", as in layout.def */
	uint64_t base, size; /* bytes */
	const char *prot;    /* "RX, RO, RW": what its pages may be */
};

/* The row of a region; static, constant. Any context. */
const struct region *region_get(enum region_id id);

/* The region an address lies in, or NULL. Any context. */
const struct region *region_find(const void *va);

/* Prints the table, a row a region; docs/layout.md says what each is for. Threads, and at start. */
void region_print(void);

#endif
