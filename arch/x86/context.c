/* SPDX-License-Identifier: MIT */
/* The start of a context: what cpu_context_switch() will find on its stack. */
#include <arch/cpu.h>

/* The start of a context that has never run: what cpu_context_switch pops, then where it returns.
 */
struct first_frame {
	uintptr_t r15, r14, r13, r12, rbx, rbp;
	uintptr_t ip;
	uintptr_t align;
};

extern const char context_entry[];

void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
	struct first_frame *frame = (struct first_frame *)stack_top - 1;

	*frame = (struct first_frame){
		.r12 = (uintptr_t)entry,
		.r13 = (uintptr_t)arg,
		.ip = (uintptr_t)context_entry,
	};
	ctx->sp = frame;
}
