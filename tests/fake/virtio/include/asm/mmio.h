/* SPDX-License-Identifier: MIT */
/* Registers in memory, as the drivers under test see them: each access is the fake machine's. */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <lib/types.h>

/* bus.c: `at` is what map_machine() returned, and some. */
uint32_t fake_mmio_read(const volatile void *at, unsigned int bytes);
void fake_mmio_write(volatile void *at, unsigned int bytes, uint32_t value);

static inline uint8_t mmio_read8(const volatile void *at)
{
	return (uint8_t)fake_mmio_read(at, 1);
}

static inline uint16_t mmio_read16(const volatile void *at)
{
	return (uint16_t)fake_mmio_read(at, 2);
}

static inline uint32_t mmio_read32(const volatile void *at)
{
	return fake_mmio_read(at, 4);
}

static inline void mmio_write8(volatile void *at, uint8_t value)
{
	fake_mmio_write(at, 1, value);
}

static inline void mmio_write16(volatile void *at, uint16_t value)
{
	fake_mmio_write(at, 2, value);
}

static inline void mmio_write32(volatile void *at, uint32_t value)
{
	fake_mmio_write(at, 4, value);
}

#endif
