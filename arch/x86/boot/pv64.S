/* SPDX-License-Identifier: MIT */
/* x86_64 PV: ELF notes, entry, hypercalls, traps, context switch. The only assembly of the port. */
#include <asm/xen.h>
#include <xen/elfnote.h>
#include <xen/features.h>

#define IMAGE_BASE 0xffffffff80000000

/* Xen public/elfnote.h: a note is its sizes, type, name and value, each padded to four bytes. */
.macro NOTE type, value:vararg
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 9f - 8f, \type
	.asciz "Xen"
8:	\value
9:	.balign 4
	.popsection
.endm

	NOTE XEN_ELFNOTE_GUEST_OS, .asciz "Aerostat"
	NOTE XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	NOTE XEN_ELFNOTE_LOADER, .asciz "generic"
	NOTE XEN_ELFNOTE_VIRT_BASE, .quad IMAGE_BASE
	NOTE XEN_ELFNOTE_PADDR_OFFSET, .quad 0
	NOTE XEN_ELFNOTE_ENTRY, .quad _start
	NOTE XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page
	NOTE XEN_ELFNOTE_HV_START_LOW, .quad 0xffff800000000000
	NOTE XEN_ELFNOTE_PAE_MODE, .asciz "yes"
	NOTE XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
	NOTE XEN_ELFNOTE_SUPPORTED_FEATURES, .long (1 << XENFEAT_dom0)
	NOTE XEN_ELFNOTE_L1_MFN_VALID, .quad 1, 1
	NOTE XEN_ELFNOTE_SUSPEND_CANCEL, .long 1

	.text
	.globl _start
	.type _start, @function
/* Xen enters here with RSI the start_info and RSP the end of its boot stack. */
_start:
	cld
	mov %rsi, %rdi
	mov %rsp, %rsi
	lea boot_stack_top(%rip), %rsp
	xor %ebp, %ebp
	call pv_start
	ud2
	.size _start, . - _start

	.balign 4096
	.globl hypercall_page
	.type hypercall_page, @function
/* Filled in by Xen: 32 bytes a hypercall. */
hypercall_page:
	.fill 4096, 1, 0xcc
	.size hypercall_page, 4096

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
	HYPERCALL xen_mmu_update, __HYPERVISOR_mmu_update
	HYPERCALL xen_mmuext_op, __HYPERVISOR_mmuext_op
	HYPERCALL xen_update_va_mapping, __HYPERVISOR_update_va_mapping
	HYPERCALL xen_console_io, __HYPERVISOR_console_io
	HYPERCALL xen_sched_op, __HYPERVISOR_sched_op
	HYPERCALL xen_event_channel_op, __HYPERVISOR_event_channel_op
	HYPERCALL xen_physdev_op, __HYPERVISOR_physdev_op
	HYPERCALL xen_vcpu_op, __HYPERVISOR_vcpu_op
	HYPERCALL xen_set_timer_op, __HYPERVISOR_set_timer_op
	HYPERCALL xen_set_trap_table, __HYPERVISOR_set_trap_table
	HYPERCALL xen_callback_op, __HYPERVISOR_callback_op
	HYPERCALL xen_version_op, __HYPERVISOR_xen_version

/*
 * Traps. Xen pushes an interrupt frame (with an error code where the processor has one) and then
 * R11 and RCX. What is built on top of it is struct trap_frame (asm/trap.h).
 */
.macro TRAP nr, has_error
	.balign 16
trap_\nr:
	pop %rcx
	pop %r11
	.if !\has_error
	push $0
	.endif
	push $\nr
	jmp trap_common
	.pushsection .rodata.trap_entries, "a"
	.quad trap_\nr
	.popsection
.endm

	.pushsection .rodata.trap_entries, "a"
	.globl trap_entries
	.balign 8
trap_entries:
	.popsection

	TRAP 0, 0
	TRAP 1, 0
	TRAP 2, 0
	TRAP 3, 0
	TRAP 4, 0
	TRAP 5, 0
	TRAP 6, 0
	TRAP 7, 0
	TRAP 8, 1
	TRAP 9, 0
	TRAP 10, 1
	TRAP 11, 1
	TRAP 12, 1
	TRAP 13, 1
	TRAP 14, 1
	TRAP 15, 0
	TRAP 16, 0
	TRAP 17, 1
	TRAP 18, 0
	TRAP 19, 0
	/* Not the processor's: Xen's event upcall (asm/trap.h). */
	TRAP 32, 0

	.type trap_common, @function
trap_common:
	push %rax
	push %rbx
	push %rcx
	push %rdx
	push %rsi
	push %rdi
	push %rbp
	push %r8
	push %r9
	push %r10
	push %r11
	push %r12
	push %r13
	push %r14
	push %r15
	cld
	mov %rsp, %rdi
	call trap_handle
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rbp
	pop %rdi
	pop %rsi
	pop %rdx
	pop %rcx
	pop %rbx
	pop %rax
	add $16, %rsp
	/* HYPERVISOR_iret: its stub pushes RCX, R11, RAX above these flags and never returns. */
	incq xen_hypercalls(%rip)
	push $0
	jmp hypercall_page + __HYPERVISOR_iret * 32
	.size trap_common, . - trap_common

	.globl failsafe_entry
	.type failsafe_entry, @function
/* Xen could not reload a segment for us. We never change one: a bug. */
failsafe_entry:
	lea failsafe_text(%rip), %rdi
	xor %eax, %eax
	call panic
	ud2
	.size failsafe_entry, . - failsafe_entry

	.globl cpu_context_switch
	.type cpu_context_switch, @function
/* void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to) */
cpu_context_switch:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, (%rdi)
	mov (%rsi), %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	ret
	.size cpu_context_switch, . - cpu_context_switch

	.globl context_entry
	.type context_entry, @function
/* The first return of a new context (cpu.c): entry in R12, its argument in R13. */
context_entry:
	mov %r13, %rdi
	xor %ebp, %ebp
	call *%r12
	ud2
	.size context_entry, . - context_entry

	.section .rodata
failsafe_text:
	.asciz "Xen's failsafe callback: a segment register is bad"

	.bss
	.balign 16
	.globl boot_stack, boot_stack_top
boot_stack:
	.space 16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
