/* SPDX-License-Identifier: MIT */
/*
 * What Xen knows of a frame's use: references, and types that exclude each other. A frame that is
 * mapped writable is no table, and a table is mapped nowhere writable.
 */
#include <asm/pv.h>
#include <lib/errno.h>

#include "machine.h"

#define UPPER_DISALLOWED 0x198ULL /* cacheability, PSE, global: in entries of L2 and above */

static int entry_get(uint64_t val, unsigned int level);
static void entry_put(uint64_t val, unsigned int level);

static mfn_t pte_mfn(uint64_t pte)
{
	return MFN((unsigned long)((pte & PTE_MADDR) >> PAGE_SHIFT));
}

int ref_get(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);

	if (!frame || frame->owner != OWNER_DOMAIN || !frame->refs)
		return -EINVAL;
	frame->refs++;
	return 0;
}

void ref_put(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);

	if (!frame->refs--)
		fake_fail("frame %lx has no reference to put", mfn.v);
	if (!frame->refs)
		machine_reclaim(mfn);
}

/* A frame that was filled becomes a table: each of its entries must be allowed. */
static int validate(mfn_t mfn, unsigned int level)
{
	const uint64_t *table = machine_table(mfn);

	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		int err = entry_get(table[i], level);

		if (!err)
			continue;
		while (i-- > 0)
			entry_put(table[i], level);
		return err;
	}
	return 0;
}

static void devalidate(mfn_t mfn, unsigned int level)
{
	const uint64_t *table = machine_table(mfn);

	for (unsigned int i = 0; i < PTES_PER_TABLE; i++)
		entry_put(table[i], level);
}

/* The first use as a type. Xen flushes what may still be mapped as the former. */
static int change_type(mfn_t mfn, enum frame_type type)
{
	struct frame *frame = machine_frame(mfn);
	int err = 0;

	tlb_flush_frame(mfn);
	frame->type = type;
	if (type == TYPE_WRITABLE)
		return 0;
	frame->types = 1; /* so that it cannot be mapped writable by itself */
	err = validate(mfn, type);
	frame->types = 0;
	if (err)
		frame->type = TYPE_NONE;
	return err;
}

int type_get(mfn_t mfn, enum frame_type type)
{
	struct frame *frame = machine_frame(mfn);
	int err = ref_get(mfn);

	if (err)
		return err;
	if (frame->types && frame->type != type)
		err = -EINVAL;
	else if (!frame->types && frame->type != type)
		err = change_type(mfn, type);
	if (err)
		ref_put(mfn);
	else
		frame->types++;
	return err;
}

void type_put(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);
	unsigned int type = frame->type;

	if (!frame->types--)
		fake_fail("frame %lx has no use to put", mfn.v);
	if (!frame->types && type != TYPE_WRITABLE) {
		frame->type = TYPE_NONE;
		devalidate(mfn, type);
	}
	ref_put(mfn);
}

/* What an entry of a page refers to: get_page_from_l1e. */
static int page_get(uint64_t val)
{
	mfn_t mfn = pte_mfn(val);

	if (!machine_frame(mfn))
		return -EPERM;
	if (val & PTE_WRITE)
		return type_get(mfn, TYPE_WRITABLE) ? -EBUSY : 0;
	return ref_get(mfn) ? -EBUSY : 0;
}

static int entry_get(uint64_t val, unsigned int level)
{
	if (!(val & PTE_PRESENT))
		return 0;
	if (level == 1)
		return page_get(val);
	if (val & UPPER_DISALLOWED)
		return -EINVAL;
	return type_get(pte_mfn(val), level - 1);
}

static void entry_put(uint64_t val, unsigned int level)
{
	if (!(val & PTE_PRESENT))
		return;
	if (level > 1 || (val & PTE_WRITE))
		type_put(pte_mfn(val));
	else
		ref_put(pte_mfn(val));
}

/* The tree in use changes with an entry of an upper table, and Xen flushes by itself. */
static void upper_changed(mfn_t table, unsigned int index, uint64_t old, uint64_t val)
{
	const struct frame *frame = machine_frame(table);
	unsigned int level = frame->type;
	uintptr_t span = (uintptr_t)1 << (PAGE_SHIFT + 9 * (level - 1));

	if (!frame->live)
		return;
	if (old & PTE_PRESENT)
		space_unhook(pte_mfn(old), level - 1);
	if (val & PTE_PRESENT)
		space_hook(pte_mfn(val), level - 1, frame->va + index * span);
	tlb_flush();
}

int entry_set(mfn_t table, unsigned int index, uint64_t val)
{
	const struct frame *frame = machine_frame(table);
	uint64_t *entry = machine_table(table) + index;
	unsigned int level = frame->type;
	uint64_t old = *entry;
	int err = entry_get(val, level);

	if (err)
		return err;
	*entry = val;
	if (level > 1)
		upper_changed(table, index, old, val);
	else if (frame->live)
		space_entry(frame->va + index * PAGE_SIZE, old, val);
	entry_put(old, level);
	return 0;
}
