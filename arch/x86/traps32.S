/* SPDX-License-Identifier: MIT */
/* x86_32: the entries of traps, up to trap_handle() and back. */
#include <asm/xen.h>

	.text
/*
 * Xen pushes an interrupt frame, with an error code for some, on the stack in use: we never leave
 * ring 1. What is built on top of it is struct trap_frame (asm/width32.h).
 */
.macro TRAP nr, has_error
	.balign 16
trap_\nr:
	.if !\has_error
	push $0
	.endif
	push $\nr
	jmp trap_common
	.pushsection .rodata.trap_entries, "a"
	.long trap_\nr
	.popsection
.endm

	.pushsection .rodata.trap_entries, "a"
	.globl trap_entries
	.balign 4
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
	pusha
	/* What pusha took as ESP is of no use, here or to popa: the interrupted one goes there. */
	lea 13 * 4(%esp), %eax
	mov %eax, 3 * 4(%esp)
	cld
	/* The argument is the frame; C wants the stack aligned at a call. */
	mov %esp, %ebp
	and $-16, %esp
	sub $12, %esp
	push %ebp
	call trap_handle
	mov %ebp, %esp
	popa
	add $8, %esp
	/* HYPERVISOR_iret: its stub pushes EAX above these three words and never returns. */
	addl $1, xen_hypercalls
	adcl $0, xen_hypercalls + 4
	jmp hypercall_page + __HYPERVISOR_iret * 32
	.size trap_common, . - trap_common

	.section .note.GNU-stack, "", @progbits
