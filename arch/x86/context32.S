/* SPDX-License-Identifier: MIT */
/* x86_32: the switch between contexts (arch/cpu.h). */

	.text
	.globl cpu_context_switch
	.type cpu_context_switch, @function
/* void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to) */
cpu_context_switch:
	mov 4(%esp), %eax
	mov 8(%esp), %edx
	push %ebp
	push %ebx
	push %esi
	push %edi
	mov %esp, (%eax)
	mov (%edx), %esp
	pop %edi
	pop %esi
	pop %ebx
	pop %ebp
	ret
	.size cpu_context_switch, . - cpu_context_switch

	.globl context_entry
	.type context_entry, @function
/* The first return of a new context (context.c): entry in ESI, its argument in EDI. */
context_entry:
	push %edi
	xor %ebp, %ebp
	call *%esi
	ud2
	.size context_entry, . - context_entry

	.section .note.GNU-stack, "", @progbits
