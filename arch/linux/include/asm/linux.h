/* SPDX-License-Identifier: MIT */
/* What only this port has: a machine made to order, and faults in it, for unit tests. */
#ifndef ASM_LINUX_H
#define ASM_LINUX_H

#include <arch/boot.h>
#include <lib/types.h>

/*
 * A machine anew: nothing is mapped but the frames of BOOT_RAM and BOOT_RESERVED in the direct map,
 * boot_info says so, no fault is pending, interrupts are on, the clock runs.
 */
void linux_boot(const struct boot_range *range, unsigned int nr_ranges);

/* The same with `nr_frames` of RAM from frame 0 on; the rest of the direct map is growable. */
void linux_memory_init(unsigned long nr_frames);

/*
 * The n-th change of page tables from now on is refused, once: an mmu_commit with something queued,
 * or an mmu_prepare that has tables to make. 0: none is.
 */
void linux_fail_commit(unsigned int n);

/*
 * Does mapping take frames for page tables, as on x86_64 (one for 2 MiB, one for 1 GiB)? At first
 * it does. How many were taken since the machine started is counted.
 */
void linux_use_tables(bool on);
unsigned long linux_nr_tables(void);

/* What in_interrupt() says. */
void linux_set_interrupt(bool on);

/* Stops the clock at `ns` from the start; cpu_wait() then goes straight to the deadline. */
void linux_stop_clock(uint64_t ns);

/* For linux_boot(). */
void linux_cpu_reset(void);
void linux_mmu_reset(void);
void linux_mmu_map_boot(pfn_t first, unsigned long nr_frames);

#endif
