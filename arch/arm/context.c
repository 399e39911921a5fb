/* SPDX-License-Identifier: MIT */
/* The start of a context: what cpu_context_switch() will find on its stack (switch.S). */
#include <arch/cpu.h>

extern const char context_entry[];

struct first_frame {
	uintptr_t fp, lr;
	uintptr_t entry, arg; /* x19, x20 */
	uintptr_t x21_to_x28[8];
};

static_assert(sizeof(struct first_frame) == 96, "what switch.S takes off");

void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
	struct first_frame *frame = (struct first_frame *)stack_top - 1;

	*frame = (struct first_frame){
		.lr = (uintptr_t)context_entry,
		.entry = (uintptr_t)entry,
		.arg = (uintptr_t)arg,
	};
	ctx->sp = frame;
}
