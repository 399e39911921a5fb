/* SPDX-License-Identifier: MIT */
/* The thread that keeps the connection to xenstored and calls those who watch. */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <sched/thread.h>

#include "xenstore.h"
#include "xenstore_client.h"

/*
 * Between one connection that made no sense and the next: doubled each time, and the least again
 * after one that lasted.
 */
#define PAUSE_MIN_NS 1000000000ULL
#define PAUSE_MAX_NS (64 * PAUSE_MIN_NS)

static uint64_t pause_ns = PAUSE_MIN_NS;
static uint64_t reconnect_at; /* 0: not waited for */
static uint64_t connected_at; /* for the last time */

/* When to go on; 0: never, if nothing happens. */
static uint64_t mend(void)
{
	if (!xenstore_client_can_reconnect())
		return 0;
	if (!reconnect_at) {
		if (clock_ns() - connected_at > 2 * PAUSE_MAX_NS)
			pause_ns = PAUSE_MIN_NS;
		reconnect_at = clock_ns() + pause_ns;
		pause_ns = MIN(2 * pause_ns, PAUSE_MAX_NS);
	}
	if (clock_ns() < reconnect_at)
		return reconnect_at;
	reconnect_at = 0;
	connected_at = clock_ns();
	xenstore_client_reconnect();
	return 0;
}

static uint64_t serve(void)
{
	switch (xenstore_client_state()) {
	case XENSTORE_UP:
		return xenstore_watch_serve();
	case XENSTORE_BROKEN:
		return mend();
	case XENSTORE_ABSENT:
	case XENSTORE_WAITING:
		break;
	}
	return 0;
}

static void xenstore_main(void *arg)
{
	(void)arg;
	for (;;) {
		enum xenstore_state before = xenstore_client_state();
		uint64_t again = serve();

		if (xenstore_client_state() == before)
			xenstore_client_wait(again);
	}
}

int xenstore_init(void)
{
	int err = xenstore_client_find();

	if (err == -ENODEV)
		return 0;
	if (!err && !thread_start("xenstore", xenstore_main, NULL)) {
		xenstore_client_forget();
		err = -ENOMEM;
	}
	if (err)
		printk("xenstore: not available: %s (targets and shutdown requests are not "
		       "followed)\n",
		       strerror_kernel(err));
	return err;
}

void xenstore_restart(void)
{
	int err;

	xenstore_client_forget();
	pause_ns = PAUSE_MIN_NS;
	reconnect_at = 0;
	err = xenstore_client_find();
	if (err)
		printk("xenstore: not available after resume: %s (targets and shutdown requests "
		       "are not followed)\n",
		       strerror_kernel(err));
}
