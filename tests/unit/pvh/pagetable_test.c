/* SPDX-License-Identifier: MIT */
/*
 * The page tables of arch/common/pagetable by random changes, against a plain list of what is
 * mapped, a TLB that keeps what it may, and a count of the frames that are tables.
 */
#include "pagetable.h"

#define OPERATIONS 6000UL

/* ---- what must be true between two commits ---- */

static void check_pages(void)
{
	for (unsigned long i = 0; i < NR_PAGES; i++) {
		enum mmu_prot prot = MMU_RX;
		pfn_t pfn = PFN_NONE;

		assert_int_equal(tables_query(page_va(i), &pfn, &prot), mapped[i] != NOT_MAPPED);
		if (mapped[i] != NOT_MAPPED) {
			assert_int_equal(prot, mapped[i]);
			assert_int_equal(pfn.v, block_at(0).v + i);
		}
		assert_true(tlb[i].prot == NOT_MAPPED || tlb[i].prot == mapped[i]);
	}
}

/* Each frame is in the stash, or it is a table. */
static void check_frames(void)
{
	unsigned int nr = stash.nr + nr_upper;

	for (unsigned long b = 0; b < NR_BLOCKS; b++)
		nr += pagetable_last_entry(page_va(b * BLOCK_FRAMES)) != NULL;
	assert_int_equal(nr, NR_FRAMES);
	for (unsigned int i = 0; i < stash.nr; i++) {
		for (unsigned int j = 0; j < i; j++)
			assert_false(pfn_eq(frames[i], frames[j]));
		for (unsigned long b = 0; b < NR_BLOCKS; b++)
			assert_ptr_not_equal(pagetable_last_entry(page_va(b * BLOCK_FRAMES)),
					     pfn_to_virt(frames[i]));
	}
}

static void check(void)
{
	check_pages();
	check_frames();
	for (int i = 0; i < 40; i++)
		touch(random_below(NR_PAGES));
}

/* ---- changes ---- */

static void come(unsigned long block)
{
	uint64_t absent[BLOCK_FRAMES / BITS_WORD] = {0};

	if (random_one_in(2))
		for (unsigned int n = 1 + (unsigned int)random_below(BLOCK_FRAMES); n > 0; n--)
			bitmap_set(absent, random_below(BLOCK_FRAMES));
	tables_map_block(block_at(block), absent, &stash);
	for (unsigned long i = 0; i < BLOCK_FRAMES; i++)
		mapped[block * BLOCK_FRAMES + i] = bitmap_test(absent, i) ? NOT_MAPPED : MMU_RW;
}

static void go(unsigned long block)
{
	tables_unmap_block(block_at(block));
	memset(&mapped[block * BLOCK_FRAMES], NOT_MAPPED, BLOCK_FRAMES);
}

/* Some blocks at once, each there or not. */
static void change_blocks(void)
{
	unsigned long b = random_below(NR_BLOCKS), end = b + 1 + random_below(4);

	for (; b < MIN(end, NR_BLOCKS); b++) {
		if (tables_block_is_mapped(block_at(b)))
			go(b);
		else
			come(b);
	}
}

static void change_page(unsigned long page)
{
	static const enum mmu_prot prot[] = {MMU_RW, MMU_RW, MMU_RO};
	enum mmu_prot to = prot[random_below(ARRAY_SIZE(prot))];

	if (mapped[page] == NOT_MAPPED) {
		tables_map(page_va(page), pfn_add(block_at(0), page), to);
		mapped[page] = (uint8_t)to;
	} else if (random_one_in(3)) {
		tables_protect(page_va(page), to);
		mapped[page] = (uint8_t)to;
	} else {
		tables_unmap(page_va(page));
		mapped[page] = NOT_MAPPED;
	}
}

/* Neighbours, so that each is changed once in a commit. */
static void change_pages(void)
{
	unsigned long page = random_below(NR_PAGES), nr = 1 + random_below(60);

	nr = MIN(nr, NR_PAGES - page);
	assert_int_equal(tables_prepare(page_va(page), nr, MMU_PAGES, &stash), 0);
	check();
	for (unsigned long i = page; i < page + nr; i++)
		change_page(i);
}

/* Where a page is missing or differs, it keeps its table. */
static void join(unsigned long block)
{
	const uint64_t *before = pagetable_last_entry(page_va(block * BLOCK_FRAMES));
	bool all = true;

	for (unsigned long i = block * BLOCK_FRAMES; i < (block + 1) * BLOCK_FRAMES; i++)
		all &= mapped[i] == MMU_RW;
	tables_join_block(block_at(block), &stash);
	assert_ptr_equal(pagetable_last_entry(page_va(block * BLOCK_FRAMES)), all ? NULL : before);
}

/* What is missing of a block comes, and all of it is RW, but for a page maybe. */
static void fill(unsigned long block)
{
	void *va = page_va(block * BLOCK_FRAMES);

	assert_int_equal(tables_prepare(va, BLOCK_FRAMES, MMU_PAGES, &stash), 0);
	for (unsigned long i = block * BLOCK_FRAMES; i < (block + 1) * BLOCK_FRAMES; i++) {
		if (mapped[i] == NOT_MAPPED)
			tables_map(page_va(i), pfn_add(block_at(0), i), MMU_RW);
		else
			tables_protect(page_va(i), MMU_RW);
		mapped[i] = MMU_RW;
	}
	assert_int_equal(tables_commit(&stash), 0);
	if (random_one_in(2)) {
		unsigned long odd = block * BLOCK_FRAMES + random_below(BLOCK_FRAMES);

		tables_protect(page_va(odd), MMU_RO);
		mapped[odd] = MMU_RO;
		assert_int_equal(tables_commit(&stash), 0);
	}
	check();
	join(block);
}

static void operate(void)
{
	switch (random_below(8)) {
	case 0:
	case 1:
	case 2:
		change_blocks();
		break;
	case 3:
		fill(random_below(NR_BLOCKS));
		break;
	case 4:
		join(random_below(NR_BLOCKS));
		break;
	default:
		change_pages();
	}
	assert_int_equal(tables_commit(&stash), 0);
	check();
}

static void start(void)
{
	pfn_t at_root;

	memory_start(8 * BLOCK_FRAMES);
	stash.nr = 0;
	assert_int_equal(page_alloc_take(&kernel_mm.pages, 0, PAGE_TABLE, &at_root), 0);
	while (stash.nr < NR_FRAMES) {
		pfn_t pfn;

		assert_int_equal(page_alloc_take(&kernel_mm.pages, 0, PAGE_TABLE, &pfn), 0);
		memset(pfn_to_virt(pfn), 0xa5, PAGE_SIZE);
		stash_push(&stash, pfn);
	}
	memset(mapped, NOT_MAPPED, sizeof(mapped));
	write_cr3(0);
	pagetable_init(at_root);
	assert_int_equal(tables_prepare(page_va(0), NR_PAGES, MMU_BLOCKS, &stash), 0);
	nr_upper = NR_FRAMES - stash.nr;
	assert_int_equal(nr_upper, 3);
}

static void tables_map_what_they_were_told_and_none_is_lost(void **state)
{
	(void)state;
	random_start();
	start();
	for (unsigned long n = 0; n < OPERATIONS; n++)
		operate();
}

/* -ENOMEM, and nothing is taken. */
static void what_cannot_be_paid_for_takes_nothing(void **state)
{
	const unsigned int few = 5;

	(void)state;
	start();
	assert_int_equal(tables_needed(page_va(0), NR_PAGES, MMU_PAGES), NR_BLOCKS);
	stash.nr = few;
	assert_int_equal(tables_prepare(page_va(0), NR_PAGES, MMU_PAGES, &stash), -ENOMEM);
	assert_int_equal(stash.nr, few);
	assert_int_equal(tables_prepare(page_va(0), few * BLOCK_FRAMES, MMU_PAGES, &stash), 0);
	assert_int_equal(stash.nr, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_map_what_they_were_told_and_none_is_lost),
		cmocka_unit_test(what_cannot_be_paid_for_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
