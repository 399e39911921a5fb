/* SPDX-License-Identifier: MIT */
/* What the clock of a machine without Xen is made of. */
#ifndef PVH_TIMER_H
#define PVH_TIMER_H

#include <lib/types.h>

#define NS_PER_S 1000000000ULL

/* A counter that the TSC can be measured by, or is the measure of. It counts up. */
struct counter {
	const char *name;
	uint32_t mask;		       /* of the bits it has */
	void (*start)(void);	       /* before each round; NULL: it runs */
	bool (*read)(uint32_t *value); /* false: the round is of no use */
};

/* May a TSC count so fast? */
static inline bool timer_is_plausible_hz(uint64_t hz)
{
	return hz >= 10 * 1000000ULL && hz <= 20 * NS_PER_S;
}

/* --- rate.c --- */

/* Bounds of how many ticks of the TSC there are in one of a counter, in 2^-24. */
struct rate {
	uint64_t least, most;
};

/*
 * Measures by rounds of at least `ticks` of the counter (2 or more) and `tsc` of the TSC; by
 * shorter ones on a host that allows no such round. Return: false if the counter stands still, or
 * no round was of use.
 */
bool rate_measure(const struct counter *counter, uint32_t ticks, uint64_t tsc, struct rate *rate);

/* The TSC's rate if the counter's is known: the middle of the bounds, in Hz. */
uint64_t rate_tsc_hz(const struct rate *rate, uint64_t counter_hz);

/* The least rate of the counter if the TSC's is known, in Hz. */
uint64_t rate_counter_hz_least(const struct rate *rate, uint64_t tsc_hz);

/* By how many millionths the middle of the bounds may be wrong. */
uint32_t rate_error_ppm(const struct rate *rate);

/* --- counters.c --- */

#define PM_TIMER_HZ 3579545U
#define PIT_HZ	    1193182U

/* ACPI's PM timer. NULL: this machine has none. */
const struct counter *pm_timer_counter(void);
extern const struct counter pit_counter;

/* --- lapic.c: the local APIC, and its timer as a counter --- */

/* Panics if there is no local APIC that can be used. Its timer does not interrupt yet. */
void lapic_init(void);
extern const struct counter lapic_counter;

/* From here on lapic_timer_arm() interrupts. `hz`: of lapic_counter. */
void lapic_timer_init(uint64_t hz);

/* --- hypervisor.c: rates by CPUID, in Hz; 0: not given --- */

uint64_t hypervisor_tsc_hz(void);
uint64_t hypervisor_lapic_hz(void);

/* The usual rate of lapic_counter on QEMU and KVM. */
uint64_t hypervisor_lapic_usual_hz(void);

/* The processor's own leaves 0x15 and 0x16. */
uint64_t crystal_tsc_hz(void);

/* --- kvmclock.c --- */

/* Switches KVM's clock on. Return: the TSC's rate by it; 0: there is none of use. */
uint64_t kvmclock_tsc_hz(void);
bool kvmclock_is_used(void);
uint64_t kvmclock_ns(void);

#endif
