/* SPDX-License-Identifier: MIT */
/* The clock: by a hypervisor's structure, and across a time in which the machine stood still. */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <lib/types.h>

struct vcpu_time_info;

/* What the clock is by such a structure, of Xen's or KVM's, which may be rewritten meanwhile. ns */
uint64_t pvclock_ns(const struct vcpu_time_info *time);

/* clock_ns() goes on at clock_resume() from where it was, whatever the host's clock says then. */
void clock_suspend(void);
void clock_resume(void);

#endif
