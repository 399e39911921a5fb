/* SPDX-License-Identifier: MIT */
/*
 * Registers of devices. A hypervisor that emulates one must see from the instruction which register
 * is meant: no access that also moves its address, or takes two at once, as compilers make them.
 */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <lib/types.h>

static inline uint8_t mmio_read8(const volatile void *at)
{
	uint8_t value;

	__asm__ volatile("ldrb %w0, %1"
			 : "=r"(value)
			 : "Q"(*(const volatile uint8_t *)at)
			 : "memory");
	return value;
}

static inline uint16_t mmio_read16(const volatile void *at)
{
	uint16_t value;

	__asm__ volatile("ldrh %w0, %1"
			 : "=r"(value)
			 : "Q"(*(const volatile uint16_t *)at)
			 : "memory");
	return value;
}

static inline uint32_t mmio_read32(const volatile void *at)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, %1"
			 : "=r"(value)
			 : "Q"(*(const volatile uint32_t *)at)
			 : "memory");
	return value;
}

static inline void mmio_write8(volatile void *at, uint8_t value)
{
	__asm__ volatile("strb %w1, %0" : "=Q"(*(volatile uint8_t *)at) : "rZ"(value) : "memory");
}

static inline void mmio_write16(volatile void *at, uint16_t value)
{
	__asm__ volatile("strh %w1, %0" : "=Q"(*(volatile uint16_t *)at) : "rZ"(value) : "memory");
}

static inline void mmio_write32(volatile void *at, uint32_t value)
{
	__asm__ volatile("str %w1, %0" : "=Q"(*(volatile uint32_t *)at) : "rZ"(value) : "memory");
}

static inline void mmio_write64(volatile void *at, uint64_t value)
{
	__asm__ volatile("str %x1, %0" : "=Q"(*(volatile uint64_t *)at) : "rZ"(value) : "memory");
}

#endif
