/* SPDX-License-Identifier: MIT */
/* x86_64: the entries of traps, up to trap_handle() and back. */
#include <asm/xen.h>

	.text
/*
 * The processor, or Xen in its place, pushes an interrupt frame, with an error code for some; Xen
 * also R11 and RCX. What is built on top of it is struct trap_frame (asm/trap.h).
 */
.macro TRAP nr, has_error
	.balign 16
trap_\nr:
#ifdef CONFIG_PV
	pop %rcx
	pop %r11
#endif
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
	/* Not the processor's: what comes in from outside (asm/trap.h). */
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
#ifdef CONFIG_PV
	/* HYPERVISOR_iret: its stub pushes RCX, R11, RAX above these flags and never returns. */
	incq xen_hypercalls(%rip)
	push $0
	jmp hypercall_page + __HYPERVISOR_iret * 32
#else
	iretq
#endif
	.size trap_common, . - trap_common

	.section .note.GNU-stack, "", @progbits
