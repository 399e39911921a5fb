/* SPDX-License-Identifier: MIT */
/*
 * An application keeps a cache: it is asked before an allocation fails, with a balloon or without,
 * and not asked again when it has left.
 */
#include "guest_test.h"

struct cached {
	struct cached *next;
};

static struct cached *first;
static unsigned long nr_cached, nr_asked;

static unsigned long let_go(struct reclaimer *self, unsigned long frames)
{
	unsigned long freed = 0;

	(void)self;
	nr_asked++;
	for (; first && freed < frames; freed++) {
		struct cached *page = first;

		first = page->next;
		page_free(page, 0);
		nr_cached--;
	}
	return freed;
}

static struct reclaimer cache = {.name = "test", .release = let_go};

/* All there is and may come, but for a little that the heap wants to live on. */
static void cache_everything(void)
{
	struct cached *page;

	while ((page = page_alloc(0, PAGE_RECLAIMABLE))) {
		page->next = first;
		first = page;
		nr_cached++;
	}
}

static void it_is_asked_before_an_allocation_fails(void)
{
	unsigned long had = nr_cached;
	void *page = page_alloc(0, PAGE_FIXED), *object;

	CHECK(page, "a page was cached, and the allocation failed");
	CHECK(nr_asked == 1 && nr_cached < had && had - nr_cached <= BLOCK_FRAMES,
	      "%lu times asked, %lu of %lu left", nr_asked, nr_cached, had);
	object = malloc(1000000);
	CHECK(object, "pages were cached, and malloc failed");
	CHECK(nr_cached <= had - 1 - 1000000 / PAGE_SIZE, "%lu of %lu left", nr_cached, had);
	free(object);
	page_free(page, 0);
}

static void who_left_is_not_asked(void)
{
	unsigned long asked;

	reclaim_unregister(&cache);
	cache_everything();
	asked = nr_asked;
	CHECK(!page_alloc(0, PAGE_FIXED), "there was something left");
	CHECK(nr_asked == asked, "it was asked");
	let_go(&cache, nr_cached);
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cache_everything();
	CHECK(nr_cached > 1000, "only %lu pages", nr_cached);
	reclaim_register(&cache);
	it_is_asked_before_an_allocation_fails();
	who_left_is_not_asked();
	return guest_test_done();
}
