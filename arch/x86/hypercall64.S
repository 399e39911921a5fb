/* SPDX-License-Identifier: MIT */
/* x86_64: the hypercall page and the functions of asm/hypercall.h. */
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

/* The fourth argument travels in R10: SYSCALL takes RCX. */
.macro HYPERCALL name, nr
	.globl \name
	.type \name, @function
\name:
	incq xen_hypercalls(%rip)
	mov %rcx, %r10
	jmp hypercall_page + \nr * 32
	.size \name, . - \name
.endm

	HYPERCALL xen_memory_op, __HYPERVISOR_memory_op
	HYPERCALL xen_console_io, __HYPERVISOR_console_io
	HYPERCALL xen_sched_op, __HYPERVISOR_sched_op
	HYPERCALL xen_sched_suspend, __HYPERVISOR_sched_op
	HYPERCALL xen_event_channel_op, __HYPERVISOR_event_channel_op
	HYPERCALL xen_physdev_op, __HYPERVISOR_physdev_op
	HYPERCALL xen_vcpu_op, __HYPERVISOR_vcpu_op
	HYPERCALL xen_set_timer_op, __HYPERVISOR_set_timer_op
	HYPERCALL xen_version_op, __HYPERVISOR_xen_version
	HYPERCALL xen_domctl, __HYPERVISOR_domctl

#ifdef CONFIG_PV
	HYPERCALL xen_mmu_update, __HYPERVISOR_mmu_update
	HYPERCALL xen_mmuext_op, __HYPERVISOR_mmuext_op
	HYPERCALL xen_update_va_mapping, __HYPERVISOR_update_va_mapping
	HYPERCALL xen_set_trap_table, __HYPERVISOR_set_trap_table
	HYPERCALL xen_callback_op, __HYPERVISOR_callback_op
#endif

#ifdef CONFIG_PVH
	HYPERCALL xen_hvm_op, __HYPERVISOR_hvm_op
#endif

	.section .note.GNU-stack, "", @progbits
