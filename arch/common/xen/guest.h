/* SPDX-License-Identifier: MIT */
/* A Xen guest with page tables of its own: functions for its port at boot, and the port's part. */
#ifndef XEN_GUEST_H
#define XEN_GUEST_H

#include <lib/addr.h>

/* Find a domU's console ring, if it has one. Context: boot, and again on other page tables. */
void guest_console_find(void);

/* Map shared_info at a frame number without memory. Panics if Xen refuses. */
void guest_map_shared_info(pfn_t pfn);

/* --- implemented by the port --- */

enum guest_page { GUEST_SHARED_INFO, GUEST_CONSOLE, GUEST_STORE };

/* Map a page at its fixed address. Return: NULL if it cannot be mapped yet. */
void *guest_map(enum guest_page page, pfn_t pfn);

#endif
