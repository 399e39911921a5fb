/* SPDX-License-Identifier: MIT */
/* The memory map of a PVH guest, as a list of claims, and boot_info.range made of it. */
#include <arch/boot.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/pvh.h>
#include <lib/bug.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/memory.h>

#include "arch/common/memmap/claims.h"
#include "memmap.h"

#define BELOW_4G (1UL << (32 - PAGE_SHIFT)) /* frames */

static struct claims claims;
static unsigned long nowhere;	       /* a frame number that the map has nothing to say of */
static unsigned long take_from, taken; /* frames of ours, one after the other: tables */

void memmap_claim(pfn_t first, pfn_t end, enum claim claim)
{
	claims_add(&claims, first, end, claim);
}

static void claim_in_use(uint64_t addr, uint64_t bytes)
{
	claims_add_touched(&claims, addr, bytes, CLAIM_IN_USE);
}

static void claim_entry(uint64_t addr, uint64_t bytes, uint32_t type)
{
	if (type == XEN_HVM_MEMMAP_TYPE_RAM)
		claims_add_whole(&claims, addr, bytes, CLAIM_RAM);
	else if (type == XEN_HVM_MEMMAP_TYPE_UNUSABLE)
		claims_add_whole(&claims, addr, bytes, CLAIM_UNUSABLE);
	else
		claims_add_touched(&claims, addr, bytes, CLAIM_RESERVED);
}

/* The map that the start info names; false if it names none, or none that we can read. */
static bool read_entries(const struct hvm_start_info *info)
{
	const struct hvm_memmap_table_entry *entry;
	uint64_t bytes;

	if (info->version < 1 || !info->memmap_entries)
		return false;
	bytes = info->memmap_entries * sizeof(*entry);
	entry = boot_map(info->memmap_paddr, bytes);
	for (unsigned int i = 0; entry && i < info->memmap_entries; i++)
		claim_entry(entry[i].addr, entry[i].size, entry[i].type);
	claim_in_use(info->memmap_paddr, bytes);
	return entry != NULL;
}

/* Xen's own map: that of a hardware domain, and of any by an old toolstack. */
static bool ask_xen(void)
{
	static struct {
		uint64_t addr, bytes;
		uint32_t type;
	} __packed entry[CLAIMS_MAX / 2];
	struct xen_memory_map map = {.nr_entries = ARRAY_SIZE(entry)};

	set_xen_guest_handle(map.buffer, (void *)entry);
	if (!xen_is_present() || xen_memory_op(XENMEM_memory_map, &map))
		return false;
	for (unsigned int i = 0; i < MIN(map.nr_entries, ARRAY_SIZE(entry)); i++)
		claim_entry(entry[i].addr, entry[i].bytes, entry[i].type);
	return true;
}

static void read_modules(const struct hvm_start_info *info)
{
	uint64_t bytes = info->nr_modules * sizeof(struct hvm_modlist_entry);
	const struct hvm_modlist_entry *module = boot_map(info->modlist_paddr, bytes);

	for (unsigned int i = 0; module && i < info->nr_modules; i++)
		claim_in_use(module[i].paddr, module[i].size);
	claim_in_use(info->modlist_paddr, bytes);
}

pfn_t memmap_run_end(pfn_t from)
{
	return claims_run_end(&claims, from);
}

/* The last number of the highest hole. */
static unsigned long find_nowhere(void)
{
	unsigned long last = 0;

	for (pfn_t at = PFN(0), end; at.v < claims.end.v; at = end) {
		end = memmap_run_end(at);
		if (!claims_of(&claims, at))
			last = end.v - 1;
	}
	if (!last)
		panic("boot: no free frame number for shared_info");
	return last;
}

/*
 * Puts shared_info into the first block above the map: not higher up, since a toolstack that saves
 * the guest looks at every number up to the highest. The direct map may end far below it.
 */
static void place_shared_info(unsigned long above)
{
	nowhere = above + BLOCK_FRAMES <= claims.end.v ? above : find_nowhere();
}

pfn_t memmap_nowhere(void)
{
	return PFN(nowhere);
}

/* No entry reaches beyond; what we use is no entry. */
static unsigned long map_end(void)
{
	unsigned long end = BELOW_4G;

	for (unsigned int i = 0; i < claims.nr; i++)
		if (claims.list[i].claim != CLAIM_IN_USE)
			end = MAX(end, claims.list[i].end);
	return end;
}

void memmap_read(const struct hvm_start_info *info, pfn_t tables, pfn_t limit, pfn_t end)
{
	unsigned long above;

	claims.nr = 0;
	claims.end = limit;
	if (!read_entries(info) && !ask_xen())
		panic("boot: no memory map in the start info (version %u)", info->version);
	read_modules(info);
	if (info->cmdline_paddr)
		claim_in_use(info->cmdline_paddr, strlen(boot_info.cmdline) + 1);
	/* It is read again when there are tables. */
	memmap_claim(virt_to_pfn(info), pfn_add(virt_to_pfn((const char *)(info + 1) - 1), 1),
		     CLAIM_IN_USE);
	above = ALIGN_UP(map_end(), BLOCK_FRAMES);
	place_shared_info(above);
	claims.end = PFN(MIN(limit.v, end.v));
	memmap_claim(PFN(above + BLOCK_FRAMES), claims.end, CLAIM_ABOVE);
	take_from = taken = tables.v;
}

bool memmap_is_present(pfn_t pfn)
{
	return (claims_of(&claims, pfn) & ~CLAIM_IN_USE) == CLAIM_RAM;
}

unsigned long memmap_present(void)
{
	unsigned long nr = 0;

	for (pfn_t at = PFN(0), end; at.v < claims.end.v; at = end) {
		end = memmap_run_end(at);
		nr += memmap_is_present(at) ? end.v - at.v : 0;
	}
	return nr;
}

bool memmap_last_free(pfn_t below, pfn_t *first, pfn_t *end)
{
	unsigned long limit = MIN(below.v, claims.end.v);
	bool found = false;

	for (pfn_t at = PFN(0), next; at.v < limit; at = next) {
		next = memmap_run_end(at);
		if (claims_of(&claims, at) != CLAIM_RAM)
			continue;
		*first = at;
		*end = PFN(MIN(next.v, limit));
		found = true;
	}
	return found;
}

pfn_t memmap_take(void)
{
	while (taken < BELOW_4G && claims_of(&claims, PFN(taken)) != CLAIM_RAM)
		taken++;
	if (taken == BELOW_4G)
		panic("boot: no memory below 4 GiB for page tables");
	return PFN(taken++);
}

/* What is not there may come, if there is a host who can bring it. */
static bool range_kind(unsigned int all, enum boot_range_kind *kind)
{
	bool in_use = all & CLAIM_IN_USE;

	switch (all & ~CLAIM_IN_USE) {
	case CLAIM_RAM:
		*kind = in_use ? BOOT_RESERVED : BOOT_RAM;
		return true;
	case CLAIM_RAM | CLAIM_ABSENT:
	case CLAIM_UNUSABLE:
	case CLAIM_ABOVE:
		*kind = BOOT_GROWABLE;
		return xen_is_present() && !in_use;
	default:
		return false;
	}
}

void memmap_describe(void)
{
	memmap_claim(PFN(take_from), PFN(taken), CLAIM_IN_USE);
	for (pfn_t at = PFN(0), end; at.v < claims.end.v; at = end) {
		enum boot_range_kind kind;

		end = memmap_run_end(at);
		if (range_kind(claims_of(&claims, at), &kind))
			boot_range_add(at, end.v - at.v, kind);
	}
	for (unsigned int i = 0; i < claims.nr; i++)
		if (claims.list[i].claim == CLAIM_RAM && claims.list[i].end > claims.end.v)
			printk("boot: memory above %lu GiB unused\n", claims.end.v >> 18);
}
