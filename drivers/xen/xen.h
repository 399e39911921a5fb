/* SPDX-License-Identifier: MIT */
/* The drivers for Xen: event channels, console, the balloon's backend. */
#ifndef DRIVERS_XEN_XEN_H
#define DRIVERS_XEN_XEN_H

#include <lib/config.h>
#include <lib/types.h>

/* Start all of them, if Xen is present. Return: negative, with one message, if one failed. */
int xen_init(void) __must_check;

/* Called in an interrupt, with events masked. */
typedef void (*xen_event_handler)(void);

/* Drop all handlers and mask all event channels. */
void xen_events_init(void);

/*
 * Bind the timer's event, where Xen has the timer. It wakes the processor from here on.
 * Return: negative, with one message, if Xen refuses.
 * Context: after xen_events_init().
 */
#if IS_ENABLED(CONFIG_XEN_TIMER)
int xen_timer_bind(void) __must_check;
#else
static inline int xen_timer_bind(void)
{
	return 0;
}
#endif

/* Set the one handler of a port. Return: -EINVAL without such a port; -EBUSY if it has one. */
int xen_event_bind(unsigned int port, xen_event_handler handler) __must_check;

/* Call the handlers of pending events. Context: interrupt, events masked. */
void xen_events_dispatch(void);

/* Bind the interrupt of console input. Return: negative, with one message, if it cannot. */
int xen_console_init(void);

/* Test whether console input interrupts, as a ring's other side notifies each time. */
bool xen_input_interrupts(void);

/* Watch the toolstack's requests: poweroff, reboot, halt, crash, suspend. */
void xen_control_init(void);

/* Watch memory/target. Context: after xen_balloon_init(). */
void xen_target_init(void);

/*
 * Prepare a suspend. A domain that has more than its target and 1 MiB can be saved, but not
 * restored (libxl's max_pages). So memory that shortage brought beyond memory/target is released,
 * for ten seconds at most. Return: 0 if the domain can be restored; -ENOSPC, with one message, if
 * more is in use. Context: xenstore's thread; sleeps.
 */
int xen_target_settle(void) __must_check;

/* Test whether the domain can be restored with its memory. Context: thread; never sleeps. */
bool xen_target_fits(void);

/* Register the balloon's backend. Return: negative if Xen does not report the memory size. */
int xen_balloon_init(void) __must_check;

/*
 * Suspend the guest, and bind everything again that the host binds after it resumed.
 * Return: -EOPNOTSUPP if this kind of guest cannot be saved; -EIO, with one message, if refused;
 * -ENOSPC if memory grew beyond the limit of a restore.
 * Context: thread, no change of memory under way.
 */
int xen_suspend(void) __must_check;

#endif
