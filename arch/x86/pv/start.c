/* SPDX-License-Identifier: MIT */
/*
 * From what Xen's domain builder left to what the kernel is promised: events masked, traps set, the
 * direct map over all memory, the image W^X, nothing else mapped, and boot_info true.
 *
 * The builder's own mapping begins at IMAGE and holds, in order: image, module, p2m list,
 * start_info, (a domU: store and console rings), page tables, boot stack, and at least 512 KiB of
 * free frames.
 */
#include <arch/boot.h>
#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/page.h>
#include <arch/upcalls.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <asm/trap.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <xen/memory.h>

#include "directmap.h"

/* The builder adds at least 512 KiB of free frames, and rounds up to 4 MiB. */
#define BUILDER_ROUNDING (5UL << 20)

struct boot_info boot_info;

/* Nothing of ours may lie where the hypervisor is. It says itself where that begins. */
static void check_region(const char *name, uint64_t base, uint64_t size)
{
	uint64_t hypervisor = (uintptr_t)xen_m2p;

	if (base >= PV_HYPERVISOR_END || base + size <= hypervisor)
		return;
	printk("boot: layout region %s (%llx to %llx) overlaps the hypervisor (from %llx): cannot "
	       "start\n",
	       name, (unsigned long long)base, (unsigned long long)(base + size - 1),
	       (unsigned long long)hypervisor);
	machine_exit(1);
}

/* And what the builder mapped behind the image stays in the image's row. */
static void check_layout(uintptr_t boot_stack_end)
{
	uint64_t built = boot_stack_end - LAYOUT_IMAGE_BASE + BUILDER_ROUNDING;

#define REGION(name, base, size, prot, text) check_region(#name, base, size);
#include LAYOUT_DEF
#undef REGION
	if (built <= LAYOUT_IMAGE_SIZE)
		return;
	printk("boot: image, module and lists take %llu KiB, more than the layout holds: cannot "
	       "start\n",
	       (unsigned long long)built >> 10);
	machine_exit(1);
}

static void find_nx(void)
{
	uint32_t a = 0x80000001, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (!(d & 1U << 20))
		pv_paging_without_nx();
}

/* The builder's text is at most MAX_GUEST_CMDLINE bytes, and may lack its end. */
static void take_cmdline(void)
{
	const char *text = (const char *)xen_start_info.cmd_line;
	size_t n = strnlen(text, MAX_GUEST_CMDLINE);

	if (n >= MAX_GUEST_CMDLINE - 1)
		printk("boot: command line longer than %d bytes: truncated by Xen\n",
		       MAX_GUEST_CMDLINE - 1);
	memcpy(boot_info.cmdline, text, n);
	boot_info.cmdline[n] = '\0';
}

static void add_range(unsigned long first, unsigned long end, enum boot_range_kind kind)
{
	struct boot_range *range = &boot_info.range[boot_info.nr_ranges];

	if (first >= end)
		return;
	if (boot_info.nr_ranges && range[-1].kind == kind &&
	    range[-1].first.v + range[-1].nr_frames == first) {
		range[-1].nr_frames += end - first;
		return;
	}
	assert(boot_info.nr_ranges < BOOT_RANGES_MAX);
	*range = (struct boot_range){PFN(first), end - first, kind};
	boot_info.nr_ranges++;
}

/* Below map->next_free all is in use but for the frames in map->freed (ascending). */
static void describe_memory(const struct directmap *map)
{
	unsigned long at = 0;

	for (unsigned int i = 0; i < map->nr_freed; i++) {
		add_range(at, map->freed[i].v, BOOT_RESERVED);
		add_range(map->freed[i].v, map->freed[i].v + 1, BOOT_RAM);
		at = map->freed[i].v + 1;
	}
	add_range(at, map->next_free, BOOT_RESERVED);
	add_range(map->next_free, map->nr_frames, BOOT_RAM);
	add_range(map->nr_frames, LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT, BOOT_GROWABLE);
}

static unsigned long frames_that_fit(void)
{
	unsigned long room = LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT;

	if (xen_start_info.nr_pages <= room)
		return xen_start_info.nr_pages;
	printk("boot: memory of %lu frames exceeds the direct map: limited to %lu\n",
	       xen_start_info.nr_pages, room);
	return room;
}

void pv_start(const struct start_info *si, uintptr_t boot_stack_end) __noreturn;

void pv_start(const struct start_info *si, uintptr_t boot_stack_end)
{
	static struct directmap map;
	unsigned long nr_frames;

	xen_start_info = *si;
	pv_start_info_pfn = PFN(((uintptr_t)si - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT);
	pv_find_m2p();
	find_nx();
	pv_console_find(LAYOUT_IMAGE_BASE);
	printk_set_sink(console_early_write);
	traps_init();
	check_layout(boot_stack_end);
	nr_frames = frames_that_fit();
	p2m_init((unsigned long *)si->mfn_list, nr_frames);
	pv_map_shared_info();
	boot_info.entry_ns = clock_ns();
	take_cmdline();
	boot_info.platform = xen_platform(X86_NAME " PV");
	directmap_build(&map, nr_frames, boot_stack_end);
	pv_console_find(LAYOUT_DIRECTMAP_BASE);
	directmap_finish(&map);
	describe_memory(&map);
	upcall_start();
}
