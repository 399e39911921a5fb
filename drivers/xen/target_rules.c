/* SPDX-License-Identifier: MIT */
/* memory/target, and its meaning in Xen's count. */
#include <lib/addr.h>
#include <lib/errno.h>

#include "target_rules.h"
#include "xenstore_wire.h"

#define KIB_PER_FRAME (PAGE_SIZE / 1024)
#define FRAMES_MAX    MIN(1ULL << 40, (unsigned long long)(~0UL >> 1)) /* 4 PiB; 32 bits: 8 TiB */

/* What a toolstack adds to each guest: LIBXL_MAXMEM_CONSTANT, 1 MiB. */
#define SLACK_FRAMES 256UL

enum target_verdict target_parse(const char *text, unsigned long *frames)
{
	uint64_t kib = 0;
	int err = xenstore_number_parse(text, &kib);

	if (!*text)
		return TARGET_EMPTY;
	if (err == -EINVAL && *text == '-' && !xenstore_number_parse(text + 1, &kib))
		return TARGET_NEGATIVE;
	if (err == -EINVAL)
		return TARGET_GARBAGE;
	if (err || kib / KIB_PER_FRAME > FRAMES_MAX)
		return TARGET_HUGE;
	*frames = (unsigned long)(kib / KIB_PER_FRAME);
	return TARGET_GOOD;
}

static bool is_built_to(unsigned long current, unsigned long frames, unsigned long slack)
{
	return frames && current >= frames && current - frames <= slack;
}

unsigned long target_offset(const struct target_figures *f)
{
	unsigned long slack = SLACK_FRAMES + f->videoram;
	unsigned long most = f->static_max > f->videoram ? f->static_max - f->videoram : 0;

	if (is_built_to(f->current, f->target, slack))
		return f->current - f->target;
	return is_built_to(f->current, most, slack) ? f->current - most : 0;
}

unsigned long target_granted(const struct target_figures *f, unsigned long target)
{
	return target + SLACK_FRAMES + f->videoram;
}
