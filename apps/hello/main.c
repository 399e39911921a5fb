/* SPDX-License-Identifier: MIT */
/* A small application: it needs more memory than the guest has at boot. */
#include <aerostat/app.h>

int app_main(int argc, char **argv)
{
	const size_t wanted = 100 << 20;
	char *memory = malloc(wanted);

	printk("Hello from %s, with %d more words.\n", argv[0], argc - 1);
	if (!memory) {
		printk("The host does not let this guest grow by 100 MiB.\n");
		return 1;
	}
	memset(memory, 'x', wanted);
	printk("The guest grew to hold 100 MiB, and all of it is written.\n");
	free(memory);
	return 0;
}
