/* SPDX-License-Identifier: MIT */
/*
 * The heap's face: malloc and its family, over slabs (small) and whole pages (large). Whatever is
 * handed in is checked before it is believed: first that the heap owns the chunk, then the header,
 * then that an object begins there and is in use.
 */
#include <kernel/printk.h>
#include <kernel/string.h>

#include "heap_chunk.h"

/* An object that is in use, and where it lives: one of the two is not NULL. */
struct object {
	struct slab *slab;
	unsigned int slot;
	struct large *large;
};

struct heap heap;

/* `action` is "free" or "realloc". */
static void report(const char *action, const void *p, const char *wrong)
{
	heap.stats.bad_frees++;
	printk("heap: %s of %p: %s; nothing done\n", action, p, wrong);
}

/* NULL, and the object; or a text of what is wrong. */
static const char *find_object(const void *p, struct object *object)
{
	void *chunk = heap_chunk_of(p);

	*object = (struct object){0};
	if (unlikely(!chunk))
		return "not the heap's";
	if (likely(slab_is_sane(chunk))) {
		object->slab = chunk;
		return slab_find(object->slab, p, &object->slot);
	}
	object->large = chunk;
	if (!large_is_sane(object->large))
		return "the header of its chunk is damaged";
	return object->large->object == p ? NULL : "not the start of an object";
}

void *heap_malloc(size_t size)
{
	if (likely(size <= SLAB_SIZE_MAX))
		return slab_alloc(slab_class_of(size + !size));
	return large_alloc(size, 1);
}

void *heap_aligned_alloc(size_t align, size_t size)
{
	if (!align || align & (align - 1))
		return NULL;
	/* A class whose size is a multiple of the alignment has its slots aligned so. */
	if (align <= SLAB_SIZE_MAX && size <= SLAB_SIZE_MAX)
		return slab_alloc(slab_class_of(ALIGN_UP(MAX(size, align), align)));
	return large_alloc(size, align);
}

void *heap_calloc(size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	p = heap_malloc(bytes);
	if (p)
		memset(p, 0, bytes);
	return p;
}

void heap_free(void *p)
{
	struct object object;
	const char *wrong;

	if (!p)
		return;
	wrong = find_object(p, &object);
	if (unlikely(wrong))
		report("free", p, wrong);
	else if (likely(object.slab))
		slab_free(object.slab, object.slot);
	else
		large_free(object.large);
}

/* False if it should move; `capacity` are the bytes it has now. */
static bool resize_in_place(const struct object *object, size_t size, size_t *capacity)
{
	if (object->slab) {
		*capacity = slab_class[object->slab->class].size;
		return size <= SLAB_SIZE_MAX && slab_class_of(size + !size) == object->slab->class;
	}
	*capacity = large_capacity(object->large);
	return size > SLAB_SIZE_MAX && large_resize(object->large, size);
}

void *heap_realloc(void *p, size_t size)
{
	struct object object;
	const char *wrong;
	size_t capacity;
	void *moved;

	if (!p)
		return heap_malloc(size);
	wrong = find_object(p, &object);
	if (wrong) {
		report("realloc", p, wrong);
		return NULL;
	}
	if (resize_in_place(&object, size, &capacity))
		return p;
	moved = heap_malloc(size);
	if (moved) {
		memcpy(moved, p, MIN(size, capacity));
		heap_free(p);
	}
	return moved;
}

void heap_stats_get(struct heap_stats *stats)
{
	*stats = heap.stats;
}
