/* SPDX-License-Identifier: MIT */
/* CPUID: the hypervisor's leaves, and how fast the processor's clocks run. */
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/string.h>

#include "timer.h"

#define LEAF_FIRST 0x40000000U
#define LEAF_LAST  0x40010000U
#define LEAF_STEP  0x100U

/* Leaf 1, ECX: the leaves of hypervisors mean something. */
#define CPUID_HYPERVISOR (1U << 31)

/* VMware's, which KVM, QEMU and bhyve follow: the TSC's kHz, the local APIC's kHz. */
#define LEAF_TIMING 0x40000010U

/* Intel SDM 2A, CPUID: TSC and crystal; the processor's base MHz. */
#define LEAF_CRYSTAL 0x15U
#define LEAF_BASE    0x16U

/* QEMU hw/intc/apic.c, Linux arch/x86/kvm/lapic.h: a nanosecond a tick, before it is divided. */
#define USUAL_LAPIC_HZ NS_PER_S

/* lapic.c has it divided. */
#define LAPIC_DIVISOR 128

void hypervisor_signature(uint32_t leaf, char name[13])
{
	struct cpuid r = cpuid(leaf);

	memcpy(name, &r.ebx, 4);
	memcpy(name + 4, &r.ecx, 4);
	memcpy(name + 8, &r.edx, 4);
	name[12] = '\0';
}

uint32_t hypervisor_leaf(const char *signature)
{
	char name[13];

	for (uint32_t leaf = LEAF_FIRST; leaf < LEAF_LAST; leaf += LEAF_STEP) {
		hypervisor_signature(leaf, name);
		if (!strcmp(name, signature))
			return leaf;
	}
	return 0;
}

static struct cpuid timing(void)
{
	if (cpuid(1).ecx & CPUID_HYPERVISOR && cpuid(LEAF_FIRST).eax >= LEAF_TIMING)
		return cpuid(LEAF_TIMING);
	return (struct cpuid){0};
}

uint64_t hypervisor_tsc_hz(void)
{
	return timing().eax * 1000ULL;
}

uint64_t hypervisor_lapic_hz(void)
{
	return timing().ebx * 1000ULL / LAPIC_DIVISOR;
}

uint64_t hypervisor_lapic_usual_hz(void)
{
	if (hypervisor_leaf("TCGTCGTCGTCG") || hypervisor_leaf("KVMKVMKVM"))
		return USUAL_LAPIC_HZ / LAPIC_DIVISOR;
	return 0;
}

/* Where the crystal's rate is not told, the base frequency is the TSC's (Intel SDM 3B, 19.7.3). */
uint64_t crystal_tsc_hz(void)
{
	struct cpuid ratio = {0};
	uint32_t last = cpuid(0).eax;

	if (last >= LEAF_CRYSTAL)
		ratio = cpuid(LEAF_CRYSTAL);
	if (!ratio.eax || !ratio.ebx)
		return 0;
	if (ratio.ecx)
		return (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
	return last >= LEAF_BASE ? (cpuid(LEAF_BASE).eax & 0xffff) * 1000000ULL : 0;
}
