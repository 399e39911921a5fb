/* SPDX-License-Identifier: MIT */
/* The virtual generic timer (Arm ARM D12): a counter that never stops, and one deadline. */
#include <arch/cpu.h>
#include <asm/arm.h>
#include <asm/sysreg.h>
#include <lib/printk.h>

#define NS_PER_S 1000000000ULL

#define CONTROL_ENABLE 1

/* An hour, then it is armed again: neither we nor a hypervisor ever count past 64 bits. */
#define ALARM_MAX_NS (3600 * NS_PER_S)

static uint64_t tick_ns;  /* a tick's nanoseconds, in 2^-32 */
static uint64_t ns_ticks; /* a nanosecond's ticks, in 2^-32 */

static uint64_t multiply(uint64_t value, uint64_t by)
{
	return (uint64_t)((unsigned __int128)value * by >> 32);
}

/* Not before all that comes before it in the program. */
static uint64_t counter(void)
{
	isb();
	return sysreg_read(cntvct_el0);
}

static uint32_t firmware_hz(void)
{
	return (uint32_t)sysreg_read(cntfrq_el0);
}

static void set_hz(uint64_t hz)
{
	tick_ns = (NS_PER_S << 32) / hz;
	ns_ticks = (hz << 32) / NS_PER_S;
}

void timer_init(void)
{
	set_hz(firmware_hz() ? firmware_hz() : NS_PER_S);
	sysreg_write(cntv_ctl_el0, 0);
}

void timer_set_rate(const struct machine *m)
{
	uint32_t khz = (m->timer_hz ? m->timer_hz : firmware_hz()) / 1000;

	if (m->timer_hz)
		set_hz(m->timer_hz);
	if (!m->timer_hz && !firmware_hz())
		printk("timer: frequency unknown (device tree, CNTFRQ_EL0): assuming 1 GHz (the "
		       "clock may be wrong)\n");
	else
		printk("timer: %u.%03u MHz by %s\n", khz / 1000, khz % 1000,
		       m->timer_hz ? "the device tree" : "CNTFRQ_EL0");
}

uint64_t timer_ns(uint64_t ticks)
{
	return multiply(ticks, tick_ns);
}

uint64_t clock_ns(void)
{
	return timer_ns(counter());
}

void timer_arm(uint64_t deadline_ns)
{
	uint64_t now = counter(), now_ns = timer_ns(now);
	uint64_t wait = deadline_ns > now_ns ? MIN(deadline_ns - now_ns, ALARM_MAX_NS) : 0;

	sysreg_write(cntv_cval_el0, now + multiply(wait, ns_ticks) + 1);
	sysreg_write(cntv_ctl_el0, CONTROL_ENABLE);
	isb();
}

/* The deadline is over: it interrupts until it is told not to. */
void timer_interrupt(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	isb();
}
