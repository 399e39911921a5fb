/* SPDX-License-Identifier: MIT */
/* What only a bug can do fails the test, or is what the test expects (expect_assert_failure). */
#include <lib/bug.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "panic.h"

bool panic_seen;

void panic(const char *fmt, ...)
{
	static char text[256];
	va_list ap;

	panic_seen = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	mock_assert(0, text, "panic", 0);
	abort();
}
