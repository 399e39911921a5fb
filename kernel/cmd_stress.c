/* SPDX-License-Identifier: MIT */
/* stress: takes and frees runs of pages at random for a while; each holds a pattern meanwhile. */
#include <aerostat/pattern.h>
#include <arch/cpu.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <mm/page.h>
#include <sched/thread.h>

#include "command.h"

#define SLOTS	  512U
#define YIELD_AT  16U /* operations between two turns of the others */
#define SECONDS	  1000000000ULL
#define LONGEST_S (24UL * 60 * 60)

struct slot {
	void *va; /* NULL: nothing */
	unsigned int order;
};

static struct slot slots[SLOTS];

static struct {
	uint64_t random;
	unsigned long taken, refused, damaged;
} run;

/* xorshift64*: the same from the same seed. */
static uint32_t next_random(void)
{
	run.random ^= run.random >> 12;
	run.random ^= run.random << 25;
	run.random ^= run.random >> 27;
	return (uint32_t)((run.random * 0x2545f4914f6cdd1dULL) >> 32);
}

/* Single frames half of the time, else anything up to a block. */
static unsigned int random_order(void)
{
	return next_random() & 1 ? 0 : next_random() % (BLOCK_ORDER + 1);
}

static void take(struct slot *slot)
{
	enum page_use use = next_random() % 4 ? PAGE_FIXED : PAGE_RECLAIMABLE;

	slot->order = random_order();
	slot->va = page_alloc(slot->order, use);
	if (!slot->va) {
		run.refused++;
		return;
	}
	pattern_write(slot->va, PAGE_SIZE << slot->order, virt_to_pfn(slot->va).v);
	run.taken++;
}

static void stress_give(struct slot *slot)
{
	pfn_t pfn = virt_to_pfn(slot->va);

	if (!pattern_holds(slot->va, PAGE_SIZE << slot->order, pfn.v) && run.damaged++ == 0)
		printk("stress: %lu frames from frame %lu on are damaged\n", 1UL << slot->order,
		       pfn.v);
	page_free(slot->va, slot->order);
	slot->va = NULL;
}

static void operate(void)
{
	struct slot *slot = &slots[next_random() % SLOTS];

	if (slot->va)
		stress_give(slot);
	else
		take(slot);
}

static void give_all(void)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		if (slots[i].va)
			stress_give(&slots[i]);
	}
}

static int run_stress(int argc, char **argv)
{
	unsigned long seconds, seed = (unsigned long)clock_ns();
	uint64_t end;

	if (!parse_number(argv[1], LONGEST_S, &seconds) ||
	    (argc == 3 && !parse_number(argv[2], ~0UL, &seed))) {
		printk("stress: expected SECONDS from 0 to %lu, and optionally the seed of an "
		       "earlier run\n",
		       LONGEST_S);
		return -EINVAL;
	}
	run.random = (uint64_t)seed * 2 + 1;
	run.taken = run.refused = run.damaged = 0;
	printk("stress: seed %lu\n", seed);
	end = clock_ns() + seconds * SECONDS;
	for (unsigned int i = 1; clock_ns() < end; i++) {
		operate();
		if (i % YIELD_AT == 0)
			thread_yield();
	}
	give_all();
	printk("stress: %lu runs taken and found again, %lu damaged; %lu times there was none\n",
	       run.taken, run.damaged, run.refused);
	return run.damaged ? -EIO : 0;
}

const struct command command_stress = {
	.name = "stress",
	.usage = "SECONDS [SEED]",
	.text = "take and free memory at random, and look after it",
	.min_args = 1,
	.max_args = 2,
	.run = run_stress,
};
