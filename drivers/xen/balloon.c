/* SPDX-License-Identifier: MIT */
/* The balloon's backend on Xen: XENMEM (Xen public/memory.h). */
#include <asm/reservation.h>
#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <lib/bug.h>
#include <lib/printk.h>
#include <mm/p2m.h>

#include "xen.h"

/* Xen's lists, in which it writes: PV's populate answers with machine frames. */
static xen_pfn_t list[BLOCK_FRAMES];

static int reservation(unsigned int op, unsigned long *frames)
{
	domid_t self = DOMID_SELF;
	long pages = xen_memory_op(op, &self);

	/* Xen's field is an unsigned int; all ones, "unlimited", is -1 where a long has 32 bits. */
	if (pages < 0 && (sizeof(pages) > sizeof(uint32_t) || pages != -1L))
		return (int)pages;
	*frames = (unsigned long)pages;
	return 0;
}

static int xen_ceiling(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	int err = reservation(XENMEM_maximum_reservation, frames);

	/* Xen's field is an unsigned int, and all ones means that there is no limit. */
	if (!err && *frames >= UINT32_MAX)
		*frames = CEILING_UNLIMITED;
	return err;
}

static int xen_current(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	return reservation(XENMEM_current_reservation, frames);
}

/* Populate and decrease answer how many extents were done, whatever happened to the others. */
static int change(unsigned int op, unsigned int nr, unsigned int order, unsigned int *done)
{
	long result = xen_change_reservation(op, list, nr, order);

	*done = 0;
	if (result < 0)
		return (int)result;
	if (result > (long)nr) {
		printk("xen: memory operation %u: invalid result %ld of %u extents\n", op, result,
		       nr);
		return -EIO;
	}
	*done = (unsigned int)result;
	return 0;
}

static int xen_grow(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		    unsigned int order, unsigned int *done)
{
	(void)self;
	int err;

	assert(nr <= ARRAY_SIZE(list));
	for (unsigned int i = 0; i < nr; i++)
		list[i] = extent[i].v;
	err = change(XENMEM_populate_physmap, nr, order, done);
	for (unsigned int i = 0; i < *done; i++)
		p2m_populated(extent[i], list[i], 1UL << order);
	return err;
}

/* Lists `nr` single frames, neighbours from `first` on or one by one, and takes them out. */
static void list_frames(const pfn_t *frame, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		list[i] = p2m_release(frame[i], 1);
}

/* What the host did not take is in the p2m again. */
static void unlist(const pfn_t *extent, unsigned int done, unsigned int nr, unsigned int order)
{
	for (unsigned int i = done; i < nr; i++)
		p2m_populated(extent[i], list[i], 1UL << order);
}

/* Lists extents that are neighbours to the host as well, as many as there are from the first on. */
static unsigned int list_extents(const pfn_t *extent, unsigned int nr, unsigned int order)
{
	unsigned int i = 0;

	for (; i < nr && p2m_is_extent(extent[i], 1UL << order); i++)
		list[i] = p2m_release(extent[i], 1UL << order);
	return i;
}

/* One extent whose frames the host knows by names that are no neighbours. */
static int shrink_scattered(pfn_t first, unsigned int nr, unsigned long *frames)
{
	static pfn_t frame[BLOCK_FRAMES];
	unsigned int done;
	int err;

	for (unsigned int i = 0; i < nr; i++)
		frame[i] = pfn_add(first, i);
	list_frames(frame, nr);
	err = change(XENMEM_decrease_reservation, nr, 0, &done);
	unlist(frame, done, nr, 0);
	*frames += done;
	return done < nr && !err ? -EAGAIN : err;
}

/* Extents by whole runs where they are such, else by their frames. Ends where the host falls short.
 */
static int xen_shrink(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		      unsigned int order, unsigned long *frames)
{
	(void)self;
	*frames = 0;
	for (unsigned int i = 0; i < nr;) {
		unsigned int n, done = 0;
		int err = 0;

		assert(nr <= ARRAY_SIZE(list));
		n = list_extents(&extent[i], nr - i, order);
		if (n) {
			err = change(XENMEM_decrease_reservation, n, order, &done);
			unlist(&extent[i], done, n, order);
			*frames += (unsigned long)done << order;
			i += done;
		} else {
			err = shrink_scattered(extent[i++], 1U << order, frames);
		}
		if (err || done < n)
			return err == -EAGAIN ? 0 : err;
	}
	return 0;
}

static void xen_forget(const struct balloon_backend *self, pfn_t first, unsigned long frames)
{
	(void)self;
	p2m_release(first, frames);
}

static const struct balloon_backend backend = {
	.name = "Xen",
	.unit = 1,
	.ceiling = xen_ceiling,
	.current = xen_current,
	.grow = xen_grow,
	.needs_scrub = true,
	.shrink = xen_shrink,
	.forget = xen_forget,
};

int xen_balloon_init(void)
{
	return balloon_register(&backend);
}
