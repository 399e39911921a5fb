/* SPDX-License-Identifier: MIT */
/*
 * Is Xen there, though the device tree does not tell? A guest that Xen builds itself gets a tree
 * without its name. Whoever answers calls by hvc can be asked who it is (Arm DEN 0028, 6.2; Xen
 * public/arch-arm/smccc.h), but only if it is sure that unknown calls are answered, too.
 */
#include <asm/arm.h>
#include <asm/xen.h>
#include <lib/string.h>
#include <xen/arch-arm/smccc.h>

#define PSCI_VERSION   0x84000000U
#define PSCI_VERSION_1 0x10000 /* from 1.0 on it has features to ask for */
#define PSCI_FEATURES  0x8400000aU
#define SMCCC_VERSION  0x80000000U /* a feature: unknown calls are answered */
#define HYPERVISOR_UID 0x8500ff01U /* of the standard hypervisor services */

struct answer {
	uint32_t word[4];
};

static struct answer call(uint32_t function, uint32_t argument)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = argument;
	register uint64_t x2 __asm__("x2");
	register uint64_t x3 __asm__("x3");

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "=r"(x2), "=r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return (struct answer){{(uint32_t)x0, (uint32_t)x1, (uint32_t)x2, (uint32_t)x3}};
}

static int32_t ask(uint32_t function, uint32_t argument)
{
	return (int32_t)call(function, argument).word[0];
}

bool xen_answers(const struct machine *m)
{
	static const xen_uuid_t xen = XEN_SMCCC_UID;
	struct answer uid;

	if (m->psci != MACHINE_PSCI_HVC || ask(PSCI_VERSION, 0) < PSCI_VERSION_1 ||
	    ask(PSCI_FEATURES, SMCCC_VERSION) < 0)
		return false;
	uid = call(HYPERVISOR_UID, 0);
	return !memcmp(uid.word, xen.a, sizeof(xen.a));
}
