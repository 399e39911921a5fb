/* SPDX-License-Identifier: MIT */
/* The page allocator: what it promises, and random operations against a model. No page is touched.
 */
#include <asm/irq.h>
#include <lib/errno.h>
#include <mm/page_alloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <cmocka.h>

#include "tests/unit/frames.h"
#include "tests/unit/random.h"

#define OPERATIONS  2000000UL
#define CHECK_EVERY 10000UL
#define ORDER_MAX   14U /* the largest that fits into FRAMES_BLOCKS */

static struct pagedb db;
static struct page_alloc pa;
static struct block blocks[FRAMES_BLOCKS];

/* An allocator over FRAMES_BLOCKS blocks, all of them absent. */
static int start_empty(void **state)
{
	(void)state;
	linux_irqs_off = false;
	pagedb_init(&db, blocks, FRAMES_BLOCKS);
	pagedb_extend(&db, FRAMES_BLOCKS);
	pagedb_hole_to_absent(&db, PFN(0), FRAMES_MAX, OWNER_BASE);
	page_alloc_init(&pa, &db);
	frames_start();
	frames_change(PFN(0), FRAMES_MAX, HOLE, ABSENT);
	return 0;
}

static void assert_sound(void)
{
	const char *wrong = page_alloc_check(&pa);

	if (wrong)
		fail_msg("%s", wrong);
	assert_int_equal(pa.nr_free, frames_count[FREE]);
	frames_assert_same(&db);
}

static void give(pfn_t first, unsigned long nr)
{
	page_alloc_give(&pa, first, nr);
	frames_change(first, nr, USED, FREE);
}

/* Memory comes: absent frames are added, and born by being freed. */
static void grow(pfn_t first, unsigned long nr)
{
	pagedb_add(&db, first, nr);
	frames_change(first, nr, ABSENT, USED);
	give(first, nr);
}

/* Memory goes: frames in use are taken out. */
static void shrink(pfn_t first, unsigned long nr)
{
	pagedb_remove(&db, first, nr);
	frames_change(first, nr, USED, ABSENT);
}

static int start_full(void **state)
{
	start_empty(state);
	grow(PFN(0), FRAMES_MAX);
	return 0;
}

static int try_take(unsigned int order, enum page_use use, pfn_t *first)
{
	int err = page_alloc_take(&pa, order, use, first);

	if (err)
		return err;
	assert_int_equal(first->v % (1UL << order), 0);
	frames_change(*first, 1UL << order, FREE, USED);
	return 0;
}

static pfn_t take(unsigned int order, enum page_use use)
{
	pfn_t first;

	assert_int_equal(try_take(order, use, &first), 0);
	return first;
}

static void assert_nothing_of(unsigned int order)
{
	pfn_t first = PFN_NONE;

	assert_int_equal(page_alloc_take(&pa, order, PAGE_FIXED, &first), -ENOMEM);
	assert_true(pfn_eq(first, PFN_NONE));
}

/* ---- what is promised ---- */

static void every_order_is_served_and_comes_back(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= ORDER_MAX; order++) {
		pfn_t one = take(order, PAGE_FIXED), other = take(order, PAGE_FIXED);

		assert_int_equal(pa.nr_free, FRAMES_MAX - (2UL << order));
		assert_sound();
		give(one, 1UL << order);
		give(other, 1UL << order);
		assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS);
		assert_sound();
		if (order == ORDER_MAX - 1)
			return;
	}
}

static void the_largest_order_is_a_run_of_all_there_is(void **state)
{
	(void)state;
	assert_int_equal(take(ORDER_MAX, PAGE_RECLAIMABLE).v, 0);
	assert_nothing_of(ORDER_MAX);
	take(ORDER_MAX - 1, PAGE_FIXED);
	assert_int_equal(pa.nr_free, 0);
	assert_sound();
}

static void an_order_that_cannot_be_is_refused(void **state)
{
	pfn_t first;

	(void)state;
	assert_int_equal(page_alloc_take(&pa, PAGE_ORDER_MAX + 1, PAGE_FIXED, &first), -EINVAL);
	assert_int_equal(page_alloc_take(&pa, ~0U, PAGE_FIXED, &first), -EINVAL);
	assert_nothing_of(PAGE_ORDER_MAX);
	assert_int_equal(pa.nr_free, FRAMES_MAX);
	assert_sound();
}

static void exhaustion_fails_and_changes_nothing(void **state)
{
	static struct block before[FRAMES_BLOCKS];
	struct page_alloc pa_before;

	(void)state;
	for (unsigned long i = 0; i < FRAMES_MAX; i++)
		take(0, i % 3 ? PAGE_FIXED : PAGE_RECLAIMABLE);
	memcpy(before, blocks, sizeof(blocks));
	pa_before = pa;
	for (unsigned int order = 0; order <= PAGE_ORDER_MAX; order++)
		assert_nothing_of(order);
	assert_memory_equal(before, blocks, sizeof(blocks));
	assert_memory_equal(&pa_before, &pa, sizeof(pa));
	assert_sound();
	give(PFN(0), FRAMES_MAX);
	assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS);
}

static void fragments_serve_no_more_than_they_hold(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < BLOCK_ORDER; order++) {
		unsigned long run = 1UL << order;

		start_full(NULL);
		for (unsigned long i = 0; i < FRAMES_MAX; i++)
			take(0, PAGE_FIXED);
		for (unsigned long i = run; i < FRAMES_MAX; i += 2 * run)
			give(PFN(i), run);
		assert_nothing_of(order + 1);
		assert_nothing_of(BLOCK_ORDER);
		assert_sound();
		for (unsigned long i = 0; i < FRAMES_MAX / run / 2; i++)
			take(order, PAGE_FIXED);
		assert_int_equal(pa.nr_free, 0);
		assert_sound();
	}
}

static void small_requests_keep_whole_blocks_whole(void **state)
{
	(void)state;
	for (unsigned long i = 0; i < BLOCK_FRAMES; i++) {
		take(0, PAGE_FIXED);
		assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS - 1);
	}
	take(3, PAGE_FIXED);
	take(8, PAGE_FIXED);
	take(7, PAGE_FIXED);
	assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS - 2);
	assert_sound();
}

static void small_requests_go_where_only_small_runs_are(void **state)
{
	pfn_t half;

	(void)state;
	half = take(8, PAGE_FIXED);
	take(9, PAGE_FIXED);
	for (unsigned long i = 0; i < 2 * BLOCK_FRAMES; i++)
		take(0, PAGE_FIXED);
	give(half, 64);
	give(PFN(half.v + 129), 1);
	for (unsigned long i = 0; i < BLOCK_FRAMES; i += 2)
		if (frames[5 * BLOCK_FRAMES + i] == USED)
			give(PFN(5 * BLOCK_FRAMES + i), 1);
	assert_int_equal(pfn_block(take(6, PAGE_FIXED)), pfn_block(half));
	assert_sound();
}

static void uses_lie_in_different_blocks(void **state)
{
	(void)state;
	for (unsigned long i = 0; i < 700; i++) {
		unsigned long fixed = pfn_block(take(0, PAGE_FIXED));
		unsigned long reclaimable = pfn_block(take(i % 4, PAGE_RECLAIMABLE));

		assert_int_equal(blocks[fixed].use, PAGE_FIXED);
		assert_int_equal(blocks[reclaimable].use, PAGE_RECLAIMABLE);
	}
	assert_sound();
}

static void the_other_use_serves_when_nothing_else_is_left(void **state)
{
	(void)state;
	for (unsigned long i = 0; i < FRAMES_BLOCKS - 1; i++)
		take(BLOCK_ORDER, PAGE_FIXED);
	take(0, PAGE_FIXED);
	take(4, PAGE_RECLAIMABLE);
	take(0, PAGE_RECLAIMABLE);
	assert_int_equal(page_alloc_nr_whole(&pa), 0);
	assert_sound();
	assert_nothing_of(BLOCK_ORDER);
}

/* A block that is half in use becomes that of the tables, since no other has as much room. */
static void tables_fill_one_block_where_none_is_whole(void **state)
{
	pfn_t room;

	(void)state;
	for (unsigned long i = 0; i < FRAMES_BLOCKS - 1; i++) {
		pfn_t block = take(BLOCK_ORDER, PAGE_FIXED);

		give(pfn_add(block, 8), 8);
	}
	room = take(BLOCK_ORDER - 1, PAGE_FIXED);
	for (unsigned int i = 0; i < BLOCK_FRAMES / 2; i++)
		assert_int_equal(pfn_block(take(0, PAGE_TABLE)), pfn_block(room));
	assert_int_not_equal(pfn_block(take(0, PAGE_TABLE)), pfn_block(room));
	assert_sound();
}

static void what_lies_between_tables_is_theirs_until_it_is_opened(void **state)
{
	unsigned long block = pfn_block(take(0, PAGE_TABLE));

	(void)state;
	pa.tables_apart = true;
	for (unsigned long i = 0; i < FRAMES_BLOCKS - 1; i++)
		take(BLOCK_ORDER, PAGE_FIXED);
	assert_nothing_of(0);
	pa.tables_apart = false;
	assert_int_equal(pfn_block(take(0, PAGE_FIXED)), block);
	assert_int_equal(blocks[block].use, PAGE_TABLE);
	assert_sound();
}

static void memory_that_was_never_used_is_taken_last(void **state)
{
	unsigned long nr_clean = 0;
	pfn_t block = take(BLOCK_ORDER, PAGE_FIXED);

	(void)state;
	give(block, BLOCK_FRAMES);
	for (int i = 0; i < 100; i++) {
		pfn_t first = take((unsigned int)i % 10, PAGE_RECLAIMABLE);

		assert_int_equal(pfn_block(first), pfn_block(block));
		give(first, 1UL << i % 10);
	}
	for (unsigned long i = 0; i < FRAMES_BLOCKS; i++)
		nr_clean += (blocks[i].flags & BLOCK_CLEAN) != 0;
	assert_int_equal(nr_clean, FRAMES_BLOCKS - 1);
	assert_sound();
}

static void one_frame_handed_out_and_a_block_is_clean_no_more(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < BLOCK_ORDER; order++) {
		pfn_t first;

		start_empty(NULL);
		grow(PFN(0), BLOCK_FRAMES - 1);
		assert_true(blocks[0].flags & BLOCK_CLEAN);
		first = take(order, PAGE_FIXED);
		give(first, 1UL << order);
		assert_false(blocks[0].flags & BLOCK_CLEAN);
	}
}

static void what_comes_frame_by_frame_makes_a_clean_whole_block(void **state)
{
	(void)state;
	pagedb_add(&db, PFN(0), BLOCK_FRAMES);
	frames_change(PFN(0), BLOCK_FRAMES, ABSENT, USED);
	for (unsigned long i = 0; i < BLOCK_FRAMES; i++)
		give(PFN((i * 37) % BLOCK_FRAMES), 1);
	assert_int_equal(page_alloc_nr_whole(&pa), 1);
	assert_int_equal(blocks[0].flags, BLOCK_CLEAN);
	assert_int_not_equal(pa.whole[OWNER_BASE].clean, BLOCK_LINK_NONE);
	assert_sound();
}

static void a_partly_absent_block_serves_but_is_never_whole(void **state)
{
	(void)state;
	grow(PFN(1), BLOCK_FRAMES - 1);
	assert_int_equal(page_alloc_nr_whole(&pa), 0);
	assert_nothing_of(BLOCK_ORDER);
	assert_int_equal(take(8, PAGE_FIXED).v, 256);
	for (unsigned long i = 0; i < 255; i++)
		take(0, PAGE_FIXED);
	assert_nothing_of(0);
	grow(PFN(0), 1);
	assert_int_equal(take(0, PAGE_FIXED).v, 0);
	give(PFN(0), BLOCK_FRAMES);
	assert_int_equal(page_alloc_nr_whole(&pa), 1);
	assert_sound();
}

static void holes_are_never_handed_out(void **state)
{
	(void)state;
	pagedb_init(&db, blocks, FRAMES_BLOCKS);
	pagedb_extend(&db, FRAMES_BLOCKS);
	page_alloc_init(&pa, &db);
	frames_start();
	for (unsigned long i = 0; i < 100; i++) {
		pagedb_hole_to_absent(&db, PFN(i * 200), 100, OWNER_BASE);
		frames_change(PFN(i * 200), 100, HOLE, ABSENT);
		grow(PFN(i * 200), 50);
	}
	assert_int_equal(page_alloc_nr_whole(&pa), 0);
	for (unsigned long i = 0; i < 5000; i++)
		take(0, PAGE_FIXED);
	assert_nothing_of(0);
	assert_sound();
}

static void a_run_of_blocks_is_aligned_and_passes_over_what_is_used(void **state)
{
	(void)state;
	for (unsigned long i = 0; i < FRAMES_BLOCKS; i++)
		take(BLOCK_ORDER, PAGE_FIXED);
	give(block_pfn(3), 2 * BLOCK_FRAMES);
	assert_nothing_of(10);
	give(block_pfn(7), 8 * BLOCK_FRAMES);
	assert_nothing_of(12);
	assert_int_equal(take(11, PAGE_FIXED).v, block_pfn(8).v);
	assert_int_equal(take(10, PAGE_FIXED).v, block_pfn(12).v);
	assert_nothing_of(10);
	give(block_pfn(12), 2 * BLOCK_FRAMES);
	assert_sound();
	take(0, PAGE_FIXED);
	take(0, PAGE_RECLAIMABLE);
	assert_sound();
}

static void a_run_of_blocks_ends_before_the_last_incomplete_one(void **state)
{
	(void)state;
	grow(PFN(0), 3 * BLOCK_FRAMES);
	take(10, PAGE_FIXED);
	assert_nothing_of(10);
	assert_int_equal(take(9, PAGE_FIXED).v, block_pfn(2).v);
}

static void frames_may_come_back_in_other_pieces(void **state)
{
	(void)state;
	take(12, PAGE_FIXED);
	give(PFN(1), 1);
	give(PFN(3), 3 * BLOCK_FRAMES);
	assert_sound();
	give(PFN(2), 1);
	give(PFN(0), 1);
	give(PFN(3 + 3 * BLOCK_FRAMES), 5 * BLOCK_FRAMES - 3);
	assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS);
	assert_sound();
}

static void frames_come_back_in_any_order(void **state)
{
	static const unsigned long stride[] = {1, 3, 129, 255, 257, 511};

	(void)state;
	for (unsigned int s = 0; s < ARRAY_SIZE(stride); s++) {
		for (unsigned long i = 0; i < FRAMES_MAX; i++)
			take(0, PAGE_FIXED);
		for (unsigned long i = 0; i < BLOCK_FRAMES; i++) {
			give(PFN(i * stride[s] % BLOCK_FRAMES), 1);
			if (i % 32 == 31)
				assert_sound();
		}
		assert_int_equal(page_alloc_nr_whole(&pa), 1);
		give(PFN(BLOCK_FRAMES), FRAMES_MAX - BLOCK_FRAMES);
	}
}

/* What a block holds at most is only a bound, until a search fails and writes down what is true. */
static void what_a_block_holds_is_searched_once(void **state)
{
	(void)state;
	grow(PFN(0), BLOCK_FRAMES);
	for (unsigned long i = 0; i < BLOCK_FRAMES - 2; i++)
		take(0, PAGE_FIXED);
	assert_int_equal(blocks[0].max_order, 8);
	assert_nothing_of(8);
	assert_int_equal(blocks[0].max_order, 1);
	give(PFN(256), 128);
	assert_int_equal(blocks[0].max_order, 7);
	give(PFN(384), 126);
	assert_int_equal(blocks[0].max_order, 8);
	assert_int_equal(take(8, PAGE_FIXED).v, 256);
}

/* Of how many blocks max_order is more than what they hold. */
static unsigned long count_stale(void)
{
	unsigned long nr = 0;

	for (unsigned long i = 0; i < FRAMES_BLOCKS; i++)
		nr += blocks[i].state == BLOCK_PARTIAL &&
		      !frames_block_has_free(i, blocks[i].max_order);
	return nr;
}

/* Each block in turn is the one that frames come from, and is left with less than it was given. */
static void a_request_fails_in_one_block_at_most(void **state)
{
	pfn_t first;

	(void)state;
	for (unsigned long i = 0; i < FRAMES_BLOCKS; i++)
		take(BLOCK_ORDER, PAGE_FIXED);
	for (unsigned long i = 0; i < FRAMES_BLOCKS; i++) {
		give(PFN(i * BLOCK_FRAMES), 2);
		take(0, PAGE_FIXED);
		assert_in_range(count_stale(), 0, 1);
		assert_sound();
	}
	while (!try_take(1, PAGE_FIXED, &first))
		assert_in_range(count_stale(), 0, 1);
	assert_int_equal(count_stale(), 0);
	assert_sound();
}

static void a_double_free_is_a_bug(void **state)
{
	static pfn_t first;

	(void)state;
	grow(PFN(0), 2 * BLOCK_FRAMES);
	first = take(0, PAGE_FIXED);
	give(first, 1);
	expect_assert_failure(page_alloc_give(&pa, first, 1));
	start_empty(NULL);
	grow(PFN(0), 2 * BLOCK_FRAMES);
	first = take(9, PAGE_FIXED);
	give(pfn_add(first, 300), 1);
	expect_assert_failure(page_alloc_give(&pa, first, BLOCK_FRAMES));
}

static void frames_that_are_not_there_cannot_be_given(void **state)
{
	(void)state;
	grow(PFN(0), BLOCK_FRAMES + 1);
	take(9, PAGE_FIXED);
	expect_assert_failure(page_alloc_give(&pa, PFN(BLOCK_FRAMES + 1), 1));
	linux_irqs_off = false;
	expect_assert_failure(page_alloc_give(&pa, PFN(BLOCK_FRAMES + 2), 2));
	expect_assert_failure(page_alloc_give(&pa, PFN(FRAMES_MAX), 1));
	expect_assert_failure(page_alloc_give(&pa, PFN(FRAMES_MAX), 2));
	expect_assert_failure(page_alloc_give(&pa, PFN_NONE, 1));
}

/* ---- interrupts ---- */

static void interrupts_are_off_inside_and_after_it_as_before(void **state)
{
	pfn_t first;

	(void)state;
	for (int off = 0; off < 2; off++) {
		for (unsigned int order = 0; order <= ORDER_MAX; order++) {
			linux_irqs_off = off;
			first = take(order, PAGE_FIXED);
			assert_int_equal(linux_irqs_off, off);
			give(first, 1UL << order);
			assert_int_equal(linux_irqs_off, off);
		}
		assert_nothing_of(PAGE_ORDER_MAX);
		assert_int_equal(linux_irqs_off, off);
	}
	linux_irqs_off = false;
	expect_assert_failure(page_alloc_give(&pa, PFN(0), 1));
	assert_true(linux_irqs_off);
}

static struct {
	pfn_t held[64];
	unsigned int nr_held;
	unsigned long nr_taken;
} interrupt;

/* What an interrupt does: it takes some, and gives back what earlier ones took. */
static void on_interrupt(int signal)
{
	(void)signal;
	if (linux_irqs_off)
		return;
	linux_irqs_off = true;
	while (interrupt.nr_held && interrupt.nr_taken % 3)
		page_alloc_give(&pa, interrupt.held[--interrupt.nr_held], 1);
	for (int i = 0; i < 2 && interrupt.nr_held < ARRAY_SIZE(interrupt.held); i++) {
		enum page_use use = (enum page_use)(interrupt.nr_taken++ % NR_PAGE_USES);

		if (!page_alloc_take(&pa, 0, use, &interrupt.held[interrupt.nr_held]))
			interrupt.nr_held++;
	}
	linux_irqs_off = false;
}

static void interrupt_every_us(long us)
{
	struct itimerval every = {.it_interval.tv_usec = us, .it_value.tv_usec = us};

	signal(SIGALRM, us ? on_interrupt : SIG_IGN);
	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static void an_interrupt_may_take_and_give_at_any_moment(void **state)
{
	static pfn_t held[2000];

	(void)state;
	interrupt.nr_held = 0;
	interrupt.nr_taken = 0;
	interrupt_every_us(30);
	for (int round = 0; round < 100 || interrupt.nr_taken < 200; round++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(held); i++)
			assert_int_equal(page_alloc_take(&pa, i % 3, PAGE_FIXED, &held[i]), 0);
		for (unsigned int i = 0; i < ARRAY_SIZE(held); i++)
			page_alloc_give(&pa, held[i], 1UL << i % 3);
	}
	interrupt_every_us(0);
	assert_int_equal(pa.nr_free, FRAMES_MAX - interrupt.nr_held);
	assert_null(page_alloc_check(&pa));
	while (interrupt.nr_held)
		page_alloc_give(&pa, interrupt.held[--interrupt.nr_held], 1);
	assert_int_equal(page_alloc_nr_whole(&pa), FRAMES_BLOCKS);
}

/* ---- the model ---- */

static struct {
	pfn_t first;
	unsigned long nr;
} held[FRAMES_MAX];
static unsigned long nr_held;

static unsigned int random_order(void)
{
	if (random_one_in(200))
		return (unsigned int)random_below(ORDER_MAX + 1);
	return random_one_in(4) ? (unsigned int)random_below(BLOCK_ORDER + 1) : 0;
}

/* Out of one block alone: what is asked of it, or nothing. */
static void random_take_from(void)
{
	unsigned long block = random_below(FRAMES_BLOCKS + 1);
	unsigned int order = (unsigned int)random_below(BLOCK_ORDER + 1);
	pfn_t first = PFN_NONE;
	int err = page_alloc_take_from(&pa, block, order, &first);

	if (!err) {
		assert_int_equal(pfn_block(first), block);
		assert_int_equal(first.v % (1UL << order), 0);
		frames_change(first, 1UL << order, FREE, USED);
		held[nr_held].first = first;
		held[nr_held++].nr = 1UL << order;
		return;
	}
	assert_int_equal(err, -ENOMEM);
	assert_true(pfn_eq(first, PFN_NONE));
	assert_true(block == FRAMES_BLOCKS || !frames_block_has_free(block, order));
}

static void random_take(void)
{
	unsigned int order = random_order();
	enum page_use use = (enum page_use)random_below(NR_PAGE_USES);
	int err = try_take(order, use, &held[nr_held].first);

	if (!err) {
		held[nr_held++].nr = 1UL << order;
		return;
	}
	assert_int_equal(err, -ENOMEM);
	assert_true(order > 0 || frames_count[FREE] == 0);
	if (random_one_in(8))
		assert_false(frames_have_free(order));
}

/* All of a run that is held, or a part of it; the rest stays held. */
static void random_give(bool for_ever)
{
	unsigned long i, nr;

	if (!nr_held)
		return;
	i = random_below(nr_held);
	nr = random_one_in(4) ? 1 + random_below(held[i].nr) : held[i].nr;
	if (for_ever)
		shrink(held[i].first, nr);
	else
		give(held[i].first, nr);
	held[i].first = pfn_add(held[i].first, nr);
	held[i].nr -= nr;
	if (!held[i].nr)
		held[i] = held[--nr_held];
}

static void random_grow(void)
{
	pfn_t first = PFN(random_below(FRAMES_MAX));

	if (frames[first.v] == ABSENT)
		grow(first, frames_alike(first, random_one_in(2) ? 1 : 700));
}

static void random_operations_agree_with_a_model(void **state)
{
	uint64_t takes_in_8 = 4;

	(void)state;
	random_start();
	nr_held = 0;
	for (unsigned long i = 0; i < OPERATIONS; i++) {
		if (i % 20000 == 0)
			takes_in_8 = 1 + random_below(7);
		if (random_one_in(30))
			random_grow();
		else if (random_one_in(100))
			random_give(true);
		else if (random_one_in(50))
			random_take_from();
		else if (random_below(8) < takes_in_8)
			random_take();
		else
			random_give(false);
		assert_int_equal(pa.nr_free, frames_count[FREE]);
		assert_false(linux_irqs_off);
		if (i % CHECK_EVERY == 0)
			assert_sound();
	}
	while (nr_held)
		random_give(false);
	assert_sound();
}

#define promise_full(name)  cmocka_unit_test_setup(name, start_full)
#define promise_empty(name) cmocka_unit_test_setup(name, start_empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		promise_full(every_order_is_served_and_comes_back),
		promise_full(the_largest_order_is_a_run_of_all_there_is),
		promise_full(an_order_that_cannot_be_is_refused),
		promise_full(exhaustion_fails_and_changes_nothing),
		promise_full(fragments_serve_no_more_than_they_hold),
		promise_full(small_requests_keep_whole_blocks_whole),
		promise_full(small_requests_go_where_only_small_runs_are),
		promise_full(uses_lie_in_different_blocks),
		promise_full(the_other_use_serves_when_nothing_else_is_left),
		promise_full(tables_fill_one_block_where_none_is_whole),
		promise_full(what_lies_between_tables_is_theirs_until_it_is_opened),
		promise_full(memory_that_was_never_used_is_taken_last),
		promise_empty(one_frame_handed_out_and_a_block_is_clean_no_more),
		promise_empty(what_comes_frame_by_frame_makes_a_clean_whole_block),
		promise_empty(a_partly_absent_block_serves_but_is_never_whole),
		promise_empty(holes_are_never_handed_out),
		promise_full(a_run_of_blocks_is_aligned_and_passes_over_what_is_used),
		promise_empty(a_run_of_blocks_ends_before_the_last_incomplete_one),
		promise_full(frames_may_come_back_in_other_pieces),
		promise_full(frames_come_back_in_any_order),
		promise_empty(what_a_block_holds_is_searched_once),
		promise_full(a_request_fails_in_one_block_at_most),
		promise_empty(a_double_free_is_a_bug),
		promise_empty(frames_that_are_not_there_cannot_be_given),
		promise_full(interrupts_are_off_inside_and_after_it_as_before),
		promise_full(an_interrupt_may_take_and_give_at_any_moment),
		promise_empty(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
