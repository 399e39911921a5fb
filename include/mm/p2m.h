/* SPDX-License-Identifier: MIT */
/* The p2m as mm sees it: the port's where it has one (CONFIG_P2M), nothing at all where not. */
#ifndef MM_P2M_H
#define MM_P2M_H

#include <kernel/config.h>

#if IS_ENABLED(CONFIG_P2M)
#include <arch/p2m.h>
#else
#include <arch/mmu.h>

static inline unsigned int p2m_tables_needed(pfn_t end)
{
	(void)end;
	return 0;
}

static inline int p2m_extend(pfn_t end, struct frame_stash *tables)
{
	(void)end;
	(void)tables;
	return 0;
}

static inline void p2m_queue(void)
{
}

static inline void p2m_publish(void)
{
}

static inline void p2m_abort(struct frame_stash *tables)
{
	(void)tables;
}
#endif

#endif
