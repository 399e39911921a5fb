/* SPDX-License-Identifier: MIT */
/* The balloon's backend on Xen: XENMEM (Xen public/memory.h). */
#include <asm/hypercall.h>
#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <drivers/xen.h>
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <mm/p2m.h>
#include <xen/memory.h>

/* Xen's lists, in which it writes: PV's populate answers with machine frames. */
static xen_pfn_t list[BLOCK_FRAMES];

static int reservation(unsigned int op, unsigned long *frames)
{
	domid_t self = DOMID_SELF;
	long pages = xen_memory_op(op, &self);

	/* All ones, "unlimited", is -1 on 32 bits; as an error it never comes, of oneself. */
	if (pages < 0 && pages != (long)UINT32_MAX)
		return (int)pages;
	*frames = (unsigned long)pages;
	return 0;
}

static int xen_ceiling(unsigned long *frames)
{
	int err = reservation(XENMEM_maximum_reservation, frames);

	/* Xen's field is an unsigned int, and all ones means that there is no limit. */
	if (!err && *frames >= UINT32_MAX)
		*frames = CEILING_UNLIMITED;
	return err;
}

static int xen_current(unsigned long *frames)
{
	return reservation(XENMEM_current_reservation, frames);
}

/* Populate and decrease answer how many extents were done, whatever happened to the others. */
static int change(unsigned int op, unsigned int nr, unsigned int order, unsigned int *done)
{
	struct xen_memory_reservation arg = {
		.nr_extents = nr,
		.extent_order = order,
		.mem_flags = 0,
		.domid = DOMID_SELF,
	};
	long result;

	set_xen_guest_handle(arg.extent_start, list);
	result = xen_memory_op(op, &arg);
	*done = 0;
	if (result < 0)
		return (int)result;
	if (result > (long)nr) {
		printk("xen: memory operation %u did %ld of %u extents; not believed\n", op, result,
		       nr);
		return -EIO;
	}
	*done = (unsigned int)result;
	return 0;
}

static int xen_grow(const pfn_t *extent, unsigned int nr, unsigned int order, unsigned int *done)
{
	int err;

	assert(nr <= ARRAY_SIZE(list));
	for (unsigned int i = 0; i < nr; i++)
		list[i] = extent[i].v;
	err = change(XENMEM_populate_physmap, nr, order, done);
	for (unsigned int i = 0; i < *done; i++)
		p2m_populated(extent[i], list[i], 1UL << order);
	return err;
}

static int xen_shrink(const pfn_t *extent, unsigned int nr, unsigned int order, unsigned int *done)
{
	int err;

	assert(nr <= ARRAY_SIZE(list));
	for (unsigned int i = 0; i < nr; i++)
		list[i] = p2m_release(extent[i], 1UL << order);
	err = change(XENMEM_decrease_reservation, nr, order, done);
	for (unsigned int i = *done; i < nr; i++)
		p2m_populated(extent[i], list[i], 1UL << order);
	return err;
}

static const struct balloon_backend backend = {
	.name = "Xen",
	.ceiling = xen_ceiling,
	.current = xen_current,
	.grow = xen_grow,
	.shrink = xen_shrink,
};

int xen_balloon_init(void)
{
	return balloon_register(&backend);
}
