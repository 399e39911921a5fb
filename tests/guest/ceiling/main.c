/* SPDX-License-Identifier: MIT */
/*
 * The ceiling moves while we grow: lowered below what we have, raised, unlimited. We are the
 * hardware domain, so we can move it ourselves (XEN_DOMCTL_max_mem, Xen public/domctl.h).
 */
#define __XEN_TOOLS__ /* before anything else includes Xen's headers: domctl is for tools */
#include <asm/hypercall.h>
#include <xen/domctl.h>

#include "frames.h"

#define UNLIMITED UINT32_MAX

/* In our count: the host's differs by what only it counts. */
static void set_ceiling(uint64_t frames)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_max_mem,
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.domain = 0,
	};
	struct balloon_stats balloon;
	long err;

	balloon_stats_get(&balloon);
	op.u.max_mem.max_memkb =
		4 * (frames == UNLIMITED ? frames : frames + (uint64_t)balloon.offset);
	err = xen_domctl(&op);
	CHECK(err == 0, "Xen refuses a ceiling of %llu frames (%ld)", (unsigned long long)frames,
	      err);
}

static unsigned long present(void)
{
	struct balloon_stats balloon;

	balloon_stats_get(&balloon);
	return balloon.present;
}

int app_main(int argc, char **argv)
{
	struct runs runs = {0};
	unsigned long grown, before = present();
	uint64_t calls;

	(void)argc;
	(void)argv;
	/* Below what we have: no growth, at the price of one question, and nothing lost. */
	set_ceiling(before - 1000);
	calls = host_calls();
	CHECK(balloon_grow(1, &grown) == -ENOSPC && grown == 0, "grew by %lu", grown);
	CHECK(host_calls() - calls == 1, "a refusal took %llu hypercalls",
	      (unsigned long long)(host_calls() - calls));
	runs_take_all(&runs, 0);
	CHECK(present() == before, "%lu frames, %lu before", present(), before);
	check_memory();

	/* A little more, ending inside a block: growth follows at once, to the frame. */
	set_ceiling(before + 700);
	runs_take_all(&runs, 0);
	CHECK(present() == before + 700, "%lu frames of %lu", present(), before + 700);
	check_memory();

	/* Lowered in the middle of a growth that goes by steps. */
	set_ceiling(before + 20000);
	CHECK(balloon_grow(3000, &grown) == 0 && grown == 3000, "grew by %lu", grown);
	set_ceiling(before + 1000);
	CHECK(balloon_grow(3000, &grown) == -ENOSPC, "grew by %lu", grown);
	check_memory();

	/* No limit at all: the direct map is the limit, and the host is what gives out first. */
	set_ceiling(UNLIMITED);
	CHECK(balloon_grow(50000, &grown) == 0 && grown == 50000, "grew by %lu", grown);
	check_memory();
	runs_check_and_free(&runs);
	check_memory();
	return guest_test_done();
}
