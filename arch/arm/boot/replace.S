/* SPDX-License-Identifier: MIT */
/*
 * From one set of page tables to another that maps the same by pages of other sizes: the processor
 * may not see both (Arm ARM D8.14.1, break before make). In between nothing is mapped but this page,
 * at its own place, by the tables that head.S made for that.
 */

.macro ADR_FAR reg, symbol
	adrp \reg, \symbol
	add \reg, \reg, :lo12:\symbol
.endm

	.section .identity.text, "ax"
	.globl tables_replace
	.type tables_replace, @function
/* void tables_replace(uint64_t root_paddr): once, before the early tables are given up. */
tables_replace:
	mrs x9, daif
	msr daifset, #0xf
	ADR_FAR x1, image_paddr
	ldr x1, [x1]
	ldr x2, =image_start
	sub x2, x1, x2 /* from an address to its place in memory */
	ADR_FAR x3, identity_l4
	add x3, x3, x2
	msr ttbr0_el1, x3
	mrs x4, tcr_el1
	bic x5, x4, #(1 << 7) /* EPD0: the lower half counts again */
	msr tcr_el1, x5
	isb
	tlbi vmalle1
	dsb nsh
	isb
	adr x6, 1f
	add x6, x6, x2
	br x6
1:	ADR_FAR x3, empty_l4
	msr ttbr1_el1, x3
	isb
	tlbi vmalle1
	dsb nsh
	isb
	msr ttbr1_el1, x0
	isb
	adr x6, 2f
	sub x6, x6, x2
	br x6
2:	msr tcr_el1, x4
	msr ttbr0_el1, xzr
	isb
	tlbi vmalle1
	dsb nsh
	isb
	msr daif, x9
	ret
	.size tables_replace, . - tables_replace

	.section .boot_tables, "aw", @nobits
	.balign 4096
empty_l4:
	.space 4096

	.section .note.GNU-stack, "", @progbits
