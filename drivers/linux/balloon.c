/* SPDX-License-Identifier: MIT */
/*
 * The balloon's backend in a process. Linux backs a frame when it is touched, so growing asks for
 * nothing; giving back punches holes, a call for all that lie side by side.
 */
#include <asm/process.h>
#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/shrink.h>

#include "linux.h"

/* Frames that this process was allowed and did not give back. */
static unsigned long nr_frames;

static int linux_ceiling(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	*frames = linux_options.max;
	return 0;
}

static int linux_current(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	*frames = nr_frames;
	return 0;
}

static int linux_grow(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		      unsigned int order, unsigned int *done)
{
	(void)self;
	unsigned long room = linux_options.max - nr_frames;

	(void)extent;
	*done = (unsigned int)MIN(nr, room >> order);
	nr_frames += (unsigned long)*done << order;
	return 0;
}

/* Ascending, so that neighbours lie side by side whatever the order they were freed in. */
static void sort(pfn_t *frame, unsigned int nr)
{
	for (unsigned int i = 1; i < nr; i++) {
		pfn_t moving = frame[i];
		unsigned int at = i;

		for (; at > 0 && frame[at - 1].v > moving.v; at--)
			frame[at] = frame[at - 1];
		frame[at] = moving;
	}
}

/* Releases `nr` extents in ascending order, by runs. */
static int release(const pfn_t *extent, unsigned int nr, unsigned int order)
{
	unsigned long size = 1UL << order;
	int err = 0;

	for (unsigned int i = 0, run; !err && i < nr; i += run) {
		for (run = 1; i + run < nr; run++)
			if (extent[i + run].v != extent[i].v + run * size)
				break;
		err = linux_release(extent[i], run * size);
	}
	return err;
}

/* Whatever went before Linux refused is not counted as gone: it may as well stay, and is empty. */
static int linux_shrink(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
			unsigned int order, unsigned long *frames)
{
	(void)self;
	static pfn_t sorted[BLOCK_FRAMES];
	int err;

	assert(nr <= ARRAY_SIZE(sorted));
	for (unsigned int i = 0; i < nr; i++)
		sorted[i] = extent[i];
	sort(sorted, nr);
	err = release(sorted, nr, order);
	*frames = err ? 0 : (unsigned long)nr << order;
	nr_frames -= *frames;
	if (err)
		printk("linux: cannot release memory to the host (%s)\n", strerror_kernel(err));
	return err;
}

/* Only where the count of what went does not say it all. */
static void linux_forget(const struct balloon_backend *self, pfn_t first, unsigned long frames)
{
	(void)self;
	(void)first;
	nr_frames -= frames;
}

static const struct balloon_backend backend = {
	.name = "Linux",
	.unit = 1,
	.ceiling = linux_ceiling,
	.current = linux_current,
	.grow = linux_grow,
	.needs_scrub = false,
	.shrink = linux_shrink,
	.forget = linux_forget,
};

int linux_balloon_init(void)
{
	nr_frames = linux_options.memory;
	return balloon_register(&backend);
}
