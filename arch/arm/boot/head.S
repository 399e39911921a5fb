/* SPDX-License-Identifier: MIT */
/*
 * arm64: the Image header (Linux Documentation/arch/arm64/booting), the entry with the MMU off, at
 * EL1 or EL2 and anywhere in memory, and the way to the image's own addresses.
 *
 * What is written with the MMU off goes past the caches. Lines of that range may be in them, dirty
 * and all: they are thrown out before, lest they be written over it, and again after, lest the
 * table walker read what was fetched meanwhile. This holds for the tables alone; whatever else the
 * image brings the loader has cleaned, and the bss is cleared with caches on.
 */
#include <asm/pte.h>
#include <asm/sysreg.h>

#define PAGE_TEXT (PTE_LEAF | PTE_RO)

/* x19: the counter at the entry; x20: the tree; x21: where the image lies; x22: CurrentEL then. */

.macro ADR_FAR reg, symbol
	adrp \reg, \symbol
	add \reg, \reg, :lo12:\symbol
.endm

/* Writes an entry of the table at \table, for address \va, whose index begins at bit \shift. */
.macro SET_ENTRY table, va, shift, value
	ubfx x9, \va, #\shift, #9
	str \value, [\table, x9, lsl #3]
.endm

/* The same with the address of the next table, which becomes \table. */
.macro SET_TABLE table, va, shift, next
	ADR_FAR x10, \next
	orr x11, x10, #PTE_TABLE
	SET_ENTRY \table, \va, \shift, x11
	mov \table, x10
.endm

	.section .head.text, "ax"
	b entry
	.long 0
	.quad 0 /* text_offset: none */
	.quad image_bytes
	.quad 0xa /* little endian, 4 KiB pages, anywhere in memory */
	.quad 0, 0, 0
	.ascii "ARM\x64"
	.long 0

	.type entry, @function
entry:
	msr daifset, #0xf
	mov x20, x0
	mrs x22, CurrentEL
	cmp x22, #CURRENT_EL2
	b.eq leave_el2
	mrs x19, cntvct_el0
	b at_el1

/* EL1 gets the counters, the GIC's registers and its own identity; no second stage of translation. */
leave_el2:
	mrs x19, cntpct_el0
	mov x0, #(1 << 31) /* EL1 has 64 bits */
	msr hcr_el2, x0
	isb
	mov x0, #3
	msr cnthctl_el2, x0
	msr cntvoff_el2, xzr
	mov x0, #0x33ff
	msr cptr_el2, x0
	msr hstr_el2, xzr
	msr vttbr_el2, xzr
	mrs x0, midr_el1
	msr vpidr_el2, x0
	mrs x0, mpidr_el1
	msr vmpidr_el2, x0
	mov x1, xzr
	mrs x0, id_aa64dfr0_el1
	ubfx x0, x0, #8, #4 /* a performance monitor: all its counters are EL1's */
	cbz x0, 1f
	cmp x0, #15
	b.eq 1f
	mrs x1, pmcr_el0
	ubfx x1, x1, #11, #5
1:	msr mdcr_el2, x1
	mrs x0, id_aa64pfr0_el1
	ubfx x0, x0, #24, #4 /* GICv3's registers */
	cbz x0, 2f
	mrs x0, S3_4_C12_C9_5 /* ICC_SRE_EL2 */
	mov x1, #9 /* by EL2 and by EL1 */
	orr x0, x0, x1
	msr S3_4_C12_C9_5, x0
	isb
	mrs x0, S3_4_C12_C9_5
	tbz x0, #0, 2f
	msr S3_4_C12_C11_0, xzr /* ICH_HCR_EL2 */
2:	mrs x0, id_aa64mmfr1_el1
	ubfx x0, x0, #40, #4 /* FEAT_HCX */
	cbz x0, 3f
	msr S3_4_C1_C2_2, xzr /* HCRX_EL2 */
3:	mrs x0, id_aa64mmfr0_el1
	ubfx x0, x0, #56, #4 /* FEAT_FGT: what EL1 does is not trapped one by one */
	cbz x0, 4f
	msr S3_4_C1_C1_4, xzr /* HFGRTR_EL2 */
	msr S3_4_C1_C1_5, xzr /* HFGWTR_EL2 */
	msr S3_4_C1_C1_6, xzr /* HFGITR_EL2 */
	msr S3_4_C3_C1_4, xzr /* HDFGRTR_EL2 */
	msr S3_4_C3_C1_5, xzr /* HDFGWTR_EL2 */
	mrs x0, id_aa64pfr0_el1
	ubfx x0, x0, #44, #4 /* activity monitors */
	cbz x0, 4f
	msr S3_4_C3_C1_6, xzr /* HAFGRTR_EL2 */
4:	ldr x0, =SCTLR_RES1
	msr sctlr_el1, x0
	mov x0, #DAIF_EL1H
	msr spsr_el2, x0
	adr x0, at_el1
	msr elr_el2, x0
	eret

at_el1:
	msr spsel, #1 /* the protocol does not say which stack is EL1's */
	ldr x0, =SCTLR_RES1
	msr sctlr_el1, x0
	isb
	adrp x21, image_start
	bl invalidate_tables
	bl clear_tables
	bl make_tables
	dsb sy
	bl invalidate_tables

	mov x0, #MAIR_VALUE
	msr mair_el1, x0
	mrs x1, id_aa64mmfr0_el1
	ubfx x1, x1, #0, #3 /* as many physical addresses as there are, up to 48 bits */
	mov x0, #TCR_IPS_48
	cmp x1, x0
	csel x1, x0, x1, hi
	ldr x0, =(TCR_HALF | (TCR_HALF << TCR_HALF_SHIFT) | TCR_TG1_4K)
	orr x0, x0, x1, lsl #TCR_IPS_SHIFT
	msr tcr_el1, x0
	ADR_FAR x1, identity_l4
	msr ttbr0_el1, x1
	ADR_FAR x1, boot_l4
	msr ttbr1_el1, x1
	isb
	tlbi vmalle1
	ic iallu
	dsb nsh
	isb
	ldr x1, =(SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)
	msr sctlr_el1, x1
	isb
	ldr x1, =virtual_entry
	br x1

/* Every line of [boot_tables, image_end), to the point of coherency. */
invalidate_tables:
	mrs x3, ctr_el0
	ubfx x3, x3, #16, #4
	mov x2, #4
	lsl x2, x2, x3
	ADR_FAR x0, boot_tables
	ADR_FAR x1, image_end
1:	dc ivac, x0
	add x0, x0, x2
	cmp x0, x1
	b.lo 1b
	dsb sy
	ret

clear_tables:
	ADR_FAR x0, boot_tables
	ADR_FAR x1, image_end
1:	stp xzr, xzr, [x0], #16
	cmp x0, x1
	b.lo 1b
	ret

/* This page at its own place, for the moment in which the MMU goes on; the image at its addresses. */
make_tables:
	ADR_FAR x0, identity_l4
	SET_TABLE x0, x21, 39, identity_l3
	SET_TABLE x0, x21, 30, identity_l2
	SET_TABLE x0, x21, 21, identity_l1
	ldr x2, =PAGE_TEXT
	orr x3, x21, x2
	SET_ENTRY x0, x21, 12, x3

	ldr x4, =image_start
	ADR_FAR x0, boot_l4
	SET_TABLE x0, x4, 39, boot_l3
	SET_TABLE x0, x4, 30, boot_l2
	ADR_FAR x5, boot_l1
	ADR_FAR x6, image_end
	mov x7, x4
1:	orr x3, x5, #PTE_TABLE
	SET_ENTRY x0, x7, 21, x3
	add x7, x7, #(1 << 21)
	add x5, x5, #(1 << 12)
	cmp x5, x6
	b.lo 1b

	/* Tables of the last level follow each other, and the image begins where the first does. */
	ADR_FAR x0, boot_l1
	mov x5, x21
	ADR_FAR x7, text_end
	orr x2, x2, #(1 << PTE_UXN_SHIFT)
1:	orr x3, x5, x2
	str x3, [x0], #8
	add x5, x5, #(1 << 12)
	cmp x5, x7
	b.lo 1b
	ldr x2, =(PTE_LEAF | (1 << PTE_UXN_SHIFT) | (1 << PTE_PXN_SHIFT))
1:	orr x3, x5, x2
	str x3, [x0], #8
	add x5, x5, #(1 << 12)
	cmp x5, x6
	b.lo 1b
	ret
	.size entry, . - entry

	.text
	.type virtual_entry, @function
/* The lower half is given up: whoever follows a bad pointer into it faults. */
virtual_entry:
	mrs x0, tcr_el1
	orr x0, x0, #(1 << TCR_EPD0_SHIFT)
	msr tcr_el1, x0
	msr ttbr0_el1, xzr
	ADR_FAR x0, vectors
	msr vbar_el1, x0
	isb
	tlbi vmalle1
	dsb nsh
	isb
	ADR_FAR x0, bss_start
	ADR_FAR x1, boot_tables
1:	stp xzr, xzr, [x0], #16
	cmp x0, x1
	b.lo 1b
	ADR_FAR x0, boot_stack_top
	mov sp, x0
	ADR_FAR x0, image_paddr
	str x21, [x0]
	mov x29, #0
	mov x30, #0
	mov x0, x20
	mov x1, x19
	mov x2, x22
	bl arm_start
	brk #0
	.size virtual_entry, . - virtual_entry

	.bss
	.balign 16384
	.globl boot_stack, boot_stack_top
boot_stack:
	.space 16384
boot_stack_top:

	/* Last in the image; boot_l1 follows (aerostat.lds.S). */
	.section .boot_tables, "aw", @nobits
	.balign 4096
	.globl identity_l4, boot_l4, boot_pool, boot_pool_end
identity_l4:
	.space 4096
identity_l3:
	.space 4096
identity_l2:
	.space 4096
identity_l1:
	.space 4096
boot_l4:
	.space 4096
boot_l3:
	.space 4096
boot_l2:
	.space 4096
boot_pool: /* what earlymap.c makes its tables of */
	.space 24 * 4096
boot_pool_end:

	.section .note.GNU-stack, "", @progbits
