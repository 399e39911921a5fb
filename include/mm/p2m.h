/* SPDX-License-Identifier: MIT */
/* The p2m as mm sees it: the port's where it has one (CONFIG_P2M), nothing at all where not. */
#ifndef MM_P2M_H
#define MM_P2M_H

#include <lib/config.h>

#if IS_ENABLED(CONFIG_P2M)
#include <arch/p2m.h>

/* Record that the host put `frame`, and the next ones of its extent, behind pfn. */
static inline void p2m_populated(pfn_t pfn, unsigned long frame, unsigned long nr_frames)
{
	p2m_set_range(pfn, MFN(frame), nr_frames);
}

/* Test whether the frames are neighbours to the host as well. */
static inline bool p2m_is_extent(pfn_t pfn, unsigned long nr_frames)
{
	mfn_t mfn = p2m_get(pfn);
	unsigned long i = 1;

	while (i < nr_frames && p2m_get(pfn_add(pfn, i)).v == mfn.v + i)
		i++;
	return i == nr_frames;
}

/* Forget the machine frames of an extent. Return: the number by which the host knows it. */
static inline unsigned long p2m_release(pfn_t pfn, unsigned long nr_frames)
{
	mfn_t mfn = p2m_get(pfn);

	for (unsigned long i = 0; i < nr_frames; i++)
		p2m_set(pfn_add(pfn, i), MFN_NONE);
	return mfn.v;
}

/* Forget the machine frames of an extent, which may have none, and no leaf. */
static inline void p2m_forget(pfn_t pfn, unsigned long nr_frames)
{
	if (!mfn_eq(p2m_get(pfn), MFN_NONE))
		p2m_release(pfn, nr_frames);
}
#else
#include <arch/mmu.h>

static inline void p2m_populated(pfn_t pfn, unsigned long frame, unsigned long nr_frames)
{
	(void)pfn;
	(void)frame;
	(void)nr_frames;
}

static inline bool p2m_is_extent(pfn_t pfn, unsigned long nr_frames)
{
	(void)pfn;
	(void)nr_frames;
	return true;
}

static inline unsigned long p2m_release(pfn_t pfn, unsigned long nr_frames)
{
	(void)nr_frames;
	return pfn.v;
}

static inline void p2m_forget(pfn_t pfn, unsigned long nr_frames)
{
	(void)pfn;
	(void)nr_frames;
}

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

static inline void p2m_abort(pfn_t end, struct frame_stash *tables)
{
	(void)end;
	(void)tables;
}
#endif

#endif
