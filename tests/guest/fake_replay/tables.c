/* SPDX-License-Identifier: MIT */
/* Page tables: what may be mapped, what may become a table, and where an update stops. */
#include <lib/string.h>
#include <mm/map.h>

#include "steps.h"

/* A page of the mapping region whose table is there, and a block of it that has none. */
static struct {
	char *page;
	char *block;
	pfn_t frame; /* what is mapped at the page */
} at;

uint64_t entry_of(const void *va, unsigned int level)
{
	pfn_t table = pv_table((uintptr_t)va, level);

	return mfn_to_maddr(p2m_get(table)) + pv_index((uintptr_t)va, level) * sizeof(uint64_t);
}

long update(uint64_t ptr, uint64_t val)
{
	struct mmu_update req = {.ptr = ptr, .val = val};

	return xen_mmu_update(&req, 1, NULL, DOMID_SELF);
}

static void flush(void)
{
	struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	step("flush", xen_mmuext_op(&op, 1, NULL, DOMID_SELF));
}

/* A machine frame that is nobody's: it was ours until now. */
static mfn_t free_frame(void)
{
	list_extents(FAR_PFN, 1, 0);
	populate(1, 0);
	decrease(1, 0);
	return MFN((unsigned long)replay_list[0]);
}

static void map_pages(void)
{
	uint64_t entry = entry_of(at.page, 1);
	mfn_t table = p2m_get(pv_table((uintptr_t)at.page, 1));
	uint64_t mine = pv_pte(p2m_get(at.frame), MMU_RW);

	step("map a frame read-only", update(entry, pv_pte(p2m_get(at.frame), MMU_RO)));
	step("map it writable", update(entry, mine));
	step("map a table read-only", update(entry, pv_pte(table, MMU_RO)));
	step("map a table writable", update(entry, pv_pte(table, MMU_RW)));
	step("map nobody's frame", update(entry, pv_pte(free_frame(), MMU_RO)));
	step("map nobody's frame writable", update(entry, pv_pte(free_frame(), MMU_RW)));
	step("map nothing", update(entry, 0));
	step("an update of no known kind", update(entry | 4, mine));
	step("an update in nobody's frame", update(mfn_to_maddr(free_frame()), mine));
	step("map the frame again", update(entry, mine));
	flush();
}

/* What is no table is written to like memory. */
static void update_memory(void)
{
	uint64_t *word = pfn_to_virt(at.frame);

	word[3] = 1;
	step("an update of plain memory", update(mfn_to_maddr(p2m_get(at.frame)) + 24, 4711));
	step("  is a write", (long)word[3]);
}

static void updates_in_a_row(void)
{
	uint64_t entry = entry_of(at.page, 1);
	uint64_t mine = pv_pte(p2m_get(at.frame), MMU_RO);
	struct mmu_update req[3] = {{entry, mine}, {entry | 4, mine}, {entry, 0}};
	unsigned int done = 99;

	step("3 updates, the second bad", xen_mmu_update(req, 3, &done, DOMID_SELF));
	step("  done", done);
	req[1].ptr = entry;
	step("3 updates", xen_mmu_update(req, 3, &done, DOMID_SELF));
	step("  done", done);
	done = 99;
	step("no update", xen_mmu_update(req, 0, &done, DOMID_SELF));
	step("map the frame again", update(entry, pv_pte(p2m_get(at.frame), MMU_RW)));
	flush();
}

static long protect_directmap(pfn_t pfn, enum mmu_prot prot)
{
	return update(entry_of(pfn_to_virt(pfn), 1), pv_pte(p2m_get(pfn), prot));
}

/* Hooks a frame that holds one entry as a table of pages, in the right order. */
static void hook(const char *what, uint64_t pte)
{
	uint64_t entry = entry_of(at.block, 2);
	pfn_t table = take_frame();

	memset(pfn_to_virt(table), 0, PAGE_SIZE);
	((uint64_t *)pfn_to_virt(table))[5] = pte;
	step(what, 0);
	step("  hook it while it is writable", update(entry, pv_table_entry(p2m_get(table))));
	step("  make it read-only", protect_directmap(table, MMU_RO));
	step("  hook it as a large page", update(entry, pv_table_entry(p2m_get(table)) | 0x80));
	step("  hook it", update(entry, pv_table_entry(p2m_get(table))));
	step("  make it writable", protect_directmap(table, MMU_RW));
	step("  unhook it", update(entry, 0));
	step("  make it writable", protect_directmap(table, MMU_RW));
	flush();
	give_frame(table);
}

static void hook_tables(void)
{
	mfn_t table = p2m_get(pv_table((uintptr_t)at.page, 1));

	hook("an empty table", 0);
	hook("a table of a frame", pv_pte(p2m_get(at.frame), MMU_RW));
	hook("a table that maps a table", pv_pte(table, MMU_RO));
	hook("a table that maps a table writable", pv_pte(table, MMU_RW));
	hook("a table of nobody's frame", pv_pte(free_frame(), MMU_RO));
}

static void update_by_address(void)
{
	uint64_t mine = pv_pte(p2m_get(at.frame), MMU_RW);
	unsigned long page = (unsigned long)at.page, block = (unsigned long)at.block;

	step("map by address", xen_update_va_mapping(page, mine, UVMF_INVLPG));
	step("unmap by address", xen_update_va_mapping(page, 0, UVMF_TLB_FLUSH));
	step("map by address", xen_update_va_mapping(page, mine, UVMF_NONE));
	step("map where no table is", xen_update_va_mapping(block, mine, UVMF_INVLPG));
}

static long pin(pfn_t pfn, unsigned int cmd)
{
	struct mmuext_op op = {.cmd = cmd, .arg1.mfn = p2m_get(pfn).v};

	return xen_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

static void pin_tables(void)
{
	pfn_t table = take_frame();

	memset(pfn_to_virt(table), 0, PAGE_SIZE);
	step("pin what is writable", pin(table, MMUEXT_PIN_L1_TABLE));
	step("unpin what is not pinned", pin(table, MMUEXT_UNPIN_TABLE));
	step("make it read-only", protect_directmap(table, MMU_RO));
	step("pin it", pin(table, MMUEXT_PIN_L1_TABLE));
	step("pin it again", pin(table, MMUEXT_PIN_L1_TABLE));
	step("pin it as something else", pin(table, MMUEXT_PIN_L2_TABLE));
	step("make it writable", protect_directmap(table, MMU_RW));
	step("unpin it", pin(table, MMUEXT_UNPIN_TABLE));
	step("make it writable", protect_directmap(table, MMU_RW));
	flush();
	give_frame(table);
}

void replay_tables(void)
{
	at.frame = take_frame();
	at.page = map_range(at.frame, 1, MMU_RW);
	at.block = at.page + 40 * BLOCK_SIZE;
	map_pages();
	update_memory();
	updates_in_a_row();
	hook_tables();
	update_by_address();
	pin_tables();
	step("unmap", map_remove(at.page));
	give_frame(at.frame);
}
