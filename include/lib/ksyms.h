/* SPDX-License-Identifier: MIT */
/* Names of addresses, for backtraces: the kernel's own functions, from a table made at link time.
 */
#ifndef LIB_KSYMS_H
#define LIB_KSYMS_H

#include <lib/config.h>
#include <lib/types.h>

/*
 * The function that `ip` lies in, and how far in (bytes), or NULL if it lies before the first or
 * there is no table. What lies past the last function is given to the last. Any context.
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
