/* SPDX-License-Identifier: MIT */
/* x86_32: the hypercall page and the functions of asm/hypercall.h. */
#include <asm/xen.h>

	.section .hypercalls, "ax", @nobits
	.balign 4096
	.globl hypercall_page
	.type hypercall_page, @function
/* Filled in by Xen: 32 bytes a hypercall. */
hypercall_page:
	.skip 4096
	.size hypercall_page, 4096

	.text

/*
 * C's words on the stack are Xen's arguments, one after the other, in EBX ECX EDX ESI EDI; 64 bits
 * are two of them, the lower half first, here as there. Xen may change each of these registers.
 */
.macro HYPERCALL name, nr, words
	.globl \name
	.type \name, @function
\name:
	addl $1, xen_hypercalls
	adcl $0, xen_hypercalls + 4
	push %ebx
	push %esi
	push %edi
	mov 16(%esp), %ebx
	.if \words > 1
	mov 20(%esp), %ecx
	.endif
	.if \words > 2
	mov 24(%esp), %edx
	.endif
	.if \words > 3
	mov 28(%esp), %esi
	.endif
	call hypercall_page + \nr * 32
	pop %edi
	pop %esi
	pop %ebx
	ret
	.size \name, . - \name
.endm

	HYPERCALL xen_memory_op, __HYPERVISOR_memory_op, 2
	HYPERCALL xen_mmu_update, __HYPERVISOR_mmu_update, 4
	HYPERCALL xen_mmuext_op, __HYPERVISOR_mmuext_op, 4
	HYPERCALL xen_update_va_mapping, __HYPERVISOR_update_va_mapping, 4
	HYPERCALL xen_console_io, __HYPERVISOR_console_io, 3
	HYPERCALL xen_sched_op, __HYPERVISOR_sched_op, 2
	HYPERCALL xen_sched_suspend, __HYPERVISOR_sched_op, 3
	HYPERCALL xen_event_channel_op, __HYPERVISOR_event_channel_op, 2
	HYPERCALL xen_physdev_op, __HYPERVISOR_physdev_op, 2
	HYPERCALL xen_vcpu_op, __HYPERVISOR_vcpu_op, 3
	HYPERCALL xen_set_timer_op, __HYPERVISOR_set_timer_op, 2
	HYPERCALL xen_set_trap_table, __HYPERVISOR_set_trap_table, 1
	HYPERCALL xen_callback_op, __HYPERVISOR_callback_op, 2
	HYPERCALL xen_version_op, __HYPERVISOR_xen_version, 2
	HYPERCALL xen_domctl, __HYPERVISOR_domctl, 1

	.section .note.GNU-stack, "", @progbits
