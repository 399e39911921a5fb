/* SPDX-License-Identifier: MIT */
/*
 * The clock of a machine without Xen: KVM's, or the TSC at a rate that the hypervisor or the
 * processor tells, or that is measured by a counter of a known one; and the local APIC's timer.
 */
#include <arch/cpu.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/bug.h>
#include <lib/printk.h>

#include "timer.h"

#define PIC_MASK_1 0x21
#define PIC_MASK_2 0xa1

#define CPUID_TSC (1U << 4) /* leaf 1, EDX */

#define LAPIC_HZ_MIN  10000U
#define ROUNDS_PER_S  125U /* 8 ms for the clock, */
#define LAPIC_ROUNDS  500U /* 2 ms for the timer, which may come too soon */
#define ERROR_PPM_MAX 10000U

/* Where nothing is known. */
#define ASSUMED_HZ NS_PER_S

struct source {
	const char *name;
	uint64_t hz; /* of the TSC; 0: none found */
	uint32_t error_ppm;
};

static uint64_t tsc_mul; /* a tick's nanoseconds, in 2^-32 */

static void mask_legacy_interrupts(void)
{
	outb(PIC_MASK_1, 0xff);
	outb(PIC_MASK_2, 0xff);
}

static struct source ask(void)
{
	static const struct {
		const char *name;
		uint64_t (*tsc_hz)(void);
	} told[] = {
		{"kvmclock", kvmclock_tsc_hz},
		{"the hypervisor's CPUID", hypervisor_tsc_hz},
		{"the processor's CPUID", crystal_tsc_hz},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(told); i++) {
		uint64_t hz = told[i].tsc_hz();

		if (timer_is_plausible_hz(hz))
			return (struct source){.name = told[i].name, .hz = hz};
		if (hz)
			printk("timer: invalid TSC frequency from %s: %llu Hz: ignored\n",
			       told[i].name, (unsigned long long)hz);
	}
	return (struct source){0};
}

static struct source measure_by(const struct counter *counter, uint64_t counter_hz)
{
	struct rate rate;
	uint64_t hz;

	if (!counter || !counter_hz ||
	    !rate_measure(counter, (uint32_t)(counter_hz / ROUNDS_PER_S), 0, &rate))
		return (struct source){0};
	hz = rate_tsc_hz(&rate, counter_hz);
	if (timer_is_plausible_hz(hz))
		return (struct source){counter->name, hz, rate_error_ppm(&rate)};
	printk("timer: invalid TSC frequency by the %s: %llu Hz: ignored\n", counter->name,
	       (unsigned long long)hz);
	return (struct source){0};
}

static struct source find_source(void)
{
	struct source source = ask();

	if (!source.hz)
		source = measure_by(pm_timer_counter(), PM_TIMER_HZ);
	if (!source.hz)
		source = measure_by(&pit_counter, PIT_HZ);
	if (!source.hz)
		source = measure_by(&lapic_counter, hypervisor_lapic_usual_hz());
	return source;
}

static void describe(const struct source *source)
{
	uint64_t khz = source->hz / 1000;

	if (!source->name) {
		printk("timer: TSC frequency unknown: assuming 1 GHz (the clock may be wrong)\n");
		return;
	}
	printk("timer: TSC %llu.%03llu MHz by %s\n", (unsigned long long)(khz / 1000),
	       (unsigned long long)(khz % 1000), source->name);
	if (source->error_ppm > ERROR_PPM_MAX)
		printk("timer: each TSC measurement was disturbed: the clock may be off by %u%%\n",
		       DIV_ROUND_UP(source->error_ppm, 10000U));
}

/* Of lapic_counter; rather too low, by which the timer comes too soon, than too high. */
static uint64_t find_lapic_hz(uint64_t tsc_hz)
{
	uint64_t hz = hypervisor_lapic_hz();
	struct rate rate;

	if (hz >= LAPIC_HZ_MIN)
		return hz;
	if (!rate_measure(&lapic_counter, 2, tsc_hz / LAPIC_ROUNDS, &rate))
		panic("timer: the local APIC timer does not count");
	return MAX(rate_counter_hz_least(&rate, tsc_hz), (uint64_t)1);
}

void timer_init(void)
{
	struct source source;

	mask_legacy_interrupts();
	if (!(cpuid(1).edx & CPUID_TSC))
		panic("timer: no time-stamp counter (TSC) on this processor");
	lapic_init();
	source = find_source();
	if (!source.hz)
		source.hz = ASSUMED_HZ;
	describe(&source);
	tsc_mul = (NS_PER_S << 32) / source.hz;
	lapic_timer_init(find_lapic_hz(source.hz));
}

uint64_t timer_clock_ns(void)
{
	if (kvmclock_is_used())
		return kvmclock_ns();
	return (uint64_t)((unsigned __int128)rdtsc() * tsc_mul >> 32);
}
