/* SPDX-License-Identifier: MIT */
/* Takes pending events. Keeps all registers, so that who inlines irq_restore() makes no call. */
	.text
	.globl irq_deliver_pending
	.type irq_deliver_pending, @function
/* Any hypercall delivers on its way out; xen_version does nothing else. */
irq_deliver_pending:
	push %rax
	push %rcx
	push %rdx
	push %rsi
	push %rdi
	push %r8
	push %r9
	push %r10
	push %r11
	xor %edi, %edi
	xor %esi, %esi
	call xen_version_op
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rdi
	pop %rsi
	pop %rdx
	pop %rcx
	pop %rax
	ret
	.size irq_deliver_pending, . - irq_deliver_pending

	.section .note.GNU-stack, "", @progbits
