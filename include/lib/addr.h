/* SPDX-License-Identifier: MIT */
/*
 * Typed addresses and the only arithmetic on them. A number of frames or bytes is a plain integer;
 * what names a place is one of these, so that a machine frame can never be taken for the guest's.
 * Virtual addresses are pointers.
 */
#ifndef LIB_ADDR_H
#define LIB_ADDR_H

#include <lib/types.h>

#define PAGE_SHIFT   12
#define PAGE_SIZE    4096UL
#define BLOCK_ORDER  9
#define BLOCK_FRAMES 512UL
#define BLOCK_SHIFT  (PAGE_SHIFT + BLOCK_ORDER)
#define BLOCK_SIZE   (1UL << BLOCK_SHIFT)

/* A frame of guest-physical memory, 4 KiB, by its number. */
typedef struct {
	unsigned long v;
} pfn_t;

/* A frame of the machine (PV guests only). */
typedef struct {
	unsigned long v;
} mfn_t;

/* A guest-physical address, in bytes. 64 bits on every port: PAE has more than a long holds. */
typedef struct {
	uint64_t v;
} paddr_t;

#define PFN(n)	 ((pfn_t){(n)})
#define MFN(n)	 ((mfn_t){(n)})
#define PADDR(n) ((paddr_t){(n)})

/* What a translation answers when there is nothing: all ones, as Xen has it in a p2m. */
#define PFN_NONE PFN(~0UL)
#define MFN_NONE MFN(~0UL)

/* Compare two frame numbers. */
static inline bool pfn_eq(pfn_t a, pfn_t b)
{
	return a.v == b.v;
}

/* Compare two machine frame numbers. */
static inline bool mfn_eq(mfn_t a, mfn_t b)
{
	return a.v == b.v;
}

/* Name the frame `nr_frames` above `pfn`. */
static inline pfn_t pfn_add(pfn_t pfn, unsigned long nr_frames)
{
	return PFN(pfn.v + nr_frames);
}

/* Return the address of a frame's first byte. */
static inline paddr_t pfn_to_paddr(pfn_t pfn)
{
	return PADDR((uint64_t)pfn.v << PAGE_SHIFT);
}

/* Return the frame that holds the byte at `addr`. */
static inline pfn_t paddr_to_pfn(paddr_t addr)
{
	return PFN((unsigned long)(addr.v >> PAGE_SHIFT));
}

/* Return the machine address of a machine frame: 64 bits, never truncated. */
static inline uint64_t mfn_to_maddr(mfn_t mfn)
{
	return (uint64_t)mfn.v << PAGE_SHIFT;
}

/* Return the number of the pageblock that holds a frame. */
static inline unsigned long pfn_block(pfn_t pfn)
{
	return pfn.v >> BLOCK_ORDER;
}

/* Return the place of a frame in its pageblock, 0 to 511. */
static inline unsigned int pfn_offset(pfn_t pfn)
{
	return (unsigned int)(pfn.v & (BLOCK_FRAMES - 1));
}

/* Return the first frame of a pageblock. */
static inline pfn_t block_pfn(unsigned long block)
{
	return PFN(block << BLOCK_ORDER);
}

#endif
