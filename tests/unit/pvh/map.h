/* SPDX-License-Identifier: MIT */
/* A memory map for a PVH guest, made to order, and a Xen that takes back what it showed. */
#ifndef TESTS_UNIT_PVH_MAP_H
#define TESTS_UNIT_PVH_MAP_H

#include <arch/boot.h>
#include <arch/page.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/linux.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/memory.h>
#include <cmocka.h>

#include "arch/x86/pvh/memmap.h"
#include "tests/unit/said.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

#define RAM	 XEN_HVM_MEMMAP_TYPE_RAM
#define RESERVED XEN_HVM_MEMMAP_TYPE_RESERVED
#define ACPI	 XEN_HVM_MEMMAP_TYPE_ACPI
#define UNUSABLE XEN_HVM_MEMMAP_TYPE_UNUSABLE

#define END	   (512 * GIB)
#define BOOT_BYTES (4 * MIB) /* of RAM that the test can read and write */
#define INFO_AT	   (2 * MIB) /* the start info, */
#define MAP_AT	   (INFO_AT + 2 * PAGE_SIZE)
#define TABLES_AT  (1 * MIB) /* and where frames for tables are taken from on */

static struct hvm_memmap_table_entry entry[64];
static unsigned int nr_entries;

static uint64_t mapped; /* bytes of the direct map */
static bool on_xen, is_hardware_domain;
static unsigned long count;    /* pages of the domain, as Xen counts them */
static unsigned long released; /* given back */
static unsigned long most;     /* that can be */

bool xen_is_present(void)
{
	return on_xen;
}

bool xen_is_hardware_domain(void)
{
	return is_hardware_domain;
}

static inline long release(const struct xen_memory_reservation *arg)
{
	const xen_pfn_t *extent = arg->extent_start.p;
	unsigned long i = 0;

	assert_true(on_xen);
	while (i < arg->nr_extents && released + (1UL << arg->extent_order) <= most) {
		pfn_t last = pfn_add(PFN(extent[i++]), (1UL << arg->extent_order) - 1);

		assert_true(memmap_is_present(last));
		released += 1UL << arg->extent_order;
	}
	return (long)i;
}

long xen_memory_op(unsigned int cmd, void *arg)
{
	if (cmd == XENMEM_decrease_reservation)
		return release(arg);
	return cmd == XENMEM_current_reservation ? (long)count : -ENOSYS;
}

static inline void add(uint64_t from, uint64_t to, uint32_t type)
{
	entry[nr_entries++] =
		(struct hvm_memmap_table_entry){.addr = from, .size = to - from, .type = type};
}

static inline void start(bool xen)
{
	said_start();
	linux_memory_init(BOOT_BYTES >> PAGE_SHIFT);
	boot_info.nr_ranges = 0;
	boot_info.cmdline[0] = '\0';
	nr_entries = 0;
	mapped = END;
	on_xen = xen;
	is_hardware_domain = false;
	released = 0;
	most = ~0UL;
	add(0, BOOT_BYTES, RAM);
}

static inline void read_map(void)
{
	char *ram = pfn_to_virt(PFN(0));
	struct hvm_start_info *info = (struct hvm_start_info *)(ram + INFO_AT);

	*info = (struct hvm_start_info){
		.magic = XEN_HVM_START_MAGIC_VALUE,
		.version = 1,
		.memmap_paddr = MAP_AT,
		.memmap_entries = nr_entries,
	};
	memcpy(ram + MAP_AT, entry, sizeof(entry));
	memmap_read(info, PFN(TABLES_AT >> PAGE_SHIFT), PFN(END >> PAGE_SHIFT),
		    PFN(mapped >> PAGE_SHIFT));
}

/* What boot_info says of a frame; -1 for a hole. */
static inline int kind_of(uint64_t addr)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		if ((addr >> PAGE_SHIFT) - range->first.v < range->nr_frames)
			return range->kind;
	}
	return -1;
}

static inline void assert_kind(uint64_t from, uint64_t to, int kind)
{
	for (uint64_t addr = from; addr < to; addr += MAX((to - from) / 64, (uint64_t)PAGE_SIZE))
		if (kind_of(addr) != kind)
			fail_msg("%llx is %d, not %d", (unsigned long long)addr, kind_of(addr),
				 kind);
	if (kind_of(to - 1) != kind)
		fail_msg("%llx is %d, not %d", (unsigned long long)to - 1, kind_of(to - 1), kind);
}

#endif
