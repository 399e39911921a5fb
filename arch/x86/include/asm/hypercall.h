/* SPDX-License-Identifier: MIT */
/*
 * Calls of Xen: one typed function a hypercall. One body is in hypercall64.S or hypercall32.S,
 * another in the tests' fake Xen. Each counts itself in xen_hypercalls. Results are Xen's: what is
 * negative is -errno, but see each operation (facts in the public headers). Xen reads and writes
 * what the pointers name.
 */
#ifndef ASM_HYPERCALL_H
#define ASM_HYPERCALL_H

#include <asm/xen.h>
#include <lib/types.h>

/* Entries into Xen so far; a multicall counts each of its entries. */
extern uint64_t xen_hypercalls;

long xen_memory_op(unsigned int cmd, void *arg);
long xen_mmu_update(const struct mmu_update *req, unsigned int count, unsigned int *done,
		    domid_t domain);
long xen_mmuext_op(const struct mmuext_op *op, unsigned int count, unsigned int *done,
		   domid_t domain);
long xen_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags);
long xen_console_io(int cmd, int count, char *text);
long xen_sched_op(int cmd, void *arg);
/*
 * sched_op as a guest that is to be saved calls it: the machine frame of start_info is where the
 * toolstack looks for it (PV; others pass 0). 0: it goes on in another domain; 1: in the same one.
 */
long xen_sched_suspend(int cmd, void *arg, unsigned long start_info_mfn);
long xen_event_channel_op(int cmd, void *arg);
long xen_physdev_op(int cmd, void *arg);
long xen_vcpu_op(int cmd, unsigned int vcpu, void *arg);
long xen_set_timer_op(uint64_t deadline_ns);
long xen_set_trap_table(const struct trap_info *table);
long xen_callback_op(int cmd, const void *arg);
long xen_version_op(int cmd, void *arg);
long xen_hvm_op(int cmd, void *arg); /* not for PV guests */

/* For tests in the hardware domain. The kernel itself never calls it. */
struct xen_domctl;
long xen_domctl(struct xen_domctl *op);

#endif
