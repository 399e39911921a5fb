/* SPDX-License-Identifier: MIT */
/* The frame numbers of an arm64 machine, as a list of claims, and boot_info.range made of it. */
#include <lib/bug.h>
#include <lib/printk.h>

#include "arch/common/memmap/claims.h"
#include "memory.h"

enum {
	CLAIM_RAM = 1 << 0,
	CLAIM_RESERVED = 1 << 1, /* firmware, devices, what the host has put there: not ours */
	CLAIM_IN_USE = 1 << 2,	 /* of RAM: image, tree, tables */
	CLAIM_SPACE = 1 << 3,	 /* RAM may come here, or a map */
	CLAIM_MAPPED = 1 << 4,	 /* of that: a map has it */
	CLAIM_BOOT = 1 << 5,	 /* of RAM: in use for now */
	CLAIM_FAR = 1 << 6,	 /* the direct map has no place for it: for maps alone */
};

static struct claims claims;
static pfn_t next_taken;     /* where memory_take() looks on */
static unsigned int take_at; /* the claim that it makes longer */
static bool space_grows;

static void claim_ram(const struct machine_range *bank, paddr_t limit)
{
	if (!IS_ALIGNED(bank->base | bank->size, PAGE_SIZE))
		printk("memory: bank at %llx not page-aligned: truncated\n",
		       (unsigned long long)bank->base);
	if (bank->base + bank->size > limit.v)
		printk("memory: bank at %llx: memory above %llu GiB unused\n",
		       (unsigned long long)bank->base, (unsigned long long)limit.v >> 30);
	claims_add_whole(&claims, bank->base, bank->size, CLAIM_RAM);
}

static void claim_space(struct machine_range a, struct machine_range b)
{
	uint64_t base = MAX(a.base, b.base), end = MIN(a.base + a.size, b.base + b.size);

	if (base < end)
		claims_add_whole(&claims, base, end - base, CLAIM_SPACE);
}

/* Where RAM could have been, as far as the extended regions, if there are any, allow it. */
static void claim_spaces(const struct machine *m, const struct memory_space *space)
{
	static const struct machine_range everywhere = {0, MACHINE_ADDR_MAX};

	for (unsigned int i = 0; i < space->nr; i++) {
		if (!m->nr_extended)
			claim_space(space->range[i], everywhere);
		for (unsigned int j = 0; j < m->nr_extended; j++)
			claim_space(space->range[i], m->extended[j]);
	}
}

static void claim_reserved(const struct machine_range *range)
{
	claims_add_touched(&claims, range->base, range->size, CLAIM_RESERVED);
}

static void claim_pci(const struct machine_pci *pci)
{
	claim_reserved(&pci->config);
	claim_reserved(&pci->io);
	claim_reserved(&pci->memory);
	claim_reserved(&pci->prefetch);
}

static void claim_devices(const struct machine *m)
{
	claim_reserved(&m->gic_distributor);
	claim_reserved(&m->uart);
	claim_reserved(&m->grant_space);
	for (unsigned int i = 0; i < m->nr_gic_cpu; i++)
		claim_reserved(&m->gic_cpu[i]);
	for (unsigned int i = 0; i < m->nr_pci; i++)
		claim_pci(&m->pci[i]);
	for (unsigned int i = 0; i < m->nr_virtio; i++)
		claim_reserved(&m->virtio[i].registers);
}

void memory_read(const struct machine *m, const struct memory_space *space, pfn_t end)
{
	claims.nr = 0;
	claims.end = paddr_to_pfn(PADDR(MACHINE_ADDR_MAX));
	claims_add(&claims, end, claims.end, CLAIM_FAR);
	next_taken = PFN(0);
	take_at = CLAIMS_MAX;
	for (unsigned int i = 0; i < m->nr_banks; i++)
		claim_ram(&m->bank[i], pfn_to_paddr(end));
	for (unsigned int i = 0; i < m->nr_reserved; i++)
		claim_reserved(&m->reserved[i]);
	claim_devices(m);
	claim_spaces(m, space);
	space_grows = space->grows;
}

void memory_keep(paddr_t addr, uint64_t bytes)
{
	claims_add_touched(&claims, addr.v, bytes, CLAIM_IN_USE);
	next_taken = paddr_to_pfn(PADDR(addr.v + bytes));
}

void memory_keep_for_boot(paddr_t addr, uint64_t bytes)
{
	claims_add_touched(&claims, addr.v, bytes, CLAIM_BOOT);
}

/* All that is claimed of a frame; where RAM is, no more can come. */
static unsigned int claims_at(pfn_t pfn)
{
	unsigned int all = claims_of(&claims, pfn);

	return all & CLAIM_RAM ? all & ~(unsigned int)CLAIM_SPACE : all;
}

/* The first frame from `from` on of which just this is true; PFN_NONE. */
static pfn_t find(pfn_t from, unsigned int what)
{
	for (pfn_t at = from; at.v < claims.end.v; at = claims_run_end(&claims, at))
		if (claims_at(at) == what)
			return at;
	return PFN_NONE;
}

/* Neighbours are one claim. */
static void claim_taken(pfn_t pfn)
{
	if (take_at < claims.nr && claims.list[take_at].end == pfn.v) {
		claims.list[take_at].end++;
		return;
	}
	take_at = claims.nr;
	claims_add(&claims, pfn, pfn_add(pfn, 1), CLAIM_IN_USE);
}

pfn_t memory_take(void)
{
	pfn_t pfn = find(next_taken, CLAIM_RAM);

	if (pfn_eq(pfn, PFN_NONE))
		pfn = find(PFN(0), CLAIM_RAM);
	if (pfn_eq(pfn, PFN_NONE))
		panic("boot: out of memory for page tables");
	claim_taken(pfn);
	next_taken = pfn_add(pfn, 1);
	return pfn;
}

static bool is_space(pfn_t pfn)
{
	return (claims_at(pfn) & ~(unsigned int)CLAIM_FAR) == CLAIM_SPACE;
}

/*
 * From the end of the first that is large enough, since growth begins at its beginning. Nothing
 * grows above the direct map: there the lowest numbers are those that the host has first.
 */
pfn_t memory_take_space(unsigned long nr_frames)
{
	for (pfn_t at = PFN(0), end; at.v < claims.end.v; at = end) {
		end = claims_run_end(&claims, at);
		if (!is_space(at) || end.v - at.v < nr_frames)
			continue;
		if (!(claims_at(at) & CLAIM_FAR))
			at = PFN(end.v - nr_frames);
		claims_add(&claims, at, pfn_add(at, nr_frames), CLAIM_MAPPED);
		return at;
	}
	return PFN_NONE;
}

static bool is_ram(unsigned int all)
{
	return (all & (CLAIM_RAM | CLAIM_FAR)) == CLAIM_RAM &&
	       (!(all & CLAIM_RESERVED) || (all & CLAIM_IN_USE));
}

static bool is_present(pfn_t pfn)
{
	return is_ram(claims_of(&claims, pfn));
}

bool memory_next_present(pfn_t from, pfn_t *first, pfn_t *end)
{
	pfn_t at = from;

	while (at.v < claims.end.v && !is_present(at))
		at = claims_run_end(&claims, at);
	*first = at;
	while (at.v < claims.end.v && is_present(at))
		at = claims_run_end(&claims, at);
	*end = at;
	return first->v < end->v;
}

void memory_describe(void)
{
	for (pfn_t at = PFN(0), end; at.v < claims.end.v; at = end) {
		unsigned int all = claims_at(at);

		end = claims_run_end(&claims, at);
		if (is_ram(all))
			boot_range_add(at, end.v - at.v,
				       all & CLAIM_IN_USE ? BOOT_RESERVED : BOOT_RAM);
		else if (all == CLAIM_SPACE && space_grows)
			boot_range_add(at, end.v - at.v, BOOT_GROWABLE);
	}
}
