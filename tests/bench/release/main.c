/* SPDX-License-Identifier: MIT */
/*
 * What giving 1 GiB back costs a process, every frame of it written: by the balloon, block by
 * block, and by one madvise of the same range. Processor time, the least of some rounds of each in
 * turn.
 */
#define _GNU_SOURCE
#include <aerostat/app.h>
#include <mm/page.h>
#include <sys/mman.h>
#include <time.h>

#define ROUNDS	  3U
#define NR_FRAMES (1UL << 18)
#define ORDER	  18U
#define NS_PER_S  1000000000ULL
#define NS_PER_US 1000ULL
#define GIB	  (NR_FRAMES * PAGE_SIZE)

static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* The second GiB, which came whole, each frame written; NULL: it is not to be had. */
static char *take_written(void)
{
	unsigned long grown;
	char *range;

	(void)balloon_grow(NR_FRAMES, &grown);
	range = page_alloc(ORDER, PAGE_FIXED);
	for (unsigned long i = 0; range && i < NR_FRAMES; i++)
		range[i * PAGE_SIZE] = 1;
	return range;
}

/* Grows by 1 GiB and gives it back. *calls: into Linux. 0: it did not go. */
static uint64_t release(uint64_t *calls)
{
	char *range = take_written();
	unsigned long gone = 0;
	uint64_t start;

	if (!range)
		return 0;
	page_free(range, ORDER);
	*calls = host_calls();
	start = processor_ns();
	if (balloon_shrink(NR_FRAMES, &gone) || gone < NR_FRAMES)
		return 0;
	start = processor_ns() - start;
	*calls = host_calls() - *calls;
	return start;
}

/* The same, but that Linux is asked once, and the guest knows nothing of it. */
static uint64_t advise(void)
{
	char *range = take_written();
	uint64_t start = processor_ns();

	if (!range || madvise(range, GIB, MADV_REMOVE))
		return 0;
	start = processor_ns() - start;
	page_free(range, ORDER);
	return start;
}

int app_main(int argc, char **argv)
{
	uint64_t ours = UINT64_MAX, linux_s = UINT64_MAX, calls = 0;

	(void)argc;
	(void)argv;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t released = release(&calls), advised = advise();

		if (!released || !advised) {
			printk("release: 1 GiB could not be had, or not be given back\n");
			return 1;
		}
		ours = MIN(ours, released);
		linux_s = MIN(linux_s, advised);
	}
	printk("bench: release %llu us\n", (unsigned long long)(ours / NS_PER_US));
	printk("bench: madvise %llu us\n", (unsigned long long)(linux_s / NS_PER_US));
	printk("bench: calls %llu calls\n", (unsigned long long)calls);
	return 0;
}
