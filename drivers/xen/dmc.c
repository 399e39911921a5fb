/* SPDX-License-Identifier: MIT */
/*
 * XAPI's dynamic memory control. Its squeezed moves only guests that wrote control/feature-balloon.
 * Other toolstacks (xl) let a guest write none of this, which is no error: all of it is silent.
 */
#include <lib/addr.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "dmc.h"
#include "xenstore.h"
#include "xenstore_wire.h"

#define NUMBER_MAX 24
#define OFFSET	   "memory/memory-offset"

static bool offset_told;
static uint64_t said_min, said_max;

static bool read_kib(const char *path, uint64_t *kib)
{
	char text[NUMBER_MAX];

	return !xenstore_read(XENSTORE_NO_TRANSACTION, path, text, sizeof(text)) &&
	       !xenstore_number_parse(text, kib);
}

void dmc_connected(void)
{
	uint64_t min, max;

	offset_told = false;
	(void)!xenstore_write(XENSTORE_NO_TRANSACTION, "control/feature-balloon", "1");
	if (!read_kib("memory/dynamic-min", &min) || !read_kib("memory/dynamic-max", &max))
		return;
	if (min != said_min || max != said_max)
		printk("xen: dynamic memory range of the host: %llu to %llu KiB\n",
		       (unsigned long long)min, (unsigned long long)max);
	said_min = min;
	said_max = max;
}

void dmc_offset(long frames)
{
	char text[NUMBER_MAX];

	if (offset_told)
		return;
	offset_told = true;
	/* What is there already was measured by the toolstack. */
	if (xenstore_read(XENSTORE_NO_TRANSACTION, OFFSET, text, sizeof(text)) != -ENOENT)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)frames * (long long)(PAGE_SIZE / 1024));
	(void)!xenstore_write(XENSTORE_NO_TRANSACTION, OFFSET, text);
}
