/* SPDX-License-Identifier: MIT */
/* memory/target, and its meaning in Xen's count: numbers in, numbers out. */
#ifndef DRIVERS_XEN_TARGET_RULES_H
#define DRIVERS_XEN_TARGET_RULES_H

#include <lib/types.h>

enum target_verdict {
	TARGET_GOOD,
	TARGET_MISSING,
	TARGET_EMPTY,
	TARGET_NEGATIVE,
	TARGET_GARBAGE, /* not a decimal number of KiB */
	TARGET_HUGE,	/* out of range */
	NR_TARGET_VERDICTS
};

/* Parse a text of KiB into frames, rounded down. */
enum target_verdict target_parse(const char *text, unsigned long *frames);

/* The toolstack's figures at the first look, in frames; 0: missing. */
struct target_figures {
	unsigned long current; /* Xen's count of the domain, at boot */
	unsigned long target;  /* the first one */
	unsigned long static_max;
	unsigned long videoram;
};

/*
 * Compute the frames that Xen counts for a translated guest beyond the toolstack's targets: special
 * pages, video memory. The toolstack built the guest to its target, or to static-max if it moved
 * the target before the guest ran, plus at most a MiB and the video memory. Return: 0 if neither
 * fits.
 */
unsigned long target_offset(const struct target_figures *figures);

/*
 * Compute the most frames, in Xen's count, that a toolstack allows a domain of this target: libxl
 * sets max_pages to target plus LIBXL_MAXMEM_CONSTANT, at creation and at restore.
 */
unsigned long target_granted(const struct target_figures *figures, unsigned long target);

#endif
