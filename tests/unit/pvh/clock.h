/* SPDX-License-Identifier: MIT */
/*
 * A PC's clocks, made up: TSC, ACPI's PM timer, PIT, local APIC, KVM's clock, all by one time,
 * which goes on a little at each instruction that looks at one. The host may take the processor
 * away before and after each look.
 */
#ifndef TESTS_UNIT_PVH_CLOCK_H
#define TESTS_UNIT_PVH_CLOCK_H

#include <arch/cpu.h>
#include <asm/clock.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/insn.h>
#include <asm/mmio.h>
#include <asm/pvh.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/x86/pvh/memmap.h"
#include "arch/x86/pvh/timer.h"
#include "tests/unit/random.h"
#include "tests/unit/said.h"

#define US	  1000ULL
#define MS	  (1000 * US)
#define S	  (1000 * MS)
#define PS_PER_NS 1000U

#define PM_PORT	 0x608
#define LAPIC_HZ 1000000000ULL /* not divided */
#define LAPIC_AT 0xfee00000ULL
#define LEAVES	 16U
#define MSR_KVM	 0x4b564d01U
#define STEP_NS	 300U /* an instruction that leaves the guest */

struct pc {
	uint64_t ps; /* what time it is */
	uint64_t tsc_hz;
	/* Between two looks at a counter, each of which is between two reads of the TSC. */
	uint64_t idle_ns;
	bool reads_odd;
	bool has_pm_timer, has_pit, lapic_stands, on_xen;
	uint64_t apic_base;
	uint64_t pit_start; /* ps */
	uint8_t pit_latch[3];
	unsigned int pit_latched, pit_written;
	uint8_t pit_mode;
	uint32_t lapic_initial, lapic_timer, lapic_divide;
	uint64_t lapic_start; /* ps */
	struct {
		uint32_t leaf;
		struct cpuid is;
	} leaf[LEAVES];
	unsigned int nr_leaves;
	struct vcpu_time_info kvm; /* what KVM would write */
	uint64_t kvm_msr;
	uint64_t xen_deadline;
	/* The host: takes the processor away at one point, or at any with this chance in 100,000.
	 */
	uint64_t point, stop_at, stop_ns, stop_chance;
};

static struct pc pc;
static char lapic_page[PAGE_SIZE];
static struct vcpu_info vcpu;
struct vcpu_info *xen_vcpu = &vcpu;

static inline uint64_t ticks(uint64_t ps, uint64_t hz)
{
	return (uint64_t)((unsigned __int128)ps * hz / (S * PS_PER_NS));
}

static inline void pass(uint64_t ns)
{
	pc.ps += ns * PS_PER_NS;
	if (++pc.point == pc.stop_at || (pc.stop_chance && random_below(100000) < pc.stop_chance))
		pc.ps += pc.stop_ns * PS_PER_NS;
}

uint64_t rdtsc(void)
{
	pass(pc.reads_odd ? 10 : pc.idle_ns);
	pc.reads_odd = !pc.reads_odd;
	return ticks(pc.ps, pc.tsc_hz);
}

uint32_t inl(uint16_t port)
{
	uint32_t value;

	assert_true(pc.has_pm_timer && port == PM_PORT);
	pass(STEP_NS);
	value = (uint32_t)ticks(pc.ps, PM_TIMER_HZ) & 0xffffff;
	pass(STEP_NS);
	return value;
}

/* Intel 8254: channel 0 in mode 0, and the read-back command. */
static inline void pit_control(uint8_t value)
{
	uint64_t gone = ticks(pc.ps - pc.pit_start, PIT_HZ);
	uint16_t count = (uint16_t)(0xffff - gone);
	uint8_t status = (uint8_t)((gone >= 0xffff ? 0x80 : 0) | pc.pit_mode);

	if ((value & 0xc2) == 0xc2) {
		pc.pit_latched = 0;
		if (!(value & 0x20)) {
			pc.pit_latch[pc.pit_latched++] = (uint8_t)(count >> 8);
			pc.pit_latch[pc.pit_latched++] = (uint8_t)count;
		}
		if (!(value & 0x10))
			pc.pit_latch[pc.pit_latched++] = status;
	} else {
		pc.pit_mode = value;
		pc.pit_written = 0;
	}
}

void outb(uint16_t port, uint8_t value)
{
	pass(STEP_NS);
	if (pc.has_pit && port == 0x43)
		pit_control(value);
	if (pc.has_pit && port == 0x40) {
		assert_int_equal(value, 0xff);
		if (++pc.pit_written == 2)
			pc.pit_start = pc.ps;
	}
	pass(STEP_NS);
}

uint8_t inb(uint16_t port)
{
	assert_int_equal(port, 0x40);
	pass(STEP_NS);
	return pc.pit_latched ? pc.pit_latch[--pc.pit_latched] : 0xff;
}

void outw(uint16_t port, uint16_t value)
{
	fail_msg("port %x is written (%x)", port, value);
}

static inline uint64_t lapic_counted(void)
{
	static const unsigned int shift[] = {1, 2, 3, 4, 5, 6, 7, 0};
	unsigned int divide = (pc.lapic_divide & 3) | (pc.lapic_divide >> 1 & 4);

	return ticks(pc.ps - pc.lapic_start, LAPIC_HZ) >> shift[divide];
}

uint32_t mmio_read32(const volatile void *at)
{
	uint64_t gone;

	assert_ptr_equal(at, lapic_page + 0x390);
	pass(STEP_NS);
	gone = pc.lapic_stands ? 0 : MIN(lapic_counted(), (uint64_t)pc.lapic_initial);
	pass(STEP_NS);
	return (uint32_t)(pc.lapic_initial - gone);
}

void mmio_write32(volatile void *at, uint32_t value)
{
	switch ((volatile char *)at - (volatile char *)lapic_page) {
	case 0x320:
		pc.lapic_timer = value;
		break;
	case 0x380:
		pass(STEP_NS);
		pc.lapic_initial = value;
		pc.lapic_start = pc.ps;
		break;
	case 0x3e0:
		pc.lapic_divide = value;
		break;
	}
}

/* When the local APIC interrupts, in ns from now; 0: not at all. */
static inline uint64_t lapic_fires_in(void)
{
	uint64_t before = pc.ps, ticks_ns = 1;

	pc.ps = pc.lapic_start + S * PS_PER_NS;
	ticks_ns = S / lapic_counted();
	pc.ps = before;
	return pc.lapic_timer == 32 ? pc.lapic_initial * ticks_ns : 0;
}

struct cpuid cpuid(uint32_t leaf)
{
	for (unsigned int i = 0; i < pc.nr_leaves; i++)
		if (pc.leaf[i].leaf == leaf)
			return pc.leaf[i].is;
	return (struct cpuid){0};
}

uint64_t rdmsr(uint32_t msr)
{
	assert_int_equal(msr, 0x1b);
	return pc.apic_base;
}

/* A local APIC goes from x2APIC mode to memory only by being off between. */
void wrmsr(uint32_t msr, uint64_t value)
{
	if (msr == 0x1b) {
		assert_false((pc.apic_base & 0xc00) == 0xc00 && (value & 0xc00) == 0x800);
		pc.apic_base = value;
		return;
	}
	assert_int_equal(msr, MSR_KVM);
	pc.kvm_msr = value;
	if (value & 1)
		memcpy((void *)(uintptr_t)(value & ~1ULL), &pc.kvm, sizeof(pc.kvm));
}

bool memmap_is_present(pfn_t pfn)
{
	return pfn.v < 0x10000;
}

void *fixed_map(enum fixed_page page, paddr_t addr)
{
	assert_int_equal(page, FIXED_LAPIC);
	assert_int_equal(addr.v, LAPIC_AT);
	return lapic_page;
}

uint16_t acpi_pm_timer_port(void)
{
	return pc.has_pm_timer ? PM_PORT : 0;
}

bool xen_is_present(void)
{
	return pc.on_xen;
}

long xen_set_timer_op(uint64_t deadline_ns)
{
	pc.xen_deadline = deadline_ns;
	return 0;
}

static inline void put_leaf(uint32_t leaf, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
	pc.leaf[pc.nr_leaves].leaf = leaf;
	pc.leaf[pc.nr_leaves++].is = (struct cpuid){eax, ebx, ecx, edx};
}

static inline void put_hypervisor(const char *signature, uint32_t last)
{
	uint32_t word[3] = {0};

	memcpy(word, signature, MIN(strlen(signature), sizeof(word)));
	put_leaf(0x40000000, last, word[0], word[1], word[2]);
}

/* A processor with a TSC and a local APIC, and no way to learn how fast they are. */
static inline void start(uint64_t tsc_hz)
{
	pc = (struct pc){.tsc_hz = tsc_hz, .apic_base = LAPIC_AT | 0x900, .idle_ns = 10};
	pc.ps = 100 * MS * PS_PER_NS;
	put_leaf(1, 0, 0, 1U << 31, 1U << 4 | 1U << 9);
	said_start();
}

/* Is the clock right, to a thousandth, or to so many thousandths? */
static inline void assert_clock_goes(unsigned int thousandths)
{
	uint64_t before, gone, off;

	pc.stop_at = pc.stop_chance = 0;
	before = timer_clock_ns();
	pc.ps += 100 * S * PS_PER_NS;
	gone = timer_clock_ns() - before;
	off = gone > 100 * S ? gone - 100 * S : 100 * S - gone;
	if (off > 100 * S / 1000 * thousandths)
		fail_msg("100 s took %llu ns", (unsigned long long)gone);
}

#endif
