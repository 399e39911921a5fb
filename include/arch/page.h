/* SPDX-License-Identifier: MIT */
/* The direct map: frame pfn at a fixed virtual address. Valid from upcall_start() on. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#include <arch/layout.h>
#include <lib/addr.h>

/* Return the address of a frame in the direct map. An access faults if the frame is absent. */
static inline void *pfn_to_virt(pfn_t pfn)
{
	return (void *)(uintptr_t)(LAYOUT_DIRECTMAP_BASE + ((uint64_t)pfn.v << PAGE_SHIFT));
}

/* Return the frame of an address that lies in the direct map (is_directmap). */
static inline pfn_t virt_to_pfn(const void *va)
{
	return PFN((unsigned long)(((uintptr_t)va - LAYOUT_DIRECTMAP_BASE) >> PAGE_SHIFT));
}

/* Test whether an address lies in the region of the direct map. Context: any. */
static inline bool is_directmap(const void *va)
{
	return (uintptr_t)va - LAYOUT_DIRECTMAP_BASE < LAYOUT_DIRECTMAP_SIZE;
}

#endif
