/* SPDX-License-Identifier: MIT */
/* Faults: which event fails, what is refused, and what happens in the middle of a hypercall. */
#include <asm/hypercall.h>
#include <asm/irq.h>
#include <asm/linux.h>
#include <asm/process.h>
#include <lib/errno.h>

#include "machine.h"

struct fake_faults fake_faults;
uint64_t xen_hypercalls;

static unsigned long seen[NR_EVENTS];

void fake_set_faults(const struct fake_faults *faults)
{
	fake_faults = *faults;
	for (unsigned int i = 0; i < NR_EVENTS; i++)
		seen[i] = 0;
}

void fake_no_faults(void)
{
	fake_set_faults(&(struct fake_faults){0});
}

struct fake_events fake_events(void)
{
	return (struct fake_events){seen[EVENT_CALL], seen[EVENT_EXTENT], seen[EVENT_RELEASE],
				    seen[EVENT_UPDATE]};
}

static const struct fake_fault *fault_of(enum event event)
{
	switch (event) {
	case EVENT_CALL:
		return &fake_faults.call;
	case EVENT_EXTENT:
		return &fake_faults.extent;
	case EVENT_RELEASE:
		return &fake_faults.release;
	default:
		return &fake_faults.update;
	}
}

bool fault_hits(enum event event)
{
	const struct fake_fault *fault = fault_of(event);
	unsigned long nth = ++seen[event];

	if (!fault->at || nth < fault->at)
		return false;
	if (event == EVENT_UPDATE && fake_faults.undo && nth - fault->at == fake_faults.undo)
		return true;
	return nth - fault->at <= fault->more;
}

bool call_begins(void)
{
	bool refused = fault_hits(EVENT_CALL);

	xen_hypercalls++;
	linux_count_call();
	if (fake_faults.on_call)
		fake_faults.on_call(seen[EVENT_CALL]);
	return refused;
}

int call_refusal(void)
{
	return fake_faults.refusal ? fake_faults.refusal : -EINVAL;
}

void call_preempt(void)
{
	if (!fake_faults.on_interrupt || linux_irqs_off)
		return;
	space_sync();
	linux_irqs_off = true;
	linux_set_interrupt(true);
	fake_faults.on_interrupt();
	linux_set_interrupt(false);
	linux_irqs_off = false;
}
