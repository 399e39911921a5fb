/* SPDX-License-Identifier: MIT */
/* The smallest application worth having: it wants more memory than the guest was given. */
#include <aerostat/app.h>

int app_main(int argc, char **argv)
{
	size_t wanted = 100 << 20, piece = 1 << 20, had = 0;

	printk("Hello from %s, with %d more words.\n", argv[0], argc - 1);
	while (had < wanted) {
		char *memory = malloc(piece);

		if (!memory)
			break;
		memset(memory, 'x', piece);
		had += piece;
	}
	printk("%zu of %zu MiB, and the guest grew to fit.\n", had >> 20, wanted >> 20);
	return had == wanted ? 0 : 1;
}
