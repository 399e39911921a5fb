/* SPDX-License-Identifier: MIT */
/* The machine's switch: firmware's or the hypervisor's PSCI (Arm DEN 0022, 5.9). */
#include <asm/arm.h>

#define PSCI_SYSTEM_OFF 0x84000008

static enum machine_psci conduit;

void psci_init(const struct machine *m)
{
	conduit = m->psci;
}

void psci_off(void)
{
	register uint64_t function __asm__("x0") = PSCI_SYSTEM_OFF;

	if (conduit == MACHINE_PSCI_HVC)
		__asm__ volatile("hvc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
	else if (conduit == MACHINE_PSCI_SMC)
		__asm__ volatile("smc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
}
