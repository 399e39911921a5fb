/* SPDX-License-Identifier: MIT */
/* A cache that counts how often it is asked, for tests on the fake Xen. */
#ifndef TESTS_UNIT_XEN_CACHE_H
#define TESTS_UNIT_XEN_CACHE_H

#include <mm/reclaim.h>

#include "turns.h"

struct cache {
	struct reclaimer reclaimer;
	unsigned int nr_asked;
};

/* Registers a cache, and has the test hold so many frames. */
static inline void start_cache(struct cache *cache,
			       unsigned long (*release)(struct reclaimer *, unsigned long),
			       unsigned long frames)
{
	*cache = (struct cache){.reclaimer = {.name = "test", .release = release}};
	reclaim_register(&cache->reclaimer);
	hold(frames);
}

static inline void count_asked(struct reclaimer *self)
{
	container_of(self, struct cache, reclaimer)->nr_asked++;
}

#endif
