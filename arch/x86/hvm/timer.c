/* SPDX-License-Identifier: MIT */
/*
 * The clock and the one interrupt of a machine without Xen: the TSC, and the local APIC's timer,
 * armed once at a time. Both are measured against the PIT, which ticks at a known rate, unless
 * the processor or the hypervisor says what they are.
 */
#include <arch/cpu.h>
#include <asm/hvm.h>
#include <asm/insn.h>
#include <asm/trap.h>
#include <kernel/bug.h>
#include <kernel/printk.h>

#define NS_PER_S 1000000000ULL

#define PIC_MASK_1 0x21
#define PIC_MASK_2 0xa1

#define PIT_HZ	      1193182U
#define PIT_CHANNEL_0 0x40
#define PIT_CONTROL   0x43
#define PIT_ONCE_0    0x30 /* channel 0, low byte then high, mode 0: counts down once */
#define PIT_STATUS_0  0xe2
#define PIT_DONE      0x80
#define PIT_MODE      0x3f	     /* of a status: as it was set */
#define PIT_TICKS     (PIT_HZ / 250) /* 4 ms */
#define ROUNDS	      4
#define PIT_LOOKS_MAX 10000000U

#define MSR_APIC_BASE	 0x1b
#define APIC_BASE_ENABLE (1ULL << 11)

/* Registers of the local APIC, in words (Intel SDM 3A, 11.4). */
#define APIC_EOI	   (0xb0 / 4)
#define APIC_SPURIOUS	   (0xf0 / 4)
#define APIC_TIMER	   (0x320 / 4)
#define APIC_LINT0	   (0x350 / 4)
#define APIC_LINT1	   (0x360 / 4)
#define APIC_TIMER_INITIAL (0x380 / 4)
#define APIC_TIMER_CURRENT (0x390 / 4)
#define APIC_TIMER_DIVIDE  (0x3e0 / 4)
#define APIC_ENABLE	   0x1ff /* and the spurious vector, 255 */
#define APIC_MASKED	   (1U << 16)
#define APIC_DIVIDE_BY_1   0xb

static volatile uint32_t *apic;
static uint64_t apic_hz, tsc_hz;
static uint64_t tsc_mul; /* a tick's nanoseconds, in 2^-32 */

static void mask_legacy_interrupts(void)
{
	outb(PIC_MASK_1, 0xff);
	outb(PIC_MASK_2, 0xff);
}

static void apic_init(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	apic = fixed_map(FIXED_LAPIC, PADDR(base & PTE_MADDR));
	apic[APIC_SPURIOUS] = APIC_ENABLE;
	apic[APIC_LINT0] = APIC_MASKED;
	apic[APIC_LINT1] = APIC_MASKED;
	apic[APIC_TIMER] = APIC_MASKED;
	apic[APIC_TIMER_DIVIDE] = APIC_DIVIDE_BY_1;
}

static void pit_start(void)
{
	outb(PIT_CONTROL, PIT_ONCE_0);
	outb(PIT_CHANNEL_0, PIT_TICKS & 0xff);
	outb(PIT_CHANNEL_0, PIT_TICKS >> 8);
}

/* False: there is no PIT, or it stands still. */
static bool pit_wait(void)
{
	for (unsigned int i = 0; i < PIT_LOOKS_MAX; i++) {
		uint8_t status;

		outb(PIT_CONTROL, PIT_STATUS_0);
		status = inb(PIT_CHANNEL_0);
		if ((status & PIT_MODE) != PIT_ONCE_0)
			return false;
		if (status & PIT_DONE)
			return true;
	}
	return false;
}

/* What counted so much in one round counts so much in a second. */
static uint64_t per_second(uint64_t counted)
{
	return counted * PIT_HZ / PIT_TICKS;
}

static bool measure_once(uint64_t *tsc, uint64_t *ticks)
{
	apic[APIC_TIMER_INITIAL] = UINT32_MAX;
	*tsc = rdtsc();
	pit_start();
	if (!pit_wait())
		return false;
	*tsc = rdtsc() - *tsc;
	*ticks = UINT32_MAX - apic[APIC_TIMER_CURRENT];
	apic[APIC_TIMER_INITIAL] = 0;
	return true;
}

/* A host that lets us wait makes a round too long, never too short: the shortest is right. */
static bool measure(void)
{
	uint64_t best = UINT64_MAX, tsc, ticks;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (!measure_once(&tsc, &ticks))
			return false;
		if (tsc >= best)
			continue;
		best = tsc;
		tsc_hz = per_second(tsc);
		apic_hz = per_second(ticks);
	}
	return tsc_hz && apic_hz;
}

/* Hypervisors say it in kHz, where they say it: KVM and those that follow VMware. */
static bool ask(void)
{
	struct cpuid timing = cpuid(0x40000010);

	if (cpuid(0x40000000).eax < 0x40000010 || !timing.eax || !timing.ebx)
		return false;
	tsc_hz = timing.eax * 1000ULL;
	apic_hz = timing.ebx * 1000ULL;
	return true;
}

void timer_init(void)
{
	mask_legacy_interrupts();
	apic_init();
	if (!ask() && !measure()) {
		printk("timer: nothing to measure the clock by; taken as 1 GHz\n");
		tsc_hz = NS_PER_S;
		apic_hz = NS_PER_S;
	}
	tsc_mul = (NS_PER_S << 32) / tsc_hz;
	apic[APIC_TIMER] = TRAP_EVENT;
}

uint64_t tsc_clock_ns(void)
{
	return (uint64_t)((unsigned __int128)rdtsc() * tsc_mul >> 32);
}

void lapic_timer_arm(uint64_t deadline_ns)
{
	uint64_t now = tsc_clock_ns();
	uint64_t ns = deadline_ns > now ? MIN(deadline_ns - now, NS_PER_S) : 0;

	/* Too soon is fine: who waits looks at the clock. 0 would stop it. */
	apic[APIC_TIMER_INITIAL] = (uint32_t)MIN(ns * apic_hz / NS_PER_S + 1, (uint64_t)UINT32_MAX);
}

void lapic_interrupt_done(void)
{
	apic[APIC_EOI] = 0;
}
