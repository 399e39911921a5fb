/* SPDX-License-Identifier: MIT */
/*
 * What the toolstack asks of the domain as a whole, in control/shutdown: it writes a word, and the
 * guest answers by writing nothing in its place (Xen docs/misc/xenstore-paths).
 */
#include <arch/cpu.h>
#include <asm/hypercall.h>
#include <lib/config.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <xen/sched.h>

#include "say.h"
#include "xen.h"
#include "xenstore.h"

#define SHUTDOWN_PATH "control/shutdown"
#define WORD_MAX      32

struct wish {
	const char *word;
	unsigned int reason; /* Xen public/sched.h */
};

static const struct wish wishes[] = {
	{"poweroff", SHUTDOWN_poweroff},
	{"halt", SHUTDOWN_poweroff},
	{"reboot", SHUTDOWN_reboot},
	{"crash", SHUTDOWN_crash},
};

/* Reads the word and takes it away. A store that does not let us do that is no hindrance. */
static int take_word(uint32_t transaction, void *arg)
{
	char *word = arg;
	int err = xenstore_read(transaction, SHUTDOWN_PATH, word, WORD_MAX);

	if (err || !*word)
		return err;
	err = xenstore_write(transaction, SHUTDOWN_PATH, "");
	return err == -EACCES || err == -EPERM ? 0 : err;
}

/* Comes back only if Xen refuses. */
static void end_domain(const struct wish *wish)
{
	struct sched_shutdown shutdown = {.reason = wish->reason};

	printk("xen: host requested %s\n", wish->word);
	irq_disable();
	xen_sched_op(SCHEDOP_shutdown, &shutdown);
	irq_enable();
	printk("xen: shutdown refused by Xen: continuing\n");
}

static void refuse(void)
{
	static uint64_t again;

	if (say_again(&again))
		printk("xen: unknown request in control/shutdown: ignored\n");
}

static void suspend(void)
{
	static uint64_t again;
	int err = IS_ENABLED(CONFIG_XEN_SUSPEND) ? xen_suspend() : -EOPNOTSUPP;

	if (err && say_again(&again))
		printk("xen: host requested suspend: failed (%s)\n", strerror_kernel(err));
}

static void obey(const char *word)
{
	if (!strcmp(word, "suspend")) {
		suspend();
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		if (!strcmp(word, wishes[i].word)) {
			end_domain(&wishes[i]);
			return;
		}
	}
	refuse();
}

/*
 * A suspend that would lose the domain is not acknowledged: the word stays, and the toolstack takes
 * it back and reports a failure (libxl: after a minute), with the domain as it was.
 */
static bool may_take_word(void)
{
	char word[WORD_MAX] = "";

	if (xenstore_read(XENSTORE_NO_TRANSACTION, SHUTDOWN_PATH, word, WORD_MAX))
		return true;
	return strcmp(word, "suspend") != 0 || !IS_ENABLED(CONFIG_XEN_TARGET) ||
	       !xen_target_settle();
}

static int shutdown_changed(void)
{
	char word[WORD_MAX] = "";
	int err = may_take_word() ? xenstore_transact(take_word, word) : 0;

	switch (err) {
	case -ENOENT:
		return 0;
	case -EOVERFLOW:
	case -EINVAL:
		refuse();
		return 0;
	}
	if (!err && *word)
		obey(word);
	return err;
}

/* Toolstacks that ask look here first. Where it may not be written it is not needed. */
static void shutdown_connected(void)
{
	(void)!xenstore_write(XENSTORE_NO_TRANSACTION, "control/feature-poweroff", "1");
	(void)!xenstore_write(XENSTORE_NO_TRANSACTION, "control/feature-reboot", "1");
}

static struct xenstore_watch shutdown_watch = {
	.path = SHUTDOWN_PATH,
	.connected = shutdown_connected,
	.changed = shutdown_changed,
};

void xen_control_init(void)
{
	xenstore_watch(&shutdown_watch);
}
