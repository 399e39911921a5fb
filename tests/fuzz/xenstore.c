/* SPDX-License-Identifier: MIT */
/*
 * A xenstored that does whatever an input says: it answers, lies, writes anywhere in the page, lets
 * time pass. The client ends every call in time, with an error that is promised and a text that
 * ends, and afterwards works with an honest server.
 */
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <sched/thread.h>
#include <string.h>
#include <xen/event_channel.h>

#include "drivers/xen/xen.h"
#include "drivers/xen/xenstore.h"
#include "drivers/xen/xenstore_client.h"
#include "tests/fake/store.h"
#include "tests/fuzz/fuzz.h"

#define SECOND	  1000000000ULL
#define VALUE_MAX 24U
#define BODY_MAX  255U
#define ROUNDS	  12

bool linux_irqs_off, linux_irq_pending;

static const uint8_t *input;
static size_t left;
static bool honest, woken;
static uint64_t now;
static void (*wakeup)(void);

/* ---- the machine ---- */

int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port)
{
	*page = &fake_store.page;
	*port = 1;
	return 0;
}

int xen_event_bind(unsigned int port, xen_event_handler handler)
{
	(void)port;
	wakeup = handler;
	return 0;
}

long xen_event_channel_op(int cmd, void *arg)
{
	(void)arg;
	assert(cmd == EVTCHNOP_send);
	return 0;
}

long xen_sched_op(int cmd, void *arg)
{
	(void)cmd;
	(void)arg;
	return -EPERM;
}

int xen_suspend(void)
{
	return -EOPNOTSUPP;
}

/* Every other suspend may be acknowledged. */
int xen_target_settle(void)
{
	static unsigned int asked;

	return asked++ % 2 ? 0 : -ENOSPC;
}

void linux_irq_deliver(void)
{
}

void irq_enable(void)
{
	linux_irqs_off = false;
}

void irq_disable(void)
{
	linux_irqs_off = true;
}

uint64_t clock_ns(void)
{
	return now;
}

struct thread *thread_start(const char *name, void (*entry)(void *), void *arg)
{
	(void)name;
	(void)entry;
	return arg;
}

void thread_wake(struct wait_queue *queue)
{
	(void)queue;
	woken = true;
}

/* ---- the server ---- */

static uint8_t take(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

static uint32_t take_word(void)
{
	uint32_t word = take();

	word |= (uint32_t)take() << 8;
	word |= (uint32_t)take() << 16;
	return word | (uint32_t)take() << 24;
}

static void say(const void *data, size_t n)
{
	struct xenstore_domain_interface *page = &fake_store.page;

	for (size_t i = 0; i < n; i++)
		page->rsp[MASK_XENSTORE_IDX(page->rsp_prod++)] = ((const char *)data)[i];
}

/* To the request that lies in the ring, if the type is 0 as it wants to be answered. */
static void answer(uint32_t type)
{
	struct xenstore_domain_interface *page = &fake_store.page;
	struct xsd_sockmsg header;
	char body[BODY_MAX];

	for (size_t i = 0; i < sizeof(header); i++)
		((char *)&header)[i] = page->req[MASK_XENSTORE_IDX(page->req_cons + i)];
	header.type = type ? type : header.type;
	header.len = take();
	for (size_t i = 0; i < header.len; i++)
		body[i] = (char)take();
	page->req_cons = page->req_prod;
	say(&header, sizeof(header));
	say(body, header.len);
}

static void say_input(void)
{
	char bytes[BODY_MAX];
	size_t n = take();

	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)take();
	say(bytes, n);
}

static void scribble(void)
{
	uint32_t at = take_word() % (sizeof(fake_store.page) - sizeof(uint32_t));
	uint32_t word = take_word();

	memcpy((char *)&fake_store.page + at, &word, sizeof(word));
}

static void do_what_input_says(void)
{
	struct xenstore_domain_interface *page = &fake_store.page;

	switch (take() % 9) {
	case 0:
		answer(0);
		return;
	case 1:
		answer(XS_ERROR);
		return;
	case 2:
		answer(XS_WATCH_EVENT);
		return;
	case 3:
		answer(take());
		return;
	case 4:
		say_input();
		return;
	case 5:
		page->rsp_prod = take_word();
		return;
	case 6:
		page->req_cons = take_word();
		return;
	case 7:
		scribble();
		return;
	default:
		page->server_features = take();
		page->connection = take();
	}
}

static void run_server(void)
{
	now += SECOND / 1000;
	if (honest)
		while (fake_store_run())
			;
	else if (left)
		do_what_input_says();
}

void thread_yield(void)
{
	run_server();
}

bool thread_wait(struct wait_queue *queue, uint64_t deadline)
{
	(void)queue;
	assert(linux_irqs_off && deadline);
	woken = false;
	run_server();
	wakeup();
	if (!honest && !left && now < deadline)
		now = deadline;
	return now < deadline;
}

/* ---- the client ---- */

static uint64_t began;

static void begin(void)
{
	began = now;
}

/* A call of so many requests has ended. */
static void end(unsigned int requests)
{
	assert(!linux_irqs_off);
	assert(now - began <= requests * 11 * SECOND);
}

static void check_read(const char *path)
{
	char value[VALUE_MAX];
	int err;

	begin();
	memset(value, 'x', sizeof(value));
	err = xenstore_read(XENSTORE_NO_TRANSACTION, path, value, sizeof(value));
	assert(err <= 0 && err > -4096);
	assert(err || memchr(value, '\0', sizeof(value)));
	end(1);
}

static int body(uint32_t transaction, void *arg)
{
	(void)arg;
	assert(transaction);
	return xenstore_write(transaction, "a", "1");
}

static void check_transaction(void)
{
	int err;

	begin();
	err = xenstore_transact(body, NULL);
	assert(err <= 0 && err > -4096);
	end(3 * 16);
}

/* What xenstore's thread does, once. */
static void serve(void)
{
	begin();
	switch (xenstore_client_state()) {
	case XENSTORE_UP:
		xenstore_watch_serve();
		end(100);
		return;
	case XENSTORE_BROKEN:
		if (xenstore_client_can_reconnect())
			xenstore_client_reconnect();
		return;
	default:
		xenstore_client_wait(now + SECOND);
	}
}

static int read_target(void)
{
	check_read("memory/target");
	return 0;
}

static struct xenstore_watch watch = {.path = "memory/target", .changed = read_target};

static void say_nothing(const char *text, size_t n)
{
	(void)text;
	(void)n;
}

static void start(bool is_honest)
{
	fake_store_start();
	honest = is_honest;
	xenstore_restart();
}

static void check_that_it_works(void)
{
	char value[VALUE_MAX] = "";

	start(true);
	assert(!xenstore_write(XENSTORE_NO_TRANSACTION, "works", "yes"));
	assert(!xenstore_read(XENSTORE_NO_TRANSACTION, "works", value, sizeof(value)));
	assert(!strcmp(value, "yes"));
	xenstore_watch_serve();
	assert(fake_store.watches == 2);
}

void fuzz_one(const uint8_t *data, size_t n)
{
	static bool begun;

	if (!begun) {
		printk_set_sink(say_nothing);
		xenstore_watch(&watch);
		xen_control_init();
		begun = true;
	}
	input = data;
	left = n;
	start(false);
	for (int i = 0; i < ROUNDS && left; i++) {
		serve();
		check_read("a");
		check_transaction();
	}
	check_that_it_works();
}
