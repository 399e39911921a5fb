/* SPDX-License-Identifier: MIT */
/* The page-table hypercalls, as Xen 4.17's arch/x86/mm.c has them. */
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/errno.h>

#include "machine.h"

/* An update of a frame that is no table is a write to it, if it may be written. */
static int update_one(const struct mmu_update *req)
{
	mfn_t mfn = MFN((unsigned long)(req->ptr >> PAGE_SHIFT));
	unsigned int index = (unsigned int)(req->ptr % PAGE_SIZE / sizeof(uint64_t));
	struct frame *frame = machine_frame(mfn);
	int err;

	if (fault_hits(EVENT_UPDATE))
		return call_refusal();
	if (req->ptr % sizeof(uint64_t) != MMU_NORMAL_PT_UPDATE)
		return -ENOSYS;
	if (ref_get(mfn))
		return -EINVAL;
	if (frame->type >= TYPE_L1 && frame->type <= TYPE_L4 && frame->types) {
		err = entry_set(mfn, index, req->val);
	} else {
		machine_table(mfn)[index] = req->val;
		err = 0;
	}
	ref_put(mfn);
	return err;
}

long xen_mmu_update(const struct mmu_update *req, unsigned int count, unsigned int *done,
		    domid_t domain)
{
	int err = call_begins() ? call_refusal() : 0;
	unsigned int i = 0;

	if (domain != DOMID_SELF)
		fake_fail("page tables of domain %u", domain);
	for (; !err && i < count; i++) {
		if (i)
			call_preempt();
		err = update_one(&req[i]);
		if (err)
			break;
	}
	space_sync();
	if (done)
		*done = i;
	return err;
}

/* The table of the last level that serves an address of the domain's. */
static bool find_l1(uintptr_t va, mfn_t *table)
{
	*table = machine.root;
	for (unsigned int level = TYPE_L4; level > TYPE_L1; level--) {
		uint64_t entry = machine_table(*table)[pv_index(va, level)];

		if (!(entry & PTE_PRESENT))
			return false;
		*table = MFN((unsigned long)((entry & PTE_MADDR) >> PAGE_SHIFT));
	}
	return true;
}

uint64_t *domain_page(const void *va)
{
	uint64_t entry = 0;
	mfn_t table;

	if (find_l1((uintptr_t)va, &table))
		entry = machine_table(table)[pv_index((uintptr_t)va, 1)];
	if (!(entry & PTE_PRESENT) || !(entry & PTE_WRITE))
		fake_fail("nothing can be written at %p", va);
	return machine_table(MFN((unsigned long)((entry & PTE_MADDR) >> PAGE_SHIFT)));
}

long xen_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags)
{
	mfn_t table;
	int err;

	if (call_begins())
		return call_refusal();
	if (!find_l1(va, &table))
		return -EINVAL;
	err = entry_set(table, pv_index(va, 1), val);
	space_sync();
	if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_TLB_FLUSH)
		tlb_flush();
	if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG)
		tlb_flush_page(va);
	return err;
}

static int pin(mfn_t mfn, unsigned int level)
{
	struct frame *frame = machine_frame(mfn);
	int err = frame && frame->pinned ? -EINVAL : type_get(mfn, level);

	if (!err)
		frame->pinned = true;
	return err;
}

static int unpin(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);

	if (!frame || !frame->pinned)
		return -EINVAL;
	frame->pinned = false;
	type_put(mfn);
	return 0;
}

static int mmuext_one(const struct mmuext_op *op)
{
	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		return pin(MFN(op->arg1.mfn), op->cmd - MMUEXT_PIN_L1_TABLE + TYPE_L1);
	case MMUEXT_UNPIN_TABLE:
		return unpin(MFN(op->arg1.mfn));
	case MMUEXT_TLB_FLUSH_LOCAL:
		tlb_flush();
		return 0;
	case MMUEXT_INVLPG_LOCAL:
		tlb_flush_page(op->arg1.linear_addr);
		return 0;
	default:
		fake_fail("mmuext operation %u: a thing this fake does not know", op->cmd);
	}
}

long xen_mmuext_op(const struct mmuext_op *op, unsigned int count, unsigned int *done,
		   domid_t domain)
{
	int err = call_begins() ? call_refusal() : 0;
	unsigned int i = 0;

	if (domain != DOMID_SELF)
		fake_fail("page tables of domain %u", domain);
	for (; !err && i < count; i++) {
		err = mmuext_one(&op[i]);
		if (err)
			break;
	}
	if (done)
		*done = i;
	return err;
}
