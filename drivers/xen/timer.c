/* SPDX-License-Identifier: MIT */
/* Xen's timer, where it is the processor's alarm (timer_arm): its event must come. */
#include <asm/hypercall.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/event_channel.h>
#include <xen/vcpu.h>

#include "xen.h"

/* The scheduler looks at the clock after every interrupt: that it came is all there is to it. */
static void timer_event(void)
{
}

int xen_timer_bind(void)
{
	struct evtchn_bind_virq timer = {.virq = VIRQ_TIMER, .vcpu = 0};
	long err;

	/* Xen ticks at 100 Hz unless told not to. */
	err = xen_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
	if (!err)
		err = xen_event_channel_op(EVTCHNOP_bind_virq, &timer);
	if (!err)
		err = xen_event_bind(timer.port, timer_event);
	if (err)
		printk("xen: cannot bind the timer event (%s): sleeping threads never wake\n",
		       strerror_kernel((int)err));
	return (int)err;
}
