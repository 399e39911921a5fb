/* SPDX-License-Identifier: MIT */
/*
 * x86_64 PVH: ELF notes, the 32-bit entry, and the way to long mode. The tables made here map the
 * first 4 GiB twice, at 0 and at the direct map's place, and the image at its own.
 */
#include <asm/elfnote.h>

#define IMAGE_BASE 0xffffffff80000000
#define PHYS(sym)  ((sym) - IMAGE_BASE)

#define TABLE_BITS 0x03 /* present, writable */
#define LARGE_BITS 0x83 /* and a 2 MiB page */
#define CR4_PAE	   0x20
#define CR0_PG_WP  0x80010000
#define MSR_EFER   0xc0000080
#define EFER_LME   0x100

#define CPUID_LAST	0x80000000
#define CPUID_FEATURES	0x80000001
#define CPUID_LONG_MODE 29 /* bit of EDX */

/* As pvh/serial.c and pvh/cpu.c have them. */
#define COM1		0x3f8
#define COM1_STATUS	(COM1 + 5)
#define STATUS_EMPTY	0x20
#define LOOKS_MAX	0x10000
#define DEBUG_EXIT_PORT 0xf4
#define STATUS_CRASH	127
#define KEYBOARD_PORT	0x64
#define KEYBOARD_RESET	0xfe

	NOTE XEN_ELFNOTE_GUEST_OS, .asciz "Aerostat"
	NOTE XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	NOTE XEN_ELFNOTE_LOADER, .asciz "generic"
	NOTE XEN_ELFNOTE_PHYS32_ENTRY, .quad PHYS(pvh_entry)

	.text
	.code32
	.globl pvh_entry
	.type pvh_entry, @function
/* Entered with paging off, flat segments, EBX the start info (Xen public/arch-x86/hvm). */
pvh_entry:
	cld
	mov %ebx, %esi
	mov $CPUID_LAST, %eax
	cpuid
	cmp $CPUID_FEATURES, %eax
	jb no_long_mode
	mov $CPUID_FEATURES, %eax
	cpuid
	bt $CPUID_LONG_MODE, %edx
	jnc no_long_mode
	mov $PHYS(boot_l2), %edi
	mov $LARGE_BITS, %eax
	mov $2048, %ecx
1:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	loop 1b

	mov $PHYS(boot_l3), %edi
	mov $(PHYS(boot_l2) + TABLE_BITS), %eax
	mov $4, %ecx
1:	mov %eax, (%edi)
	add $0x1000, %eax
	add $8, %edi
	loop 1b

	mov $(PHYS(boot_l2) + TABLE_BITS), %eax
	mov %eax, PHYS(boot_l3_image) + 510 * 8
	mov $PHYS(boot_l4), %edi
	mov $(PHYS(boot_l3) + TABLE_BITS), %eax
	mov %eax, (%edi)
	mov %eax, boot_directmap_entry(%edi)
	mov $(PHYS(boot_l3_image) + TABLE_BITS), %eax
	mov %eax, 511 * 8(%edi)

	mov %cr4, %eax
	or $CR4_PAE, %eax
	mov %eax, %cr4
	mov %edi, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_LME, %eax
	wrmsr
	mov %cr0, %eax
	or $CR0_PG_WP, %eax
	mov %eax, %cr0
	lgdt PHYS(boot_gdt)
	ljmp $8, $PHYS(long_mode)

/* No C of this image runs here: one line on COM1, and the end. */
no_long_mode:
	mov $PHYS(no_long_mode_text), %esi
1:	lodsb
	test %al, %al
	jz 3f
	mov %al, %bl
	mov $COM1_STATUS, %dx
	mov $LOOKS_MAX, %ecx
2:	in %dx, %al
	test $STATUS_EMPTY, %al
	loopz 2b
	mov %bl, %al
	mov $COM1, %dx
	out %al, %dx
	jmp 1b
3:	mov $STATUS_CRASH, %al
	out %al, $DEBUG_EXIT_PORT
	mov $KEYBOARD_RESET, %al
	out %al, $KEYBOARD_PORT
	cli
4:	hlt
	jmp 4b

	.code64
long_mode:
	movabs $1f, %rax
	jmp *%rax
1:	mov $16, %eax
	mov %eax, %ss
	mov %eax, %ds
	mov %eax, %es
	xor %eax, %eax
	mov %eax, %fs
	mov %eax, %gs
	lea boot_stack_top(%rip), %rsp
	xor %ebp, %ebp
	mov %esi, %edi
	call pvh_start
	ud2
	.size pvh_entry, . - pvh_entry

	.section .rodata
no_long_mode_text:
	.asciz "panic: boot: this processor lacks long mode (64 bits)\r\n"
	.balign 8
boot_gdt:
	.word 3 * 8 - 1
	.long PHYS(boot_segments)
	.balign 8
boot_segments:
	.quad 0
	.quad 0x00af9b000000ffff /* code, 64 bits */
	.quad 0x00cf93000000ffff /* data */

	.bss
	.balign 16384
	.globl boot_stack, boot_stack_top
boot_stack:
	.space 16384
boot_stack_top:

	/* Last in the image: free memory once the kernel has tables of its own. */
	.section .boot_tables, "aw", @nobits
	.balign 4096
boot_l4:
	.space 4096
boot_l3:
	.space 4096
boot_l3_image:
	.space 4096
boot_l2:
	.space 4 * 4096

	.section .note.GNU-stack, "", @progbits
