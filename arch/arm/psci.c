/* SPDX-License-Identifier: MIT */
/* The machine's switch: firmware's or the hypervisor's PSCI (Arm DEN 0022, 5.9). */
#include <asm/arm.h>

#define PSCI_SYSTEM_OFF 0x84000008

static enum machine_psci conduit;

void psci_init(const struct machine *m)
{
	conduit = m->psci;
}

/* What a call need not keep (Arm DEN 0028, 2.6). */
#define CLOBBERED                                                                                \
	"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", \
		"x15", "x16", "x17", "memory"

void psci_off(void)
{
	register uint64_t function __asm__("x0") = PSCI_SYSTEM_OFF;

	if (conduit == MACHINE_PSCI_HVC)
		__asm__ volatile("hvc #0" : "+r"(function) : : CLOBBERED);
	else if (conduit == MACHINE_PSCI_SMC)
		__asm__ volatile("smc #0" : "+r"(function) : : CLOBBERED);
}
