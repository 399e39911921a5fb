/* SPDX-License-Identifier: MIT */
/*
 * What is typed interrupts, and so does room for what is printed. Any interrupt wakes the
 * thread that waits for a line, and hands over what is kept (kernel/interrupt.c).
 */
#include <arch/console.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/event_channel.h>

#include "xen.h"

static bool interrupts;

static void console_event(void)
{
}

/*
 * The hardware domain has a virtual interrupt for it, a domU the ring's own channel. -ENODEV:
 * this one has another console than Xen's.
 */
static long input_port(unsigned int *port)
{
	struct evtchn_bind_virq virq = {.virq = VIRQ_CONSOLE, .vcpu = 0};
	long err;

	if (!xen_is_hardware_domain()) {
		*port = console_ring_port();
		return console_ring_is_there() ? 0 : -ENODEV;
	}
	err = xen_event_channel_op(EVTCHNOP_bind_virq, &virq);
	*port = virq.port;
	return err;
}

int xen_console_init(void)
{
	unsigned int port;
	long err = input_port(&port);

	if (!err)
		err = xen_event_bind(port, console_event);
	if (err && err != -ENODEV)
		printk("xen: no console interrupt (%s): polling\n", strerror_kernel((int)err));
	interrupts = !err;
	console_flush(); /* after a restore the ring is another */
	return (int)err;
}

bool xen_input_interrupts(void)
{
	return interrupts && console_ring_is_there();
}
