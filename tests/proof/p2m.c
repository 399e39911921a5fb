/* SPDX-License-Identifier: MIT */
/*
 * arch/x86/pv/p2m.c, from any valid state: what is stored is answered, leaves stay contiguous, the
 * tree names them, and no table frame is lost.
 */
#include "p2m_model.h"

#ifndef LISTED_FROM /* the lengths of the builder's list */
#define LISTED_FROM (LIST + NR_LISTED / PER_FRAME)
#define LISTED_TO   NR_LISTED
#endif

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

/* An extent of published leaves, and every entry there is, told to the solver as literals. */
static void set_range(unsigned long first, unsigned long n)
{
	unsigned long mfn = any_below(65536), before[ROOM * PER_FRAME];

	for (unsigned long pfn = 0; pfn < ROOM * PER_FRAME; pfn++)
		before[pfn] = p2m_get(PFN(pfn)).v;
	p2m_set_range(PFN(first), MFN(mfn), n);
	for (unsigned long pfn = 0; pfn < ROOM * PER_FRAME; pfn++) {
		bool in = pfn >= first && pfn - first < n;

		prove(p2m_get(PFN(pfn)).v == (in ? mfn + (pfn - first) : before[pfn]),
		      "an extent's are neighbours, and no other entry changes");
	}
	assume(false); /* what follows is another extent */
}

void proof_set_range(void)
{
	unsigned long first = nondet_ulong(), n = nondet_ulong(), end;

	any_state(0);
	p2m.nr_leaves = ROOM - NR_STAGED;
	p2m.nr_staged = 0;
	end = p2m.nr_leaves * PER_FRAME;
	for (unsigned long at = 0; at < end; at++) {
		for (unsigned long nr = 0; nr <= MIN(MAX_RANGE, end - at); nr++) {
			if (first == at && n == nr)
				set_range(at, nr);
		}
	}
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

/* A list of this length that a builder left, of which the tables' machine frames are literals. */
static void any_list(unsigned long frames)
{
	any_contents(list, NR_LISTED);
	xen_m2p = m2p;
	xen_m2p_entries = NR_MFNS;
	for (unsigned long i = 0; i < NR_TABLES; i++) {
		list[FIRST_PFN + i] = i;
		m2p[i] = table(i).v;
	}
	xen_shared_info = &shared_info;
	p2m_init(list, frames);
}

/* The tree, as the toolstack walks it. */
static unsigned long adopted_entry(unsigned long leaf)
{
	const unsigned long *top = pfn_to_virt(p2m.top);
	const unsigned long *mid = pfn_to_virt(PFN(m2p[top[leaf / PER_FRAME]]));

	prove(shared_info.arch.pfn_to_mfn_frame_list_list == p2m_get(p2m.top).v, "it is told");
	return mid[leaf % PER_FRAME];
}

/* From the builder's list to the region and the tree: all that is counted is a literal. */
static void adopt(unsigned long frames, unsigned int held, bool refused)
{
	unsigned long leaves = DIV_ROUND_UP(frames, PER_FRAME), before[ROOM * PER_FRAME];
	unsigned int needed;
	int err;

	any_list(frames);
	upper_needed = 1;
	refuse = refused;
	for (unsigned int i = 0; i < held; i++)
		stash_push(&stash, table(i));
	needed = p2m_adopt_needs();
	for (unsigned long pfn = 0; pfn < ROOM * PER_FRAME; pfn++)
		before[pfn] = p2m_get(PFN(pfn)).v;
	err = p2m_adopt(PFN(LIST), &stash);
	for (unsigned long pfn = 0; pfn < ROOM * PER_FRAME; pfn++) {
		prove(p2m_get(PFN(pfn)).v == before[pfn], "the region says what the list said");
		prove(pfn < frames || before[pfn] == MFN_NONE.v, "nothing is beyond the list");
	}
	prove(err == (needed > held ? -ENOMEM : (refused ? -EIO : 0)),
	      "refused if and only if tables are missing, or Xen refuses");
	if (err) {
		prove(stash.nr == held && p2m.map == list, "an error changes nothing");
	} else {
		prove(stash.nr == held - needed, "as many tables are taken as was said");
		prove(p2m.map == proof_region, "the region is read from now on");
		for (unsigned long leaf = 0; leaf < leaves; leaf++)
			prove(adopted_entry(leaf) == list[LIST + leaf], "the tree names each leaf");
		prove(shared_info.arch.max_pfn == leaves * PER_FRAME, "the end is told");
	}
	assume(false); /* what follows is another case */
}

void proof_adopt(void)
{
	unsigned long frames = nondet_ulong();
	unsigned int held = nondet_uint();
	bool refused = nondet_bool();

	for (unsigned long f = LISTED_FROM; f <= LISTED_TO; f++) {
		for (unsigned int h = 0; h <= NR_TABLES; h++) {
			if (frames != f || held != h)
				continue;
			if (refused)
				adopt(f, h, true);
			else
				adopt(f, h, false);
		}
	}
}
