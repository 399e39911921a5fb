/* SPDX-License-Identifier: MIT */
/* The transaction of page-table updates: one hypercall, whole or undone. See queue.h. */
#include <asm/hypercall.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "queue.h"

static struct {
	struct mmu_update update[MMU_QUEUE_MAX];
	uint64_t old[MMU_QUEUE_MAX];
	unsigned int nr;
	pfn_t hooked[MMU_QUEUE_MAX / 2];
	unsigned int nr_hooked;
	pfn_t unhooked[MMU_QUEUE_MAX / 2];
	unsigned int nr_unhooked;
	bool flush; /* kept until the TLB was flushed */
} queue;

static void forget(void)
{
	queue.nr = 0;
	queue.nr_hooked = 0;
	queue.nr_unhooked = 0;
}

void pv_queue_reset(void)
{
	forget();
	queue.flush = false;
}

bool pv_queue_is_empty(void)
{
	return queue.nr == 0;
}

void pv_queue_update(uint64_t entry_maddr, uint64_t old, uint64_t val)
{
	assert(queue.nr < MMU_QUEUE_MAX);
	queue.update[queue.nr].ptr = entry_maddr | MMU_NORMAL_PT_UPDATE;
	queue.update[queue.nr].val = val;
	queue.old[queue.nr++] = old;
}

void pv_queue_flush(void)
{
	queue.flush = true;
}

void pv_queue_hooks(pfn_t table)
{
	assert(queue.nr_hooked < ARRAY_SIZE(queue.hooked));
	queue.hooked[queue.nr_hooked++] = table;
}

void pv_queue_unhooks(pfn_t table)
{
	assert(queue.nr_unhooked < ARRAY_SIZE(queue.unhooked));
	queue.unhooked[queue.nr_unhooked++] = table;
}

static bool flush_tlb(void)
{
	struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	queue.flush = xen_mmuext_op(&op, 1, NULL, DOMID_SELF) != 0;
	return !queue.flush;
}

/* Puts the first `done` updates back, the last one first. */
static bool undo(unsigned int done)
{
	bool undone = true;

	for (unsigned int i = done; undone && i-- > 0;) {
		struct mmu_update update = queue.update[i];

		update.val = queue.old[i];
		undone = xen_mmu_update(&update, 1, NULL, DOMID_SELF) == 0;
	}
	return (!done || flush_tlb()) && undone;
}

/* *done: how many updates hold, if not all of them do and are flushed. */
static bool apply(unsigned int *done)
{
	long err = queue.nr ? xen_mmu_update(queue.update, queue.nr, done, DOMID_SELF) : 0;

	if (err) {
		printk("mmu: update %u of %u refused by Xen (%ld)\n", *done + 1, queue.nr, err);
		*done = MIN(*done, queue.nr);
		return false;
	}
	*done = queue.nr;
	if (!queue.flush || flush_tlb())
		return true;
	printk("mmu: TLB flush refused by Xen\n");
	return false;
}

static void push_all(struct frame_stash *tables, const pfn_t *frame, unsigned int nr)
{
	while (nr > 0)
		stash_push(tables, frame[--nr]);
}

static int commit(struct frame_stash *tables)
{
	unsigned int done = 0;

	if (apply(&done)) {
		push_all(tables, queue.unhooked, queue.nr_unhooked);
		return 0;
	}
	if (!undo(done)) {
		printk("mmu: rollback refused by Xen: the frames of these updates are leaked\n");
		return -EBUSY;
	}
	push_all(tables, queue.hooked, queue.nr_hooked);
	return -EIO;
}

int mmu_commit(struct frame_stash *tables)
{
	int err = commit(tables);

	forget();
	return err;
}
