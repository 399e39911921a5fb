/* SPDX-License-Identifier: MIT */
/*
 * The checks of the page database, the allocator and the heap: memory in every state they tell
 * apart passes, and each damage is reported by its text.
 */
#include <mm/heap.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mm/alloc/block_list.h"
#include "tests/heap_check.h"
#include "tests/unit/memory.h"

/* A check returned this text, or NULL: "" in either place. */
#define assert_text(check, text)                                        \
	do {                                                            \
		const char *is = (check);                               \
                                                                        \
		if (strcmp(is ? is : "", text) != 0)                    \
			fail_msg("'%s', not '%s'", is ? is : "", text); \
	} while (0)

/* ---- page database and allocator ---- */

/* What the blocks are; those below FULL are not known. */
enum {
	FULL = 2,
	SECOND, /* on the list of order 3 of PAGE_FIXED, after FIRST */
	FIRST,	/* its first frame is absent; its second word is the next */
	HALF,	/* on the list of order 8 of PAGE_FIXED, after PARTS */
	EATEN,	/* PAGE_RECLAIMABLE, less than its max_order is left; its word 4 is the next */
	USED,
	USED_TOO,
	CLEAN,
	CLEAN_TOO,
	PARTS,	/* free, absent and holes, none in use */
	ABSENT, /* wholly */
	HOLES,
	HOLES_TOO,
	END
};

static struct pagedb db;
static struct page_alloc pa;
static const struct page_alloc_whole none_whole = {BLOCK_LINK_NONE, BLOCK_LINK_NONE, 0};
static struct block block[END + 1]; /* one more than the database has room for */

static void give(unsigned long nr, unsigned int offset, unsigned long frames)
{
	page_alloc_give(&pa, pfn_add(block_pfn(nr), offset), frames);
}

static void start_blocks(void)
{
	pfn_t first;

	memset(block, 0xa5, sizeof(block));
	pagedb_init(&db, block, END);
	pagedb_begin(&db, FULL);
	pagedb_extend(&db, END);
	page_alloc_init(&pa, &db);
	pagedb_hole_to_absent(&db, block_pfn(FULL), (PARTS - FULL) * BLOCK_FRAMES + 500,
			      OWNER_BASE);
	pagedb_hole_to_absent(&db, block_pfn(ABSENT), BLOCK_FRAMES, OWNER_BASE);
	pagedb_add(&db, block_pfn(FULL), (PARTS - FULL) * BLOCK_FRAMES + 400);
	give(EATEN, 0, BLOCK_FRAMES);
	for (int i = 0; i < 300; i++)
		assert_int_equal(page_alloc_take(&pa, 0, PAGE_RECLAIMABLE, &first), 0);
	pagedb_remove(&db, block_pfn(FIRST), 1);
	give(SECOND, 64, 8);
	give(FIRST, 64, 8);
	give(HALF, 0, 256);
	for (unsigned long nr = USED; nr <= CLEAN_TOO; nr++)
		give(nr, 0, BLOCK_FRAMES);
	for (unsigned long nr = USED; nr <= USED_TOO; nr++) {
		assert_int_equal(page_alloc_take_from(&pa, nr, 0, &first), 0);
		page_alloc_give(&pa, first, 1);
	}
	give(PARTS, 0, 400);
}

/* What the check finds after `damage`, in blocks that it found nothing in before. */
#define found(check, text, damage)          \
	do {                                \
		start_blocks();             \
		assert_text(check, "");     \
		damage;                     \
		assert_text(check, (text)); \
	} while (0)
#define db_found(text, damage) found(pagedb_check(&db), text, damage)
#define pa_found(text, damage) found(page_alloc_check(&pa), text, damage)

static void a_block_is_what_its_fields_say(void **state)
{
	static const char both[] = "a frame is both free and absent";
	static const char words[] = "free_words does not say which words hold a free frame";
	static const char nr_free[] = "nr_free of a block is not the weight of its field";
	static const char nr_absent[] = "nr_absent of a block is not the weight of its field";

	(void)state;
	db_found(both, block[FIRST].absent[1] |= 1ULL << 7);
	db_found(both, block[HALF].absent[0] |= 1);
	db_found(both, block[USED].absent[7] |= 1ULL << 63);
	db_found(words, block[FULL].free_words = 1);
	db_found(words, block[FULL].free_words = 1 << 7);
	db_found(words, block[USED].free_words &= ~1);
	db_found(words, block[FIRST].free[1] = 0);
	db_found(words, block[FIRST].free[7] = 1);
	db_found(nr_free, block[FIRST].nr_free++);
	db_found(nr_free, block[HOLES].nr_free++);
	db_found(nr_free, block[PARTS].free[0] &= ~1ULL);
	db_found(nr_absent, block[FIRST].nr_absent--);
	db_found(nr_absent, block[FULL].nr_absent++);
	db_found(nr_absent, block[ABSENT].absent[7] &= ~1ULL);
}

static void a_block_is_what_its_counts_say(void **state)
{
	static const char room[] = "a hole is free, or more holes than a block has room for";
	static const char not [] = "a block's state is not what its counts say";
	static const char order[] = "max_order is set in a block that is not partly free";
	static const char exact[] = "a block that is not partly free counts as exact";
	static const char range[] = "a block's use, max_order or owner is out of range";

	(void)state;
	db_found(room, block[PARTS].nr_holes++);
	db_found(room, block[HOLES].nr_holes++);
	db_found(room, block[ABSENT].nr_holes = 1);
	db_found(room, block[USED].nr_holes = UINT16_MAX);
	db_found(not, block[FULL].state = BLOCK_PARTIAL);
	db_found(not, block[FIRST].state = BLOCK_FULL);
	db_found(not, block[USED].state = BLOCK_PARTIAL);
	db_found(not, block[ABSENT].state = BLOCK_FULL);
	db_found(not, block[HOLES].state = BLOCK_ABSENT);
	db_found(order, block[USED].max_order = 1);
	db_found(order, block[FULL].max_order = 8);
	db_found(exact, block[USED].flags |= BLOCK_EXACT);
	db_found(exact, block[ABSENT].flags |= BLOCK_EXACT);
	db_found(range, block[FIRST].use = NR_PAGE_USES);
	db_found(range, block[FULL].use = NR_PAGE_USES);
	db_found(range, block[FIRST].max_order = BLOCK_ORDER);
	db_found(range, block[HOLES].flags |= OWNERS_MAX << BLOCK_OWNER_SHIFT);
}

static void the_database_is_what_its_blocks_are(void **state)
{
	static const char many[] = "more blocks than the region has room for";
	static const char node[] = "a node of the tree is not what lies under it";
	static const char present[] = "nr_present is not the number of frames that are present";
	static const char partly[] = "nr_partly is not the number of partly absent blocks";

	(void)state;
	db_found(many, db.nr_blocks++);
	for (unsigned long nr = FULL; nr < END - 1; nr++)
		db_found(node, block[nr].tree ^= 1);
	db_found("", block[END - 1].tree ^= 1); /* of a node that nothing lies under */
	db_found(present, db.nr_present[OWNER_BASE]++);
	db_found(present, db.nr_present[OWNER_BASE]--);
	db_found(present, db.nr_present[OWNERS_MAX - 1]++);
	db_found(present, block[FULL].flags |= 1 << BLOCK_OWNER_SHIFT);
	db_found(present, block[FULL].nr_holes++);
	db_found(partly, db.nr_partly++);
	db_found(partly, db.nr_partly--);
}

static void every_block_is_on_its_list(void **state)
{
	static const char out[] = "a list leads out of the database";
	static const char prev[] = "a block's prev is not the one before it";
	static const char others[] = "a block is on a list of other blocks";
	static const char marks[] = "partial_orders does not say which lists are empty";
	static const char partial[] = "a partly free block is on no list";
	static const char counted[] = "an owner's whole blocks are counted wrong";
	static const char whole[] = "a whole block is on no list";

	(void)state;
	pa_found(out, block[SECOND].next = END);
	pa_found(out, pa.partial[PAGE_FIXED][3] = FULL - 1);
	pa_found(out, pa.whole[OWNER_BASE].used = END);
	pa_found(out, pa.whole[OWNER_BASE].clean = UINT32_MAX - 1);
	pa_found(prev, block[SECOND].prev = BLOCK_LINK_NONE);
	pa_found(prev, block[FIRST].prev = SECOND);
	pa_found(prev, block[SECOND].next = FIRST);
	pa_found(prev, block[USED].next = USED);
	pa_found(others, (block_delist(&pa, USED), block[USED].flags |= BLOCK_CLEAN,
			  block_enlist(&pa, USED), block[USED].flags &= ~BLOCK_CLEAN));
	pa_found(others, block[FIRST].max_order = 2);
	pa_found(others, block[FIRST].use = PAGE_TABLE);
	pa_found(others, (pa.partial[PAGE_TABLE][0] = FULL, block[FULL].prev = BLOCK_LINK_NONE,
			  block[FULL].next = BLOCK_LINK_NONE));
	pa_found(others, pa.whole[OWNER_BASE].used = PARTS);
	pa_found(marks, pa.partial_orders[PAGE_FIXED] = 0);
	pa_found(marks, pa.partial_orders[PAGE_RECLAIMABLE] |= 1);
	pa_found(marks, pa.partial_orders[PAGE_TABLE] = 1 << 8);
	pa_found(partial, block_delist(&pa, FIRST));
	pa_found(counted, pa.whole[OWNER_BASE].nr++);
	pa_found(counted, pa.whole[1].nr++);
	pa_found(counted, (block_delist(&pa, CLEAN), pa.whole[OWNER_BASE].nr++));
	pa_found(whole, block_delist(&pa, USED));
	pa_found(others, (pa.whole[1] = pa.whole[OWNER_BASE], pa.whole[OWNER_BASE] = none_whole));
}

static void single_frames_come_from_the_first_block(void **state)
{
	static const char none[] = "a next word where no block is partly free";
	static const char first[] = "the next block is not the first of the lowest list";
	static const char word[] = "the next word has nothing free or is not of the next block";
	static const char frame[] = "the next word's first frame is another's";
	struct page_alloc_next *next = pa.next;

	(void)state;
	pa_found(none, next[PAGE_TABLE].word = &block[FIRST].free[1]);
	pa_found(first, next[PAGE_FIXED].word = NULL);
	pa_found(first, next[PAGE_FIXED].block = &block[SECOND]);
	pa_found(first, next[PAGE_RECLAIMABLE].block = &block[HALF]);
	pa_found(word, next[PAGE_FIXED].word++);
	pa_found(word, next[PAGE_FIXED].word = block[FIRST].absent);
	pa_found(word, next[PAGE_FIXED].word = &block[SECOND].free[1]);
	pa_found(word, next[PAGE_FIXED].word = &block[HALF].free[1]);
	pa_found(frame, next[PAGE_FIXED].first.v--);
	pa_found(frame, next[PAGE_RECLAIMABLE].first = block_pfn(EATEN));
}

static void relist(unsigned long nr, unsigned int max_order)
{
	block_delist(&pa, nr);
	block[nr].max_order = (uint8_t)max_order;
	block_enlist(&pa, nr);
}

static void max_order_is_a_bound_and_free_frames_are_counted(void **state)
{
	static const char larger[] = "a free run is larger than max_order says";
	static const char exact[] = "no free run is as large as an exact max_order";
	static const char not [] = "a block that is not the next one is not exact";
	static const char nr_free[] = "nr_free is not the number of free frames";

	(void)state;
	pa_found(larger, relist(HALF, 7));
	pa_found(larger, relist(FIRST, 2));
	pa_found(exact, relist(SECOND, 4));
	pa_found(exact, block[EATEN].flags |= BLOCK_EXACT);
	pa_found(not, block[HALF].flags &= ~BLOCK_EXACT);
	pa_found("", block[FIRST].flags &= ~BLOCK_EXACT);
	pa_found(nr_free, pa.nr_free++);
	pa_found(nr_free, pa.nr_free--);
	pa_found("nr_free of a block is not the weight of its field", block[FIRST].nr_free++);
}

/* ---- heap ---- */

/* Objects of slabs that are: alone, two on a list, full, the last class's; and a large one. */
static char *tiny, *page[16], *full[7], *last, *large;
static struct slab *alone, *front, *back, *filled;

static struct slab *slab_of(const char *p)
{
	return (struct slab *)ALIGN_DOWN((uintptr_t)p, CHUNK_SIZE);
}

/* What memory holds that the heap takes is anything. */
static void dirty_memory(void)
{
	void *p = page_alloc(BLOCK_ORDER + 2, PAGE_RECLAIMABLE);

	memset(p, 0xff, PAGE_SIZE << (BLOCK_ORDER + 2));
	page_free(p, BLOCK_ORDER + 2);
}

static void start_heap(void)
{
	char *spare;

	memory_start(8 * BLOCK_FRAMES);
	memset(&heap, 0, sizeof(heap));
	dirty_memory();
	tiny = heap_malloc(32);
	spare = heap_malloc(5000);
	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = heap_malloc(4096);
	for (size_t i = 0; i < ARRAY_SIZE(full); i++)
		full[i] = heap_malloc(8192);
	last = heap_malloc(SLAB_SIZE_MAX);
	large = heap_malloc(3UL << 20);
	heap_malloc(100000);
	heap_free(page[0]);
	heap_free(spare);
	alone = slab_of(tiny);
	front = slab_of(page[0]);
	back = slab_of(page[15]);
	filled = slab_of(full[0]);
	assert_true(front != back && front->next == back && !filled->nonempty && heap.spare);
	assert_int_equal(heap.nr_chunks, 8);
}

#define heap_found(text, damage)                   \
	do {                                       \
		start_heap();                      \
		assert_text(heap_check(), "");     \
		damage;                            \
		assert_text(heap_check(), (text)); \
	} while (0)

static void a_slab_is_what_its_bitmap_says(void **state)
{
	static const char summary[] = "a slab's summary differs from its bitmap";
	static const char room[] = "a slab has free slots that it has no room for";
	static const char count[] = "a slab's count differs from its bitmap";
	static const char empty[] = "an empty slab was not given back";
	unsigned int slots = slab_class[slab_class_of(32)].nr_slots;

	(void)state;
	heap_found(summary, alone->nonempty &= ~1ULL);
	heap_found(summary, alone->nonempty |= 1ULL << 32);
	heap_found(summary, alone->nonempty |= 1ULL << 63);
	heap_found(summary, alone->free[0] = 0);
	heap_found(summary, filled->free[0] = 1);
	heap_found(room, bitmap_set(alone->free, slots));
	heap_found(room, bitmap_set(alone->free, ALIGN_UP(slots, BITS_WORD) - 1));
	heap_found(count, bitmap_clear(alone->free, slots - 1));
	heap_found(count, alone->nr_used--);
	heap_found(count, filled->nr_used++);
	heap_found(empty, heap.spare = NULL);
	heap_found(empty, heap.spare = alone);
}

static void a_chunk_has_a_header(void **state)
{
	static const char header[] = "the header of a chunk is damaged";
	static const char object[] = "a large object does not lie in its first chunk";
	struct large *chunk;

	(void)state;
	heap_found(header, alone->magic++);
	heap_found(header, alone->class ++);
	heap_found(header, alone->class = NR_SLAB_CLASSES);
	heap_found(header, (chunk = heap_chunk_of(large), chunk->magic++));
	heap_found(object, (chunk = heap_chunk_of(large), chunk->object = tiny));
	heap_found(object, (chunk = heap_chunk_of(large), chunk->object = large + CHUNK_SIZE));
}

static uint64_t magic_at(uint64_t kind, uint64_t place)
{
	return heap_magic(kind, (const void *)(uintptr_t)place);
}

/* A header that was copied to another chunk, say, is none. */
static void a_magic_is_of_one_chunk_and_one_class(void **state)
{
	const uint64_t slab = HEAP_SLAB, place = LAYOUT_DIRECTMAP_BASE;

	(void)state;
	for (uint64_t bit = CHUNK_SIZE; bit < LAYOUT_DIRECTMAP_SIZE; bit *= 2) {
		assert_true(magic_at(slab, place + bit) != magic_at(slab, place));
		assert_true(magic_at(HEAP_LARGE, place + bit) != magic_at(HEAP_LARGE, place));
		for (uint64_t class = 0; class < NR_SLAB_CLASSES; class ++)
			assert_true(magic_at(slab + class, place + bit) !=
				    magic_at(HEAP_LARGE, place + bit));
	}
	for (uint64_t class = 1; class < NR_SLAB_CLASSES; class ++)
		assert_true(magic_at(slab + class, place) != magic_at(slab, place));
	start_heap();
	memcpy(front, back, sizeof(*front));
	assert_text(heap_check(), "the header of a chunk is damaged");
}

static void put_on_list(struct slab *slab)
{
	slab->prev = slab->next = NULL;
	heap.partial[slab->class] = slab;
}

static void slabs_with_free_slots_are_on_lists(void **state)
{
	static const char more[] = "more slabs are on lists than have free slots";
	static const char leads[] = "a list leads to what is no slab";
	static const char belong[] = "a slab is on a list that it does not belong to";
	static const char none[] = "a slab with free slots is on no list";
	struct slab **list = heap.partial;

	(void)state;
	heap_found(more, put_on_list(heap.spare));
	heap_found(more, slab_of(last)->next = slab_of(last));
	heap_found(leads, alone->next = (struct slab *)&heap);
	heap_found(leads, alone->next = slab_of(large));
	heap_found(leads, front->next = (struct slab *)((char *)back + 64));
	heap_found(belong, put_on_list(filled));
	heap_found(belong, back->prev = NULL);
	heap_found(belong, front->prev = back);
	heap_found(belong, alone->next = alone);
	heap_found(belong, (list[0] = list[alone->class], list[alone->class] = NULL));
	heap_found(none, list[alone->class] = NULL);
	heap_found(none, front->next = NULL);
	heap_found(none, list[NR_SLAB_CLASSES - 1] = NULL);
}

/* An empty slab is the heap's last chunk, and kept. */
static void keep_the_last_slab(void)
{
	start_heap();
	memory_start(8 * BLOCK_FRAMES);
	memset(&heap, 0, sizeof(heap));
	assert_null(heap_check());
	tiny = heap_malloc(32);
	heap.nr_chunks++;
	heap_free(tiny);
	heap.nr_chunks--;
}

/* The kept slab is in use again, and another address is in its place. */
static void keep_what_is_no_slab(void)
{
	char *spare = heap_malloc(5000);

	assert_null(heap.spare);
	heap.spare = (struct slab *)(spare + 64);
}

static void the_heap_is_what_its_chunks_are(void **state)
{
	static const char spare[] = "the spare slab is not among the chunks";
	static const char kept[] = "an empty heap holds a spare slab";
	static const char chunks[] = "chunks are counted wrong";
	static const char frames[] = "frames are counted wrong";
	static const char objects[] = "objects are counted wrong";

	(void)state;
	heap_found(spare, keep_what_is_no_slab());
	heap_found(kept, keep_the_last_slab());
	heap_found(chunks, heap.nr_chunks++);
	heap_found(chunks, heap.nr_chunks--);
	heap_found(frames, heap.nr_frames++);
	heap_found(frames, heap.nr_frames--);
	heap_found(objects, heap.nr_large++);
	heap_found(objects, heap.large_bytes--);
	heap_found(objects, heap.nr_small[alone->class]++);
	heap_found(objects, (heap.nr_small[front->class]--, heap.nr_small[alone->class]++));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_is_what_its_fields_say),
		cmocka_unit_test(a_block_is_what_its_counts_say),
		cmocka_unit_test(the_database_is_what_its_blocks_are),
		cmocka_unit_test(every_block_is_on_its_list),
		cmocka_unit_test(single_frames_come_from_the_first_block),
		cmocka_unit_test(max_order_is_a_bound_and_free_frames_are_counted),
		cmocka_unit_test(a_slab_is_what_its_bitmap_says),
		cmocka_unit_test(a_chunk_has_a_header),
		cmocka_unit_test(a_magic_is_of_one_chunk_and_one_class),
		cmocka_unit_test(slabs_with_free_slots_are_on_lists),
		cmocka_unit_test(the_heap_is_what_its_chunks_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
