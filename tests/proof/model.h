/* SPDX-License-Identifier: MIT */
/*
 * What every proof starts from: values that may be anything, and the kernel's assertions as things
 * to prove. A function proof_<name>() is a proof; proofs.toml says how far it is unwound.
 */
#ifndef PROOF_MODEL_H
#define PROOF_MODEL_H

#include <lib/bug.h>
#include <lib/types.h>

bool nondet_bool(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);
unsigned int nondet_uint(void);
unsigned long nondet_ulong(void);

#define assume(cond)	  __CPROVER_assume(cond)
#define prove(cond, text) __CPROVER_assert(cond, text)

/* Any number below `n`, which is at most 65536: the solver need not look at the upper bits. */
static inline unsigned long any_below(unsigned long n)
{
	unsigned long any = nondet_u16();

	assume(any < n);
	return any;
}

/* A kernel assertion that fails refutes the proof. */
void panic(const char *fmt, ...)
{
	(void)fmt;
	prove(false, "no kernel assertion fails");
	assume(false);
	__builtin_unreachable();
}

#endif
