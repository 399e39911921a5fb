/* SPDX-License-Identifier: MIT */
/* The start of a context: what cpu_context_switch() will find on its stack. */
#include <arch/cpu.h>
#include <asm/width.h>

extern const char context_entry[];

void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
	struct first_frame *frame = (struct first_frame *)stack_top - 1;

	*frame = (struct first_frame){
		.entry = (uintptr_t)entry,
		.arg = (uintptr_t)arg,
		.ip = (uintptr_t)context_entry,
	};
	ctx->sp = frame;
}
