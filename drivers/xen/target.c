/* SPDX-License-Identifier: MIT */
/* The toolstack's target of this domain: memory/target, in KiB, watched. */
#include <balloon/balloon.h>
#include <lib/config.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <sched/thread.h>

#include "dmc.h"
#include "say.h"
#include "target_rules.h"
#include "xen.h"
#include "xenstore.h"

#define NUMBER_MAX 24 /* bytes of a number's text */

#define SETTLE_NS      10000000000ULL /* libxl waits for a minute */
#define SETTLE_LOOK_NS 250000000ULL

static struct {
	bool anchored;	       /* the first target was seen */
	unsigned long offset;  /* of what Xen counts to what the toolstack says */
	unsigned long granted; /* what a restore has room for, in Xen's count */
	uint64_t again_refused;
	struct target_figures figures;
	uint64_t again[NR_TARGET_VERDICTS];
} target;

static const char *const wrong[NR_TARGET_VERDICTS] = {
	[TARGET_MISSING] = "missing",	[TARGET_EMPTY] = "empty",
	[TARGET_NEGATIVE] = "negative", [TARGET_GARBAGE] = "not a number",
	[TARGET_HUGE] = "out of range",
};

/* 0: *verdict says what there is. Else the store gave no answer. */
static int read_frames(const char *path, unsigned long *frames, enum target_verdict *verdict)
{
	char text[NUMBER_MAX];
	int err = xenstore_read(XENSTORE_NO_TRANSACTION, path, text, sizeof(text));

	switch (err) {
	case 0:
		*verdict = target_parse(text, frames);
		return 0;
	case -ENOENT:
		*verdict = TARGET_MISSING;
		return 0;
	case -EOVERFLOW:
	case -EINVAL:
	case -EACCES:
		*verdict = TARGET_GARBAGE;
		return 0;
	}
	return err;
}

/* A figure that is not there, or makes no sense, is 0. */
static int read_figure(const char *path, unsigned long *frames)
{
	enum target_verdict verdict;

	*frames = 0;
	return read_frames(path, frames, &verdict);
}

/* Only a translated guest is counted otherwise by Xen than by its toolstack. */
static int anchor(unsigned long first)
{
	struct target_figures *f = &target.figures;
	int err = read_figure("memory/static-max", &f->static_max);

	if (!err)
		err = read_figure("memory/videoram", &f->videoram);
	if (err)
		return err;
	f->target = first;
	target.offset = IS_ENABLED(CONFIG_PV) ? 0 : target_offset(f);
	target.anchored = true;
	return 0;
}

static int target_changed(void)
{
	unsigned long frames = 0;
	enum target_verdict verdict;
	int err = read_frames("memory/target", &frames, &verdict);

	if (!err && verdict == TARGET_GOOD && !target.anchored)
		err = anchor(frames);
	if (err)
		return err;
	if (verdict == TARGET_GOOD) {
		target.granted = target_granted(&target.figures, frames);
		balloon_target_set(frames + target.offset);
		if (IS_ENABLED(CONFIG_XEN_DMC))
			dmc_offset((long)(target.figures.current - target.figures.target));
	} else if (say_again(&target.again[verdict])) {
		printk("xen: memory/target %s: target unchanged\n", wrong[verdict]);
	}
	return 0;
}

/* Without a target, or Xen's count, there is nothing to hold against a suspend. */
bool xen_target_fits(void)
{
	struct balloon_stats stats;

	if (!target.anchored || balloon_refresh())
		return true;
	balloon_stats_get(&stats);
	return stats.host <= target.granted;
}

static void say_refused(void)
{
	char has[TEXT_SIZE_MAX], granted[TEXT_SIZE_MAX];
	struct balloon_stats stats;

	if (!say_again(&target.again_refused))
		return;
	balloon_stats_get(&stats);
	printk("xen: suspend refused: memory %s above restore limit %s (raise memory/target: xl "
	       "mem-set)\n",
	       text_size(has, stats.host), text_size(granted, target.granted));
}

/* The store may hold a target that is newer than the last one heard. */
static bool fits_now(void)
{
	(void)target_changed();
	return xen_target_fits();
}

int xen_target_settle(void)
{
	uint64_t deadline = clock_ns() + SETTLE_NS;

	while (!fits_now()) {
		if (clock_ns() >= deadline) {
			say_refused();
			return -ENOSPC;
		}
		balloon_drop_over_target();
		(void)balloon_settle();
		if (!xen_target_fits())
			thread_sleep_ns(SETTLE_LOOK_NS);
	}
	return 0;
}

static struct xenstore_watch target_watch = {
	.path = "memory/target",
	.connected = IS_ENABLED(CONFIG_XEN_DMC) ? dmc_connected : NULL,
	.changed = target_changed,
};

void xen_target_init(void)
{
	struct balloon_stats stats;

	balloon_stats_get(&stats);
	target.figures.current = stats.host;
	xenstore_watch(&target_watch);
}
