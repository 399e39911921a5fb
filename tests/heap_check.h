/* SPDX-License-Identifier: MIT */
/*
 * For tests: walks the whole heap, chunk by chunk as the page database has them, and counts it.
 * Part of one source file of a program.
 */
#ifndef TESTS_HEAP_CHECK_H
#define TESTS_HEAP_CHECK_H

#include "mm/heap/chunk.h"

struct census {
	struct heap_stats found;
	unsigned long nr_partial; /* slabs that should be on a list */
	unsigned long nr_spare;
	unsigned long nr_chunks;
};

static const char *check_bitmap(const struct slab *slab)
{
	unsigned int slots = slab_class[slab->class].nr_slots;
	unsigned int words = DIV_ROUND_UP(slots, BITS_WORD);

	for (unsigned int w = 0; w < BITS_WORD; w++)
		if (((slab->nonempty >> w) & 1) != (w < words && slab->free[w]))
			return "a slab's summary differs from its bitmap";
	if (bitmap_next_set(slab->free, words * BITS_WORD, slots) != words * BITS_WORD)
		return "a slab has free slots that it has no room for";
	if (slab->nr_used + bitmap_weight(slab->free, words) != slots)
		return "a slab's count differs from its bitmap";
	return NULL;
}

static const char *check_slab(const struct slab *slab, struct census *census)
{
	const char *wrong = check_bitmap(slab);

	if (wrong)
		return wrong;
	if (!slab->nr_used && slab != heap.spare)
		return "an empty slab was not given back";
	census->nr_spare += slab == heap.spare;
	census->nr_partial += slab->nonempty && slab->nr_used;
	census->found.frames += CHUNK_FRAMES;
	census->found.objects += slab->nr_used;
	census->found.bytes += (size_t)slab->nr_used * slab_class[slab->class].size;
	return NULL;
}

static const char *check_chunk(const void *chunk, struct census *census)
{
	const struct large *large = chunk;

	census->nr_chunks++;
	if (slab_is_sane(chunk))
		return check_slab(chunk, census);
	if (!large_is_sane(large))
		return "the header of a chunk is damaged";
	if (heap_chunk_of(large->object) != chunk)
		return "a large object does not lie in its first chunk";
	census->found.frames += large->nr_frames;
	census->found.objects++;
	census->found.bytes += large_capacity(large);
	return NULL;
}

static const char *check_chunks(struct census *census)
{
	for (unsigned long b = kernel_mm.db.first_block; b < kernel_mm.db.nr_blocks; b++) {
		uint64_t chunks = pagedb_block(&kernel_mm.db, b)->heap_chunks;

		for (; chunks; chunks &= chunks - 1) {
			pfn_t pfn = pfn_add(block_pfn(b), bits_lowest(chunks) * CHUNK_FRAMES);
			const char *wrong = check_chunk(pfn_to_virt(pfn), census);

			if (wrong)
				return wrong;
		}
	}
	return NULL;
}

/* Counts down the slabs on lists, so that a list in a circle ends too. */
static const char *check_list(unsigned int class, unsigned long *nr_partial)
{
	const struct slab *before = NULL;

	for (const struct slab *slab = heap.partial[class]; slab; slab = slab->next) {
		if (!(*nr_partial)--)
			return "more slabs are on lists than have free slots";
		if (heap_chunk_of((const char *)slab + 1) != slab || !slab_is_sane(slab))
			return "a list leads to what is no slab";
		if (slab->class != class || slab->prev != before || !slab->nonempty)
			return "a slab is on a list that it does not belong to";
		before = slab;
	}
	return NULL;
}

static const char *check_lists(const struct census *census)
{
	unsigned long nr_partial = census->nr_partial;

	for (unsigned int class = 0; class < NR_SLAB_CLASSES; class ++) {
		const char *wrong = check_list(class, &nr_partial);

		if (wrong)
			return wrong;
	}
	return nr_partial ? "a slab with free slots is on no list" : NULL;
}

/* Return: a text of what is wrong, or NULL. */
static const char *heap_check(void)
{
	struct census census = {0};
	const char *wrong = check_chunks(&census);
	struct heap_stats stats;

	if (!wrong)
		wrong = check_lists(&census);
	if (wrong)
		return wrong;
	heap_stats_get(&stats);
	if (census.nr_spare != (heap.spare != NULL))
		return "the spare slab is not among the chunks";
	if (heap.spare && !stats.objects)
		return "an empty heap holds a spare slab";
	if (census.nr_chunks != heap.nr_chunks)
		return "chunks are counted wrong";
	if (census.found.frames != stats.frames)
		return "frames are counted wrong";
	if (census.found.objects != stats.objects || census.found.bytes != stats.bytes)
		return "objects are counted wrong";
	return NULL;
}

#endif
