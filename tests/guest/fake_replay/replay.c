/* SPDX-License-Identifier: MIT */
/* Populate, decrease and the reservations: counts, and what becomes of the frames. */
#include <mm/map.h>

#include "replay.h"
#include "steps.h"

#define NOBODY 77 /* a domain that does not exist */

xen_pfn_t replay_list[LIST_MAX];

static long pages_at_first;

void step(const char *what, long result)
{
	printk("replay: %s %ld\n", what, result);
}

static long reservation(unsigned int op, domid_t domain)
{
	return xen_memory_op(op, &domain);
}

long current_pages(void)
{
	return reservation(XENMEM_current_reservation, DOMID_SELF) - pages_at_first;
}

void list_extents(unsigned long first, unsigned int nr, unsigned int order)
{
	for (unsigned int i = 0; i < nr; i++)
		replay_list[i] = first + ((unsigned long)i << order);
}

long change(unsigned int op, unsigned long nr, unsigned int order, domid_t domain)
{
	struct xen_memory_reservation arg = {
		.nr_extents = nr, .extent_order = order, .mem_flags = 0, .domid = domain};

	set_xen_guest_handle(arg.extent_start, replay_list);
	return xen_memory_op(op, &arg);
}

long populate(unsigned long nr, unsigned int order)
{
	return change(XENMEM_populate_physmap, nr, order, DOMID_SELF);
}

long decrease(unsigned long nr, unsigned int order)
{
	return change(XENMEM_decrease_reservation, nr, order, DOMID_SELF);
}

pfn_t take_frame(void)
{
	return virt_to_pfn(page_alloc(0, PAGE_FIXED));
}

void give_frame(pfn_t pfn)
{
	page_free(pfn_to_virt(pfn), 0);
}

/* Does M2P say that the extents on the list are the frames from `first` on? */
static bool list_is(unsigned long first, unsigned int nr, unsigned int order)
{
	for (unsigned int i = 0; i < nr; i++)
		for (unsigned long j = 0; j < 1UL << order; j++)
			if (xen_m2p[replay_list[i] + j] != first + ((unsigned long)i << order) + j)
				return false;
	return true;
}

static bool list_is_aligned(unsigned int nr, unsigned int order)
{
	for (unsigned int i = 0; i < nr; i++)
		if (replay_list[i] & ((1UL << order) - 1))
			return false;
	return true;
}

/* Populates, looks, and gives all of it back. */
static void come_and_go(const char *what, unsigned int nr, unsigned int order)
{
	long before = current_pages(), done;

	list_extents(FAR_PFN, nr, order);
	done = populate(nr, order);
	step(what, done);
	step("  came", current_pages() - before);
	step("  M2P says so", list_is(FAR_PFN, (unsigned int)done, order));
	step("  aligned", list_is_aligned((unsigned int)done, order));
	step("  decrease", decrease((unsigned long)done, order));
	step("  left", current_pages() - before);
	step("  M2P says so", done && list_is(FAR_PFN, (unsigned int)done, order));
	step("  decrease again", decrease((unsigned long)done, order));
}

static void populate_in_order(void)
{
	come_and_go("populate a frame", 1, 0);
	come_and_go("populate 5 frames", 5, 0);
	come_and_go("populate 700 frames", 700, 0);
	come_and_go("populate 4 extents of order 3", 4, 3);
	come_and_go("populate a block", 1, BLOCK_ORDER);
	come_and_go("populate 3 blocks", 3, BLOCK_ORDER);
}

static void populate_absurdly(void)
{
	list_extents(FAR_PFN, 4, 0);
	step("populate nothing", populate(0, 0));
	step("populate by order 20", populate(1, 20));
	step("populate by order 63", populate(1, 63));
	step("populate for nobody", change(XENMEM_populate_physmap, 1, 0, NOBODY));
	step("populate too long a list", populate((UINT32_MAX >> 6) + 1UL, 0));
	step("  came", current_pages());
	list_extents(0x7ffffff0UL, 1, 0);
	step("populate an absurd frame", populate(1, 0));
	step("  M2P says so", list_is(0x7ffffff0UL, 1, 0));
	step("  decrease", decrease(1, 0));
	step("  left", current_pages());
}

/* Up to the maximum: blocks as far as they fit, then frames, then nothing. */
static void populate_to_the_maximum(void)
{
	static xen_pfn_t blocks[32];
	long nr_blocks, frames;

	step("maximum", reservation(XENMEM_maximum_reservation, DOMID_SELF) - pages_at_first);
	list_extents(FAR_PFN, 1, 0);
	step("populate a frame", populate(1, 0));
	blocks[31] = replay_list[0];
	list_extents(FAR_PFN + 512, 31, BLOCK_ORDER);
	nr_blocks = populate(31, BLOCK_ORDER);
	step("populate more blocks than fit", nr_blocks);
	for (long i = 0; i < nr_blocks; i++)
		blocks[i] = replay_list[i];
	list_extents(FAR_PFN + 0x8000, 1000, 0);
	frames = populate(1000, 0);
	step("populate more frames than fit", frames);
	step("  came", current_pages());
	step("populate one more", populate(1, 0));
	step("decrease frames", decrease((unsigned long)frames, 0));
	for (long i = 0; i < nr_blocks; i++)
		replay_list[i] = blocks[i];
	step("decrease blocks", decrease((unsigned long)nr_blocks, BLOCK_ORDER));
	replay_list[0] = blocks[31];
	step("decrease the frame", decrease(1, 0));
	step("  left", current_pages());
}

static void decrease_absurdly(void)
{
	list_extents(FAR_PFN, 4, 0);
	step("populate 4 frames", populate(4, 0));
	step("decrease nothing", decrease(0, 0));
	step("decrease by order 20", decrease(1, 20));
	step("decrease for nobody", change(XENMEM_decrease_reservation, 1, 0, NOBODY));
	step("decrease too long a list", decrease((UINT32_MAX >> 6) + 1UL, 0));
	step("  left", current_pages());
	step("decrease the first", decrease(1, 0));
	step("decrease all 4 of which one is gone", decrease(4, 0));
	replay_list[0] = replay_list[1];
	replay_list[1] = 1UL << 30;
	step("decrease one, and one beyond the machine", decrease(2, 0));
	step("  left", current_pages());
	replay_list[0] = replay_list[2];
	replay_list[1] = replay_list[3];
	step("decrease the others", decrease(2, 0));
	step("  left", current_pages());
}

/* Of an extent whose third frame is gone already the first two go, and it does not count. */
static void decrease_inside_an_extent(void)
{
	xen_pfn_t first;

	list_extents(FAR_PFN, 1, 3);
	step("populate an extent of order 3", populate(1, 3));
	first = replay_list[0];
	replay_list[0] = first + 2;
	step("decrease its third frame", decrease(1, 0));
	replay_list[0] = first;
	step("decrease the extent", decrease(1, 3));
	step("  left", current_pages());
	list_extents(first + 3, 5, 0);
	step("decrease its last 5 frames", decrease(5, 0));
	step("  left", current_pages());
}

/* A frame that is mapped is not gone before it is unmapped. */
static void decrease_what_is_mapped(void)
{
	unsigned long mfn;
	void *va;

	list_extents(FAR_PFN, 1, 0);
	step("populate a frame", populate(1, 0));
	mfn = (unsigned long)replay_list[0];
	va = map_machine(MFN(mfn), 1, MMU_RW);
	step("map it", va != NULL);
	step("decrease it", decrease(1, 0));
	step("  left", current_pages());
	step("  M2P says so", list_is(FAR_PFN, 1, 0));
	step("decrease it again", decrease(1, 0));
	step("  left", current_pages());
	step("unmap it", map_remove(va));
	step("  left", current_pages());
	step("  M2P says so", xen_m2p[mfn] == FAR_PFN);
	step("decrease it once more", decrease(1, 0));
}

void replay_reservations(void)
{
	step("reservation of nobody", reservation(XENMEM_current_reservation, NOBODY));
	step("maximum of nobody", reservation(XENMEM_maximum_reservation, NOBODY));
	populate_in_order();
	populate_absurdly();
	populate_to_the_maximum();
	decrease_absurdly();
	decrease_inside_an_extent();
	decrease_what_is_mapped();
}

void replay(void)
{
	pages_at_first = 0;
	pages_at_first = current_pages();
	replay_reservations();
	replay_tables();
	step("at the end", current_pages());
}
