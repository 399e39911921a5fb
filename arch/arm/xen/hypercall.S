/* SPDX-License-Identifier: MIT */
/*
 * arm64: the functions of asm/hypercall.h (Xen public/arch-arm.h). The call's number is in x16,
 * arguments are where C has them. A preempted call returns to the hvc with its registers set anew.
 */
#include <asm/xen.h>

	.text

.macro HYPERCALL name, nr
	.globl \name
	.type \name, @function
\name:
	adrp x9, xen_hypercalls
	ldr x10, [x9, #:lo12:xen_hypercalls]
	add x10, x10, #1
	str x10, [x9, #:lo12:xen_hypercalls]
	mov x16, #\nr
	hvc #XEN_HYPERCALL_TAG
	ret
	.size \name, . - \name
.endm

	HYPERCALL xen_memory_op, __HYPERVISOR_memory_op
	HYPERCALL xen_console_io, __HYPERVISOR_console_io
	HYPERCALL xen_sched_op, __HYPERVISOR_sched_op
	HYPERCALL xen_event_channel_op, __HYPERVISOR_event_channel_op
	HYPERCALL xen_version_op, __HYPERVISOR_xen_version
	HYPERCALL xen_hvm_op, __HYPERVISOR_hvm_op
	HYPERCALL xen_domctl, __HYPERVISOR_domctl
