/* SPDX-License-Identifier: MIT */
/*
 * The control socket. A thread answers its clients, a little for each in turn; it sleeps until a
 * signal says that there is something. What a client says is bounded, and so is what it leaves
 * unread: who does not read is dropped, and nobody waits for anybody. Who asks nothing keeps his
 * place until somebody else wants it.
 */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <asm/process.h>
#include <errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <poll.h>
#include <sched/thread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux.h"
#include "listen.h"
#include "reply.h"

#define CLIENTS_MAX 8U
#define LINE_SIZE   1024U
#define OUT_MAX	    (2U * REPLY_MAX)
#define RETRY_NS    100000000ULL  /* after Linux had no descriptor left */
#define IDLE_NS	    5000000000ULL /* a client that asks nothing for so long may lose its place */

struct client {
	int fd;		   /* -1: nobody */
	bool skipping;	   /* the rest of a line that is too long */
	bool ended;	   /* says nothing more, and goes when it has read its answers */
	uint64_t asked_ns; /* when it came, or was last answered */
	size_t in_len, out_len;
	char in[LINE_SIZE];
	char out[OUT_MAX];
};

static struct client clients[CLIENTS_MAX];
static int listener = -1;
static bool must_pause; /* it could not take a client that is there */
static struct wait_queue work;

void linux_control_interrupt(void)
{
	thread_wake(&work);
}

static void drop(struct client *client)
{
	linux_count_call();
	close(client->fd);
	client->fd = -1;
}

static void write_some(struct client *client)
{
	ssize_t n;

	linux_count_call();
	n = send(client->fd, client->out, client->out_len, MSG_NOSIGNAL);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			drop(client);
		return;
	}
	client->out_len -= (size_t)n;
	memmove(client->out, client->out + n, client->out_len);
}

/* A reply that does not fit is for somebody who has not read those before. */
static void answer(struct client *client, const char *line, size_t n)
{
	const char *wrong = "a line has at most 1023 characters";
	struct request request;
	struct reply reply;

	if (OUT_MAX - client->out_len < REPLY_MAX)
		write_some(client);
	if (client->fd < 0)
		return;
	reply = (struct reply){.text = client->out + client->out_len,
			       .size = OUT_MAX - client->out_len};
	if (line)
		wrong = request_parse(line, n, &request);
	if (wrong)
		reply_error(&reply, wrong);
	else
		reply_to(&reply, &request);
	client->out_len += reply.len;
	client->asked_ns = clock_ns();
	if (reply.full)
		drop(client);
}

/* Answers the whole lines that are there. */
static void take_lines(struct client *client)
{
	char *newline;

	while (client->fd >= 0 && (newline = memchr(client->in, '\n', client->in_len))) {
		size_t n = (size_t)(newline - client->in);

		if (!client->skipping)
			answer(client, client->in, n);
		client->skipping = false;
		client->in_len -= n + 1;
		memmove(client->in, newline + 1, client->in_len);
	}
	if (client->fd >= 0 && client->in_len == sizeof(client->in)) {
		if (!client->skipping)
			answer(client, NULL, 0);
		client->skipping = true;
		client->in_len = 0;
	}
}

/* Half a line is answered like a whole one: it will not get any longer. */
static void end_of_input(struct client *client)
{
	client->ended = true;
	if (client->in_len && !client->skipping)
		answer(client, client->in, client->in_len);
	client->in_len = 0;
}

static void read_some(struct client *client)
{
	ssize_t n;

	linux_count_call();
	n = recv(client->fd, client->in + client->in_len, sizeof(client->in) - client->in_len, 0);
	if (n == 0) {
		end_of_input(client);
	} else if (n > 0) {
		client->in_len += (size_t)n;
		take_lines(client);
	} else if (errno != EAGAIN && errno != EINTR) {
		drop(client);
	}
}

static void serve(struct client *client, short events)
{
	if (!client->ended && events & (POLLIN | POLLHUP | POLLERR))
		read_some(client);
	if (client->fd >= 0 && client->out_len)
		write_some(client);
	if (client->fd >= 0 && client->ended && (!client->out_len || events & POLLERR))
		drop(client);
}

/* A last line for somebody whom nobody waits for. */
static void send_away(int fd, const char *line)
{
	linux_count_call();
	send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A free place, be it that of who has been idle the longest, and too long; or NULL. */
static struct client *find_place(void)
{
	struct client *idle = &clients[0];

	for (unsigned int i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].fd < 0)
			return &clients[i];
		if (clients[i].asked_ns < idle->asked_ns)
			idle = &clients[i];
	}
	if (clock_ns() - idle->asked_ns < IDLE_NS)
		return NULL;
	send_away(idle->fd,
		  "{\"ok\": false, \"error\": \"idle for 5 s while another client waits\"}\n");
	drop(idle);
	return idle;
}

/* A place for a client that is at the door. */
static void take_client(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	linux_count_call();
	must_pause = fd < 0 && errno != EAGAIN && errno != ECONNABORTED && errno != EINTR;
	if (fd < 0)
		return;
	client = find_place();
	if (!client || linux_interrupt_by(fd)) {
		send_away(fd, "{\"ok\": false, \"error\": \"eight clients are served at a time; "
			      "try again\"}\n");
		close(fd);
		return;
	}
	client->fd = fd;
	client->asked_ns = clock_ns();
	client->in_len = 0;
	client->out_len = 0;
	client->skipping = false;
	client->ended = false;
}

/* Asks Linux what there is to do; the listener comes last. */
static bool look(struct pollfd ready[CLIENTS_MAX + 1])
{
	for (unsigned int i = 0; i < CLIENTS_MAX; i++) {
		ready[i].fd = clients[i].fd;
		ready[i].events = (short)((clients[i].ended ? 0 : POLLIN) |
					  (clients[i].out_len ? POLLOUT : 0));
		ready[i].revents = 0;
	}
	ready[CLIENTS_MAX] = (struct pollfd){.fd = listener, .events = POLLIN};
	linux_count_call();
	return poll(ready, CLIENTS_MAX + 1, 0) > 0;
}

/* Interrupts are off between a look and the sleep: what comes between ends the sleep. */
static void wait_for_work(struct pollfd ready[CLIENTS_MAX + 1])
{
	unsigned long flags = irq_save();

	while (!look(ready))
		thread_wait(&work, 0);
	irq_restore(flags);
}

static void control(void *arg)
{
	struct pollfd ready[CLIENTS_MAX + 1];

	(void)arg;
	for (;;) {
		wait_for_work(ready);
		for (unsigned int i = 0; i < CLIENTS_MAX; i++)
			if (clients[i].fd >= 0 && ready[i].revents)
				serve(&clients[i], ready[i].revents);
		if (ready[CLIENTS_MAX].revents)
			take_client();
		if (must_pause)
			thread_sleep_ns(RETRY_NS);
		thread_yield();
	}
}

int linux_control_init(const char *path)
{
	for (unsigned int i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
	listener = listen_at(path);
	if (listener < 0)
		return listener;
	if (thread_start("control", control, NULL))
		return 0;
	printk("control: out of memory for a thread: not listening at %s\n", path);
	return -ENOMEM;
}
