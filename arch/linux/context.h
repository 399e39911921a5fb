/* SPDX-License-Identifier: MIT */
/* What contexts need of the processor's registers. */
#ifndef ARCH_LINUX_CONTEXT_H
#define ARCH_LINUX_CONTEXT_H

/* Backtraces end where this context (a ucontext_t) begins. */
void linux_context_has_no_caller(void *context);

#endif
