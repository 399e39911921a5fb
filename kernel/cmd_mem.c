/* SPDX-License-Identifier: MIT */
/* mem, layout: what the guest's memory looks like. */
#include <arch/cpu.h>
#include <balloon/balloon.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>
#include <mm/heap.h>
#include <mm/mm.h>
#include <mm/region.h>

#include "command.h"

#define BAR_WIDTH  60
#define NUMBER_MAX 24

/* The backends beside the base, from 0 on. */
static bool get_other(const struct balloon_stats *base, unsigned int nth,
		      struct balloon_stats *other)
{
	return balloon_backend_stats_get(nth + (base->backend ? 1 : 0), other);
}

static bool has_balloon(void)
{
	struct balloon_stats first;

	return balloon_backend_stats_get(0, &first);
}

/* The most the guest may have: what there is, where nobody sets a ceiling. */
static unsigned long room(const struct mm_stats *mem, const struct balloon_stats *base)
{
	unsigned long most = mem->present;
	struct balloon_stats other;

	if (base->backend)
		most = MAX(most, MIN(base->ceiling, mem->max));
	for (unsigned int i = 0; get_other(base, i, &other); i++)
		most += MAX(MIN(other.ceiling, mem->max), other.present) - other.present;
	return MIN(most, mem->max);
}

/* What each other backend brought, and how much that may be. */
static void show_others(const struct balloon_stats *base)
{
	struct balloon_stats other;
	char size[TEXT_SIZE_MAX];

	for (unsigned int i = 0; get_other(base, i, &other); i++) {
		printk("  %s brought %s", other.backend, text_size(size, other.present));
		if (other.ceiling != BALLOON_UNLIMITED)
			printk(" of %s", text_size(size, other.ceiling));
		if (other.target != BALLOON_NO_TARGET)
			printk(", target %s", text_size(size, other.target));
		printk("\n");
	}
}

static void show_goals(const struct balloon_stats *balloon)
{
	char size[TEXT_SIZE_MAX];

	printk("  floor  %s", text_size(size, balloon->floor));
	if (balloon->target == BALLOON_NO_TARGET)
		printk(", no target");
	else
		printk(", target %s", text_size(size, balloon->target));
	if (balloon->over_target)
		printk("; shortage brought in %s beyond it", text_size(size, balloon->over_target));
	printk("\n");
}

/* Under the bar: where floor and target lie. */
static void show_marks(const struct balloon_stats *balloon, unsigned long whole)
{
	char mark[BAR_WIDTH + 1];

	memset(mark, ' ', BAR_WIDTH);
	mark[BAR_WIDTH] = '\0';
	mark[text_bar_place(BAR_WIDTH, balloon->floor, whole)] = 'F';
	if (balloon->target != BALLOON_NO_TARGET)
		mark[text_bar_place(BAR_WIDTH, balloon->target, whole)] = 'T';
	printk("   %s  F floor  T target\n", mark);
}

static void show_bar(const struct mm_stats *mem, const struct balloon_stats *balloon)
{
	unsigned long whole = room(mem, balloon);
	char bar[BAR_WIDTH + 1], size[TEXT_SIZE_MAX];

	printk("memory: %s", text_size(size, mem->present));
	if (!has_balloon())
		printk(", which stays (no balloon)\n");
	else if (!balloon->backend)
		printk(" of %s\n", text_size(size, whole));
	else if (balloon->ceiling == BALLOON_UNLIMITED)
		printk(", no ceiling set (%s)\n", balloon->backend);
	else
		printk(" of %s (%s)\n", text_size(size, whole), balloon->backend);
	text_bar(bar, BAR_WIDTH, mem->present - mem->free, mem->free, whole);
	printk("  [%s] # used  = free  . not here\n", bar);
	if (has_balloon()) {
		show_marks(balloon, whole);
		show_goals(balloon);
	}
	show_others(balloon);
}

static void show_use(const struct mm_stats *mem)
{
	unsigned long in_whole = mem->whole_blocks << BLOCK_ORDER;
	char size[TEXT_SIZE_MAX];

	printk("  used   %s", text_size(size, mem->present - mem->free));
	printk(", %s of it the reserve for growing\n", text_size(size, mem->reserve));
	printk("  free   %s", text_size(size, mem->free));
	printk(": %s in %lu whole blocks", text_size(size, in_whole), mem->whole_blocks);
	printk(", %s in parts of blocks\n", text_size(size, mem->free - in_whole));
}

/* Without blocks that are all holes, and those that only a device may populate and has not. */
static void show_blocks(void)
{
	unsigned long n[NR_BLOCK_STATES] = {0};

	for (unsigned long i = kernel_mm.db.first_block; i < kernel_mm.db.nr_blocks; i++) {
		const struct block *b = &kernel_mm.db.block[i];

		if (b->nr_holes < BLOCK_FRAMES && (b->state != BLOCK_ABSENT || !block_owner(b)))
			n[b->state]++;
	}
	printk("  blocks %lu whole, %lu partial, %lu full, %lu absent; %lu partly absent\n",
	       n[BLOCK_WHOLE], n[BLOCK_PARTIAL], n[BLOCK_FULL], n[BLOCK_ABSENT],
	       kernel_mm.db.nr_partly);
}

static void show_heap(void)
{
	struct heap_stats heap;
	char size[TEXT_SIZE_MAX];

	heap_stats_get(&heap);
	printk("  heap   %s for %zu bytes in %lu objects\n", text_size(size, heap.frames),
	       heap.bytes, heap.objects);
}

static const char *number(char buf[NUMBER_MAX], bool known, unsigned long n)
{
	if (!known)
		return "-";
	if (n == BALLOON_UNLIMITED)
		return "max";
	snprintf(buf, NUMBER_MAX, "%lu", n);
	return buf;
}

/* For scripts: keys are only ever added, at the end. */
static void show_line(const struct mm_stats *mem, const struct balloon_stats *balloon)
{
	char held[NUMBER_MAX], target[NUMBER_MAX], floor[NUMBER_MAX], ceiling[NUMBER_MAX];
	bool known = balloon->backend, wanted = known && balloon->target != BALLOON_NO_TARGET;

	printk("mem: frames=%lu free=%lu held=%s target=%s floor=%s ceiling=%s host_calls=%llu\n",
	       mem->present, mem->free, number(held, known, balloon->held),
	       number(target, wanted, balloon->target), number(floor, known, balloon->floor),
	       number(ceiling, known, balloon->ceiling), (unsigned long long)host_calls());
}

static int run_mem(int argc, char **argv)
{
	struct balloon_stats balloon;
	struct mm_stats mem;
	int err = balloon_refresh();

	(void)argc;
	(void)argv;
	mm_stats_get(&mem);
	balloon_stats_get(&balloon);
	if (err && err != -ENODEV)
		printk("mem: cannot read the host's count: %s\n", strerror_kernel(err));
	show_bar(&mem, &balloon);
	show_use(&mem);
	show_blocks();
	if (IS_ENABLED(CONFIG_HEAP))
		show_heap();
	show_line(&mem, &balloon);
	return 0;
}

const struct command command_mem = {
	.name = "mem",
	.usage = "",
	.text = "memory: a picture, and a line that a script can read",
	.run = run_mem,
};

static int run_layout(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	region_print();
	return 0;
}

const struct command command_layout = {
	.name = "layout",
	.usage = "",
	.text = "the virtual layout",
	.run = run_layout,
};
