/* SPDX-License-Identifier: MIT */
/*
 * Registers of devices. A hypervisor that emulates one must see from the instruction which register
 * is meant: no access that also moves its address, or takes two at once, as compilers make them.
 */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <kernel/types.h>

static inline uint32_t mmio_get(const volatile uint32_t *at)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, %1" : "=r"(value) : "Q"(*at) : "memory");
	return value;
}

static inline void mmio_put(volatile uint32_t *at, uint32_t value)
{
	__asm__ volatile("str %w1, %0" : "=Q"(*at) : "rZ"(value) : "memory");
}

static inline void mmio_put64(volatile uint64_t *at, uint64_t value)
{
	__asm__ volatile("str %x1, %0" : "=Q"(*at) : "rZ"(value) : "memory");
}

#endif
