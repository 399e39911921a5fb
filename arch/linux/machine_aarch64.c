/* SPDX-License-Identifier: MIT */
/* Registers of an arm64 host, as a signal finds them. */
#define _GNU_SOURCE
#include <asm/sigcontext.h>
#include <ucontext.h>

#include "context.h"
#include "port.h"

#define FRAME_POINTER 29

/* ESR_EL1 (Arm ARM D17.2.37): the class of the exception, and of a data abort, who wrote. */
#define ESR_CLASS_SHIFT	  26
#define CLASS_FETCH_ABORT 0x20 /* from user mode */
#define CLASS_DATA_ABORT  0x24
#define ESR_WRITE	  (1U << 6)

/* The record of the syndrome, if Linux left one (its asm/sigcontext.h). */
static uint64_t syndrome(const mcontext_t *machine)
{
	const char *at = (const char *)machine->__reserved;
	const char *end = at + sizeof(machine->__reserved);

	while (at + sizeof(struct esr_context) <= end) {
		const struct _aarch64_ctx *head = (const struct _aarch64_ctx *)at;

		if (head->magic == ESR_MAGIC)
			return ((const struct esr_context *)head)->esr;
		if (!head->size)
			break;
		at += head->size;
	}
	return 0;
}

void linux_registers_get(const void *context, struct linux_registers *registers)
{
	const mcontext_t *machine = &((const ucontext_t *)context)->uc_mcontext;
	uint64_t esr = syndrome(machine);

	registers->ip = machine->pc;
	registers->fp = machine->regs[FRAME_POINTER];
	registers->execute = esr >> ESR_CLASS_SHIFT == CLASS_FETCH_ABORT;
	registers->write = esr >> ESR_CLASS_SHIFT == CLASS_DATA_ABORT && esr & ESR_WRITE;
}

void linux_registers_resume(void *context, uintptr_t ip)
{
	((ucontext_t *)context)->uc_mcontext.pc = ip;
}

void linux_context_has_no_caller(void *context)
{
	((ucontext_t *)context)->uc_mcontext.regs[FRAME_POINTER] = 0;
}
