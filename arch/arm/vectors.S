/* SPDX-License-Identifier: MIT */
/*
 * The exception vectors, up to trap_handle() and back. A synchronous exception may come of a stack
 * that is none: its address is tried first, and if it cannot be written, a stack kept for that is
 * taken.
 */
#include <asm/trap.h>

/* Faults that an interrupt meets while it saves come here as synchronous ones. */
.macro VECTOR kind
	.balign 128
	sub sp, sp, #TRAP_FRAME_SIZE
	stp x0, x1, [sp]
	mov x1, #\kind
	b trap_common
.endm

/* To 1f if \reg is no address that can be written; \reg is lost. */
.macro TRY_WRITE reg
	at s1e1w, \reg
	isb
	mrs \reg, par_el1
	tbnz \reg, #0, 1f
.endm

.macro VECTOR_SYNC
	.balign 128
	msr tpidr_el1, x0
	mov x0, sp
	tst x0, #15
	b.ne 1f
	sub x0, x0, #TRAP_FRAME_SIZE
	TRY_WRITE x0
	mov x0, sp
	sub x0, x0, #8
	TRY_WRITE x0
	mrs x0, tpidr_el1
	sub sp, sp, #TRAP_FRAME_SIZE
	stp x0, x1, [sp]
	mov x1, #TRAP_SYNC
	b trap_common
1:	b trap_without_stack
.endm

	.text
	.balign 2048
	.globl vectors
	.type vectors, @function
vectors:
	/* EL1 on EL0's stack: never. */
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	/* EL1 on its own. */
	VECTOR_SYNC
	VECTOR TRAP_IRQ
	VECTOR TRAP_FIQ
	VECTOR TRAP_SERROR
	/* EL0, 64 bits and 32 bits: there is nothing. */
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	VECTOR TRAP_STRANGE
	.balign 128
	.size vectors, . - vectors

	.type trap_without_stack, @function
trap_without_stack:
	mov x0, sp
	msr tpidrro_el0, x0
	adrp x0, spare_stack_top
	add x0, x0, :lo12:spare_stack_top
	mov sp, x0
	sub sp, sp, #TRAP_FRAME_SIZE
	mrs x0, tpidr_el1
	stp x0, x1, [sp]
	mrs x0, tpidrro_el0
	mov x1, #TRAP_NO_STACK
	b trap_save
	.size trap_without_stack, . - trap_without_stack

	.type trap_common, @function
/* x0 and x1 are saved; x1: by which vector. */
trap_common:
	add x0, sp, #TRAP_FRAME_SIZE
trap_save: /* x0: the stack that was interrupted */
	stp x2, x3, [sp, #16]
	stp x4, x5, [sp, #32]
	stp x6, x7, [sp, #48]
	stp x8, x9, [sp, #64]
	stp x10, x11, [sp, #80]
	stp x12, x13, [sp, #96]
	stp x14, x15, [sp, #112]
	stp x16, x17, [sp, #128]
	stp x18, x19, [sp, #144]
	stp x20, x21, [sp, #160]
	stp x22, x23, [sp, #176]
	stp x24, x25, [sp, #192]
	stp x26, x27, [sp, #208]
	stp x28, x29, [sp, #224]
	stp x30, x0, [sp, #240]
	mrs x2, elr_el1
	mrs x3, spsr_el1
	stp x2, x3, [sp, #256]
	mrs x2, esr_el1
	mrs x3, far_el1
	stp x2, x3, [sp, #272]
	mov x0, sp
	bl trap_handle
	ldp x2, x3, [sp, #256]
	msr elr_el1, x2
	msr spsr_el1, x3
	ldr x30, [sp, #240]
	ldp x28, x29, [sp, #224]
	ldp x26, x27, [sp, #208]
	ldp x24, x25, [sp, #192]
	ldp x22, x23, [sp, #176]
	ldp x20, x21, [sp, #160]
	ldp x18, x19, [sp, #144]
	ldp x16, x17, [sp, #128]
	ldp x14, x15, [sp, #112]
	ldp x12, x13, [sp, #96]
	ldp x10, x11, [sp, #80]
	ldp x8, x9, [sp, #64]
	ldp x6, x7, [sp, #48]
	ldp x4, x5, [sp, #32]
	ldp x2, x3, [sp, #16]
	ldp x0, x1, [sp]
	add sp, sp, #TRAP_FRAME_SIZE
	eret
	.size trap_common, . - trap_common

	.bss
	.balign 16
	.space 8192
spare_stack_top:

	.section .note.GNU-stack, "", @progbits
