/* SPDX-License-Identifier: MIT */
/* A Xen guest with page tables of its own: what its port calls at boot, and what it is asked for.
 */
#ifndef XEN_GUEST_H
#define XEN_GUEST_H

#include <lib/addr.h>

/* Find a domU's console ring, if it has one. Context: boot, and again on other page tables. */
void guest_console_find(void);

/* Have shared_info put at a frame behind which nothing else is. Panics if Xen refuses. */
void guest_map_shared_info(pfn_t pfn);

/* --- the port's --- */

enum guest_page { GUEST_SHARED_INFO, GUEST_CONSOLE, GUEST_STORE };

/* Map a page of memory at the place that this one has. Return: NULL if it cannot be seen yet. */
void *guest_map(enum guest_page page, pfn_t pfn);

#endif
