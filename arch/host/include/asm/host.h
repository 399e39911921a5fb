/* SPDX-License-Identifier: MIT */
/* What only this port has: a machine made to order, and faults in it, for unit tests. */
#ifndef ASM_HOST_H
#define ASM_HOST_H

#include <arch/boot.h>
#include <lib/types.h>

/*
 * A machine anew: nothing is mapped but the frames of BOOT_RAM and BOOT_RESERVED in the direct map,
 * boot_info says so, no fault is pending, interrupts are on, the clock runs.
 */
void host_boot(const struct boot_range *range, unsigned int nr_ranges);

/* The same with `nr_frames` of RAM from frame 0 on; the rest of the direct map is growable. */
void host_memory_init(unsigned long nr_frames);

/*
 * The n-th change of page tables from now on is refused, once: an mmu_commit with something queued,
 * or an mmu_prepare that has tables to make. 0: none is.
 */
void host_fail_commit(unsigned int n);

/*
 * Does mapping take frames for page tables, as on x86_64 (one for 2 MiB, one for 1 GiB)? At first
 * it does. How many were taken since the machine started is counted.
 */
void host_use_tables(bool on);
unsigned long host_nr_tables(void);

/* What in_interrupt() says. */
void host_set_interrupt(bool on);

/* Stops the clock at `ns` from the start; cpu_wait() then goes straight to the deadline. */
void host_stop_clock(uint64_t ns);

/* For host_boot(). */
void host_cpu_reset(void);
void host_mmu_reset(void);
void host_mmu_map_boot(pfn_t first, unsigned long nr_frames);

#endif
