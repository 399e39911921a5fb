/* SPDX-License-Identifier: MIT */
/* The parts of the clock of a machine without Xen. */
#ifndef PVH_TIMER_H
#define PVH_TIMER_H

#include <lib/types.h>

#define NS_PER_S 1000000000ULL

/* A counter that measures the TSC, or is measured by it. It counts up. */
struct counter {
	const char *name;
	uint32_t mask;		       /* of its bits */
	void (*start)(void);	       /* before each round; NULL: it always runs */
	bool (*read)(uint32_t *value); /* false: the round is invalid */
};

/* Test whether a TSC may have this frequency. */
static inline bool timer_is_plausible_hz(uint64_t hz)
{
	return hz >= 10 * 1000000ULL && hz <= 20 * NS_PER_S;
}

/* --- rate.c --- */

/* Bounds of the ticks of the TSC in one of a counter, in 2^-24. */
struct rate {
	uint64_t least, most;
};

/*
 * Measure by rounds of at least `ticks` of the counter (2 or more) and `tsc` of the TSC, or by
 * shorter ones on a host that allows no such round. Return: false if the counter does not count, or
 * no round was valid.
 */
bool rate_measure(const struct counter *counter, uint32_t ticks, uint64_t tsc, struct rate *rate);

/* Compute the TSC's rate from the counter's: the middle of the bounds, in Hz. */
uint64_t rate_tsc_hz(const struct rate *rate, uint64_t counter_hz);

/* Compute the least rate of the counter from the TSC's, in Hz. */
uint64_t rate_counter_hz_least(const struct rate *rate, uint64_t tsc_hz);

/* Compute the possible error of the middle of the bounds, in millionths. */
uint32_t rate_error_ppm(const struct rate *rate);

/* --- counters.c --- */

#define PM_TIMER_HZ 3579545U
#define PIT_HZ	    1193182U

/* Return ACPI's PM timer; NULL without one. */
const struct counter *pm_timer_counter(void);
extern const struct counter pit_counter;

/* --- lapic.c: the local APIC, and its timer as a counter --- */

/* Enable the local APIC; its timer does not interrupt yet. Panics without a usable one. */
void lapic_init(void);
extern const struct counter lapic_counter;

/* Enable the interrupt of lapic_timer_arm(). `hz`: of lapic_counter. */
void lapic_timer_init(uint64_t hz);

/* --- hypervisor.c: rates by CPUID, in Hz; 0: unknown --- */

uint64_t hypervisor_tsc_hz(void);
uint64_t hypervisor_lapic_hz(void);

/* Return the usual rate of lapic_counter on QEMU and KVM. */
uint64_t hypervisor_lapic_usual_hz(void);

/* Return the rate by the processor's own leaves 0x15 and 0x16. */
uint64_t crystal_tsc_hz(void);

/* --- kvmclock.c --- */

/* Enable KVM's clock. Return: the TSC's rate by it; 0 without a valid one. */
uint64_t kvmclock_tsc_hz(void);
bool kvmclock_is_used(void);
uint64_t kvmclock_ns(void);

#endif
