/* SPDX-License-Identifier: MIT */
/* Machine frames above 4 GiB: there are such, and whatever passes their numbers on keeps them
 * whole. */
#include "frames.h"

#define MFN_4GIB 0x100000UL

static unsigned long count_high(void)
{
	unsigned long high = 0;

	/* Only a PV guest knows them. */
#if IS_ENABLED(CONFIG_P2M)
	unsigned long end = kernel_mm.db.nr_blocks * BLOCK_FRAMES;

	for (pfn_t pfn = PFN(0); pfn.v < end; pfn.v++)
		high += pagedb_is_present(&kernel_mm.db, pfn) && p2m_get(pfn).v >= MFN_4GIB;
#endif
	return high;
}

int app_main(int argc, char **argv)
{
	struct runs blocks = {0}, frames = {0};

	(void)argc;
	(void)argv;
	runs_take_all(&blocks, BLOCK_ORDER);
	runs_take_all(&frames, 0);
	check_at_ceiling();
	check_memory();
	CHECK(count_high() > 0, "no machine frame of ours is above 4 GiB");
	printk("test: %lu machine frames above 4 GiB\n", count_high());
	runs_check_and_free(&frames);
	runs_check_and_free(&blocks);
	check_memory();
	return guest_test_done();
}
