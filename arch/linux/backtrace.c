/* SPDX-License-Identifier: MIT */
/* Callers by the chain of frame pointers, which both processors lay out in the same way. */
#include <arch/cpu.h>
#include <lib/ksyms.h>
#include <lib/printk.h>

#include "port.h"

#define CALLERS_MAX 32

/* A pair of words on the stack, to which the frame pointer points. */
struct frame {
	const struct frame *caller; /* further up the stack; NULL at its end */
	uintptr_t ip;		    /* in the caller */
};

extern const char etext[]; /* the end of the program's code; libraries lie elsewhere */

/* A call lies before `ip`, by `back` bytes: what does not return may be a function's last. */
static void print_caller(uintptr_t ip, unsigned int back)
{
	unsigned long offset;
	const char *symbol = ksym_find(ip - back, &offset);

	if (symbol && ip - back < (uintptr_t)etext)
		printk("  %016lx %s+0x%lx\n", (unsigned long)ip, symbol, offset + back);
	else
		printk("  %016lx\n", (unsigned long)ip);
}

void linux_backtrace(uintptr_t ip, uintptr_t fp)
{
	const struct frame *frame = (const struct frame *)fp;

	printk("backtrace:\n");
	print_caller(ip, 0);
	for (unsigned int i = 0; i < CALLERS_MAX && frame; i++) {
		if (!IS_ALIGNED((uintptr_t)frame, sizeof(uintptr_t)))
			return;
		print_caller(frame->ip, 1);
		if (frame->caller <= frame)
			return;
		frame = frame->caller;
	}
}

void cpu_backtrace(void)
{
	const struct frame *self = __builtin_frame_address(0);

	linux_backtrace(self->ip, (uintptr_t)self->caller);
}
