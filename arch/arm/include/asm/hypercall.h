/* SPDX-License-Identifier: MIT */
/*
 * Calls of Xen: one typed function a hypercall (xen/hypercall.S). Each counts itself in
 * xen_hypercalls. Results are Xen's: what is negative is -errno, but see each operation (facts in
 * the public headers). Xen reads and writes what the pointers name; a call that takes long enters
 * Xen again by itself, so what they name must stay as it is until the function is back.
 */
#ifndef ASM_HYPERCALL_H
#define ASM_HYPERCALL_H

#include <asm/xen.h>
#include <lib/types.h>

/* Entries into Xen so far. */
extern uint64_t xen_hypercalls;

long xen_memory_op(unsigned int cmd, void *arg);
long xen_console_io(int cmd, int count, char *text);
long xen_sched_op(int cmd, void *arg);
long xen_event_channel_op(int cmd, void *arg);
long xen_version_op(int cmd, void *arg);
long xen_hvm_op(int cmd, void *arg);

/* For tests in the hardware domain. The kernel itself never calls it. */
struct xen_domctl;
long xen_domctl(struct xen_domctl *op);

#endif
