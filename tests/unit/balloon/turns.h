/* SPDX-License-Identifier: MIT */
/* For tests that are the balloon's thread: its turns one by one, until there is nothing to do. */
#ifndef TESTS_UNIT_TURNS_H
#define TESTS_UNIT_TURNS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "balloon/control.h"
#include "balloon/shrink.h"
#include "balloon/target.h"

#define TURNS_MAX 5000U

/* Turns until there is nothing to do at once; the time until there may be. */
static inline uint64_t work(void)
{
	for (unsigned int i = 0; i < TURNS_MAX; i++) {
		uint64_t wait = balloon_work_step();

		if (wait)
			return wait;
	}
	fail_msg("there is no end to the work");
	return 0;
}

#endif
