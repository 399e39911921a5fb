/* SPDX-License-Identifier: MIT */
/* The heap against a plain model: what is handed out is whole, what comes back is all of it. */
#include <mm/heap.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/heap_check.h"
#include "tests/unit/memory.h"
#include "tests/unit/random.h"
#include "tests/unit/said.h"

#define MEMORY_FRAMES (48UL * 256)
#define OPERATIONS    1200000
#define OBJECTS	      8000

struct object {
	unsigned char *p;
	size_t size;
	unsigned char seed;
};

static struct object object[OBJECTS];
static size_t nr_objects, nr_bytes, nr_short;

static unsigned long free_at_start;

static int start(void **state)
{
	(void)state;
	memory_start(MEMORY_FRAMES);
	heap_init();
	memset(&heap, 0, sizeof(heap)); /* of a test that failed */
	nr_objects = nr_bytes = 0;
	free_at_start = kernel_mm.pages.nr_free;
	said_start();
	return 0;
}

static void assert_sound(void)
{
	const char *wrong = heap_check();

	if (!wrong)
		wrong = page_alloc_check(&kernel_mm.pages);
	if (wrong)
		fail_msg("%s", wrong);
}

static struct heap_stats stats(void)
{
	struct heap_stats now;

	heap_stats_get(&now);
	return now;
}

static void assert_empty(void)
{
	assert_sound();
	assert_int_equal(stats().objects, 0);
	assert_int_equal(stats().bytes, 0);
	assert_int_equal(stats().frames, 0);
	assert_int_equal(kernel_mm.pages.nr_free, free_at_start);
}

/* ---- random operations ------------------------------------------------------------------------
 */

static unsigned char pattern(const struct object *o, size_t i)
{
	return (unsigned char)(o->seed + i * 7 + (i >> 8));
}

/* Of large objects both ends are looked at, and a byte a page. */
static size_t next_place(const struct object *o, size_t i)
{
	return i < 256 || i + 256 >= o->size ? i + 1 : MIN(i + 4001, o->size - 256);
}

static void write_pattern(const struct object *o)
{
	for (size_t i = 0; i < o->size; i = next_place(o, i))
		o->p[i] = pattern(o, i);
}

/* The first `n` bytes are as they were written for an object of `written` bytes. */
static void check_pattern(const struct object *o, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i = next_place(o, i))
		if (i < o->size && p[i] != pattern(o, i))
			fail_msg("byte %zu of %zu at %p is damaged", i, o->size, (void *)o->p);
}

static size_t random_size(void)
{
	uint64_t kind = random_below(1000);

	if (kind < 700)
		return random_below(257);
	if (kind < 930)
		return random_below(4097);
	if (kind < 980)
		return random_below(40000);
	return random_below(kind < 998 ? 300000 : 3000000);
}

static void add_object(void *p, size_t size)
{
	struct object *o = &object[nr_objects++];

	*o = (struct object){p, size, (unsigned char)random_u64()};
	nr_bytes += size;
	write_pattern(o);
}

static void drop_object(size_t i)
{
	nr_bytes -= object[i].size;
	object[i] = object[--nr_objects];
}

static void do_alloc(void)
{
	size_t size = random_size(), align = 16;
	unsigned char *p;

	if (random_one_in(8)) {
		align = 1UL << random_below(18);
		p = heap_aligned_alloc(align, size);
	} else if (random_one_in(4)) {
		p = heap_calloc(1 + size / 64, 64);
		for (size_t i = 0; p && i < size; i += 1 + size / 1000)
			assert_int_equal(p[i], 0);
	} else {
		p = heap_malloc(size);
	}
	if (!p) {
		nr_short++;
		return;
	}
	assert_true(((uintptr_t)p & (MAX(align, 16UL) - 1)) == 0);
	add_object(p, size);
}

static void do_free(void)
{
	size_t i = random_below(nr_objects);

	check_pattern(&object[i], object[i].p, object[i].size);
	heap_free(object[i].p);
	drop_object(i);
}

static void do_realloc(void)
{
	size_t i = random_below(nr_objects), size = random_size();
	struct object old = object[i];
	unsigned char *p = heap_realloc(old.p, size);

	if (!p)
		return;
	check_pattern(&old, p, MIN(old.size, size));
	drop_object(i);
	add_object(p, size);
}

static void do_bad_free(void)
{
	const struct object *o = &object[random_below(nr_objects)];
	struct heap_stats before = stats(), after;

	said_start();
	if (random_one_in(2))
		heap_free(o->p + 1 + random_below(MAX(o->size, (size_t)2) - 1));
	else
		heap_free((char *)pfn_to_virt(PFN(random_below(2 * MEMORY_FRAMES))) + 8);
	after = stats();
	assert_int_equal(after.bad_frees, before.bad_frees + 1);
	assert_int_equal(said_lines, 1);
	assert_int_equal(after.objects, before.objects);
	assert_int_equal(after.frames, before.frames);
}

/* More allocations and more frees in turns, so that the heap is seen full and nearly empty. */
static void do_operation(bool growing)
{
	uint64_t kind = random_below(100);

	if (!nr_objects || (nr_objects < OBJECTS && kind < (growing ? 60 : 20)))
		do_alloc();
	else if (kind < 85)
		do_free();
	else if (kind < 98)
		do_realloc();
	else
		do_bad_free();
}

static void random_operations_agree_with_a_model(void **state)
{
	(void)state;
	for (unsigned long n = 0; n < OPERATIONS; n++) {
		do_operation(n / 30000 % 2 == 0);
		assert_int_equal(stats().objects, nr_objects);
		assert_true(stats().bytes >= nr_bytes);
		if (n % 20000 == 0)
			assert_sound();
	}
	assert_true(nr_short > 0);
	while (nr_objects)
		do_free();
	assert_empty();
}

/* ---- sizes and alignments ---------------------------------------------------------------------
 */

static void every_small_size_is_whole_and_wastes_little(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 20000; size++) {
		size_t before = stats().bytes, bytes;
		void *p = heap_malloc(size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, 0xa5, size);
		bytes = stats().bytes - before;
		assert_in_range(bytes, size, size + (size <= 16384 ? 16 + size / 4 : 4095));
		if (size % 1000 == 0)
			assert_sound();
		heap_free(p);
	}
	assert_empty();
}

static void objects_of_one_chunk_do_not_overlap(void **state)
{
	static void *p[8192];

	(void)state;
	for (size_t size = 16; size <= 16384; size += size / 4 / 16 * 16 + 16) {
		size_t n = MIN(2 * CHUNK_SIZE / size + 2, ARRAY_SIZE(p));

		for (size_t i = 0; i < n; i++) {
			p[i] = heap_malloc(size);
			assert_non_null(p[i]);
			memset(p[i], (int)i, size);
		}
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < size; k++)
				assert_true(((unsigned char *)p[i])[k] == (unsigned char)i);
		assert_sound();
		for (size_t i = 0; i < n; i++)
			heap_free(p[i]);
		assert_empty();
	}
}

static void every_alignment_is_kept(void **state)
{
	static const size_t sizes[] = {0, 1, 24, 100, 4096, 5000, 16384, 16385, 70000, 300000};

	(void)state;
	for (size_t align = 1; align <= 2UL << 20; align *= 2) {
		void *p[ARRAY_SIZE(sizes)];

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			p[i] = heap_aligned_alloc(align, sizes[i]);
			assert_non_null(p[i]);
			assert_int_equal((uintptr_t)p[i] & (align - 1), 0);
			memset(p[i], 0x5a, sizes[i]);
			assert_sound();
		}
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			heap_free(p[i]);
		assert_empty();
	}
	assert_said_nothing();
}

static void an_aligned_object_of_a_class_lies_with_others_of_it(void **state)
{
	char *plain = heap_malloc(SLAB_SIZE_MAX), *aligned = heap_aligned_alloc(64, SLAB_SIZE_MAX);

	(void)state;
	assert_int_equal((uintptr_t)plain / CHUNK_SIZE, (uintptr_t)aligned / CHUNK_SIZE);
	heap_free(plain);
	heap_free(aligned);
	assert_empty();
}

static void absurd_requests_get_nothing(void **state)
{
	(void)state;
	assert_null(heap_malloc(SIZE_MAX));
	assert_null(heap_malloc(SIZE_MAX - 63));
	assert_null(heap_malloc(SIZE_MAX / 2));
	assert_null(heap_malloc(1UL << 40));
	assert_null(heap_calloc(SIZE_MAX / 2, 3));
	assert_null(heap_calloc(1UL << 33, 1UL << 33));
	assert_null(heap_aligned_alloc(0, 16));
	assert_null(heap_aligned_alloc(48, 16));
	assert_null(heap_aligned_alloc(1UL << 63, 16));
	assert_null(heap_aligned_alloc(1UL << 63, SIZE_MAX));
	assert_null(heap_aligned_alloc(4096, SIZE_MAX));
	assert_null(heap_aligned_alloc(16, SIZE_MAX - 15));
	assert_null(heap_realloc(NULL, SIZE_MAX));
	assert_empty();
	assert_said_nothing();
}

static void nothing_is_an_object_too(void **state)
{
	void *a = heap_malloc(0), *b = heap_calloc(0, 8), *c = heap_aligned_alloc(64, 0);

	(void)state;
	assert_true(a && b && c && a != b && b != c && a != c);
	a = heap_realloc(a, 0);
	assert_non_null(a);
	heap_free(a);
	heap_free(b);
	heap_free(c);
	heap_free(NULL);
	assert_empty();
	assert_said_nothing();
}

static void a_large_object_takes_no_more_frames_than_it_needs(void **state)
{
	(void)state;
	for (size_t size = 16385; size < 9UL << 20; size = size * 5 / 4) {
		void *p = heap_malloc(size);

		assert_non_null(p);
		assert_int_equal(stats().frames, DIV_ROUND_UP(size + 64, 4096));
		assert_int_equal(free_at_start - kernel_mm.pages.nr_free, stats().frames);
		heap_free(p);
		assert_empty();
	}
}

/* ---- realloc, calloc --------------------------------------------------------------------------
 */

static void realloc_stays_where_there_is_room(void **state)
{
	char *small = heap_malloc(100), *large = heap_malloc(100000);

	(void)state;
	assert_ptr_equal(heap_realloc(small, 112), small);
	assert_ptr_not_equal(small = heap_realloc(small, 113), NULL);
	assert_ptr_equal(heap_realloc(large, 25 * 4096 - 64), large);
	strcpy(large, "kept");
	assert_int_equal(stats().frames, 32 + 25); /* one chunk is kept */
	assert_ptr_equal(heap_realloc(large, 20000), large);
	assert_int_equal(stats().frames, 32 + 5);
	large = heap_realloc(large, 16);
	assert_int_equal(stats().frames, 32);
	assert_string_equal(large, "kept");
	assert_sound();
	heap_free(small);
	heap_free(large);
	assert_empty();
}

static void realloc_of_nothing_allocates(void **state)
{
	char *small = heap_realloc(NULL, 100), *large = heap_realloc(NULL, 100000);

	(void)state;
	assert_true(small && large);
	memset(small, 0x5a, 100);
	memset(large, 0x5a, 100000);
	assert_int_equal(stats().objects, 2);
	assert_sound();
	heap_free(small);
	heap_free(large);
	assert_empty();
}

static void calloc_clears_what_was_used_before(void **state)
{
	static const size_t sizes[] = {16, 100, 5000, 50000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *p = heap_malloc(sizes[i]);

		memset(p, 0xff, sizes[i]);
		heap_free(p);
		p = heap_calloc(sizes[i], 1);
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(p[k], 0);
		heap_free(p);
	}
	assert_empty();
}

/* ---- giving back ------------------------------------------------------------------------------
 */

static void empty_chunks_go_back(void **state)
{
	static void *p[20000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_malloc(200);
	assert_true(stats().frames > 1000);
	for (size_t i = 1; i < ARRAY_SIZE(p); i++)
		heap_free(p[i]);
	assert_sound();
	assert_true(stats().frames <= 2 * 16); /* one in use, one kept */
	heap_free(p[0]);
	assert_empty();
}

static void an_object_that_comes_and_goes_does_not_take_and_give_frames(void **state)
{
	void *kept = heap_malloc(16);
	unsigned long free_frames;

	(void)state;
	heap_free(heap_malloc(5000));
	free_frames = kernel_mm.pages.nr_free;
	for (size_t size = 1; size < 16384; size += 100) {
		void *p = heap_malloc(size);

		assert_int_equal(kernel_mm.pages.nr_free, free_frames);
		heap_free(p);
		assert_int_equal(kernel_mm.pages.nr_free, free_frames);
	}
	heap_free(kept);
	assert_empty();
}

/* As when its frames were an object of somebody who wrote over a part of the old header only. */
static void what_a_fresh_chunk_holds_is_not_believed(void **state)
{
	char *p = heap_malloc(100), *q;
	struct slab *slab = (struct slab *)ALIGN_DOWN((uintptr_t)p, CHUNK_SIZE);

	(void)state;
	heap_free(p);
	assert_empty();
	slab->nonempty = 1;
	slab->free[0] = 2;
	q = heap_malloc(100);
	assert_ptr_equal(q, p);
	assert_sound();
	heap_free(q);
	assert_empty();
}

static void the_kept_chunk_goes_before_a_request_fails(void **state)
{
	void *kept = heap_malloc(16), *page[16];

	(void)state;
	heap_free(heap_malloc(5000));
	assert_int_equal(stats().frames, 32);
	memory_take_all_but(0);
	assert_non_null(page[0] = heap_malloc(65000)); /* 16 frames: those of the kept chunk */
	assert_null(heap_malloc(65000));
	heap_free(page[0]);
	memory_release();
	heap_free(kept);
	assert_empty();
}

/* ---- bad frees --------------------------------------------------------------------------------
 */

static void assert_refused(void *p, const char *why)
{
	struct heap_stats before = stats(), after;

	said_start();
	heap_free(p);
	assert_said_once(why);
	assert_null(heap_realloc(p, 10));
	assert_int_equal(said_lines, 2);
	after = stats();
	assert_int_equal(after.bad_frees, before.bad_frees + 2);
	assert_int_equal(after.objects, before.objects);
	assert_int_equal(after.bytes, before.bytes);
	assert_int_equal(after.frames, before.frames);
	assert_sound();
}

static void double_frees_are_refused(void **state)
{
	char *kept = heap_malloc(100), *small = heap_malloc(100), *large = heap_malloc(100000);

	(void)state;
	heap_free(small);
	heap_free(large);
	assert_refused(small, "free already");
	assert_refused(large, "not a heap pointer");
	heap_free(kept);
	assert_refused(kept, "not a heap pointer"); /* its chunk is gone */
	assert_empty();
}

static void what_is_not_the_heaps_is_refused_and_not_touched(void **state)
{
	static int in_the_image;
	int on_the_stack;
	void *pages = page_alloc(4, PAGE_RECLAIMABLE);
	char *directmap = pfn_to_virt(PFN(0));

	(void)state;
	assert_refused(&in_the_image, "not a heap pointer");
	assert_refused(&on_the_stack, "not a heap pointer");
	assert_refused(pages, "not a heap pointer");
	assert_refused((char *)pages + 64, "not a heap pointer");
	assert_refused((void *)1, "not a heap pointer");
	assert_refused((void *)UINTPTR_MAX, "not a heap pointer");
	assert_refused(directmap, "not a heap pointer");
	assert_refused(directmap - 1, "not a heap pointer");
	assert_refused(directmap + LAYOUT_DIRECTMAP_SIZE - 8,
		       "not a heap pointer"); /* not backed */
	assert_refused(directmap + LAYOUT_DIRECTMAP_SIZE, "not a heap pointer");
	assert_refused((void *)(uintptr_t)LAYOUT_PAGEDB_BASE, "not a heap pointer");
	page_free(pages, 4);
	assert_empty();
}

static void what_is_no_start_of_an_object_is_refused(void **state)
{
	char *small = heap_malloc(100), *large = heap_malloc(300000);
	char *aligned = heap_aligned_alloc(CHUNK_SIZE, 10);
	char *slab = (char *)ALIGN_DOWN((uintptr_t)small, CHUNK_SIZE);

	(void)state;
	for (size_t i = 1; i < 112; i++)
		assert_refused(small + i, "not the start");
	for (size_t i = 1; i < (size_t)(small - slab); i++)
		assert_refused(slab + i, "not the start");
	assert_refused(large + 1, "not the start");
	assert_refused(large - 8, "not the start");
	assert_refused(large + 4096, "not the start");
	assert_refused(large + 2 * CHUNK_SIZE, "not a heap pointer"); /* no chunk begins there */
	assert_refused(aligned + 8, "not a heap pointer");
	assert_refused(aligned - 8, "not the start");
	heap_free(small);
	heap_free(large);
	heap_free(aligned);
	assert_empty();
}

static void what_follows_the_last_slot_is_refused(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NR_SLAB_CLASSES; i++) {
		const struct slab_class *class = &slab_class[i];
		char *p = heap_malloc(class->size);
		size_t after = class->first + (size_t) class->nr_slots * class->size;

		assert_in_range(after, CHUNK_SIZE - class->size + 1, CHUNK_SIZE);
		if (after < CHUNK_SIZE)
			assert_refused((char *)ALIGN_DOWN((uintptr_t)p, CHUNK_SIZE) + after,
				       "not the start");
		heap_free(p);
	}
	assert_empty();
}

static void a_damaged_header_is_reported_and_not_followed(void **state)
{
	char *p = heap_malloc(100), *q, *r;
	char *chunk = (char *)ALIGN_DOWN((uintptr_t)p, CHUNK_SIZE), header[64];

	(void)state;
	memcpy(header, chunk, sizeof(header));
	memset(chunk, 0xff, sizeof(header));
	said_start();
	heap_free(p);
	assert_said_once("corrupted");
	assert_string_equal(heap_check(), "the header of a chunk is damaged");

	said_start();
	q = heap_malloc(100);
	r = heap_malloc(100);
	assert_said_once("corrupted");
	assert_true(q && r && (char *)ALIGN_DOWN((uintptr_t)q, CHUNK_SIZE) != chunk);
	heap_free(q);
	heap_free(r);

	memcpy(chunk, header, sizeof(header));
	heap_free(p);
	assert_said_once("corrupted");
	assert_empty();
}

static void a_damaged_large_header_is_reported(void **state)
{
	char *p = heap_malloc(100000), *chunk = p - 64, header[64];

	(void)state;
	memcpy(header, chunk, sizeof(header));
	memset(chunk, 0, sizeof(header));
	said_start();
	heap_free(p);
	assert_said_once("corrupted");
	memcpy(chunk, header, sizeof(header));
	heap_free(p);
	assert_empty();
}

/* ---- shortage ---------------------------------------------------------------------------------
 */

/* Everything the heap does that takes memory, with objects of many kinds; false: none was left. */
static bool churn(void)
{
	void *p[8] = {0};
	bool all = true;

	p[0] = heap_malloc(10);
	p[1] = heap_malloc(9000);
	p[2] = heap_calloc(3, 30000);
	p[3] = heap_aligned_alloc(4096, 40000);
	p[4] = heap_aligned_alloc(4 * CHUNK_SIZE, 10);
	p[5] = heap_malloc(700);
	for (size_t i = 0; i < 6; i++)
		all = all && p[i];
	for (size_t i = 0; i < 6; i++) {
		void *moved = p[i] ? heap_realloc(p[i], 150000) : NULL;

		all = all && moved;
		p[i] = moved ? moved : p[i];
		assert_sound();
	}
	for (size_t i = 0; i < 6; i++)
		heap_free(p[i]);
	return all;
}

static void shortage_at_any_point_leaves_everything_as_it_was(void **state)
{
	unsigned long left;
	bool done = false;

	(void)state;
	for (left = 0; !done; left++) {
		memory_take_all_but(left);
		done = churn();
		assert_int_equal(kernel_mm.pages.nr_free, left);
		assert_int_equal(stats().frames, 0);
		memory_release();
		assert_empty();
	}
	assert_in_range(left, 100, 1000);
	assert_said_nothing();
}

static void realloc_without_memory_leaves_the_object(void **state)
{
	char *p = heap_malloc(100);

	(void)state;
	memset(p, 'x', 100);
	memory_take_all_but(3);
	assert_null(heap_realloc(p, 20000));
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 'x');
	memory_release();
	heap_free(p);
	assert_empty();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_small_size_is_whole_and_wastes_little, start),
		cmocka_unit_test_setup(objects_of_one_chunk_do_not_overlap, start),
		cmocka_unit_test_setup(every_alignment_is_kept, start),
		cmocka_unit_test_setup(absurd_requests_get_nothing, start),
		cmocka_unit_test_setup(an_aligned_object_of_a_class_lies_with_others_of_it, start),
		cmocka_unit_test_setup(nothing_is_an_object_too, start),
		cmocka_unit_test_setup(a_large_object_takes_no_more_frames_than_it_needs, start),
		cmocka_unit_test_setup(realloc_stays_where_there_is_room, start),
		cmocka_unit_test_setup(realloc_of_nothing_allocates, start),
		cmocka_unit_test_setup(calloc_clears_what_was_used_before, start),
		cmocka_unit_test_setup(empty_chunks_go_back, start),
		cmocka_unit_test_setup(an_object_that_comes_and_goes_does_not_take_and_give_frames,
				       start),
		cmocka_unit_test_setup(what_a_fresh_chunk_holds_is_not_believed, start),
		cmocka_unit_test_setup(the_kept_chunk_goes_before_a_request_fails, start),
		cmocka_unit_test_setup(double_frees_are_refused, start),
		cmocka_unit_test_setup(what_is_not_the_heaps_is_refused_and_not_touched, start),
		cmocka_unit_test_setup(what_is_no_start_of_an_object_is_refused, start),
		cmocka_unit_test_setup(what_follows_the_last_slot_is_refused, start),
		cmocka_unit_test_setup(a_damaged_header_is_reported_and_not_followed, start),
		cmocka_unit_test_setup(a_damaged_large_header_is_reported, start),
		cmocka_unit_test_setup(shortage_at_any_point_leaves_everything_as_it_was, start),
		cmocka_unit_test_setup(realloc_without_memory_leaves_the_object, start),
		cmocka_unit_test_setup(random_operations_agree_with_a_model, start),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
