/* SPDX-License-Identifier: MIT */
/* A clock by the structure that Xen and KVM share (Xen public/xen.h, struct vcpu_time_info). */
#include <asm/clock.h>
#include <asm/domain.h>
#include <asm/insn.h>

/* Ticks to nanoseconds: ((ticks << shift) * mul) >> 32, the halves of the ticks one by one. */
static uint64_t scale(uint64_t ticks, int8_t shift, uint32_t mul)
{
	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (ticks >> 32) * mul + ((ticks & UINT32_MAX) * mul >> 32);
}

uint64_t pvclock_ns(const struct vcpu_time_info *time)
{
	uint64_t now;
	uint32_t version;

	do {
		version = READ_ONCE(time->version);
		barrier();
		now = time->system_time + scale(rdtsc() - time->tsc_timestamp, time->tsc_shift,
						time->tsc_to_system_mul);
		barrier();
	} while ((version & 1) || version != READ_ONCE(time->version));
	return now;
}
