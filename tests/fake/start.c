/* SPDX-License-Identifier: MIT */
/* The guest's own boot, from what the builder left up to the balloon's backend. */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/linux.h>
#include <asm/pv.h>
#include <mm/mm.h>
#include <mm/reserve.h>
#include <string.h>

#include "balloon/registry.h"
#include "drivers/xen/xen.h"
#include "machine.h"

#define ADOPT_FRAMES_MAX 64U /* more than the p2m of any start takes */

struct boot_info boot_info;
struct shared_info *xen_shared_info;
unsigned long domain_reserved;

static void add_range(unsigned long first, unsigned long end, enum boot_range_kind kind)
{
	if (first < end)
		boot_info.range[boot_info.nr_ranges++] =
			(struct boot_range){PFN(first), end - first, kind};
}

static void describe_memory(unsigned long nr_frames)
{
	boot_info = (struct boot_info){.platform = "fake Xen"};
	add_range(0, domain_reserved, BOOT_RESERVED);
	add_range(domain_reserved, nr_frames, BOOT_RAM);
	add_range(nr_frames, LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT, BOOT_GROWABLE);
}

static void adopt_p2m(unsigned long nr_frames)
{
	static pfn_t frame[ADOPT_FRAMES_MAX];
	struct frame_stash stash = {frame, 0, ARRAY_SIZE(frame)};

	p2m_init(pfn_to_virt(domain_frames.list), nr_frames);
	pv_paging_init(domain_frames.tables);
	domain_reserved = domain_frames.end.v;
	for (unsigned int nr = p2m_adopt_needs(); nr > 0; nr--)
		stash_push(&stash, PFN(domain_reserved++));
	if (p2m_adopt(domain_frames.list, &stash))
		fake_fail("the guest cannot adopt its p2m");
}

/* What a machine that is new does not keep from the one before it. */
static void forget(void)
{
	static struct shared_info shared;

	memset(&shared, 0, sizeof(shared));
	xen_shared_info = &shared;
	kernel_mm = (struct mm){0};
	balloon = (struct balloon_engine){0};
	reserve_stash()->nr = 0;
	linux_cpu_reset();
	linux_stop_clock(0);
	fake_no_faults();
	held_start();
}

void fake_start(const struct fake_setup *setup)
{
	forget();
	space_start();
	machine_start(setup);
	domain_build(setup->frames);
	adopt_p2m(setup->frames);
	describe_memory(setup->frames);
	if (mm_init(&boot_info))
		fake_fail("%lu frames are too few for the guest", setup->frames);
	if (xen_balloon_init())
		fake_fail("the balloon does not start");
	fake_no_faults();
}

void fake_wait(uint64_t ns)
{
	linux_stop_clock(clock_ns() + ns);
}
