/* SPDX-License-Identifier: MIT */
/* x86_32 PV: ELF notes and entry. */
#include <asm/elfnote.h>
#include <xen/features.h>

#define IMAGE_BASE 0x00400000

	NOTE XEN_ELFNOTE_GUEST_OS, .asciz "Aerostat"
	NOTE XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	NOTE XEN_ELFNOTE_LOADER, .asciz "generic"
	NOTE XEN_ELFNOTE_VIRT_BASE, .long IMAGE_BASE
	NOTE XEN_ELFNOTE_PADDR_OFFSET, .long 0
	NOTE XEN_ELFNOTE_ENTRY, .long _start
	NOTE XEN_ELFNOTE_HYPERCALL_PAGE, .long hypercall_page
	/* All that may be the hypervisor's; where it begins is checked at boot. */
	NOTE XEN_ELFNOTE_HV_START_LOW, .long __HYPERVISOR_VIRT_START
	NOTE XEN_ELFNOTE_PAE_MODE, .asciz "yes"
	NOTE XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
	NOTE XEN_ELFNOTE_SUPPORTED_FEATURES, .long (1 << XENFEAT_dom0)
	NOTE XEN_ELFNOTE_L1_MFN_VALID, .quad 1, 1
	NOTE XEN_ELFNOTE_SUSPEND_CANCEL, .long 1

	.text
	.globl _start
	.type _start, @function
/* Xen enters here with ESI the start_info and ESP the end of its boot stack. */
_start:
	cld
	mov %esp, %eax
	mov $boot_stack_top - 8, %esp
	push %eax
	push %esi
	xor %ebp, %ebp
	call pv_start
	ud2
	.size _start, . - _start

	.bss
	.balign 16
	.globl boot_stack, boot_stack_top
boot_stack:
	.space 16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
