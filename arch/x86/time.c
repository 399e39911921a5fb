/* SPDX-License-Identifier: MIT */
/* Xen's clock and its one-shot timer (Xen public/xen.h, struct vcpu_time_info). */
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* Ticks to nanoseconds: ((ticks << shift) * mul) >> 32, the halves of the ticks one by one. */
static uint64_t scale(uint64_t ticks, int8_t shift, uint32_t mul)
{
	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (ticks >> 32) * mul + ((ticks & UINT32_MAX) * mul >> 32);
}

uint64_t clock_ns(void)
{
	static uint64_t last;
	const struct vcpu_time_info *time = &xen_vcpu->time;
	uint64_t now;
	uint32_t version;

	do {
		version = READ_ONCE(time->version);
		barrier();
		now = time->system_time + scale(rdtsc() - time->tsc_timestamp, time->tsc_shift,
						time->tsc_to_system_mul);
		barrier();
	} while ((version & 1) || version != READ_ONCE(time->version));
	/* One vCPU: what goes back is a host that was migrated or lies. */
	if (now > last)
		last = now;
	return last;
}

void timer_arm(uint64_t deadline_ns)
{
	/* In the past is fine: Xen fires at once. 0 would disarm. */
	xen_set_timer_op(deadline_ns ? deadline_ns : 1);
}
