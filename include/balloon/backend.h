/* SPDX-License-Identifier: MIT */
/*
 * What carries frames between guest and host. A struct of operations: the same image may run on
 * another host.
 */
#ifndef BALLOON_BACKEND_H
#define BALLOON_BACKEND_H

#include <lib/addr.h>

#define CEILING_UNLIMITED (~0UL)

/*
 * There may be several. Each frame belongs to the backend that brought it, and goes back to it: a
 * *ranged* backend has frame numbers of its own, which nobody else populates; the one without, the
 * *base* backend, has all others, with what the guest was started with. There is at most one base.
 *
 * Threads call the operations. None sleeps or yields, so there is one at a time: `grow` runs inside
 * an allocation that found nothing. `self` is the struct that was registered: a driver with several
 * devices has one in each of its own structs (container_of).
 */
struct balloon_backend {
	const char *name;

	/*
	 * Frames that come and go together: 1 for the base; for a ranged backend 2^n, at least
	 * BLOCK_FRAMES and at most GROW_BLOCKS_MAX blocks: it is asked for runs of whole units,
	 * listed by their blocks, and never stops inside a unit. 0 is not allowed.
	 */
	unsigned long unit;

	/*
	 * Frame numbers that only this backend populates, aligned to its unit, known when it is
	 * registered; region_frames 0: the base backend. While they are
	 * not present they are absent frames of its owner, which no other's growth finds.
	 */
	pfn_t region_first;
	unsigned long region_frames;

	/*
	 * The most frames the host lets this guest have, in the host's own count, now;
	 * CEILING_UNLIMITED if it sets none. Negative: the host did not answer sensibly. A ranged
	 * backend counts what lies in its range, here and in `current`.
	 */
	int (*ceiling)(const struct balloon_backend *self, unsigned long *frames);

	/* What the host says this guest has, in its own count. */
	int (*current)(const struct balloon_backend *self, unsigned long *frames);

	/*
	 * Populates extents of 2^order frames, in order; *done says how many are whole and ours now
	 * (on PV the p2m knows them). Less than nr is not an error. Contents are undefined.
	 */
	int (*grow)(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		    unsigned int order, unsigned int *done);

	/* Does the host hand what it gets to others as it is? Then frames are scrubbed before. */
	bool needs_scrub;

	/*
	 * Gives unmapped frames back to the host, in order; *frames says how many are known to be
	 * gone, and out of the p2m. Where it fell short inside an extent, more may be (Xen works
	 * frame by frame, and answers in extents): `current` tells. Frames of which the host never
	 * said whether it took them are to be called gone, too, and nobody uses them again; while
	 * `current` counts them as ours they are lost, and that is said.
	 */
	int (*shrink)(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		      unsigned int order, unsigned long *frames);

	/*
	 * Has the host take back what is behind these whole blocks, ascending, which stay ours:
	 * when it returns 0 their contents are undefined. May be NULL. -ENODEV: this host does not;
	 * -EBUSY: it may still do it at any time, so that nobody may use them; other errors: said,
	 * and nothing is known of their contents. The first backend that has
	 * this is told of all blocks, whoever brought them.
	 */
	int (*report)(const struct balloon_backend *self, const pfn_t *block, unsigned int nr);

	/*
	 * These neighbours, of the extent where it fell short, are gone too: out of the p2m. NULL
	 * for a ranged backend, which never does.
	 */
	void (*forget)(const struct balloon_backend *self, pfn_t first, unsigned long frames);
};

#endif
