/* SPDX-License-Identifier: MIT */
/* Entries of page tables, as the processor reads them. */
#ifndef ASM_PTE_H
#define ASM_PTE_H

#include <asm/width.h>
#include <lib/types.h>

#define PTE_PRESENT  (1ULL << 0)
#define PTE_WRITE    (1ULL << 1)
#define PTE_USER     (1ULL << 2) /* the kernel of an x86_64 PV guest runs in ring 3 */
#define PTE_ACCESSED (1ULL << 5)
#define PTE_DIRTY    (1ULL << 6)
#define PTE_LARGE    (1ULL << 7) /* above the last level: it maps, and is no table */
#define PTE_NX	     (1ULL << 63)
#define PTE_MADDR    0x000ffffffffff000ULL

#define PTES_PER_TABLE 512U

#endif
