/* SPDX-License-Identifier: MIT */
/* The clock by a hypervisor's structure, and across a suspend. */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <lib/types.h>

struct vcpu_time_info;

/* Read the clock in ns by such a structure, of Xen or KVM, which may be rewritten meanwhile. */
uint64_t pvclock_ns(const struct vcpu_time_info *time);

/* Stop clock_ns(), and resume it at the same value, whatever the host's clock. */
void clock_suspend(void);
void clock_resume(void);

#endif
