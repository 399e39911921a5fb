/* SPDX-License-Identifier: MIT */
/*
 * KVM's clock (Linux Documentation/virt/kvm/x86/msr.rst): as Xen's, a structure by which the TSC
 * becomes nanoseconds. It stays right when the guest is stopped or moved to a host with another
 * TSC.
 */
#include <arch/layout.h>
#include <asm/clock.h>
#include <asm/domain.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/printk.h>

#include "timer.h"

#define FEATURES      1U /* the leaf after KVM's first */
#define FEATURE_CLOCK (1U << 3)

#define MSR_CLOCK   0x4b564d01U
#define CLOCK_OFF   0
#define CLOCK_ON    1U
#define SHIFT_LIMIT 32

/* On its own size, so that it crosses no page. */
static struct vcpu_time_info clock __aligned(sizeof(struct vcpu_time_info));
static bool used;

/* What the multiplier and shift make of a second. 0: they make no sense. */
static uint64_t tsc_hz(void)
{
	uint64_t hz;
	int8_t shift = clock.tsc_shift;

	if ((clock.version & 1) || !clock.tsc_to_system_mul || shift <= -SHIFT_LIMIT ||
	    shift >= SHIFT_LIMIT)
		return 0;
	hz = (NS_PER_S << 32) / clock.tsc_to_system_mul;
	if (shift >= 0)
		return hz >> shift;
	return hz > UINT64_MAX >> -shift ? 0 : hz << -shift;
}

uint64_t kvmclock_tsc_hz(void)
{
	uint32_t leaf = hypervisor_leaf("KVMKVMKVM");
	uint64_t hz;

	if (!leaf || !(cpuid(leaf + FEATURES).eax & FEATURE_CLOCK))
		return 0;
	wrmsr(MSR_CLOCK, ((uintptr_t)&clock - LAYOUT_IMAGE_BASE) | CLOCK_ON);
	barrier();
	hz = tsc_hz();
	used = timer_is_plausible_hz(hz);
	if (used)
		return hz;
	wrmsr(MSR_CLOCK, CLOCK_OFF);
	printk("timer: invalid kvmclock (version %u, multiplier %u, shift %d): ignored\n",
	       clock.version, clock.tsc_to_system_mul, clock.tsc_shift);
	return 0;
}

bool kvmclock_is_used(void)
{
	return used;
}

uint64_t kvmclock_ns(void)
{
	return pvclock_ns(&clock);
}
