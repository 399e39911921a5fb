/* SPDX-License-Identifier: MIT */
/*
 * Slabs: chunks of slots of one size; how they come, change lists and go. A class has a list of its
 * slabs with free slots; full ones are on none. Which slots are free is in a bitmap in the header;
 * nothing is written into a free slot.
 */
#include <lib/printk.h>

#include "chunk.h"

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

/* A slab with all slots free, on its list. */
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

/* One empty slab is kept against thrashing, until the heap owns nothing else. */
void slab_is_empty(struct slab *slab)
{
	list_remove_slab(slab);
	if (heap.spare)
		slab_give_back(slab);
	else
		heap.spare = slab;
	if (heap.nr_chunks == 1)
		slab_drop_spare();
}

void slab_is_full(struct slab *slab)
{
	list_remove_slab(slab);
}

void slab_is_not_full(struct slab *slab)
{
	list_push_slab(slab);
}

/*
 * The first slab of a list was written over by somebody. It and what it leads to is not followed:
 * those slabs serve no more, but for the objects in them, and still go back when they are empty.
 */
static void abandon_list(unsigned int class)
{
	printk("heap: chunk %p: header corrupted: its free objects of %u bytes are unusable\n",
	       (void *)heap.partial[class], slab_class[class].size);
	heap.partial[class] = NULL;
}

/* The list is empty, or its first slab is damaged. */
struct slab *slab_refill(unsigned int class)
{
	if (heap.partial[class])
		abandon_list(class);
	return slab_new(class);
}
