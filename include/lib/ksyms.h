/* SPDX-License-Identifier: MIT */
/* Names of the kernel's functions, for backtraces, from a table made at link time. */
#ifndef LIB_KSYMS_H
#define LIB_KSYMS_H

#include <lib/config.h>
#include <lib/types.h>

/*
 * Find the function that holds `ip`, and the offset in it (bytes). An address past the last
 * function counts as the last's. Return: NULL before the first function, or without a table.
 * Context: any.
 */
#if IS_ENABLED(CONFIG_KSYMS)
const char *ksym_find(uintptr_t ip, unsigned long *offset);
#else
static inline const char *ksym_find(uintptr_t ip, unsigned long *offset)
{
	(void)ip;
	*offset = 0;
	return NULL;
}
#endif

#endif
