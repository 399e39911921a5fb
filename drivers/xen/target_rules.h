/* SPDX-License-Identifier: MIT */
/* What memory/target says, and what the host means by it: numbers in, numbers out. */
#ifndef DRIVERS_XEN_TARGET_RULES_H
#define DRIVERS_XEN_TARGET_RULES_H

#include <lib/types.h>

enum target_verdict {
	TARGET_GOOD,
	TARGET_MISSING,
	TARGET_EMPTY,
	TARGET_NEGATIVE,
	TARGET_GARBAGE, /* no decimal number of KiB */
	TARGET_HUGE,	/* more than any machine has */
	NR_TARGET_VERDICTS
};

/* How many frames a text of KiB is; less than one frame is none. */
enum target_verdict target_parse(const char *text, unsigned long *frames);

/* What the toolstack says at the first look, in frames; 0: nothing. */
struct target_figures {
	unsigned long current; /* what Xen counts as ours, at boot */
	unsigned long target;  /* the first one */
	unsigned long static_max;
	unsigned long videoram;
};

/*
 * How many frames Xen counts as a translated guest's beyond what the toolstack's targets say:
 * special pages, video memory. The toolstack built the guest to its target, or to static-max if it
 * moved the target before the guest ran; what it puts on top is at most a MiB and the video memory.
 * 0 if neither fits.
 */
unsigned long target_offset(const struct target_figures *figures);

/*
 * The most frames, in Xen's count, that a toolstack gives a domain of this target: libxl sets
 * max_pages to target and LIBXL_MAXMEM_CONSTANT, at creation and at restore.
 */
unsigned long target_granted(const struct target_figures *figures, unsigned long target);

#endif
