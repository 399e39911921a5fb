/* SPDX-License-Identifier: MIT */
/*
 * A fault that nobody answers: one line, registers, callers by their names, and the end of the
 * machine with a status that says so. test.toml reads what is printed.
 */
#include "guest_test.h"

/* Volatile: the compiler need not know where it points. */
static char *volatile nowhere;

static __noinline void write_to_null(void)
{
	*nowhere = 1;
}

/* The processor finds no stack to tell of the fault on. */
void lose_the_stack(void);

__noinline void lose_the_stack(void)
{
	__asm__ volatile("xor %%esp, %%esp; call lose_the_stack" : : : "memory");
}

int app_main(int argc, char **argv)
{
	/* All that can be said before the end. */
	printk("PASS\n");
	if (argc > 1 && strcmp(argv[1], "stack") == 0)
		lose_the_stack();
	else
		write_to_null();
	return 0;
}
