/* SPDX-License-Identifier: MIT */
/* Entries of page tables (Arm ARM, D8.3: 4 KiB granule, 48 bits), for C and for assembly. */
#ifndef ASM_PTE_H
#define ASM_PTE_H

#define ROOT_LEVEL 4U

#define PTE_VALID      (1 << 0)
#define PTE_PAGE       (1 << 1) /* last level: a page; above: a table, and without it a block */
#define PTE_ATTR_SHIFT 2
#define PTE_RO	       (1 << 7)
#define PTE_SHARED     (3 << 8) /* inner */
#define PTE_AF	       (1 << 10)
#define PTE_PXN_SHIFT  53
#define PTE_UXN_SHIFT  54

#define PTE_TABLE (PTE_VALID | PTE_PAGE)
/* A page of cached memory, as far as it fits into an instruction's constant. */
#define PTE_LEAF (PTE_VALID | PTE_PAGE | PTE_SHARED | PTE_AF)

#endif
