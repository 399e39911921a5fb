/* SPDX-License-Identifier: MIT */
/* What real Xen answers to the sequence that the fake one is compared with. */
#include <mm/map.h>

#include "guest_test.h"
#include "replay.h"

int app_main(int argc, char **argv)
{
	unsigned long used;

	(void)argc;
	(void)argv;
	/* The mapping region's first tables stay once they are made. */
	CHECK(map_remove(map_range(PFN(0), 1, MMU_RO)) == 0, "a page cannot be unmapped");
	used = guest_test_used();
	if (IS_ENABLED(CONFIG_PV))
		replay();
	CHECK(guest_test_used() == used, "%lu frames are in use, %lu before", guest_test_used(),
	      used);
	return guest_test_done();
}
