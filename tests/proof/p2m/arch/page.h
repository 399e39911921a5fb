/* SPDX-License-Identifier: MIT */
/* The direct map of a proof: few frames, each of which has memory of its own. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#include <lib/addr.h>

/* ROOM: leaves of the region. More than a mid holds. */

extern unsigned long proof_region[ROOM * PAGE_SIZE / sizeof(unsigned long)];
void *pfn_to_virt(pfn_t pfn);

#include <arch/layout.h>

#endif
