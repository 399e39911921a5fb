/* SPDX-License-Identifier: MIT */
/*
 * The demo of `make run`: takes memory frame by frame until there is no more, writes to every frame
 * and checks it, and compares what the guest gained with what the host says.
 */
#include <aerostat/app.h>
#include <aerostat/cmdline.h>
#include <aerostat/pattern.h>
#include <lib/text.h>

#define COLUMNS	     80UL
#define PROGRESS_MAX 512U /* frames between two looks at the bar */

/* A frame we took: the list goes through the frames, the rest of each holds a pattern. */
struct frame {
	struct frame *next __aligned(8);
	uint64_t pattern[];
};

#define PATTERN_BYTES (PAGE_SIZE - sizeof(struct frame))

struct demo {
	struct frame *frames;
	unsigned long nr_frames;
	unsigned long step;   /* of the way to the ceiling, last shown */
	uint64_t shown_calls; /* calls into the host that only drew */
};

static unsigned long present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present;
}

/* What we have, and what those who bring memory may still bring. */
static unsigned long ceiling(void)
{
	struct balloon_stats backend;
	struct mm_stats stats;
	unsigned long most;

	mm_stats_get(&stats);
	most = stats.present;
	for (unsigned int i = 0; balloon_backend_stats_get(i, &backend); i++) {
		unsigned long room = MAX(backend.ceiling, backend.present) - backend.present;

		most += MIN(room, stats.max - most);
	}
	return most;
}

/* "[#####.....] 250M of 512M", fitted to the terminal and drawn over itself. */
static void draw_bar(unsigned long now, unsigned long most)
{
	char bar[512], have[TEXT_SIZE_MAX], all[TEXT_SIZE_MAX], figures[2 * TEXT_SIZE_MAX + 8];
	const char *cols = cmdline_get("cols");
	unsigned long columns = COLUMNS;
	int len = snprintf(figures, sizeof(figures), "%8s of %s", text_size(have, now),
			   text_size(all, most));

	if (cols)
		parse_number(cols, sizeof(bar) - 1, &columns);
	if (columns < (unsigned long)len + 8)
		columns = (unsigned long)len + 8;
	text_bar(bar, (unsigned int)columns - (unsigned int)len - 4, now, 0, most);
	printk("\r[%s] %s", bar, figures);
}

/* A bar on a terminal, a line at each tenth elsewhere. */
static void show_progress(struct demo *demo)
{
	uint64_t calls = host_calls();
	unsigned long now = present(), most = ceiling();
	unsigned long steps = cmdline_get("tty") ? 200 : 10;
	unsigned long step = now / (most / steps + 1);
	char have[TEXT_SIZE_MAX], all[TEXT_SIZE_MAX];

	if (step == demo->step)
		return;
	demo->step = step;
	if (cmdline_get("tty"))
		draw_bar(now, most);
	else
		printk("demo: %s of %s\n", text_size(have, now), text_size(all, most));
	demo->shown_calls += host_calls() - calls;
}

/* Until one allocation fails. */
static void take_all(struct demo *demo)
{
	struct frame *frame;

	while ((frame = page_alloc(0, PAGE_FIXED))) {
		frame->next = demo->frames;
		demo->frames = frame;
		pattern_write(frame->pattern, PATTERN_BYTES, virt_to_pfn(frame).v);
		if (demo->nr_frames++ % PROGRESS_MAX == 0)
			show_progress(demo);
	}
	demo->step = ~0UL;
	show_progress(demo);
	if (cmdline_get("tty"))
		printk("\n");
}

static unsigned long count_damaged(const struct demo *demo, unsigned long *nr)
{
	unsigned long damaged = 0;

	*nr = 0;
	for (const struct frame *f = demo->frames; f; f = f->next) {
		damaged += !pattern_holds(f->pattern, PATTERN_BYTES, virt_to_pfn(f).v);
		++*nr;
	}
	return damaged;
}

static void free_all(struct demo *demo)
{
	while (demo->frames) {
		struct frame *next = demo->frames->next;

		page_free(demo->frames, 0);
		demo->frames = next;
	}
}

/* Says one line; false is what the demo ends with. */
static bool check(bool good, const char *why)
{
	if (!good)
		printk("demo: FAILED: %s\n", why);
	return good;
}

static bool check_frames(const struct demo *demo)
{
	unsigned long nr, damaged = count_damaged(demo, &nr);

	printk("demo: %lu frames written, %lu found again, %lu damaged\n", demo->nr_frames, nr,
	       damaged);
	return check(nr == demo->nr_frames, "frames were lost") &&
	       check(damaged == 0, "memory did not keep what was written");
}

/* What came since boot, in our count and in the host's. */
static bool check_backend(const struct balloon_stats *now)
{
	unsigned long at_boot = now->present - now->grown;
	long host_gain = (long)now->host - ((long)at_boot + now->offset);

	printk("demo: gained since boot: %lu frames; the host counts %ld (%s; offset %ld, steps "
	       "%lu)\n",
	       now->grown, host_gain, now->backend, now->offset, now->steps);
	return check(host_gain == (long)now->grown, "guest and host disagree") &&
	       check(now->ceiling == BALLOON_UNLIMITED || present() >= ceiling(),
		     "the host gave less than its ceiling");
}

static bool check_host(void)
{
	struct balloon_stats now;
	int err = balloon_refresh();
	unsigned int nr = 0;
	bool good = true;

	while (balloon_backend_stats_get(nr, &now)) {
		good &= check_backend(&now);
		nr++;
	}
	if (!nr) {
		printk("demo: no balloon: the guest has what it was given\n");
		return true;
	}
	balloon_stats_get(&now);
	return check(err == 0, "cannot read the host's count") &&
	       check(now.present == present(), "balloon and memory count differently") && good;
}

/* One more allocation fails as well, and costs nothing. */
static bool check_failure(unsigned long before)
{
	unsigned long now = present();
	void *more = page_alloc(0, PAGE_FIXED);

	if (more)
		page_free(more, 0);
	printk("demo: at %lu frames an allocation failed cleanly\n", now);
	return check(!more && present() == now, "a failed allocation left something behind") &&
	       check(now >= before, "memory shrank");
}

int app_main(int argc, char **argv)
{
	struct demo demo = {.step = ~0UL};
	uint64_t start = clock_ns(), calls = host_calls();
	unsigned long before = present();
	struct mm_stats empty;

	(void)argc;
	(void)argv;
	take_all(&demo);
	calls = host_calls() - calls - demo.shown_calls;
	start = clock_ns() - start;

	bool good = check_failure(before);

	good &= check_frames(&demo);
	good &= check_host();
	printk("demo: %llu host calls and %llu ms for %lu frames taken and written\n",
	       (unsigned long long)calls, (unsigned long long)(start / 1000000), demo.nr_frames);
	free_all(&demo);
	mm_stats_get(&empty);
	good &= check(empty.free >= demo.nr_frames, "what was freed is not free");
	printk("demo: %s\n", good ? "all of it true" : "not all of it true");
	return good ? 0 : 1;
}
