/* SPDX-License-Identifier: MIT */
/*
 * Small objects: chunks of slots of one size. Which slots are free is in a bitmap in the header,
 * found in two steps (word, bit); nothing is written into a free slot. A class has a list of the
 * chunks with free slots; full ones are on none.
 */
#include <kernel/bits.h>
#include <kernel/printk.h>

#include "heap_chunk.h"

/* Slots begin after the bitmap, aligned as well as their size is: 4 KiB objects lie on 4 KiB. */
#define LOWEST_BIT(size) ((size) & -(size))
#define HEADER(size)	 (sizeof(struct slab) + 8 * DIV_ROUND_UP(CHUNK_SIZE / (size), BITS_WORD))
#define FIRST(size)	 ALIGN_UP(HEADER(size), LOWEST_BIT(size))
#define CLASS(size)                                                                  \
	{                                                                            \
		(size), (uint32_t)(((1ULL << 32) + (size)-1) / (size)), FIRST(size), \
			(CHUNK_SIZE - FIRST(size)) / (size)                          \
	}
#define FOUR_CLASSES(base) \
	CLASS((base) / 4 * 5), CLASS((base) / 4 * 6), CLASS((base) / 4 * 7), CLASS((base)*2)

const struct slab_class slab_class[NR_SLAB_CLASSES] = {
	CLASS(16UL),	      CLASS(32UL),	    CLASS(48UL),	  CLASS(64UL),
	CLASS(80UL),	      CLASS(96UL),	    CLASS(112UL),	  CLASS(128UL),
	FOUR_CLASSES(128UL),  FOUR_CLASSES(256UL),  FOUR_CLASSES(512UL),  FOUR_CLASSES(1024UL),
	FOUR_CLASSES(2048UL), FOUR_CLASSES(4096UL), FOUR_CLASSES(8192UL),
};

static_assert(SLAB_WORDS_MAX * 16 * BITS_WORD == CHUNK_SIZE, "a bit for every slot");

static void list_push_slab(struct slab *slab)
{
	struct slab *first = heap.partial[slab->class];

	slab->next = first;
	slab->prev = NULL;
	if (first)
		first->prev = slab;
	heap.partial[slab->class] = slab;
}

static void list_remove_slab(struct slab *slab)
{
	if (slab->prev)
		slab->prev->next = slab->next;
	else
		heap.partial[slab->class] = slab->next;
	if (slab->next)
		slab->next->prev = slab->prev;
}

static void slab_init(struct slab *slab, unsigned int class)
{
	unsigned int slots = slab_class[class].nr_slots;
	unsigned int words = slots / BITS_WORD;

	for (unsigned int w = 0; w < words; w++)
		slab->free[w] = ~0ULL;
	if (slots % BITS_WORD)
		slab->free[words++] = bits_mask(0, slots % BITS_WORD);
	slab->nonempty = bits_mask(0, words);
	slab->nr_used = 0;
	slab->class = class;
	slab->magic = heap_magic(HEAP_SLAB + class, slab);
}

/* The kept chunk, made one of this class, which costs nothing if it was one already. */
static struct slab *slab_from_spare(unsigned int class)
{
	struct slab *slab = heap.spare;

	heap.spare = NULL;
	if (!slab_is_sane(slab) || slab->class != class)
		slab_init(slab, class);
	return slab;
}

/* What a fresh chunk holds is anything, a header of its former life included. */
static struct slab *slab_from_pages(unsigned int class)
{
	struct slab *slab = heap_take_pages(CHUNK_ORDER);

	if (!slab)
		return NULL;
	heap_own(slab);
	slab_init(slab, class);
	return slab;
}

/* A chunk with all slots free, on its list. */
static struct slab *slab_new(unsigned int class)
{
	struct slab *slab = heap.spare ? slab_from_spare(class) : slab_from_pages(class);

	if (slab)
		list_push_slab(slab);
	return slab;
}

static void slab_give_back(struct slab *slab)
{
	heap_disown(slab);
	heap_give_pages(slab, CHUNK_FRAMES);
}

void slab_drop_spare(void)
{
	struct slab *spare = heap.spare;

	heap.spare = NULL;
	if (spare)
		slab_give_back(spare);
}

/* A chunk is empty. One such is kept against thrashing, until nothing at all is in use. */
static void slab_release(struct slab *slab)
{
	list_remove_slab(slab);
	if (heap.spare)
		slab_give_back(slab);
	else
		heap.spare = slab;
}

/*
 * The first chunk of a list was written over by somebody. It and what it leads to is not followed:
 * those chunks serve no more, but for the objects in them, and still go back when they are empty.
 */
static void abandon_list(unsigned int class)
{
	printk("heap: the header of chunk %p is damaged; its objects of %u bytes are given up\n",
	       (void *)heap.partial[class], slab_class[class].size);
	heap.partial[class] = NULL;
}

void *slab_alloc(unsigned int class)
{
	struct slab *slab = heap.partial[class];
	unsigned int w, slot;
	uint64_t word;

	if (unlikely(slab && !slab_is_sane(slab))) {
		abandon_list(class);
		slab = NULL;
	}
	if (unlikely(!slab))
		slab = slab_new(class);
	if (unlikely(!slab))
		return NULL;

	w = bits_lowest(slab->nonempty);
	word = slab->free[w];
	slot = w * BITS_WORD + bits_lowest(word);
	slab->free[w] = word & (word - 1);
	if (!slab->free[w]) {
		slab->nonempty &= slab->nonempty - 1;
		if (!slab->nonempty)
			list_remove_slab(slab);
	}
	slab->nr_used++;
	heap.stats.objects++;
	heap.stats.bytes += slab_class[class].size;
	return (char *)slab + slab_class[class].first + slot * slab_class[class].size;
}

const char *slab_find(const struct slab *slab, const void *p, unsigned int *slot)
{
	const struct slab_class *class = &slab_class[slab->class];
	unsigned int offset = (unsigned int)((uintptr_t)p - (uintptr_t)slab) - class->first;

	/* Before the first slot the offset wraps around, and the slot's number is too large. */
	*slot = (unsigned int)(((uint64_t)offset * class->inverse) >> 32);
	if (*slot >= class->nr_slots || *slot * class->size != offset)
		return "not the start of an object";
	return bitmap_test(slab->free, *slot) ? "free already" : NULL;
}

void slab_free(struct slab *slab, unsigned int slot)
{
	if (!slab->nonempty)
		list_push_slab(slab);
	bitmap_set(slab->free, slot);
	slab->nonempty |= 1ULL << (slot / BITS_WORD);
	heap.stats.objects--;
	heap.stats.bytes -= slab_class[slab->class].size;
	if (!--slab->nr_used)
		slab_release(slab);
	if (unlikely(!heap.stats.objects))
		slab_drop_spare();
}
