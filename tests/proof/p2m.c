// SPDX-License-Identifier: MIT
/*
 * arch/x86/pv/p2m.c, from any valid state: what is stored is answered, leaves stay contiguous, the
 * tree names them, and no table frame is lost. Frames of 4 entries; page tables
 * are a model that shows in the region, from the commit on, what was queued.
 */
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
#define LIST	  100UL /* first frame of the builder's list */

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

/* --- proofs --- */

void proof_set(void)
{
	pfn_t pfn = any_pfn(), other = any_pfn();
	mfn_t mfn = MFN(nondet_ulong()), before;

	any_state(NR_STAGED);
	assume(has_leaf(pfn) && !pfn_eq(pfn, other));
	before = p2m_get(other);
	p2m_set(pfn, mfn);
	prove(mfn_eq(p2m_get(pfn), mfn), "what was set is answered");
	prove(mfn_eq(p2m_get(other), before), "no other entry changes");
	prove(has_leaf(other) || mfn_eq(before, MFN_NONE), "there is nothing beyond the leaves");
	prove(pv_p2m_leaf(pfn)[0] == mfn.v, "the entries from a frame on begin with its own");
}

void proof_set_range(void)
{
	pfn_t first = any_pfn(), pfn = any_pfn();
	unsigned long n = any_below(MAX_RANGE + 1);
	mfn_t mfn = MFN(any_below(65536)), before;

	any_state(NR_STAGED);
	assume(p2m.nr_leaves == 3 && p2m.nr_staged == 2);
	assume(n == 0 || has_leaf(pfn_add(first, n - 1)));
	before = p2m_get(pfn);
	p2m_set_range(first, mfn, n);
	if (pfn.v >= first.v && pfn.v - first.v < n)
		prove(p2m_get(pfn).v == mfn.v + (pfn.v - first.v), "an extent's are neighbours");
	else
		prove(mfn_eq(p2m_get(pfn), before), "no entry outside the extent changes");
}

/* Whatever Xen, or another domain, wrote into the M2P. */
void proof_reverse(void)
{
	mfn_t mfn = MFN(nondet_ulong());
	pfn_t pfn;

	any_state(NR_STAGED);
	any_contents(m2p, NR_MFNS);
	pfn = mfn_to_pfn(mfn);
	prove(pfn_eq(pfn, PFN_NONE) || mfn_eq(p2m_get(pfn), mfn), "a frame of ours, or none");
}

void proof_extend(void)
{
	pfn_t end = any_pfn(), pfn = any_pfn();
	unsigned long leaves, staged, leaf = any_below(ROOM), named;
	unsigned int held, needed;
	mfn_t before;
	int err;

	any_state(0);
	leaves = p2m.nr_leaves;
	assume(end.v <= (leaves + NR_STAGED) * PER_FRAME && leaf < leaves);
	stash.nr -= any_below(stash.nr + 1);
	held = stash.nr;
	staged = end.v > leaves * PER_FRAME ? DIV_ROUND_UP(end.v, PER_FRAME) - leaves : 0;
	needed = p2m_tables_needed(end);
	before = p2m_get(pfn);
	named = tree_entry(leaf);
	err = p2m_extend(end, &stash);
	prove(p2m.nr_leaves == leaves, "nothing is published");
	prove(shared_info.arch.max_pfn == leaves * PER_FRAME, "nor is the end told");
	prove(tree_entry(leaf) == named, "the tree says of the leaves what it said");
	prove(mfn_eq(p2m_get(pfn), before), "no entry changes: what is new is absent");
	prove((err == -ENOMEM) == (needed > held), "refused if and only if tables are missing");
	if (err) {
		prove(p2m.nr_staged == 0 && stash.nr == held, "an error takes nothing");
		return;
	}
	prove(p2m.nr_staged == staged, "as many leaves as the end needs");
	prove(stash.nr == held - needed, "as many tables are taken as was said");
	prove(p2m.nr_mids * PER_FRAME >= leaves + staged, "mids for all leaves");
}

void proof_publish(void)
{
	pfn_t pfn = any_pfn();
	unsigned long leaves, leaf = any_below(ROOM), named;
	unsigned int staged;
	mfn_t before;

	any_state(NR_STAGED);
	refuse = false;
	leaves = p2m.nr_leaves;
	staged = p2m.nr_staged;
	assume(leaf < leaves + staged);
	before = p2m_get(pfn);
	named = leaf < leaves ? tree_entry(leaf) : mfn_of(STAGED(leaf - leaves));
	p2m_queue();
	prove(shared_info.arch.max_pfn == leaves * PER_FRAME, "the end is not told before");
	prove(nr_queued == staged, "every staged leaf is queued");
	assume(mmu_commit(NULL) == 0);
	p2m_publish();
	prove(p2m.nr_leaves == leaves + staged && p2m.nr_staged == 0, "they are published");
	prove(mfn_eq(p2m_get(pfn), before), "they say what they said when they were staged");
	prove(tree_entry(leaf) == named, "the tree names each leaf, and the old ones as before");
	prove(shared_info.arch.max_pfn == (leaves + staged) * PER_FRAME, "the end is told");
	prove(!staged || shared_info.arch.pfn_to_mfn_frame_list_list == mfn_of(TOP),
	      "and where the tree is");
}

void proof_abort(void)
{
	pfn_t end = any_pfn(), pfn = any_pfn();
	unsigned long leaves, needed;
	unsigned int held, staged;
	mfn_t before;

	any_state(NR_STAGED);
	held = stash.nr;
	leaves = p2m.nr_leaves;
	staged = p2m.nr_staged;
	needed = DIV_ROUND_UP(end.v, PER_FRAME);
	before = p2m_get(pfn);
	p2m_abort(end, &stash);
	prove(p2m.nr_leaves == leaves, "what is published stays");
	prove(p2m.nr_staged == (needed > leaves ? MIN(needed - leaves, staged) : 0),
	      "what the end needs stays staged");
	prove(stash.nr + p2m.nr_staged == held + staged, "and all else is back in the stash");
	for (unsigned int i = held; i < stash.nr; i++)
		prove(pfn_eq(stash.frame[i], table(STAGED(staged - 1 - (i - held)))),
		      "the frames that were staged, the last first");
	prove(mfn_eq(p2m_get(pfn), has_leaf(pfn) ? before : MFN_NONE), "its entries are gone");
}

/* From the builder's list to the region and the tree. */
void proof_adopt(void)
{
	unsigned long frames = FIRST_PFN + NR_TABLES + any_below(NR_LISTED - NR_TABLES);
	unsigned long leaves = DIV_ROUND_UP(frames, PER_FRAME), leaf = any_below(ROOM);
	unsigned int held, needed;
	pfn_t pfn = any_pfn();
	mfn_t before;
	int err;

	assume(frames <= NR_LISTED && leaf < leaves);
	any_contents(list, NR_LISTED);
	any_machine_frames(list);
	p2m_init(list, frames);
	prove(pfn.v < frames || mfn_eq(p2m_get(pfn), MFN_NONE), "nothing is beyond the list");
	xen_shared_info = &shared_info;
	upper_needed = any_below(3);
	refuse = nondet_bool();
	for (unsigned long i = 0; i < NR_TABLES; i++)
		stash_push(&stash, table(i));
	stash.nr -= any_below(stash.nr + 1);
	held = stash.nr;
	needed = p2m_adopt_needs();
	before = p2m_get(pfn);
	err = p2m_adopt(PFN(LIST), &stash);
	prove(mfn_eq(p2m_get(pfn), before), "the region says what the list said");
	prove((err == -ENOMEM) == (needed > held), "refused if and only if tables are missing");
	if (err) {
		prove(stash.nr == held && p2m.map == list, "an error changes nothing");
		return;
	}
	prove(stash.nr == held - needed, "as many tables are taken as was said");
	prove(p2m.map == proof_region, "the region is read from now on");
	prove(p2m.nr_mids * PER_FRAME >= leaves, "mids for all leaves");
	prove(shared_info.arch.max_pfn == leaves * PER_FRAME, "the end is told");
}
