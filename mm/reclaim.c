/* SPDX-License-Identifier: MIT */
/* Asks those who keep memory that can be let go (mm/reclaim.h). */
#include <mm/mm.h>
#include <mm/reclaim.h>

static struct list reclaimers = LIST_INIT(reclaimers);
static unsigned int pass;
static bool running;

void reclaim_init(void)
{
	list_init(&reclaimers);
}

void reclaim_register(struct reclaimer *reclaimer)
{
	reclaimer->pass = pass;
	list_append(&reclaimers, &reclaimer->node);
}

void reclaim_unregister(struct reclaimer *reclaimer)
{
	list_remove(&reclaimer->node);
}

bool reclaim_is_running(void)
{
	return running;
}

/*
 * The first that this pass has not asked. It starts over each time: a release may have changed the
 * list. What registers meanwhile counts as asked, so a pass ends.
 */
static struct reclaimer *next_to_ask(void)
{
	list_for_each (node, &reclaimers) {
		struct reclaimer *reclaimer = container_of(node, struct reclaimer, node);

		if (reclaimer->pass != pass)
			return reclaimer;
	}
	return NULL;
}

unsigned long reclaim(unsigned long frames)
{
	unsigned long before = kernel_mm.pages.nr_free, freed = 0;
	struct reclaimer *reclaimer;

	if (running)
		return 0;
	running = true;
	pass++;
	while (freed < frames && (reclaimer = next_to_ask())) {
		unsigned long now;

		reclaimer->pass = pass;
		reclaimer->release(reclaimer, frames - freed);
		now = kernel_mm.pages.nr_free;
		freed = now - MIN(now, before);
	}
	running = false;
	return freed;
}
