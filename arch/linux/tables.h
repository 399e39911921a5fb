/* SPDX-License-Identifier: MIT */
/* The upper tables, for the queue of changes (mmu.c). */
#ifndef ARCH_LINUX_TABLES_H
#define ARCH_LINUX_TABLES_H

#include <arch/mmu.h>

struct linux_tables {
	bool are_used;			 /* do tables take frames? */
	unsigned long nr;		 /* how many were taken, and not given back */
	unsigned int commits_to_failure; /* that a test asked for (linux_fail_commit); 0: none */
};

extern struct linux_tables linux_tables;

/* The tables of boot memory are there, for nothing. */
void linux_tables_at_boot(void *va, size_t nr_pages);

/* Make tables, as mmu_prepare(), which sees to the queue. */
int linux_tables_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables);

/* Count a change. Return: is it the one that linux_fail_commit() refuses? */
bool linux_tables_refused(void);

#endif
