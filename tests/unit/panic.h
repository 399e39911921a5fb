/* SPDX-License-Identifier: MIT */
/* What is known of panics in the running test. */
#ifndef TESTS_UNIT_PANIC_H
#define TESTS_UNIT_PANIC_H

#include <lib/types.h>

/* True if the running test has come to a panic, which it expected. */
extern bool panic_seen;

#endif
