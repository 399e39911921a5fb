/* SPDX-License-Identifier: MIT */
/* Registers of an x86_64 host, as a signal finds them. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "context.h"
#include "port.h"

#define ERROR_WRITE   (1 << 1)
#define ERROR_EXECUTE (1 << 4)
#define RED_ZONE      128U

void linux_registers_get(const void *context, struct linux_registers *registers)
{
	const greg_t *reg = ((const ucontext_t *)context)->uc_mcontext.gregs;

	registers->ip = (uintptr_t)reg[REG_RIP];
	registers->fp = (uintptr_t)reg[REG_RBP];
	registers->write = reg[REG_ERR] & ERROR_WRITE;
	registers->execute = reg[REG_ERR] & ERROR_EXECUTE;
}

/* A call leaves the stack 8 bytes below a multiple of 16. */
void linux_registers_resume(void *context, uintptr_t ip)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
	uintptr_t sp = ALIGN_DOWN((uintptr_t)reg[REG_RSP] - RED_ZONE, (uintptr_t)16) - 8;

	reg[REG_RSP] = (greg_t)sp;
	reg[REG_RIP] = (greg_t)ip;
}

void linux_context_has_no_caller(void *context)
{
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RBP] = 0;
}
