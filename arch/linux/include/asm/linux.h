/* SPDX-License-Identifier: MIT */
/* For unit tests: a machine made to order, and injected faults. */
#ifndef ASM_LINUX_H
#define ASM_LINUX_H

#include <arch/boot.h>
#include <lib/types.h>

/*
 * Make a new machine: only the frames of BOOT_RAM and BOOT_RESERVED are mapped, in the direct map,
 * and described in boot_info. No injected fault is pending, interrupts are on, the clock runs.
 */
void linux_boot(const struct boot_range *range, unsigned int nr_ranges);

/* Make a new machine of `nr_frames` of RAM from frame 0 on; the rest is growable. */
void linux_memory_init(unsigned long nr_frames);

/*
 * Refuse the n-th change of page tables from now on, once: an mmu_commit with a queue, or an
 * mmu_prepare that makes tables. 0: none.
 */
void linux_fail_commit(unsigned int n);

/*
 * Set whether page tables take frames, as on x86_64 (one for 2 MiB, one for 1 GiB; the default),
 * and count those taken since the machine's start.
 */
void linux_use_tables(bool on);
unsigned long linux_nr_tables(void);

/* Set the result of in_interrupt(). */
void linux_set_interrupt(bool on);

/* Stop the clock at `ns` from the start; cpu_wait() then goes straight to the deadline. */
void linux_stop_clock(uint64_t ns);

/* For linux_boot(). */
void linux_cpu_reset(void);
void linux_mmu_reset(void);
void linux_mmu_map_boot(pfn_t first, unsigned long nr_frames);

#endif
