/* SPDX-License-Identifier: MIT */
/* What the queue of changes and the upper tables know of each other. */
#ifndef ARCH_HOST_TABLES_H
#define ARCH_HOST_TABLES_H

#include <lib/types.h>

struct host_tables {
	bool are_used;	  /* do tables take frames? */
	unsigned long nr; /* how many were taken, and not given back */
};

extern struct host_tables host_tables;

/* The tables of boot memory are there, for nothing. */
void host_tables_at_boot(void *va, size_t nr_pages);

/* Is this the change that a test wants to fail? (mmu.c) */
bool host_mmu_fails_now(void);

/* Nothing is queued. (mmu.c) */
bool host_mmu_is_idle(void);

#endif
