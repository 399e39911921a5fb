/* SPDX-License-Identifier: MIT */
/* Growth by malloc of mixed sizes, from 16 bytes to 3 MiB; then malloc fails cleanly. */
#include "frames.h"
#include "tests/heap_check.h"

struct object {
	struct object *next;
	size_t size;
	uint64_t pattern[];
};

static size_t next_size(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	/* Each power of two as likely as the others. */
	return sizeof(struct object) +
	       ((state >> 40) & ((1U << (4 + (state >> 33) % 18)) - 1) & ~7U);
}

static struct object *take(struct object *first, size_t size)
{
	struct object *object = heap_malloc(size);

	if (!object)
		return NULL;
	object->next = first;
	object->size = size;
	pattern_write(object->pattern, size - sizeof(*object), (uintptr_t)object);
	return object;
}

int app_main(int argc, char **argv)
{
	struct object *first = NULL, *object;
	struct heap_stats stats;
	unsigned long nr = 0;

	(void)argc;
	(void)argv;
	while ((object = take(first, next_size())) != NULL) {
		first = object;
		nr++;
	}
	/* The large one did not fit; take what is left by frames. */
	while ((object = take(first, 64)) != NULL)
		first = object;
	check_at_ceiling();
	check_memory();
	CHECK(!heap_check(), "heap: %s", heap_check());
	while (first) {
		object = first;
		first = object->next;
		CHECK(pattern_holds(object->pattern, object->size - sizeof(*object),
				    (uintptr_t)object),
		      "object %p is damaged", (void *)object);
		heap_free(object);
	}
	heap_stats_get(&stats);
	CHECK(stats.frames == 0 && stats.objects == 0,
	      "an empty heap holds %lu frames, %lu objects", stats.frames, stats.objects);
	printk("test: %lu objects before the first failure\n", nr);
	check_memory();
	return guest_test_done();
}
