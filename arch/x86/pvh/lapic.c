/* SPDX-License-Identifier: MIT */
/* The local APIC (Intel SDM 3A, 11.4 and 11.5): the one interrupt of a machine without Xen. */
#include <asm/insn.h>
#include <asm/mmio.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/bug.h>

#include "memmap.h"
#include "timer.h"

#define CPUID_APIC (1U << 9) /* leaf 1, EDX */

#define MSR_APIC_BASE	 0x1b
#define APIC_BASE_X2APIC (1ULL << 10)
#define APIC_BASE_ENABLE (1ULL << 11)

#define APIC_EOI	   0xb0U
#define APIC_SPURIOUS	   0xf0U
#define APIC_TIMER	   0x320U
#define APIC_LINT0	   0x350U
#define APIC_LINT1	   0x360U
#define APIC_TIMER_INITIAL 0x380U
#define APIC_TIMER_CURRENT 0x390U
#define APIC_TIMER_DIVIDE  0x3e0U
#define APIC_ENABLE	   0x1ffU /* and the spurious vector, 255 */
#define APIC_MASKED	   (1U << 16)

/* So that its 32 bits last as long as they can: nine minutes on QEMU. */
#define APIC_DIVIDE_BY_128 0xaU

static volatile char *apic;
static uint64_t timer_hz;

static void write(uint32_t reg, uint32_t value)
{
	mmio_write32(apic + reg, value);
}

/* Its registers are in memory; what was handed over in x2APIC mode must be switched off first. */
static uint64_t enable(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	if (base & APIC_BASE_X2APIC) {
		base &= ~(APIC_BASE_X2APIC | APIC_BASE_ENABLE);
		wrmsr(MSR_APIC_BASE, base);
	}
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	return rdmsr(MSR_APIC_BASE);
}

void lapic_init(void)
{
	uint64_t base;

	if (!(cpuid(1).edx & CPUID_APIC))
		panic("lapic: none on this processor: no timer");
	base = enable();
	if ((base & (APIC_BASE_X2APIC | APIC_BASE_ENABLE)) != APIC_BASE_ENABLE)
		panic("lapic: cannot enable it (base %llx)", (unsigned long long)base);
	if (memmap_is_present(paddr_to_pfn(PADDR(base & PTE_MADDR))))
		panic("lapic: registers overlap RAM (base %llx)", (unsigned long long)base);
	apic = fixed_map(FIXED_LAPIC, PADDR(base & PTE_MADDR));
	write(APIC_SPURIOUS, APIC_ENABLE);
	write(APIC_LINT0, APIC_MASKED);
	write(APIC_LINT1, APIC_MASKED);
	write(APIC_TIMER, APIC_MASKED);
	write(APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_128);
}

static void counter_start(void)
{
	write(APIC_TIMER_INITIAL, UINT32_MAX);
}

static bool counter_read(uint32_t *value)
{
	*value = ~mmio_read32(apic + APIC_TIMER_CURRENT);
	return true;
}

const struct counter lapic_counter = {
	.name = "local APIC",
	.mask = UINT32_MAX,
	.start = counter_start,
	.read = counter_read,
};

void lapic_timer_init(uint64_t hz)
{
	timer_hz = hz;
	write(APIC_TIMER_INITIAL, 0);
	write(APIC_TIMER, TRAP_EVENT);
}

void lapic_timer_arm(uint64_t ns)
{
	ns = MIN(ns, (UINT32_MAX - 1) * NS_PER_S / timer_hz);
	/* Too soon is fine: the scheduler looks at the clock. 0 would stop it. */
	write(APIC_TIMER_INITIAL, (uint32_t)(ns * timer_hz / NS_PER_S + 1));
}

void lapic_interrupt_done(void)
{
	write(APIC_EOI, 0);
}
