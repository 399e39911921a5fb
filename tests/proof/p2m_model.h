/* SPDX-License-Identifier: MIT */
/*
 * What the p2m stands on, for its proofs: frames of a few entries, a machine-to-physical table, and
 * page tables that show in the region, from the commit on, what was queued. And any valid state.
 */
#ifndef PROOF_P2M_MODEL_H
#define PROOF_P2M_MODEL_H

#include "arch/x86/pv/p2m.c"
#include "model.h"

#define NR_TABLES 7UL /* frames of tables there are: the top, mids, staged leaves, the stash */
#define FIRST_PFN 1UL /* of the tables; all in the first leaves */
#define TOP	  0UL
#define NR_MIDS	  2UL
#define MID(i)	  (1 + (i))
#define STAGED(i) (1 + NR_MIDS + (i))
#define NR_STAGED 2UL
#define NR_MFNS	  8UL
#define LIST	  (FIRST_PFN + NR_TABLES) /* first frame of the builder's list */

unsigned long proof_region[ROOM * PER_FRAME];
struct shared_info *xen_shared_info;

static struct shared_info shared_info;
static unsigned long memory[NR_TABLES * PER_FRAME];
static unsigned long list[NR_LISTED];
static unsigned long m2p[NR_MFNS];
static pfn_t stash_frame[NR_TABLES];
static struct frame_stash stash = {.frame = stash_frame, .max = NR_TABLES};
static unsigned int upper_needed; /* tables that mmu_prepare takes */
static unsigned int nr_queued;
static pfn_t queued[ROOM]; /* in the region's order, from leaf queued_at on */
static unsigned long queued_at;
static bool refuse; /* what is prepared or committed */

static pfn_t table(unsigned long i)
{
	return PFN(FIRST_PFN + i);
}

/* The machine frame of a table. */
static unsigned long mfn_of(unsigned long i)
{
	return proof_region[FIRST_PFN + i];
}

void *pfn_to_virt(pfn_t pfn)
{
	unsigned long i = pfn.v - FIRST_PFN;

	prove(pfn.v >= FIRST_PFN && i < NR_TABLES, "only tables are reached by their frame");
	return &memory[i * PER_FRAME];
}

/* --- the page tables --- */

unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf)
{
	(void)va;
	(void)leaf;
	return nr_pages ? upper_needed : 0;
}

int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables)
{
	unsigned int needed = mmu_tables_needed(va, nr_pages, leaf);

	prove(tables->nr >= needed, "what is prepared is paid for");
	if (refuse)
		return -EIO;
	tables->nr -= needed;
	upper_needed = 0;
	return 0;
}

void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot)
{
	prove(va == &proof_region[(queued_at + nr_queued) * PER_FRAME], "leaf after leaf");
	prove(prot == MMU_RW && nr_queued < ROOM, "writable, and not too many");
	queued[nr_queued++] = pfn;
}

static const unsigned long *contents(pfn_t pfn)
{
	return pfn.v >= LIST ? &list[(pfn.v - LIST) * PER_FRAME] : pfn_to_virt(pfn);
}

int mmu_commit(struct frame_stash *tables)
{
	(void)tables;
	if (refuse)
		return -EIO;
	for (unsigned int i = 0; i < nr_queued; i++) {
		for (unsigned int entry = 0; entry < PER_FRAME; entry++)
			proof_region[(queued_at + i) * PER_FRAME + entry] =
				contents(queued[i])[entry];
	}
	nr_queued = 0;
	return 0;
}

/* --- any valid state --- */

static void any_contents(unsigned long *entry, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		entry[i] = nondet_ulong();
}

/* Each table has a machine frame of its own, and the M2P knows it. */
static void any_machine_frames(unsigned long *entry)
{
	any_contents(m2p, NR_MFNS);
	xen_m2p = m2p;
	xen_m2p_entries = NR_MFNS;
	for (unsigned long i = 0; i < NR_TABLES; i++) {
		entry[FIRST_PFN + i] = any_below(NR_MFNS);
		assume(m2p[entry[FIRST_PFN + i]] == table(i).v);
	}
}

/* Published leaves, staged ones, and mids for all of them; the other tables are in the stash. */
static void any_state(unsigned int max_staged)
{
	any_contents(proof_region, ROOM * PER_FRAME);
	any_contents(memory, NR_TABLES * PER_FRAME);
	any_machine_frames(proof_region);
	p2m.map = proof_region;
	p2m.nr_leaves = 2 + any_below(ROOM - NR_STAGED - 1);
	p2m.nr_staged = any_below(max_staged + 1UL);
	p2m.nr_mids = 1 + any_below(NR_MIDS);
	assume(p2m.nr_mids * PER_FRAME >= p2m.nr_leaves + p2m.nr_staged);
	p2m.top = table(TOP);
	for (unsigned long i = 0; i < NR_MIDS; i++) {
		if (i < p2m.nr_mids)
			assume(memory[i] == mfn_of(MID(i)));
		else
			stash_push(&stash, table(MID(i)));
	}
	for (unsigned long i = 0; i < NR_TABLES - STAGED(0); i++) {
		if (i < p2m.nr_staged)
			p2m.staged[i] = table(STAGED(i));
		else
			stash_push(&stash, table(STAGED(i)));
	}
	queued_at = p2m.nr_leaves;
	xen_shared_info = &shared_info;
	shared_info.arch.max_pfn = p2m.nr_leaves * PER_FRAME;
	upper_needed = any_below(3);
	refuse = nondet_bool();
}

/* A frame that may have a leaf, or not. */
static pfn_t any_pfn(void)
{
	return PFN(any_below((ROOM + 1) * PER_FRAME));
}

static bool has_leaf(pfn_t pfn)
{
	return pfn.v < (p2m.nr_leaves + p2m.nr_staged) * PER_FRAME;
}

/* The tree, as the toolstack walks it. */
static unsigned long tree_entry(unsigned long leaf)
{
	const unsigned long *mid = &memory[MID(leaf / PER_FRAME) * PER_FRAME];

	prove(memory[leaf / PER_FRAME] == mfn_of(MID(leaf / PER_FRAME)), "the top names the mid");
	return mid[leaf % PER_FRAME];
}

#endif
