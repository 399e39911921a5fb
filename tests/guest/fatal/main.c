/* SPDX-License-Identifier: MIT */
/*
 * A fault that nobody answers: one line, registers, callers by their names, and the end of the
 * machine with a status that says so. test.toml reads what is printed.
 */
#include <lib/bug.h>

#include "guest_test.h"

/* Volatile: the compiler need not know where it points. */
static char *volatile nowhere;

static __noinline void write_to_null(void)
{
	*nowhere = 1;
}

/* A console whose own code faults. */
static void write_nowhere(const char *text, size_t n)
{
	(void)text;
	(void)n;
	write_to_null();
}

static void die_without_console(void)
{
	printk_set_sink(write_nowhere);
	write_to_null();
}

/* The processor finds no stack to tell of the fault on. */
void lose_the_stack(void);

__noinline void lose_the_stack(void)
{
#ifdef __aarch64__
	__asm__ volatile("mov sp, %0; bl lose_the_stack" : : "r"(0L) : "x30", "memory");
#else
	__asm__ volatile("xor %%esp, %%esp; call lose_the_stack" : : : "memory");
#endif
}

/* Volatile: neither the compiler nor the depth ends it. */
static volatile unsigned int depth;

static __noinline unsigned int recurse(unsigned int n)
{
	volatile unsigned int kept = n;

	depth++;
	if (n)
		kept += recurse(n + 1);
	return kept + depth;
}

/* Data, and nothing that may be executed. */
static char data[16];

static __noinline void run_data(void)
{
	void (*volatile code)(void) = (void (*)(void))(uintptr_t)data;

	code();
	printk("FAIL: it came back\n");
}

/* Its last instruction is a call, and another function begins right behind it. */
void call_last(void);
void die_of_a_bug(void) __noreturn;

#if defined(__aarch64__)
#define CALL_LAST "stp x29, x30, [sp, #-16]!; mov x29, sp; bl die_of_a_bug"
#elif defined(__x86_64__)
#define CALL_LAST "push %rbp; mov %rsp, %rbp; call die_of_a_bug"
#else
#define CALL_LAST "push %ebp; mov %esp, %ebp; call die_of_a_bug"
#endif

__asm__(".pushsection .text; .balign 16; .globl call_last, not_called;"
	"call_last: " CALL_LAST "; not_called: nop; .popsection");

void die_of_a_bug(void)
{
	panic("on purpose");
}

int app_main(int argc, char **argv)
{
	/* All that can be said before the end. */
	printk("PASS\n");
	if (argc > 1 && strcmp(argv[1], "stack") == 0)
		lose_the_stack();
	else if (argc > 1 && strcmp(argv[1], "jump") == 0)
		run_data();
	else if (argc > 1 && strcmp(argv[1], "panic") == 0)
		call_last();
	else if (argc > 1 && strcmp(argv[1], "recurse") == 0)
		printk("FAIL: it came back with %u\n", recurse(1));
	else if (argc > 1 && strcmp(argv[1], "console") == 0)
		die_without_console();
	else
		write_to_null();
	return 0;
}
