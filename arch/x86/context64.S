/* SPDX-License-Identifier: MIT */
/* x86_64: the switch between contexts (arch/cpu.h). */

	.text
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
/* The first return of a new context (context.c): entry in R12, its argument in R13. */
context_entry:
	mov %r13, %rdi
	xor %ebp, %ebp
	call *%r12
	ud2
	.size context_entry, . - context_entry

	.section .note.GNU-stack, "", @progbits
