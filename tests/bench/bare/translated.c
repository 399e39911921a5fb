/* SPDX-License-Identifier: MIT */
/* The reference where the host translates: the hypercall that populates is all there is. */
#include "bare.h"

bool bare_prepare(pfn_t first, enum mmu_leaf leaf)
{
	(void)first;
	(void)leaf;
	return true;
}

bool bare_map_frames(pfn_t first, const xen_pfn_t *name)
{
	(void)first;
	(void)name;
	return true;
}

bool bare_map_blocks(pfn_t first, unsigned int nr, const xen_pfn_t *name)
{
	(void)first;
	(void)nr;
	(void)name;
	return true;
}

bool bare_unmap_blocks(pfn_t first, unsigned int nr)
{
	(void)first;
	(void)nr;
	return true;
}
