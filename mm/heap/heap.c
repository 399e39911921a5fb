/* SPDX-License-Identifier: MIT */
/*
 * The heap's face: malloc and its family, over slabs (small) and whole pages (large). Whatever is
 * handed in is checked before it is believed: first that the heap owns the chunk, then the header,
 * then that an object begins there and is in use.
 */
#include <lib/printk.h>
#include <lib/string.h>
#include <mm/reclaim.h>

#include "chunk.h"

/* `action` is "free" or "realloc". */
static void report(const char *action, const void *p, const char *wrong)
{
	heap.bad_frees++;
	printk("heap: %s of %p: %s: ignored\n", action, p, wrong);
}

static void *slab_alloc(unsigned int class)
{
	struct slab *slab = heap.partial[class];
	unsigned int w, slot;
	uint64_t rest;

	if (unlikely(!slab || slab->magic != heap_magic(HEAP_SLAB + class, slab))) {
		slab = slab_refill(class);
		if (!slab)
			return NULL;
	}
	w = bits_lowest(slab->nonempty);
	slot = w * BITS_WORD + bits_lowest(slab->free[w]);
	rest = slab->free[w] & (slab->free[w] - 1);
	slab->free[w] = rest;
	slab->nr_used++;
	heap.nr_small[class]++;
	if (unlikely(!rest)) {
		slab->nonempty &= slab->nonempty - 1;
		if (!slab->nonempty)
			slab_is_full(slab);
	}
	return (char *)slab + slab_class[class].first + slot * slab_class[class].size;
}

static void slab_free(struct slab *slab, unsigned int slot)
{
	unsigned int w = slot / BITS_WORD;

	if (unlikely(!slab->nonempty))
		slab_is_not_full(slab);
	slab->free[w] |= 1ULL << (slot % BITS_WORD);
	slab->nonempty |= 1ULL << w;
	heap.nr_small[slab->class]--;
	if (unlikely(!--slab->nr_used))
		slab_is_empty(slab);
}

/* NULL for the address of a large object; else a text of what is wrong. */
static const char *large_find(const void *p, const struct large *large)
{
	if (!large)
		return "not a heap pointer";
	if (!large_is_sane(large))
		return "chunk header corrupted";
	return large->object == p ? NULL : "not the start of an object";
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
	void *chunk = heap_chunk_of(p);
	const char *wrong;
	unsigned int slot;

	if (likely(chunk && slab_is_sane(chunk))) {
		wrong = slab_find(chunk, p, &slot);
		if (likely(!wrong)) {
			slab_free(chunk, slot);
			return;
		}
	} else {
		if (!p)
			return;
		wrong = large_find(p, chunk);
		if (!wrong) {
			large_free(chunk);
			return;
		}
	}
	report("free", p, wrong);
}

/* Where it lies, or false: it has to move. */
static bool slab_resize(const struct slab *slab, size_t size)
{
	return size <= SLAB_SIZE_MAX && slab_class_of(size + !size) == slab->class;
}

static void *move(void *p, size_t capacity, size_t size)
{
	void *moved = heap_malloc(size);

	if (moved) {
		memcpy(moved, p, MIN(size, capacity));
		heap_free(p);
	}
	return moved;
}

void *heap_realloc(void *p, size_t size)
{
	void *chunk = heap_chunk_of(p);
	const char *wrong;
	size_t capacity;
	bool stays;

	if (!p)
		return heap_malloc(size);
	if (chunk && slab_is_sane(chunk)) {
		const struct slab *slab = chunk;
		unsigned int slot;

		wrong = slab_find(slab, p, &slot);
		capacity = slab_class[slab->class].size;
		stays = !wrong && slab_resize(slab, size);
	} else {
		wrong = large_find(p, chunk);
		capacity = wrong ? 0 : large_capacity(chunk);
		stays = !wrong && size > SLAB_SIZE_MAX && large_resize(chunk, size);
	}
	if (wrong) {
		report("realloc", p, wrong);
		return NULL;
	}
	return stays ? p : move(p, capacity, size);
}

/* Chunks go back when they are empty: only the one that is kept can be let go. */
static unsigned long release(struct reclaimer *self, unsigned long frames)
{
	unsigned long before = heap.nr_frames;

	(void)self;
	(void)frames;
	slab_drop_spare();
	return before - heap.nr_frames;
}

void heap_init(void)
{
	static struct reclaimer reclaimer = {.name = "heap", .release = release};

	reclaim_register(&reclaimer);
}

void heap_stats_get(struct heap_stats *stats)
{
	*stats = (struct heap_stats){
		.bytes = heap.large_bytes,
		.objects = heap.nr_large,
		.frames = heap.nr_frames,
		.bad_frees = heap.bad_frees,
	};
	for (unsigned int class = 0; class < NR_SLAB_CLASSES; class ++) {
		stats->bytes += heap.nr_small[class] * slab_class[class].size;
		stats->objects += heap.nr_small[class];
	}
}
