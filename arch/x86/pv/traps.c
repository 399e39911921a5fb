/* SPDX-License-Identifier: MIT */
/* Where Xen takes a PV guest's traps and events to. */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/trap.h>
#include <asm/width.h>
#include <lib/bug.h>
#include <xen/callback.h>

uintptr_t trap_fault_address(void)
{
	return xen_vcpu->arch.cr2;
}

/* Nobody waits to hear of it. */
void interrupt_done(void)
{
}

/* Xen could not reload a segment. The kernel never changes one. */
static void __noreturn failsafe(void)
{
	panic("traps: failsafe callback: invalid segment register");
}

static void register_callback(unsigned int type, uintptr_t entry)
{
	struct callback_register callback = {
		.type = type,
		.flags = CALLBACKF_mask_events,
		.address = PV_CALLBACK(entry),
	};
	long err = xen_callback_op(CALLBACKOP_register, &callback);

	if (err)
		panic("traps: callback %u refused by Xen (%ld)", type, err);
}

void traps_init(void)
{
	static struct trap_info table[NR_TRAPS + 1];

	for (unsigned int i = 0; i < NR_TRAPS; i++) {
		table[i] = (struct trap_info){
			.vector = (uint8_t)i,
			.cs = FLAT_KERNEL_CS,
			.address = trap_entries[i],
		};
		/* Whoever may raise it; and with events masked, as upcall_fault() promises. */
		TI_SET_DPL(&table[i], i == TRAP_BREAKPOINT || i == TRAP_OVERFLOW ? 3 : 0);
		TI_SET_IF(&table[i], 1);
	}
	if (xen_set_trap_table(table))
		panic("traps: trap table refused by Xen");
	register_callback(CALLBACKTYPE_event, trap_entries[NR_TRAPS]);
	register_callback(CALLBACKTYPE_failsafe, (uintptr_t)failsafe);
}
