/* SPDX-License-Identifier: MIT */
/* The drivers for what Xen offers: event channels, console, the balloon's backend. */
#ifndef DRIVERS_XEN_XEN_H
#define DRIVERS_XEN_XEN_H

#include <lib/config.h>
#include <lib/types.h>

/* Starts all of them, where Xen is under us. Negative: said in one line. */
int xen_init(void) __must_check;

/* In an interrupt, events masked. */
typedef void (*xen_event_handler)(void);

/* Forgets all handlers and masks all event channels. */
void xen_events_init(void);

/*
 * Binds the timer's event, where Xen has the timer: it wakes the processor from here on.
 * Return: negative if Xen refuses, one line logged. Context: after xen_events_init().
 */
#if IS_ENABLED(CONFIG_XEN_TIMER)
int xen_timer_bind(void) __must_check;
#else
static inline int xen_timer_bind(void)
{
	return 0;
}
#endif

/* Who is called when an event comes; one handler a port. -EINVAL: no such port. -EBUSY. */
int xen_event_bind(unsigned int port, xen_event_handler handler) __must_check;

/* Calls the handlers of what is pending. Events masked. */
void xen_events_dispatch(void);

/* Makes typed input interrupt. Negative: it does not; one line said. */
int xen_console_init(void);

/* Does each thing that is typed? A ring's other side says so each time. */
bool xen_input_interrupts(void);

/* Watches what the toolstack asks of the domain: poweroff, reboot, halt, crash. */
void xen_control_init(void);

/* Watches how much memory the toolstack wants us to have. After xen_balloon_init(). */
void xen_target_init(void);

/*
 * Prepares a suspend: a domain that has more than its target and 1 MiB is saved, and cannot be
 * restored (libxl's max_pages). Gives back what shortage brought in beyond memory/target, for ten
 * seconds at most. Return: 0: what the domain has can be restored; -ENOSPC: more is in use, one
 * line logged. Context: xenstore's thread; sleeps.
 */
int xen_target_settle(void) __must_check;

/* The same look, giving nothing back: can what the domain has be restored? Threads; never sleeps.
 */
bool xen_target_fits(void);

/* Registers the balloon's backend. -EIO and the like: Xen does not say what we have. */
int xen_balloon_init(void) __must_check;

/*
 * Lets the host save the guest; back when it goes on, with everything bound anew that the host
 * binds. -EOPNOTSUPP: this kind of guest cannot be saved; -EIO: refused, one line said;
 * -ENOSPC: memory grew beyond what a restore has room for. Threads only, with no change of memory
 * under way.
 */
int xen_suspend(void) __must_check;

#endif
