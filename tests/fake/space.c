/* SPDX-License-Identifier: MIT */
/* The process's address space follows the tables in use; and what the TLB may still know. */
#define _GNU_SOURCE
#include <arch/layout.h>
#include <asm/pv.h>
#include <sys/mman.h>

#include "machine.h"

#define STALE_MAX 4096U

/* Neighbours that are to be mapped together. */
static struct {
	uintptr_t va;
	unsigned long nr;
	uint64_t pte; /* of the first; 0: nothing is there any more */
} run;

/* Translations that were in use and are no longer in the tables. */
static struct {
	uintptr_t va;
	mfn_t mfn;
} stale[STALE_MAX];
static unsigned int nr_stale;

static mfn_t pte_mfn(uint64_t pte)
{
	return MFN((unsigned long)((pte & PTE_MADDR) >> PAGE_SHIFT));
}

static void unmap(uintptr_t va, size_t bytes)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;

	if (mmap((void *)va, bytes, PROT_NONE, flags, -1, 0) == MAP_FAILED)
		fake_fail("Linux unmaps nothing at %lx", (unsigned long)va);
}

void space_start(void)
{
	static const struct {
		uint64_t base, size;
	} regions[] = {
#define REGION(name, base, size, prot, text) {(base), (size)},
#include LAYOUT_DEF
#undef REGION
	};

	run.nr = 0;
	nr_stale = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(regions); i++)
		unmap((uintptr_t)regions[i].base, (size_t)regions[i].size);
}

void space_sync(void)
{
	int prot = run.pte & PTE_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;
	size_t bytes = run.nr * PAGE_SIZE;

	if (!run.nr)
		return;
	run.nr = 0;
	if (!(run.pte & PTE_PRESENT))
		unmap(run.va, bytes);
	else if (mmap((void *)run.va, bytes, prot, MAP_SHARED | MAP_FIXED, machine.fd,
		      (off_t)mfn_to_maddr(pte_mfn(run.pte))) == MAP_FAILED)
		fake_fail("Linux maps nothing at %lx", (unsigned long)run.va);
}

static bool continues_run(uintptr_t va, uint64_t pte)
{
	uint64_t next = run.pte;

	if (!run.nr || va != run.va + run.nr * PAGE_SIZE)
		return false;
	if (next & PTE_PRESENT)
		next += run.nr << PAGE_SHIFT;
	return next == pte;
}

static void space_page(uintptr_t va, uint64_t pte)
{
	if (!(pte & PTE_PRESENT))
		pte = 0;
	if (!continues_run(va, pte)) {
		space_sync();
		run.va = va;
		run.pte = pte;
	}
	run.nr++;
}

/* The TLB may keep what was there, unless what is there now allows at least as much. */
static void remember_stale(uintptr_t va, uint64_t old, uint64_t val)
{
	uint64_t same = PTE_PRESENT | PTE_MADDR;

	if (!(old & PTE_PRESENT))
		return;
	if (((old ^ val) & same) == 0 && (!(old & PTE_WRITE) || (val & PTE_WRITE)))
		return;
	if (nr_stale == STALE_MAX)
		fake_fail("%u translations that were never flushed", nr_stale);
	stale[nr_stale].va = va;
	stale[nr_stale++].mfn = pte_mfn(old);
}

void space_entry(uintptr_t va, uint64_t old, uint64_t val)
{
	remember_stale(va, old, val);
	space_page(va, val);
}

void space_hook(mfn_t table, unsigned int level, uintptr_t va)
{
	struct frame *frame = machine_frame(table);
	const uint64_t *entry = machine_table(table);
	uintptr_t span = (uintptr_t)1 << (PAGE_SHIFT + 9 * (level - 1));

	if (frame->live)
		fake_fail("table %lx is in the tree twice: a thing this fake does not know",
			  table.v);
	frame->live = true;
	frame->va = va;
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		if (level == 1)
			space_page(va + i * span, entry[i]);
		else if (entry[i] & PTE_PRESENT)
			space_hook(pte_mfn(entry[i]), level - 1, va + i * span);
	}
}

void space_unhook(mfn_t table, unsigned int level)
{
	struct frame *frame = machine_frame(table);
	const uint64_t *entry = machine_table(table);

	frame->live = false;
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		if (level == 1)
			space_page(frame->va + i * PAGE_SIZE, 0);
		else if (entry[i] & PTE_PRESENT)
			space_unhook(pte_mfn(entry[i]), level - 1);
	}
}

void tlb_flush(void)
{
	nr_stale = 0;
}

static void forget_stale(unsigned int i)
{
	stale[i] = stale[--nr_stale];
}

void tlb_flush_page(uintptr_t va)
{
	for (unsigned int i = nr_stale; i-- > 0;)
		if (stale[i].va == va)
			forget_stale(i);
}

void tlb_flush_frame(mfn_t mfn)
{
	for (unsigned int i = nr_stale; i-- > 0;)
		if (mfn_eq(stale[i].mfn, mfn))
			forget_stale(i);
}

bool tlb_has_frame(mfn_t mfn)
{
	for (unsigned int i = 0; i < nr_stale; i++)
		if (mfn_eq(stale[i].mfn, mfn))
			return true;
	return false;
}

bool tlb_is_clean(void)
{
	return nr_stale == 0;
}
