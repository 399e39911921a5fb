/* SPDX-License-Identifier: MIT */
/*
 * malloc of mixed sizes until there is no more memory: nothing overlaps, nothing is lost, all of it
 * comes back. The first round grows the guest; the second must find exactly what the first left.
 */
#include <aerostat/pattern.h>

#include "guest_test.h"
#include "tests/heap_check.h"

/* At the start of each object; the rest holds a pattern that knows where it lies. */
struct object {
	struct object *next;
	size_t size;
};

static uint64_t random_state;

static uint32_t random_next(void)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(random_state >> 33);
}

/* Many small ones, some of pages, a few of more than a block. */
static size_t random_size(void)
{
	uint32_t kind = random_next() % 100, span = 600;

	if (kind == 0)
		span = 5 << 20;
	else if (kind < 10)
		span = 200 << 10;
	else if (kind < 40)
		span = 10 << 10;
	return sizeof(struct object) + random_next() % span;
}

static size_t pattern_bytes(const struct object *object)
{
	return ALIGN_DOWN(object->size - sizeof(*object), sizeof(uint64_t));
}

static struct object *object_new(size_t size)
{
	struct object *object = heap_malloc(size);

	if (!object)
		return NULL;
	CHECK((uintptr_t)object % 16 == 0, "%p is not aligned", (void *)object);
	object->size = size;
	pattern_write(object + 1, pattern_bytes(object), (uintptr_t)object ^ size);
	return object;
}

static bool object_is_intact(const struct object *object)
{
	return pattern_holds(object + 1, pattern_bytes(object), (uintptr_t)object ^ object->size);
}

/* Until even the smallest object is not to be had. */
static struct object *take_all(unsigned long *nr)
{
	struct object *first = NULL, *object;
	size_t size = random_size();

	*nr = 0;
	while (size >= sizeof(*object)) {
		object = object_new(size);
		if (!object) {
			size /= 2;
			continue;
		}
		object->next = first;
		first = object;
		++*nr;
		size = MIN(random_size(), size * 4);
	}
	return first;
}

/* Frees one in `nth`; the list goes on with the others. */
static struct object *free_some(struct object *first, unsigned int nth, unsigned long *nr)
{
	struct object *kept = NULL, *next;
	unsigned int i = 0;

	for (struct object *object = first; object; object = next) {
		next = object->next;
		CHECK(object_is_intact(object), "%p, %zu bytes", (void *)object, object->size);
		if (i++ % nth == 0) {
			heap_free(object);
			--*nr;
		} else {
			object->next = kept;
			kept = object;
		}
	}
	return kept;
}

static void fill_and_empty(void)
{
	unsigned long nr, taken;
	struct object *first;

	random_state = 42;
	first = take_all(&nr);
	taken = nr;
	CHECK(!heap_check(), "%s", heap_check());
	first = free_some(first, 3, &nr);
	first = free_some(first, 2, &nr);
	CHECK(!heap_check(), "%s", heap_check());
	first = free_some(first, 1, &nr);
	CHECK(!first && nr == 0, "%lu objects are left", nr);
	CHECK(!heap_check(), "%s", heap_check());
	printk("heap: %lu objects\n", taken);
}

static void all_of_it_comes_back(void)
{
	struct heap_stats before, after;
	unsigned long used;

	heap_stats_get(&before);
	fill_and_empty();
	used = guest_test_used();
	fill_and_empty();
	heap_stats_get(&after);
	CHECK(guest_test_used() == used, "%lu frames used, before it was %lu", guest_test_used(),
	      used);
	CHECK(after.objects == before.objects, "%lu objects more", after.objects - before.objects);
	CHECK(after.frames == before.frames, "%lu frames more", after.frames - before.frames);
	CHECK(after.bad_frees == before.bad_frees, "a good free was called bad");
}

static void contents_move_along(void)
{
	uint64_t *words = heap_calloc(100, 8);
	unsigned int wrong = 0;

	CHECK(words, "calloc fails");
	for (size_t i = 0; words && i < 100; i++)
		wrong += words[i] != 0;
	CHECK(wrong == 0, "calloc left %u words as they were", wrong);
	if (words)
		pattern_write(words, 800, 7);
	for (size_t size = 1000; words && size < 4 << 20; size *= 3) {
		words = heap_realloc(words, size);
		CHECK(words && pattern_holds(words, 800, 7), "realloc to %zu", size);
	}
	heap_free(words);
}

static void bad_frees_are_reported_and_do_nothing(void)
{
	struct heap_stats before, after;
	char local, *page = page_alloc(0, PAGE_FIXED), *object = heap_malloc(100);
	char *other = heap_malloc(100);

	CHECK(page && object && other, "no memory");
	heap_stats_get(&before);
	heap_free(&local);
	heap_free(page);
	heap_free(object + 16);
	heap_free((void *)(uintptr_t)app_main);
	heap_stats_get(&after);
	CHECK(after.bad_frees == before.bad_frees + 4, "%lu reported",
	      after.bad_frees - before.bad_frees);
	CHECK(after.objects == before.objects, "an object is gone");
	heap_free(object);
	heap_free(object);
	heap_stats_get(&after);
	CHECK(after.bad_frees == before.bad_frees + 5, "a double free went unnoticed");
	CHECK(after.objects == before.objects - 1, "a double free freed");
	heap_free(other);
	page_free(page, 0);
	CHECK(!heap_check(), "%s", heap_check());
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	contents_move_along();
	bad_frees_are_reported_and_do_nothing();
	all_of_it_comes_back();
	contents_move_along();
	return guest_test_done();
}
