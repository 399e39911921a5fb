/* SPDX-License-Identifier: MIT */
/* Says what words reach the application. */
#include "guest_test.h"

int app_main(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printk("<%s>\n", argv[i]);
	CHECK(argc > 0 && !argv[argc], "no end");
	return guest_test_done();
}
