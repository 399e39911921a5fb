/* SPDX-License-Identifier: MIT */
/* The direct map: frame pfn at a fixed virtual address. Valid from upcall_start() on. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#include <arch/layout.h>
#include <lib/addr.h>

/* The frame need not be present, but an access to one that is not faults. */
static inline void *pfn_to_virt(pfn_t pfn)
{
	return (void *)(uintptr_t)(LAYOUT_DIRECTMAP_BASE + ((uint64_t)pfn.v << PAGE_SHIFT));
}

/* The frame of an address in the direct map (and nowhere else: see is_directmap). */
static inline pfn_t virt_to_pfn(const void *va)
{
	return PFN((unsigned long)(((uintptr_t)va - LAYOUT_DIRECTMAP_BASE) >> PAGE_SHIFT));
}

static inline bool is_directmap(const void *va)
{
	return (uintptr_t)va - LAYOUT_DIRECTMAP_BASE < LAYOUT_DIRECTMAP_SIZE;
}

#endif
