/* SPDX-License-Identifier: MIT */
/* arm64: the switch between contexts (arch/cpu.h). */

	.text
	.globl cpu_context_switch
	.type cpu_context_switch, @function
/* void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to) */
cpu_context_switch:
	stp x29, x30, [sp, #-96]!
	stp x19, x20, [sp, #16]
	stp x21, x22, [sp, #32]
	stp x23, x24, [sp, #48]
	stp x25, x26, [sp, #64]
	stp x27, x28, [sp, #80]
	mov x9, sp
	str x9, [x0]
	ldr x9, [x1]
	mov sp, x9
	ldp x27, x28, [sp, #80]
	ldp x25, x26, [sp, #64]
	ldp x23, x24, [sp, #48]
	ldp x21, x22, [sp, #32]
	ldp x19, x20, [sp, #16]
	ldp x29, x30, [sp], #96
	ret
	.size cpu_context_switch, . - cpu_context_switch

	.globl context_entry
	.type context_entry, @function
/* The first return of a new context (context.c): entry in x19, its argument in x20. */
context_entry:
	mov x0, x20
	mov x29, xzr
	mov x30, xzr
	blr x19
	brk #0
	.size context_entry, . - context_entry

	.section .note.GNU-stack, "", @progbits
