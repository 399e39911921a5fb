/* SPDX-License-Identifier: MIT */
/*
 * Inside the heap: its chunks, and what the parts of it say to each other. For mm/heap*.c only.
 *
 *   slab   64 KiB: header | bitmaps | slot | slot | slot ...                  objects of one size
 *   large  whole pages: header | (alignment) | object                         one object
 *
 * Both begin on 64 KiB, and the bit of that place in the page database says that the heap owns it.
 * An object never begins on its chunk's first byte: so the chunk of p is that of p - 1, for an
 * object aligned to 64 KiB and more too.
 */
#ifndef MM_HEAP_CHUNK_H
#define MM_HEAP_CHUNK_H

#include <lib/bits.h>
#include <mm/heap.h>
#include <mm/mm.h>
#include <mm/page.h>

#define CHUNK_ORDER  4U
#define CHUNK_FRAMES (1UL << CHUNK_ORDER)
#define CHUNK_SIZE   (PAGE_SIZE << CHUNK_ORDER)

#define SLAB_SIZE_MAX	16384UL
#define NR_SLAB_CLASSES 36
#define SLAB_WORDS_MAX	64 /* slots of the smallest class, in words */

#define LARGE_OFFSET 64UL /* of the object, unless its alignment asks for more */

struct slab {
	uint64_t magic; /* names the class and the place as well: nothing is believed without it */
	struct slab *next, *prev; /* on the list of its class, while it has free slots */
	uint32_t class;
	uint32_t nr_used;
	uint64_t nonempty; /* bit w: free[w] is not 0 */
	uint64_t free[];   /* bit s: slot s is free */
};

struct large {
	uint64_t magic;
	void *object;
	unsigned long nr_frames; /* from the header on */
};

static_assert(sizeof(struct large) <= LARGE_OFFSET, "the header lies before the object");

struct slab_class {
	uint32_t size;
	uint32_t inverse; /* 2^32 / size, rounded up: offset · inverse >> 32 is offset / size */
	uint16_t first;	  /* offset of the first slot */
	uint16_t nr_slots;
};

/* What the whole heap has. Not interrupt-safe: threads only. */
struct heap {
	struct slab *partial[NR_SLAB_CLASSES];
	unsigned long nr_small[NR_SLAB_CLASSES]; /* objects in slabs, by class */
	struct slab *spare;	 /* an empty chunk, kept as long as there is another */
	unsigned long nr_chunks; /* that the heap owns: slabs and large objects */
	unsigned long nr_large;
	size_t large_bytes; /* room of the large objects */
	unsigned long nr_frames, bad_frees;
};

extern struct heap heap;
extern const struct slab_class slab_class[NR_SLAB_CLASSES];

#define HEAP_SLAB  0x51ab0b1ec7ed0000ULL
#define HEAP_LARGE 0x1a26e0b1ec7ed000ULL

static inline uint64_t heap_magic(uint64_t kind, const void *chunk)
{
	return kind ^ (uintptr_t)chunk;
}

static inline bool slab_is_sane(const struct slab *slab)
{
	return slab->class < NR_SLAB_CLASSES &&
	       slab->magic == heap_magic(HEAP_SLAB + slab->class, slab);
}

static inline bool large_is_sane(const struct large *large)
{
	return large->magic == heap_magic(HEAP_LARGE, large);
}

/* mm/heap/pages.c: frames in and out, and who owns them. */
void *heap_take_pages(unsigned int order);
void heap_give_pages(void *va, unsigned long nr_frames);
void heap_own(const void *chunk);
void heap_disown(const void *chunk);

static inline uint32_t chunk_bit(const void *chunk)
{
	return 1U << (pfn_offset(virt_to_pfn(chunk)) / CHUNK_FRAMES);
}

/* The chunk that p would be an object of; NULL if the heap owns none there. */
static inline void *heap_chunk_of(const void *p)
{
	void *chunk = (void *)ALIGN_DOWN((uintptr_t)p - 1, CHUNK_SIZE);
	const struct block *block;

	if (unlikely(!is_directmap(chunk)))
		return NULL;
	block = pagedb_block(&kernel_mm.db, pfn_block(virt_to_pfn(chunk)));
	return likely(block && block->heap_chunks & chunk_bit(chunk)) ? chunk : NULL;
}

/* The class for a size from 1 to SLAB_SIZE_MAX: steps of 16 to 128, then four a doubling. */
static inline unsigned int slab_class_of(size_t size)
{
	unsigned int top;

	if (size <= 128)
		return (unsigned int)(size - 1) / 16;
	top = 63 - (unsigned int)__builtin_clzll(size - 1);
	return 4 * (top - 7) + ((unsigned int)((size - 1) >> (top - 2)) & 3) + 8;
}

/* NULL, and the slot, for the address of an object that is in use; else a text of what is wrong. */
static inline const char *slab_find(const struct slab *slab, const void *p, unsigned int *slot)
{
	const struct slab_class *class = &slab_class[slab->class];
	unsigned int offset = (unsigned int)((uintptr_t)p - (uintptr_t)slab) - class->first;

	/* Before the first slot the offset wraps around, and the slot's number is too large. */
	*slot = (unsigned int)(((uint64_t)offset * class->inverse) >> 32);
	if (unlikely(*slot >= class->nr_slots || *slot * class->size != offset))
		return "not the start of an object";
	return unlikely(bitmap_test(slab->free, *slot)) ? "free already" : NULL;
}

/* mm/heap/slab.c: for slab_alloc and slab_free, when a slab becomes another kind of slab. */
struct slab *slab_refill(unsigned int class); /* an empty slab for a list that has none; NULL */
void slab_is_full(struct slab *slab);
void slab_is_not_full(struct slab *slab);
void slab_is_empty(struct slab *slab);

/* The kept chunk goes back, if there is one. */
void slab_drop_spare(void);

/* mm/heap/large.c: `align` is a power of two. */
void *large_alloc(size_t size, size_t align);
void large_free(struct large *large);
size_t large_capacity(const struct large *large);

/* Fits the object to `size` where it lies, giving back frames. False: it has to move. */
bool large_resize(struct large *large, size_t size);

#endif
