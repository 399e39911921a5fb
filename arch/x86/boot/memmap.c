/* SPDX-License-Identifier: MIT */
/* The memory map of a PVH guest, as a list of claims, and boot_info.range made of it. */
#include <arch/boot.h>
#include <arch/layout.h>
#include <asm/domain.h>
#include <asm/hvm.h>
#include <asm/hypercall.h>
#include <asm/insn.h>
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/memory.h>
#include "memmap.h"

#define CLAIMS_MAX	  192U
#define BELOW_4G	  (1UL << (32 - PAGE_SHIFT)) /* frames */
#define PHYS_BITS_ASSUMED 36

extern const char image_start[], boot_tables[], image_end[];

static struct {
	unsigned long first, end;
	enum claim claim;
} claims[CLAIMS_MAX];

static unsigned int nr_claims;
static unsigned long map_end; /* no entry of the map reaches beyond */
static unsigned long nowhere; /* a frame number that the map has nothing to say of */
static unsigned long taken;   /* frames from the image's end up to here are in use */

static unsigned long image_pfn(const char *va)
{
	return ((uintptr_t)va - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT;
}

void memmap_claim(pfn_t first, pfn_t end, enum claim claim)
{
	if (first.v >= end.v)
		return;
	if (nr_claims == CLAIMS_MAX)
		panic("the memory map has more than %u entries", CLAIMS_MAX);
	claims[nr_claims].first = first.v;
	claims[nr_claims].end = end.v;
	claims[nr_claims++].claim = claim;
}

/* All frames of which a byte is meant, or only those of which every byte is. */
static void claim_bytes(uint64_t addr, uint64_t bytes, enum claim claim)
{
	uint64_t end = addr + bytes < addr ? UINT64_MAX : addr + bytes;
	bool whole = claim == CLAIM_RAM || claim == CLAIM_UNUSABLE;
	uint64_t first_pfn = addr >> PAGE_SHIFT, end_pfn = end >> PAGE_SHIFT;

	if (!bytes)
		return;
	if (whole && addr % PAGE_SIZE)
		first_pfn++;
	if (!whole && end % PAGE_SIZE)
		end_pfn++;
	memmap_claim(PFN(first_pfn), PFN(end_pfn), claim);
}

static void claim_entry(uint64_t addr, uint64_t bytes, uint32_t type)
{
	claim_bytes(addr, bytes,
		    type == XEN_HVM_MEMMAP_TYPE_RAM	   ? CLAIM_RAM
		    : type == XEN_HVM_MEMMAP_TYPE_UNUSABLE ? CLAIM_UNUSABLE
							   : CLAIM_RESERVED);
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
	claim_bytes(info->memmap_paddr, bytes, CLAIM_IN_USE);
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
		claim_bytes(module[i].paddr, module[i].size, CLAIM_IN_USE);
	claim_bytes(info->modlist_paddr, bytes, CLAIM_IN_USE);
}

/* The first frame number that the processor cannot name, or that has no place in the direct map. */
static unsigned long numbers_end(void)
{
	unsigned int bits = PHYS_BITS_ASSUMED;

	if (cpuid(0x80000000).eax >= 0x80000008)
		bits = cpuid(0x80000008).eax & 0xff;
	return MIN(1UL << (MIN(bits, 52U) - PAGE_SHIFT), LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT);
}

static unsigned int claims_of(unsigned long pfn)
{
	unsigned int all = 0;

	for (unsigned int i = 0; i < nr_claims; i++)
		if (claims[i].first <= pfn && pfn < claims[i].end)
			all |= claims[i].claim;
	return all;
}

pfn_t memmap_run_end(pfn_t from)
{
	unsigned long end = numbers_end();

	for (unsigned int i = 0; i < nr_claims; i++) {
		if (claims[i].first > from.v)
			end = MIN(end, claims[i].first);
		if (claims[i].end > from.v)
			end = MIN(end, claims[i].end);
	}
	return PFN(end);
}

/* The last number of the highest hole. */
static unsigned long find_nowhere(void)
{
	unsigned long last = 0;

	for (pfn_t at = PFN(0), end; at.v < numbers_end(); at = end) {
		end = memmap_run_end(at);
		if (!claims_of(at.v))
			last = end.v - 1;
	}
	if (!last)
		panic("the memory map leaves no frame number for shared_info");
	return last;
}

/*
 * What lies above the map may be populated, but for its first block, where shared_info goes: not
 * higher up, since a toolstack that saves the guest looks at every number up to the highest.
 */
static void claim_above(unsigned long above)
{
	if (above + BLOCK_FRAMES > numbers_end()) {
		nowhere = find_nowhere();
		return;
	}
	nowhere = above;
	memmap_claim(PFN(above + BLOCK_FRAMES), PFN(numbers_end()), CLAIM_ABOVE);
}

pfn_t memmap_nowhere(void)
{
	return PFN(nowhere);
}

void memmap_read(const struct hvm_start_info *info)
{
	if (!read_entries(info) && !ask_xen())
		panic("the start info (version %u) has no memory map", info->version);
	for (unsigned int i = 0; i < nr_claims; i++)
		map_end = MAX(map_end, claims[i].end);
	read_modules(info);
	if (info->cmdline_paddr)
		claim_bytes(info->cmdline_paddr, strlen(boot_info.cmdline) + 1, CLAIM_IN_USE);
	memmap_claim(PFN(image_pfn(image_start)), PFN(image_pfn(boot_tables)), CLAIM_IN_USE);
	claim_above(ALIGN_UP(MAX(BELOW_4G, map_end), BLOCK_FRAMES));
	taken = image_pfn(image_end);
}

bool memmap_is_present(pfn_t pfn)
{
	return (claims_of(pfn.v) & (CLAIM_RAM | CLAIM_RESERVED | CLAIM_ABSENT)) == CLAIM_RAM;
}

unsigned long memmap_present(void)
{
	unsigned long nr = 0;

	for (pfn_t at = PFN(0), end; at.v < numbers_end(); at = end) {
		end = memmap_run_end(at);
		nr += memmap_is_present(at) ? end.v - at.v : 0;
	}
	return nr;
}

bool memmap_last_free(pfn_t below, pfn_t *first, pfn_t *end)
{
	unsigned long limit = MIN(below.v, numbers_end());
	bool found = false;

	for (pfn_t at = PFN(0), next; at.v < limit; at = next) {
		next = memmap_run_end(at);
		if (claims_of(at.v) != CLAIM_RAM)
			continue;
		*first = at;
		*end = PFN(MIN(next.v, limit));
		found = true;
	}
	return found;
}

pfn_t memmap_take(void)
{
	while (taken < BELOW_4G && claims_of(taken) != CLAIM_RAM)
		taken++;
	if (taken == BELOW_4G)
		panic("no memory below 4 GiB for page tables");
	return PFN(taken++);
}

/* What is there goes by its own rules; what is not may come, if there is a host who can bring it.
 */
static bool range_kind(unsigned int all, enum boot_range_kind *kind)
{
	if (all & CLAIM_RESERVED)
		return false;
	if ((all & CLAIM_RAM) && !(all & CLAIM_ABSENT)) {
		*kind = all & CLAIM_IN_USE ? BOOT_RESERVED : BOOT_RAM;
		return true;
	}
	*kind = BOOT_GROWABLE;
	return xen_is_present() && (all & (CLAIM_RAM | CLAIM_UNUSABLE | CLAIM_ABOVE));
}

static void add_range(pfn_t first, unsigned long nr_frames, enum boot_range_kind kind)
{
	struct boot_range *range = &boot_info.range[boot_info.nr_ranges];

	if (boot_info.nr_ranges && range[-1].kind == kind &&
	    range[-1].first.v + range[-1].nr_frames == first.v) {
		range[-1].nr_frames += nr_frames;
		return;
	}
	if (boot_info.nr_ranges == BOOT_RANGES_MAX) {
		printk("boot: the memory map is in too many pieces; %lu frames are not used\n",
		       nr_frames);
		return;
	}
	*range = (struct boot_range){first, nr_frames, kind};
	boot_info.nr_ranges++;
}

void memmap_describe(void)
{
	memmap_claim(PFN(image_pfn(image_end)), PFN(taken), CLAIM_IN_USE);
	for (pfn_t at = PFN(0), end; at.v < numbers_end(); at = end) {
		enum boot_range_kind kind;

		end = memmap_run_end(at);
		if (range_kind(claims_of(at.v), &kind))
			add_range(at, end.v - at.v, kind);
	}
	for (unsigned int i = 0; i < nr_claims; i++)
		if (claims[i].claim == CLAIM_RAM && claims[i].end > numbers_end())
			printk("boot: memory above %lu GiB is not used\n", numbers_end() >> 18);
}
