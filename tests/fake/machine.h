/* SPDX-License-Identifier: MIT */
/*
 * The parts of the fake among themselves: machine frames with what Xen knows of each, and the
 * address space that follows the tables. After Xen 4.17: xen/arch/x86/mm.c, xen/common/memory.c.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include <arch/mmu.h>
#include <lib/addr.h>

#include "fake.h"

enum owner { OWNER_HOST, OWNER_DOMAIN, OWNER_XEN };

/* What a frame is used as: levels of tables are their own number. */
enum frame_type { TYPE_NONE = 0, TYPE_L1 = 1, TYPE_L4 = 4, TYPE_WRITABLE = 5 };

struct frame {
	uint8_t owner, type;
	bool allocated;	    /* the domain's, and not given back */
	bool pinned;	    /* kept a table by the guest's wish */
	bool live;	    /* a table of the tree in use, that serves `va` */
	unsigned int refs;  /* mappings, uses as a table, and one while allocated */
	unsigned int types; /* of these, uses as what `type` says */
	uintptr_t va;
};

struct machine {
	unsigned long nr_frames, frames_max; /* of the machine, and memory there is for one */
	struct frame *frame;
	char *memory; /* all of it, as only Xen sees it */
	int fd;
	unsigned long *m2p;
	unsigned int *free_in_block;
	unsigned long tot_pages, max_pages;
	unsigned long rover, run_left;
	unsigned int run;
	bool clean;
	uint64_t random;
	mfn_t root;
};

extern struct machine machine;

/* ---- machine.c: who owns what ---- */

void machine_start(const struct fake_setup *setup);
struct frame *machine_frame(mfn_t mfn);
uint64_t *machine_table(mfn_t mfn);

/* 2^order neighbours, aligned, the domain's from now on as `pfn`. False: the host has none. */
bool machine_give(unsigned int order, unsigned long pfn, mfn_t *first);

/* Does a frame that is given back hold nothing of the guest's: zeros, or what was in it at first?
 */
bool machine_is_scrubbed(mfn_t mfn);

/* The last reference is gone: the host's again. */
void machine_reclaim(mfn_t mfn);

/* Ends the test. */
void fake_fail(const char *fmt, ...) __noreturn __printf(1, 2);

/* ---- types.c: references and types ---- */

/* -EINVAL: not the domain's. */
int ref_get(mfn_t mfn);
void ref_put(mfn_t mfn);

/* A reference, and a use as `type`: -EINVAL if it is used as something else. */
int type_get(mfn_t mfn, enum frame_type type);
void type_put(mfn_t mfn);

/* Changes an entry of a table, as mod_l1_entry and its like do. Xen's errors. */
int entry_set(mfn_t table, unsigned int index, uint64_t val);

/* ---- space.c: the process's address space, and the TLB ---- */

void space_start(void);

/* An entry of a live table changed. */
void space_entry(uintptr_t va, uint64_t old, uint64_t val);

/* A table came into the tree in use, or left it. */
void space_hook(mfn_t table, unsigned int level, uintptr_t va);
void space_unhook(mfn_t table, unsigned int level);

/* Makes true what was gathered. Before anybody looks. */
void space_sync(void);

void tlb_flush(void);
void tlb_flush_page(uintptr_t va);
void tlb_flush_frame(mfn_t mfn);
bool tlb_has_frame(mfn_t mfn);
bool tlb_is_clean(void);

/* ---- mmu.c ---- */

/*
 * Finds the page that the domain's tables map writable at `va`, or ends the test. Return: that page
 * in machine.memory, where a first touch costs no page fault.
 */
uint64_t *domain_page(const void *va);

/* ---- faults.c ---- */

enum event { EVENT_CALL, EVENT_EXTENT, EVENT_RELEASE, EVENT_UPDATE, NR_EVENTS };

/* Counts an event. True: it fails. */
bool fault_hits(enum event event);

/* A hypercall begins. True: it is refused. */
bool call_begins(void);
int call_refusal(void);

/* A place where Xen looks for events. */
void call_preempt(void);

/* ---- domain.c, held.c ---- */

/* Where the builder put what; from `end` on memory is free. */
struct domain_frames {
	pfn_t list, tables, end;
};

extern struct domain_frames domain_frames;
extern unsigned long domain_reserved; /* what the guest's boot never frees: [0, domain_reserved) */

/* Builds the domain; its tables are in use. */
void domain_build(unsigned long nr_frames);

bool held_has(pfn_t pfn);
void held_start(void);
void held_check(void);

#endif
