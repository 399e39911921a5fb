/* SPDX-License-Identifier: MIT */
/* System registers and their bits (Arm ARM, D17), for C and for assembly. */
#ifndef ASM_SYSREG_H
#define ASM_SYSREG_H

/* MAIR_EL1: what an index in a page-table entry means. */
#define MAIR_NORMAL 0 /* write-back, cached */
#define MAIR_DEVICE 1 /* nGnRE */
#define MAIR_VALUE  0x04ff

/* SCTLR_EL1: bits that are one, then MMU, caches, stack alignment, nothing writable is executable.
 */
#define SCTLR_RES1 0x30d00800
#define SCTLR_M	   (1 << 0)
#define SCTLR_C	   (1 << 2)
#define SCTLR_SA   (1 << 3)
#define SCTLR_I	   (1 << 12)
#define SCTLR_WXN  (1 << 19)

/* TCR_EL1: 48-bit addresses in both halves, 4 KiB pages, tables cached and shared. */
#define TCR_HALF_SHIFT 16
#define TCR_HALF       0x3510 /* SH inner, ORGN and IRGN write-back, TxSZ 16 */
#define TCR_EPD0_SHIFT 7
#define TCR_TG1_4K     0x80000000
#define TCR_IPS_SHIFT  32
#define TCR_IPS_48     5

#define CURRENT_EL2 (2 << 2) /* CurrentEL */

/* DAIF, SPSR_EL1. */
#define DAIF_I	  (1 << 7)
#define DAIF_EL1H 0x3c5 /* all held off, EL1 on its own stack */

#ifndef __ASSEMBLY__

#include <lib/types.h>

/* By the register's name, or a macro that is one. */
#define sysreg_read(name)	  sysreg_read_(name)
#define sysreg_write(name, value) sysreg_write_(name, value)

#define sysreg_read_(name)                                         \
	({                                                         \
		uint64_t value_;                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)); \
		value_;                                            \
	})
#define sysreg_write_(name, value) \
	__asm__ volatile("msr " #name ", %x0" : : "rZ"((uint64_t)(value)) : "memory")

static inline void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

/* Everything before is done, for the whole system, before anything after. */
static inline void dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/* Errors that come late, of writes for instance, are told when they come. */
static inline void system_errors_enable(void)
{
	__asm__ volatile("msr daifclr, #4" : : : "memory");
}

#endif
#endif
