/* SPDX-License-Identifier: MIT */
/*
 * alloc and free: memory that the shell takes, fills with a pattern and keeps. What is kept is a
 * list through the runs of pages themselves, newest first.
 */
#include <aerostat/pattern.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>
#include <mm/page.h>

#include "command.h"

/* Lies at the start of a run; the rest of the run holds its pattern. */
struct kept {
	struct kept *next;
	uint64_t nr_pages;
	uint64_t seal; /* of the above: it says whether they can be believed */
} __aligned(8);

static struct kept *kept_first;
static unsigned long nr_kept; /* pages */

static uint64_t kept_seal(const struct kept *run)
{
	return (uint64_t)(uintptr_t)run * 3 ^ (uint64_t)(uintptr_t)run->next * 5 ^
	       run->nr_pages * 0x9e3779b97f4a7c15ULL;
}

static uint64_t page_seed(const void *page)
{
	return virt_to_pfn(page).v;
}

static void *run_page(const struct kept *run, unsigned long i)
{
	return (char *)(uintptr_t)run + i * PAGE_SIZE;
}

static void run_fill(struct kept *run)
{
	pattern_write(run + 1, PAGE_SIZE - sizeof(*run), page_seed(run));
	for (unsigned long i = 1; i < run->nr_pages; i++)
		pattern_write(run_page(run, i), PAGE_SIZE, page_seed(run_page(run, i)));
}

static bool page_is_intact(const struct kept *run, unsigned long i)
{
	if (i == 0)
		return pattern_holds(run + 1, PAGE_SIZE - sizeof(*run), page_seed(run));
	return pattern_holds(run_page(run, i), PAGE_SIZE, page_seed(run_page(run, i)));
}

/* Whole blocks while there are any, then single pages; false: neither is to be had. */
static bool take_run(struct kept **list, unsigned long wanted, bool *blocks, unsigned long *taken)
{
	struct kept *run = NULL;

	*taken = BLOCK_FRAMES;
	if (*blocks && wanted >= BLOCK_FRAMES)
		run = page_alloc(BLOCK_ORDER, PAGE_FIXED);
	if (!run) {
		*blocks = false;
		*taken = 1;
		run = page_alloc(0, PAGE_FIXED);
	}
	if (!run)
		return false;
	*run = (struct kept){.next = *list, .nr_pages = *taken};
	run->seal = kept_seal(run);
	*list = run;
	return true;
}

/* Frees what was taken since `end` was the first. */
static void undo(struct kept *list, const struct kept *end)
{
	while (list != end) {
		struct kept *next = list->next;

		page_free_range(list, list->nr_pages);
		list = next;
	}
}

static int run_alloc(int argc, char **argv)
{
	unsigned long wanted, taken, had = 0;
	struct kept *list = kept_first;
	char size[TEXT_SIZE_MAX];
	bool blocks = true;
	int err = command_frames(argv[0], argv[1], &wanted);

	(void)argc;
	if (err)
		return err;
	for (; had < wanted; had += taken) {
		if (!take_run(&list, wanted - had, &blocks, &taken))
			break;
	}
	if (had < wanted) {
		undo(list, kept_first);
		printk("alloc: %s: only %s available: nothing kept\n", argv[1],
		       text_size(size, had));
		return -ENOMEM;
	}
	for (struct kept *run = list; run != kept_first; run = run->next)
		run_fill(run);
	kept_first = list;
	nr_kept += had;
	printk("alloc: %s taken and filled", text_size(size, had));
	printk(", %s kept\n", text_size(size, nr_kept));
	return 0;
}

const struct command command_alloc = {
	.name = "alloc",
	.usage = "SIZE",
	.text = "take memory, write to all of it, keep it",
	.min_args = 1,
	.max_args = 1,
	.run = run_alloc,
};

/* Checks and frees the last `nr` pages of the newest run; *damaged counts on. */
static void free_tail(unsigned long nr, unsigned long *damaged)
{
	struct kept *run = kept_first;
	unsigned long from = run->nr_pages - nr;

	for (unsigned long i = from; i < run->nr_pages; i++) {
		if (!page_is_intact(run, i) && (*damaged)++ == 0)
			printk("free: frame %lu is damaged: its pattern is gone\n",
			       virt_to_pfn(run_page(run, i)).v);
	}
	if (from == 0)
		kept_first = run->next;
	run->nr_pages = from;
	run->seal = kept_seal(run);
	nr_kept -= nr;
	page_free_range(run_page(run, from), nr);
}

/* Frees until `wanted` pages are free; -EIO if something kept was not as it was left. */
static int free_pages(unsigned long wanted, unsigned long *freed, unsigned long *damaged)
{
	while (*freed < wanted) {
		struct kept *run = kept_first;

		if (run->seal != kept_seal(run)) {
			printk("free: frame %lu is damaged: %lu pages behind it cannot be found\n",
			       virt_to_pfn(run).v, nr_kept);
			kept_first = NULL;
			nr_kept = 0;
			return -EIO;
		}

		unsigned long nr = MIN((unsigned long)run->nr_pages, wanted - *freed);

		free_tail(nr, damaged);
		*freed += nr;
	}
	return *damaged ? -EIO : 0;
}

static int run_free(int argc, char **argv)
{
	unsigned long wanted = nr_kept, freed = 0, damaged = 0;
	char size[TEXT_SIZE_MAX];
	int err = 0;

	(void)argc;
	if (strcmp(argv[1], "all") != 0)
		err = command_frames(argv[0], argv[1], &wanted);
	if (err)
		return err;
	if (wanted > nr_kept) {
		printk("free: %s: only %s is kept\n", argv[1], text_size(size, nr_kept));
		return -EINVAL;
	}
	err = free_pages(wanted, &freed, &damaged);
	printk("free: %s freed", text_size(size, freed));
	printk(", %s kept; %lu frames damaged\n", text_size(size, nr_kept), damaged);
	return err;
}

const struct command command_free = {
	.name = "free",
	.usage = "all|SIZE",
	.text = "check what alloc keeps, newest first, and free it",
	.min_args = 1,
	.max_args = 1,
	.run = run_free,
};
