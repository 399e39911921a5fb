/* SPDX-License-Identifier: MIT */
/* The instructions of arch/x86/include/asm/insn.h as functions of the test, for a made-up machine.
 */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <lib/types.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

void outb(uint16_t port, uint8_t value);
uint8_t inb(uint16_t port);
void outw(uint16_t port, uint16_t value);
void outl(uint16_t port, uint32_t value);
uint32_t inl(uint16_t port);
uint64_t rdtsc(void);
struct cpuid cpuid(uint32_t leaf);
uint64_t rdmsr(uint32_t msr);
void wrmsr(uint32_t msr, uint64_t value);
uintptr_t read_cr3(void);
void write_cr3(uintptr_t value);
void invlpg(uintptr_t va);

#endif
