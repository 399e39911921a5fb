/* SPDX-License-Identifier: MIT */
/*
 * A domain whose frames are the machine's own (Arm's hardware domain): nothing is given back, and
 * nothing comes, whoever asks; an allocation that needs more fails at once.
 */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/errno.h>
#include <xen/memory.h>

#include "frames.h"

static long reservation(void)
{
	domid_t self = DOMID_SELF;

	return xen_memory_op(XENMEM_current_reservation, &self);
}

int app_main(int argc, char **argv)
{
	struct runs runs = {0};
	long before = reservation();
	uint64_t calls;
	unsigned long done;

	(void)argc;
	(void)argv;
	CHECK(xen_is_hardware_domain() && xen_is_direct_mapped(), "another kind of domain");
	CHECK(balloon_shrink(1024, &done) == -ENODEV, "%lu frames given back", done);
	CHECK(balloon_grow(1024, &done) == -ENODEV, "%lu frames came", done);
	calls = host_calls();
	runs_take_all(&runs, 0);
	CHECK(host_calls() == calls, "%llu hypercalls for nothing",
	      (unsigned long long)(host_calls() - calls));
	runs_check_and_free(&runs);
	CHECK(reservation() == before, "%ld frames, not %ld", reservation(), before);
	return guest_test_done();
}
