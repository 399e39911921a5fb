/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the xenstore client share: the client as it is, over the fake xenstored, with
 * xenstore's thread beside the test's. A wait lets the server work if it was told that there is
 * something, and else lets the clock go to the deadline.
 */
#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/linux.h>
#include <lib/errno.h>
#include <sched/thread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>
#include <xen/event_channel.h>
#include <cmocka.h>

#include "drivers/xen/xen.h"
#include "drivers/xen/xenstore.h"
#include "tests/fake/store.h"
#include "tests/unit/said.h"

#define STORE_PORT 7U
#define SECOND	   1000000000ULL

static int store_missing; /* what xen_store_find says instead of 0 */
static bool store_kicked; /* the server has heard that there is something */
static bool woken;
static void (*on_wait)(void);
static void (*wakeup)(void);
static void (*store_thread)(void *);
static ucontext_t test_context, store_context;
static bool in_store_thread;
static uint64_t sleep_limit; /* xenstore's thread stands still from here on */
static unsigned long kicks;

int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port)
{
	*port = STORE_PORT;
	*page = &fake_store.page;
	return store_missing;
}

int xen_event_bind(unsigned int port, xen_event_handler handler)
{
	assert_int_equal(port, STORE_PORT);
	wakeup = handler;
	return 0;
}

long xen_event_channel_op(int cmd, void *arg)
{
	const struct evtchn_send *send = arg;

	assert_int_equal(cmd, EVTCHNOP_send);
	assert_int_equal(send->port, STORE_PORT);
	store_kicked = true;
	kicks++;
	return 0;
}

struct thread *thread_start(const char *name, void (*entry)(void *), void *arg)
{
	(void)name;
	(void)arg;
	store_thread = entry;
	return (struct thread *)&store_thread;
}

/* From xenstore's thread to the test's, and back when the test has it served again. */
static inline void stand_still(void)
{
	in_store_thread = false;
	swapcontext(&store_context, &test_context);
	in_store_thread = true;
	woken = true;
}

/* What happens between any two turns of a thread. */
static inline void others_run(void)
{
	linux_stop_clock(clock_ns() + SECOND / 1000);
	if (in_store_thread && clock_ns() >= sleep_limit)
		stand_still();
	if (on_wait)
		on_wait();
}

void thread_yield(void)
{
	others_run();
	if (store_kicked)
		store_kicked = fake_store_run();
}

void thread_wake(struct wait_queue *queue)
{
	(void)queue;
	woken = true;
}

static inline void go_to_sleep(uint64_t until)
{
	if (in_store_thread && (!until || until >= sleep_limit))
		stand_still();
	else if (until > clock_ns())
		linux_stop_clock(until);
}

void thread_sleep_ns(uint64_t ns)
{
	others_run();
	linux_stop_clock(clock_ns() + ns);
}

bool thread_wait(struct wait_queue *queue, uint64_t deadline)
{
	(void)queue;
	assert_true(linux_irqs_off);
	assert_true(in_store_thread || deadline);
	woken = false;
	while (!woken) {
		others_run();
		if (!woken && !store_kicked)
			go_to_sleep(deadline);
		if (!woken && deadline && clock_ns() >= deadline)
			return false;
		store_kicked = fake_store_run();
		if (store_kicked)
			wakeup();
	}
	linux_irqs_off = true; /* as it was, whoever ran meanwhile */
	return true;
}

/* Something changed on the server's side, of which it knows. */
static inline void store_set(const char *path, const char *value)
{
	fake_store_set(path, value);
	store_kicked = true;
}

/* Runs xenstore's thread until it has nothing to do, or for so long. */
static inline void store_serve_for(uint64_t ns)
{
	sleep_limit = clock_ns() + ns;
	in_store_thread = true;
	swapcontext(&test_context, &store_context);
	irq_enable();
}

static inline void store_run_thread(void)
{
	irq_enable();
	store_thread(NULL);
}

static inline void store_serve(void)
{
	store_serve_for(UINT64_MAX / 2);
}

/* Once, after xenstore_init(): its thread exists and has not run. */
static inline void store_make_thread(void)
{
	static char stack[1 << 20];

	getcontext(&store_context);
	store_context.uc_stack.ss_sp = stack;
	store_context.uc_stack.ss_size = sizeof(stack);
	makecontext(&store_context, store_run_thread, 0);
}

static unsigned int waits_left;

static inline void stop_guest(void)
{
	if (--waits_left)
		return;
	on_wait = NULL;
	fake_store.dead = false;
	while (fake_store_run())
		;
	linux_stop_clock(clock_ns() + 3600 * SECOND);
}

/* The server is silent until the guest's wait number `wait`, when the guest stands still for an
 * hour; only then the server works. */
static inline void store_stop_guest_at(unsigned int wait)
{
	fake_store.dead = true;
	waits_left = wait;
	on_wait = stop_guest;
}

/* A new server, and a new connection to it. */
static inline void store_start(void)
{
	linux_stop_clock(clock_ns() + 1000 * SECOND);
	fake_store_start();
	store_missing = 0;
	store_kicked = false;
	on_wait = NULL;
	kicks = 0;
	irq_enable();
	xenstore_restart();
	said_start();
}

#endif
