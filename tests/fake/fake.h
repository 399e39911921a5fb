/* SPDX-License-Identifier: MIT */
/*
 * A fake Xen for unit tests: a machine of real memory, a PV domain in it whose page tables are
 * obeyed, and the hypercalls of asm/hypercall.h, which can be made to fail anywhere.
 *
 * The process's own address space follows the domain's page tables: what they map is there, and an
 * access to anything else ends the test.
 */
#ifndef TESTS_FAKE_FAKE_H
#define TESTS_FAKE_FAKE_H

#include <lib/addr.h>
#include <mm/pagedb.h>

#define FAKE_UNLIMITED UINT32_MAX

struct fake_setup {
	unsigned long machine; /* frames of the machine */
	unsigned long frames;  /* frames the domain starts with */
	unsigned long ceiling; /* frames it may have (maximum_reservation) */
	unsigned int run;      /* machine frames that are neighbours, when taken one by one */
	bool clean; /* what the host gives is not filled with garbage: for large machines */
};

/* The fault happens to the `at`-th event of its kind from now on (0: never) and to `more` after it.
 */
struct fake_fault {
	unsigned long at, more;
};

/* What goes wrong, and what happens meanwhile. All zeros: nothing. */
struct fake_faults {
	struct fake_fault call;	   /* a hypercall is refused */
	int refusal;		   /* with this, where it is not 0 done; 0 stands for -EINVAL */
	struct fake_fault extent;  /* populate stops at an extent */
	bool inside;		   /* and the extent's frames came nevertheless */
	struct fake_fault release; /* decrease stops at an extent */
	struct fake_fault update;  /* mmu_update stops at an entry */
	unsigned long undo;	   /* and again, so many entries later */
	unsigned long boast;	   /* populate claims to have done so many more extents */
	bool host_has_limit;	   /* the host gives only host_frames more */
	unsigned long host_frames;
	bool no_blocks;			    /* the host has single frames only */
	void (*on_call)(unsigned long nth); /* before the nth hypercall from now on, from 1 */
	void (*on_interrupt)(void);	    /* between extents and entries, in an interrupt */
};

extern struct fake_faults fake_faults;

/* Sets faults; events are counted from here on. */
void fake_set_faults(const struct fake_faults *faults);
void fake_no_faults(void);

/* A new machine and domain, booted as far as xen_balloon_init(). The clock stands at 0. */
void fake_start(const struct fake_setup *setup);

/* What Xen thinks: frames of the domain, and how many it may have (FAKE_UNLIMITED). */
unsigned long fake_tot_pages(void);
void fake_set_ceiling(unsigned long frames);

/* Frames of the machine that are nobody's. */
unsigned long fake_host_free(void);

/* What there was since fake_set_faults() or fake_start(). */
struct fake_events {
	unsigned long calls, extents, releases, updates;
};

struct fake_events fake_events(void);

/* The clock goes on. */
void fake_wait(uint64_t ns);

/* ---- what the test holds: in each frame a stamp that nobody else may touch ---- */

/* page_alloc and page_free, with a model beside. NULL, or false, as page_alloc has it. */
void *fake_take(unsigned int order, enum page_use use);
void fake_give(void *va, unsigned int order);

/* Frames held by fake_take. Is this one of them? */
unsigned long fake_held(void);
bool fake_holds(pfn_t pfn);

/* Everything that must be true between two operations; if it is not, the test fails. */
void fake_check(void);

/*
 * The same after a fault at which the guest had to give frames up: `lost` that the host counts as
 * ours and that have no number. Answers how many more are present and in nobody's hands.
 */
unsigned long fake_check_losing(unsigned long lost);

/* The same by counters alone. */
void fake_check_counts(void);

#endif
