/* SPDX-License-Identifier: MIT */
/* What contexts need of the processor's registers. */
#ifndef ARCH_HOST_CONTEXT_H
#define ARCH_HOST_CONTEXT_H

/* Backtraces end where this context (a ucontext_t) begins. */
void host_context_has_no_caller(void *context);

#endif
