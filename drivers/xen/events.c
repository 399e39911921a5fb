/* SPDX-License-Identifier: MIT */
/* Event channels, the two-level kind (Xen public/event_channel.h, struct shared_info). */
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/event_channel.h>

#include "xen.h"

#define PORTS_MAX     64U /* of the 4096 there are; a guest like this has a handful */
#define BITS_PER_LONG (8 * sizeof(unsigned long))

static xen_event_handler handlers[PORTS_MAX];

static void mask(unsigned int port)
{
	__atomic_or_fetch(&xen_shared_info->evtchn_mask[port / BITS_PER_LONG],
			  1UL << port % BITS_PER_LONG, __ATOMIC_SEQ_CST);
}

/* Xen redelivers what became pending under the mask; a port of ours is unmasked before it is used.
 */
static void unmask(unsigned int port)
{
	struct evtchn_unmask op = {.port = port};

	xen_event_channel_op(EVTCHNOP_unmask, &op);
}

int xen_event_bind(unsigned int port, xen_event_handler handler)
{
	if (port >= PORTS_MAX)
		return -EINVAL;
	if (handlers[port])
		return -EBUSY;
	handlers[port] = handler;
	unmask(port);
	return 0;
}

static void handle(unsigned int port)
{
	__atomic_and_fetch(&xen_shared_info->evtchn_pending[port / BITS_PER_LONG],
			   ~(1UL << port % BITS_PER_LONG), __ATOMIC_SEQ_CST);
	if (port < PORTS_MAX && handlers[port]) {
		handlers[port]();
		return;
	}
	mask(port);
	printk("xen: event on port %u without a handler: masked\n", port);
}

static void dispatch_word(unsigned int word)
{
	for (;;) {
		unsigned long pending = READ_ONCE(xen_shared_info->evtchn_pending[word]) &
					~READ_ONCE(xen_shared_info->evtchn_mask[word]);

		if (!pending)
			return;
		handle(word * BITS_PER_LONG + (unsigned int)__builtin_ctzl(pending));
	}
}

void xen_events_dispatch(void)
{
	WRITE_ONCE(xen_vcpu->evtchn_upcall_pending, 0);
	for (;;) {
		unsigned long words =
			__atomic_exchange_n(&xen_vcpu->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);

		if (!words)
			return;
		for (; words; words &= words - 1)
			dispatch_word((unsigned int)__builtin_ctzl(words));
	}
}

void xen_events_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(xen_shared_info->evtchn_mask); i++)
		WRITE_ONCE(xen_shared_info->evtchn_mask[i], ~0UL);
	for (unsigned int i = 0; i < PORTS_MAX; i++)
		handlers[i] = NULL;
}
