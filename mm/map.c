/* SPDX-License-Identifier: MIT */
/*
 * The mapping region. Its addresses are bits, a page each, out of band:
 *
 *   taken  0 1 1 1 1 0 0 1 1 1 1    a mapping of three pages and its guard, a hole of two pages,
 *   guard  0 0 0 0 1 0 0 0 1 0 1    two mappings of one page
 *
 * So a mapping begins where a page is taken, after one that is free or a guard. A guard always
 * follows a page of its mapping, and so is never taken for a beginning.
 */
#include <lib/bits.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/map.h>
#include <mm/page.h>

#define MAP_PAGES_MAX 65536UL /* 256 MiB; of a larger region the rest stays unused */
#define MAP_CHUNK     512UL   /* pages queued between two commits */
#define MAP_TABLES    16U     /* more than a chunk can ever need, whatever it crosses */

static_assert(MAP_CHUNK <= MMU_QUEUE_MAX, "a chunk is one commit");

/* What is mapped: frames of a list, or neighbours from `first` on, ours or the machine's. */
struct map_source {
	const pfn_t *frame;
	unsigned long first;
	bool machine;
	enum mmu_prot prot;
};

static uint64_t taken[MAP_PAGES_MAX / BITS_WORD];
static uint64_t guard[MAP_PAGES_MAX / BITS_WORD];
static unsigned long nr_mapped; /* pages, guards not counted */

static unsigned long map_pages(void)
{
	return MIN(MAP_PAGES_MAX, (unsigned long)(LAYOUT_MAPPINGS_SIZE >> PAGE_SHIFT));
}

static void *map_va(unsigned long page)
{
	return (void *)(uintptr_t)(LAYOUT_MAPPINGS_BASE + ((uint64_t)page << PAGE_SHIFT));
}

/* The lowest run there is, so that few page tables serve; the first page is a guard, too. */
static bool find_free_run(unsigned long nr, unsigned long *first)
{
	unsigned long end, max = map_pages();

	for (*first = bitmap_next_clear(taken, max, 1); *first + nr <= max;
	     *first = bitmap_next_clear(taken, max, end)) {
		end = bitmap_next_set(taken, max, *first);
		if (end - *first >= nr)
			return true;
	}
	return false;
}

/* Takes addresses for `nr` pages and the guard that follows them. */
static bool take_addresses(unsigned long nr, unsigned long *first)
{
	if (nr == 0 || nr >= map_pages() || !find_free_run(nr + 1, first))
		return false;
	bitmap_set_range(taken, *first, nr + 1);
	bitmap_set(guard, *first + nr);
	return true;
}

/* Cuts a mapping of `nr` pages to `left`; with none left its guard goes too. */
static void cut_addresses(unsigned long first, unsigned long nr, unsigned long left)
{
	unsigned long keep = left ? left + 1 : 0;

	bitmap_clear(guard, first + nr);
	bitmap_clear_range(taken, first + keep, nr + 1 - keep);
	if (left)
		bitmap_set(guard, first + left);
}

static void give_back(struct frame_stash *stash)
{
	while (stash->nr)
		page_free(pfn_to_virt(stash_pop(stash)), 0);
}

/* Holds `nr` frames, or none and -ENOMEM. May grow memory, so nothing may be queued. */
static int take_tables(struct frame_stash *stash, unsigned int nr)
{
	while (stash->nr < nr) {
		void *page = stash->nr < stash->max ? page_alloc(0, PAGE_TABLE) : NULL;

		if (!page) {
			give_back(stash);
			return -ENOMEM;
		}
		stash_push(stash, virt_to_pfn(page));
	}
	return 0;
}

static int prepare_chunk(void *va, unsigned long nr)
{
	pfn_t frame[MAP_TABLES];
	struct frame_stash stash = {.frame = frame, .max = MAP_TABLES};
	unsigned int needed = mmu_tables_needed(va, nr, MMU_PAGES);
	int err;

	if (!needed)
		return 0;
	err = take_tables(&stash, needed);
	if (err)
		return err;
	err = mmu_prepare(va, nr, MMU_PAGES, &stash);
	give_back(&stash);
	return err;
}

static void queue_page(const struct map_source *source, void *va, unsigned long i)
{
	if (source->frame)
		mmu_map(va, source->frame[i], source->prot);
	else if (source->machine)
		mmu_map_machine(va, MFN(source->first + i), source->prot);
	else
		mmu_map(va, PFN(source->first + i), source->prot);
}

/* Maps pages [done, done + nr) of a mapping, or none; -EBUSY: some of them, perhaps. */
static int map_chunk(const struct map_source *source, unsigned long page, unsigned long done,
		     unsigned long nr)
{
	int err = prepare_chunk(map_va(page + done), nr);

	if (err)
		return err == -EBUSY ? -EIO : err;
	for (unsigned long i = done; i < done + nr; i++)
		queue_page(source, map_va(page + i), i);
	return mmu_commit(NULL);
}

/* Maps `nr` pages. *mapped: pages that are to be unmapped again, if it fails. */
static int map_chunks(const struct map_source *source, unsigned long first, unsigned long nr,
		      unsigned long *mapped)
{
	int err = 0;

	for (*mapped = 0; !err && *mapped < nr;) {
		unsigned long chunk = MIN(nr - *mapped, MAP_CHUNK);

		err = map_chunk(source, first, *mapped, chunk);
		if (err && err != -EBUSY)
			break;
		*mapped += chunk;
		nr_mapped += chunk;
	}
	return err;
}

/*
 * Unmaps the first `mapped` pages of a mapping that has `nr`, from the end, and frees the
 * addresses. When the host refuses, what is still mapped remains, as a shorter mapping.
 */
static int unmap(unsigned long first, unsigned long nr, unsigned long mapped)
{
	int err = 0;

	while (mapped) {
		unsigned long chunk = MIN(mapped, MAP_CHUNK);

		for (unsigned long i = mapped - chunk; i < mapped; i++)
			mmu_unmap(map_va(first + i));
		err = mmu_commit(NULL);
		if (err)
			break;
		mapped -= chunk;
		nr_mapped -= chunk;
	}
	cut_addresses(first, nr, mapped);
	return err;
}

static void *map(const struct map_source *source, unsigned long nr)
{
	unsigned long first, mapped;

	if (!take_addresses(nr, &first))
		return NULL;
	if (!map_chunks(source, first, nr, &mapped))
		return map_va(first);
	if (unmap(first, nr, mapped))
		printk("map: %p: the hypervisor refused to unmap some pages: they stay mapped\n",
		       map_va(first));
	return NULL;
}

void *map_frames(const pfn_t *frame, unsigned long nr_frames, enum mmu_prot prot)
{
	return map(&(struct map_source){.frame = frame, .prot = prot}, nr_frames);
}

void *map_range(pfn_t first, unsigned long nr_frames, enum mmu_prot prot)
{
	return map(&(struct map_source){.first = first.v, .prot = prot}, nr_frames);
}

void *map_machine(mfn_t first, unsigned long nr_frames, enum mmu_prot prot)
{
	return map(&(struct map_source){.first = first.v, .machine = true, .prot = prot},
		   nr_frames);
}

static bool find_mapping(const void *va, unsigned long *page)
{
	uint64_t offset = (uintptr_t)va - LAYOUT_MAPPINGS_BASE;

	if (offset >> PAGE_SHIFT >= map_pages() || offset % PAGE_SIZE)
		return false;
	*page = (unsigned long)(offset >> PAGE_SHIFT);
	if (!bitmap_test(taken, *page))
		return false;
	return !bitmap_test(taken, *page - 1) || bitmap_test(guard, *page - 1);
}

int map_remove(void *va)
{
	unsigned long page, nr;

	if (!find_mapping(va, &page)) {
		printk("map: cannot unmap %p: not the start of a mapping\n", va);
		return -EINVAL;
	}
	nr = bitmap_next_set(guard, map_pages(), page) - page;
	return unmap(page, nr, nr);
}

unsigned long map_nr_pages(void)
{
	return nr_mapped;
}
