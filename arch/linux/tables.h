/* SPDX-License-Identifier: MIT */
/* The upper tables, for the queue of changes (mmu.c). */
#ifndef ARCH_LINUX_TABLES_H
#define ARCH_LINUX_TABLES_H

#include <arch/mmu.h>

struct linux_tables {
	bool are_used;			 /* tables take frames */
	unsigned long nr;		 /* frames taken and not given back */
	unsigned int commits_to_failure; /* requested by linux_fail_commit(); 0: none */
};

extern struct linux_tables linux_tables;

/* Mark the tables of boot memory as present; they cost no frames. */
void linux_tables_at_boot(void *va, size_t nr_pages);

/* Make the upper tables of a range, for mmu_prepare(). Return: as that. */
int linux_tables_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables);

/* Count a change. Return: true for the one that linux_fail_commit() refuses. */
bool linux_tables_refused(void);

#endif
