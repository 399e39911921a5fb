/* SPDX-License-Identifier: MIT */
/* An application that does nothing: what happens is up to the host, or to the shell after it. */
#include <aerostat/app.h>

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printk("PASS\n");
	return 0;
}
