/* SPDX-License-Identifier: MIT */
/* Registers of a new context. */
#ifndef ARCH_LINUX_CONTEXT_H
#define ARCH_LINUX_CONTEXT_H

/* Set the registers of a context (a ucontext_t) so that backtraces end there. */
void linux_context_has_no_caller(void *context);

#endif
