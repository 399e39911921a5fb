/* SPDX-License-Identifier: MIT */
/* Xen's clock and one-shot timer (Xen public/xen.h, struct vcpu_time_info), or the machine's. */
#include <arch/cpu.h>
#include <asm/clock.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/pvh.h>

static uint64_t xen_clock_ns(void)
{
	return pvclock_ns(&xen_vcpu->time);
}

/* What clock_ns() returned last, and how far it is ahead of the host's clock since a resume. */
static uint64_t last;
static int64_t ahead;

uint64_t clock_ns(void)
{
	uint64_t now = xen_is_present() ? xen_clock_ns() + (uint64_t)ahead : timer_clock_ns();

	/* One vCPU: a clock that goes back is the host's error. */
	if (now > last)
		last = now;
	return last;
}

void clock_suspend(void)
{
	clock_ns();
}

void clock_resume(void)
{
	ahead = (int64_t)(last - xen_clock_ns());
}

/*
 * Xen takes 2^50 ns (13 days) from now and more for a mistake, and fires ten times a second (Xen
 * common/sched/core.c, do_set_timer_op).
 */
#define XEN_TIMER_MAX_NS (1ULL << 49)

/* That time by the host's clock; its last number if that is past its range. */
static uint64_t host_time(uint64_t ns)
{
	if (ahead > 0)
		return ns - MIN(ns, (uint64_t)ahead);
	return ns > UINT64_MAX + (uint64_t)ahead ? UINT64_MAX : ns - (uint64_t)ahead;
}

void timer_arm(uint64_t deadline_ns)
{
	if (!xen_is_present()) {
		uint64_t now = timer_clock_ns();

		lapic_timer_arm(deadline_ns - MIN(deadline_ns, now));
		return;
	}
	/* In the past is fine: Xen fires at once. 0 would disarm. */
	deadline_ns = MIN(host_time(deadline_ns), xen_clock_ns() + XEN_TIMER_MAX_NS);
	xen_set_timer_op(deadline_ns ? deadline_ns : 1);
}
