/* SPDX-License-Identifier: MIT */
/* What the queue of changes and the upper tables know of each other. */
#ifndef ARCH_LINUX_TABLES_H
#define ARCH_LINUX_TABLES_H

#include <lib/types.h>

struct linux_tables {
	bool are_used;	  /* do tables take frames? */
	unsigned long nr; /* how many were taken, and not given back */
};

extern struct linux_tables linux_tables;

/* The tables of boot memory are there, for nothing. */
void linux_tables_at_boot(void *va, size_t nr_pages);

/* Is this the change that a test wants to fail? (mmu.c) */
bool linux_mmu_fails_now(void);

/* Nothing is queued. (mmu.c) */
bool linux_mmu_is_idle(void);

#endif
