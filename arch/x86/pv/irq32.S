/* SPDX-License-Identifier: MIT */
/* Takes pending events. Keeps all registers, so that who inlines irq_restore() makes no call. */
	.text
	.globl irq_deliver_pending
	.type irq_deliver_pending, @function
/* Any hypercall delivers on its way out; xen_version does nothing else. */
irq_deliver_pending:
	push %eax
	push %ecx
	push %edx
	xor %eax, %eax
	xor %edx, %edx
	push %edx
	push %eax
	call xen_version_op
	add $8, %esp
	pop %edx
	pop %ecx
	pop %eax
	ret
	.size irq_deliver_pending, . - irq_deliver_pending

	.section .note.GNU-stack, "", @progbits
